-- Gift cards: money that was paid before, and is owed to whoever brings the card. A ledger beside the accounts of customers who pay
-- later, the other way round: a liability, never below nothing. Cards belong to the chain: they pay in every shop of it.

-- A card and its balance in one row: locked by whoever loads it or pays with it, in the order of ids, behind all that sales lock
-- else. `number` is what papers, tenders and the journal call it. Its code, which pays, stands nowhere: it is found by a keyed hash.
CREATE TABLE gift_card (
    id            object_id   PRIMARY KEY,
    number        integer     NOT NULL UNIQUE CHECK (number >= 1),
    code_blind    bytea       NOT NULL UNIQUE CHECK (length(code_blind) = 16),
    last_four     text        NOT NULL CHECK (length(last_four) = 4),
    shop_id       object_id   NOT NULL REFERENCES shop,      -- where it was issued
    blocked       boolean     NOT NULL,
    moved_to      object_id   REFERENCES gift_card,          -- lost: the card that has its money in the end
    expiry_day    date,                                      -- the last on which it pays; null: it does for ever
    balance_minor minor       NOT NULL CHECK (balance_minor >= 0),
    entry_count   bigint      NOT NULL CHECK (entry_count >= 0),
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CHECK (moved_to IS NULL OR (moved_to <> id AND balance_minor = 0))
) WITH (fillfactor = 90);
CREATE INDEX gift_card_moved_to ON gift_card (moved_to) WHERE moved_to IS NOT NULL;

-- kind: 1 issued, 2 topped up, 3 paid a sale, 4 given back by a refund, 5 what was paid for it given back, 6 moved to another card,
-- 7 moved from one. Numbered in its card without gaps; each says what was left behind it.
CREATE TABLE gift_card_entry (
    card_id       object_id   NOT NULL,
    number        bigint      NOT NULL CHECK (number >= 1),
    kind          smallint    NOT NULL CHECK (kind BETWEEN 1 AND 7),
    origin_id     object_id   NOT NULL,                          -- the sale or refund, the gift_card_payment or gift_card_move
    position      smallint    NOT NULL CHECK (position >= 0),    -- of the tender; of a move 0 from, 1 to; of a payment 0
    amount_minor  minor       NOT NULL CHECK (amount_minor <> 0),
    balance_minor minor       NOT NULL CHECK (balance_minor >= 0),
    at            timestamptz NOT NULL,
    PRIMARY KEY (card_id, number),
    UNIQUE (origin_id, position),
    CHECK ((kind IN (3, 5, 6)) = (amount_minor < 0))
);

-- Money received for a card, or given back for it: no sale, no turnover, no tax. kind: 1 issued, 2 topped up, 3 given back. means: 1
-- cash, through the drawer of the shift; 2 card, 3 transfer, by their reference.
CREATE TABLE gift_card_payment (
    id           object_id   PRIMARY KEY,
    card_id      object_id   NOT NULL REFERENCES gift_card,
    shop_id      object_id   NOT NULL REFERENCES shop,
    device_id    object_id   NOT NULL REFERENCES device,
    shift_id     object_id   NOT NULL REFERENCES shift,
    staff_id     object_id   NOT NULL REFERENCES staff,
    kind         smallint    NOT NULL CHECK (kind BETWEEN 1 AND 3),
    means        smallint    NOT NULL CHECK (means BETWEEN 1 AND 3),
    amount_minor minor       NOT NULL CHECK (amount_minor <> 0),   -- received; negative: given back
    reference    text,
    reason       text,                                             -- of what was given back
    undoes       object_id   UNIQUE,                               -- likewise: the payment, once and whole
    at           timestamptz NOT NULL,
    CHECK ((means = 1) = (reference IS NULL)),
    CHECK ((kind = 3) = (amount_minor < 0) AND (kind = 3) = (reason IS NOT NULL) AND (kind = 3) = (undoes IS NOT NULL))
);
CREATE INDEX gift_card_payment_shift ON gift_card_payment (shift_id);

-- A card that was lost, and the one that has its money since.
CREATE TABLE gift_card_move (
    id           object_id   PRIMARY KEY,
    from_id      object_id   NOT NULL UNIQUE REFERENCES gift_card,
    to_id        object_id   NOT NULL UNIQUE REFERENCES gift_card,
    shop_id      object_id   NOT NULL REFERENCES shop,
    device_id    object_id   NOT NULL REFERENCES device,
    staff_id     object_id   NOT NULL REFERENCES staff,
    amount_minor minor       NOT NULL CHECK (amount_minor > 0),
    reason       text        NOT NULL,
    at           timestamptz NOT NULL
);

-- Of a Z: what was received for gift cards in its shift, by kind and means as above.
CREATE TABLE shift_z_gift_card (
    shift_id      object_id NOT NULL REFERENCES shift_z,
    kind          smallint  NOT NULL CHECK (kind BETWEEN 1 AND 3),
    means         smallint  NOT NULL CHECK (means BETWEEN 1 AND 3),
    payment_count bigint    NOT NULL CHECK (payment_count > 0),
    amount_minor  bigint    NOT NULL,
    PRIMARY KEY (shift_id, kind, means)
);

-- kind: 15 cash received for a gift card, or given back for it; the origin is a gift_card_payment. What is between is the drawer's.
ALTER TABLE drawer_entry DROP CONSTRAINT drawer_entry_kind_check;
ALTER TABLE drawer_entry ADD CONSTRAINT drawer_entry_kind_check CHECK (kind BETWEEN 1 AND 15);

-- kind: 6 gift card. Its tender's reference is the card's number; its gift_card_entry names it.
ALTER TABLE tender_type_version DROP CONSTRAINT tender_type_version_kind_check;
ALTER TABLE tender_type_version ADD CONSTRAINT tender_type_version_kind_check CHECK (kind BETWEEN 1 AND 6);
ALTER TABLE tender DROP CONSTRAINT tender_kind_check;
ALTER TABLE tender ADD CONSTRAINT tender_kind_check CHECK (kind BETWEEN 1 AND 6);

-- How many months a gift card pays from the day of its last loading; 0: for ever.
ALTER TABLE shop_version ADD COLUMN gift_card_months integer NOT NULL DEFAULT 0 CHECK (gift_card_months BETWEEN 0 AND 1200);

-- Who may change what roles allow may block, extend and move gift cards, as in a new shop. One version of the catalogue, as a change
-- by a person would be.
WITH newest AS (
    SELECT DISTINCT ON (role_id) role_id, name, permissions, discount_ppm
      FROM role_version
     ORDER BY role_id, from_version DESC
), given AS (
    SELECT role_id, name, permissions, discount_ppm
      FROM newest
     WHERE permissions @> '{role_edit}' AND NOT permissions @> '{gift_card_edit}'
), version AS (
    INSERT INTO catalogue_version (version, shop_id, made_at)
    SELECT (SELECT max(version) FROM catalogue_version) + 1, 0, now()
     WHERE EXISTS (SELECT FROM given)
    RETURNING version
), head AS (
    UPDATE catalogue_head AS h SET version = v.version FROM version AS v
)
INSERT INTO role_version (role_id, from_version, name, permissions, discount_ppm)
SELECT g.role_id, v.version, g.name, g.permissions || '{gift_card_edit}'::text[], g.discount_ppm
  FROM given AS g CROSS JOIN version AS v;
