-- Stored payment methods, and gift cards topped up by them. What stands here of a card is its brand, its last four digits and its expiry;
-- what charges it is a token of the shop's payment gateway, sealed under the member's key.

-- Goes when it is removed, when its member is erased, and over to whom its member is merged into.
CREATE TABLE payment_method (
    id           object_id   PRIMARY KEY,
    member_id    object_id   NOT NULL REFERENCES member,
    token_sealed bytea       NOT NULL,                    -- the gateway's customer and method
    brand        text        NOT NULL CHECK (length(brand) BETWEEN 1 AND 20),
    last_four    text        NOT NULL CHECK (length(last_four) = 4),
    expiry_month smallint    NOT NULL CHECK (expiry_month BETWEEN 1 AND 12),
    expiry_year  smallint    NOT NULL CHECK (expiry_year BETWEEN 2000 AND 9999),
    added_at     timestamptz NOT NULL
);
CREATE INDEX payment_method_member ON payment_method (member_id, id);

-- A method that is being added: the gateway is asked for a page, and then whether a card was typed there. state: 1 made, 2 open, 3 done,
-- 4 failed. next_at: when the server looks at it; null: never again.
CREATE TABLE payment_setup (
    id              object_id   PRIMARY KEY,
    member_id       object_id   NOT NULL REFERENCES member,
    shop_id         object_id   NOT NULL REFERENCES shop,
    device_id       object_id   NOT NULL REFERENCES device,
    staff_id        object_id   REFERENCES staff,         -- null: the member's own session
    state           smallint    NOT NULL CHECK (state BETWEEN 1 AND 4),
    customer_sealed bytea,                                -- the gateway's, once it is known
    page            text,                                 -- what the gateway calls its page
    url             text        CHECK (length(url) <= 2000),
    method_id       object_id,                            -- that was added; it may be gone by now
    problem         text        CHECK (length(problem) <= 100),
    tries           integer     NOT NULL CHECK (tries >= 0),
    attempt         integer     NOT NULL CHECK (attempt >= 0),
    made_at         timestamptz NOT NULL,
    next_at         timestamptz,
    node            integer,                              -- whose it is until then
    CHECK (state <> 2 OR (page IS NOT NULL AND url IS NOT NULL)),
    CHECK ((state = 3) = (method_id IS NOT NULL)),
    CHECK (state < 3 OR (next_at IS NULL AND url IS NULL AND customer_sealed IS NULL))
);
CREATE INDEX payment_setup_member ON payment_setup (member_id) WHERE state < 3;
CREATE INDEX payment_setup_due ON payment_setup (next_at) WHERE next_at IS NOT NULL;

-- A charge of a stored method, written before the gateway hears of it, and its state before each thing that is asked of the gateway. kind: 1
-- a gift card is topped up. state: 1 made, 2 sent, 3 unknown, 4 authorised, 5 capturing, 6 captured, 7 refunding, and over: 8 succeeded
-- (and loaded), 9 failed, 10 refunded, 11 given up. answer, to what was asked last: 0 none yet, 1 done, 2 refused, 3 later, 4 lost.
CREATE TABLE gateway_charge (
    id           object_id   PRIMARY KEY,
    kind         smallint    NOT NULL CHECK (kind = 1),
    shop_id      object_id   NOT NULL REFERENCES shop,
    device_id    object_id   NOT NULL REFERENCES device,
    staff_id     object_id   REFERENCES staff,            -- null: the member's own session
    member_id    object_id   NOT NULL REFERENCES member,
    method_id    object_id   NOT NULL,                    -- it may be gone by now
    card_id      object_id   NOT NULL REFERENCES gift_card,
    amount_minor minor       NOT NULL CHECK (amount_minor > 0),
    currency     text        NOT NULL CHECK (length(currency) = 3),
    token_sealed bytea,                                   -- as the method's; null: the gateway is not asked any more
    state        smallint    NOT NULL CHECK (state BETWEEN 1 AND 11),
    answer       smallint    NOT NULL CHECK (answer BETWEEN 0 AND 4),
    reference    text        CHECK (length(reference) BETWEEN 1 AND 40),  -- what the gateway calls it
    payment_id   object_id   UNIQUE REFERENCES gift_card_payment,
    problem      text        CHECK (length(problem) <= 100),
    step_count   integer     NOT NULL CHECK (step_count >= 1),
    tries        integer     NOT NULL CHECK (tries >= 0), -- since something last went well
    attempt      integer     NOT NULL CHECK (attempt >= 0), -- how often the gateway had a fault of its own
    made_at      timestamptz NOT NULL,
    next_at      timestamptz,                             -- when the server looks at it; null: never again
    node         integer,                                 -- whose it is until then
    CHECK ((state = 8) = (payment_id IS NOT NULL)),
    CHECK (state < 5 OR state IN (9, 11) OR reference IS NOT NULL),
    CHECK (state > 7 OR next_at IS NOT NULL),
    CHECK (next_at IS NULL OR token_sealed IS NOT NULL)
);
CREATE INDEX gateway_charge_due ON gateway_charge (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX gateway_charge_member ON gateway_charge (member_id) WHERE state < 8;

-- Every state that a charge was in, numbered without gaps: the last is the one it is in.
CREATE TABLE gateway_charge_step (
    charge_id object_id   NOT NULL,
    number    integer     NOT NULL CHECK (number >= 1),
    state     smallint    NOT NULL CHECK (state BETWEEN 1 AND 11),
    at        timestamptz NOT NULL,
    PRIMARY KEY (charge_id, number)
);

-- What is to be gone at the gateway: 1 a method that was removed, 2 a customer whose member was erased. Its row goes with it.
CREATE TABLE gateway_detach (
    id      object_id   PRIMARY KEY,
    kind    smallint    NOT NULL CHECK (kind IN (1, 2)),
    token   text        NOT NULL,
    tries   integer     NOT NULL CHECK (tries >= 0),
    made_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL
);
CREATE INDEX gateway_detach_due ON gateway_detach (next_at);

-- Money for a gift card by means 4, a stored payment method: received without a drawer, and in no shift where none was open (any more)
-- when it was; by nobody of the staff's, where the member asked for it.
ALTER TABLE gift_card_payment DROP CONSTRAINT gift_card_payment_means_check;
ALTER TABLE gift_card_payment ADD CONSTRAINT gift_card_payment_means_check CHECK (means BETWEEN 1 AND 4);
ALTER TABLE gift_card_payment ALTER COLUMN shift_id DROP NOT NULL;
ALTER TABLE gift_card_payment ALTER COLUMN staff_id DROP NOT NULL;
ALTER TABLE gift_card_payment ADD CONSTRAINT gift_card_payment_gateway_check
    CHECK (means = 4 OR (shift_id IS NOT NULL AND staff_id IS NOT NULL));
ALTER TABLE shift_z_gift_card DROP CONSTRAINT shift_z_gift_card_means_check;
ALTER TABLE shift_z_gift_card ADD CONSTRAINT shift_z_gift_card_means_check CHECK (means BETWEEN 1 AND 4);
