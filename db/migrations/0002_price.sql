-- What a price may be beside the list's: discounts, their floor, who may give them, and cash that is rounded.

-- Of a receipt's part that is paid in cash: a multiple of this is paid; 0: to the last unit.
ALTER TABLE shop_version ADD COLUMN cash_rounding_minor bigint NOT NULL DEFAULT 0
    CHECK (cash_rounding_minor BETWEEN 0 AND 100000);
-- Of one unit, after every discount; 0: none. Below it another person allows it.
ALTER TABLE product_version ADD COLUMN floor_minor minor NOT NULL DEFAULT 0 CHECK (floor_minor >= 0);
-- What a discount may take off without asking, where the role may give one at all.
ALTER TABLE role_version ADD COLUMN discount_ppm integer NOT NULL DEFAULT 0 CHECK (discount_ppm BETWEEN 0 AND 1000000);

-- Null is nothing: a sale is rarely rounded, and rarely asks.
ALTER TABLE sale ADD COLUMN rounding_minor minor CHECK (rounding_minor <> 0),    -- of cash: the total and this were paid
                 ADD COLUMN approved_by object_id;                               -- who allowed what staff_id may not

-- What discounts took off a sale; kind 1: a line's own, 2: the receipt's, with a row of its own (line -1: all of it) and
-- one for each line's part. Without a rate it was an amount, or is a part.
CREATE TABLE sale_discount (
    sale_id      object_id NOT NULL,
    line         smallint  NOT NULL CHECK (line >= -1),
    kind         smallint  NOT NULL CHECK (kind IN (1, 2)),
    rate_ppm     integer   CHECK (rate_ppm BETWEEN 1 AND 1000000),
    amount_minor minor     NOT NULL CHECK (amount_minor > 0),
    reason       text,
    PRIMARY KEY (sale_id, line, kind)
);

-- Another person's PIN allowed this: for one sale of who asked, on that device, for a short while.
CREATE TABLE approval (
    token_hash   bytea       PRIMARY KEY CHECK (length(token_hash) = 32),
    device_id    object_id   NOT NULL REFERENCES device,
    asked_by     object_id   NOT NULL REFERENCES staff,
    approved_by  object_id   NOT NULL REFERENCES staff,
    discount_ppm integer     NOT NULL CHECK (discount_ppm BETWEEN 0 AND 1000000),    -- up to so much
    below_floor  boolean     NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    used_sale_id object_id,
    CHECK (asked_by <> approved_by)
);
