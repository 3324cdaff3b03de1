-- Customers who pay at the month's end: an account with a limit, charged by sales, given back to by refunds, paid by what is
-- received on it. Accounts belong to the chain, as members do: one customer has one limit and one bill, whichever shop is
-- nearest. They are persons to the vault: many a café is called after who runs it.

-- A person and a balance in one row: locked by whoever charges it or receives on it, in the order of ids, behind all that sales
-- lock else. `number` is what papers, tenders and the journal call it, for they hold no names.
CREATE TABLE account (
    id               object_id   PRIMARY KEY,
    number           integer     NOT NULL UNIQUE CHECK (number >= 1),
    shop_id          object_id   NOT NULL REFERENCES shop,      -- where it was opened
    name_sealed      bytea       NOT NULL,
    reference_sealed bytea,
    note_sealed      bytea,
    limit_minor      minor       NOT NULL CHECK (limit_minor >= 0),
    blocked          boolean     NOT NULL,
    balance_minor    minor       NOT NULL,                      -- what is owed; negative: a credit
    entry_count      bigint      NOT NULL CHECK (entry_count >= 0),
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL
) WITH (fillfactor = 90);
-- kind: 1 the whole name (one account each), 2 prefix of a word of the name.
CREATE TABLE account_blind (
    kind       smallint  NOT NULL CHECK (kind IN (1, 2)),
    blind      bytea     NOT NULL CHECK (length(blind) = 16),
    account_id object_id NOT NULL REFERENCES account,
    PRIMARY KEY (kind, blind, account_id)
);
CREATE UNIQUE INDEX account_blind_one ON account_blind (kind, blind) WHERE kind = 1;
CREATE INDEX account_blind_account ON account_blind (account_id);

-- kind: 1 charged by a sale, 2 given back by a refund, 3 received, 4 paid back. Numbered in its account without gaps; each says
-- what was owed behind it.
CREATE TABLE account_entry (
    account_id    object_id   NOT NULL,
    number        bigint      NOT NULL CHECK (number >= 1),
    kind          smallint    NOT NULL CHECK (kind BETWEEN 1 AND 4),
    origin_id     object_id   NOT NULL,                          -- the sale or refund, or the account_payment
    position      smallint    NOT NULL CHECK (position >= 0),    -- of the tender; of a payment 0
    amount_minor  minor       NOT NULL CHECK (amount_minor <> 0),
    balance_minor minor       NOT NULL,
    at            timestamptz NOT NULL,
    PRIMARY KEY (account_id, number),
    UNIQUE (origin_id, position),
    CHECK ((kind = 1 OR kind = 4) = (amount_minor > 0))
);

-- Money received on an account, or paid back: no sale, no turnover, no tax. means: 1 cash, through the drawer of the shift; 2 card,
-- 3 transfer, by their reference.
CREATE TABLE account_payment (
    id           object_id   PRIMARY KEY,
    account_id   object_id   NOT NULL REFERENCES account,
    shop_id      object_id   NOT NULL REFERENCES shop,
    device_id    object_id   NOT NULL REFERENCES device,
    shift_id     object_id   NOT NULL REFERENCES shift,
    staff_id     object_id   NOT NULL REFERENCES staff,
    means        smallint    NOT NULL CHECK (means BETWEEN 1 AND 3),
    amount_minor minor       NOT NULL CHECK (amount_minor <> 0),   -- received; negative: paid back
    reference    text,
    reason       text,                                             -- of what was paid back
    at           timestamptz NOT NULL,
    CHECK ((means = 1) = (reference IS NULL) AND (amount_minor < 0) = (reason IS NOT NULL))
);
CREATE INDEX account_payment_shift ON account_payment (shift_id);

-- Of a Z: what was received on account in its shift, less what was paid back.
CREATE TABLE shift_z_received (
    shift_id      object_id NOT NULL REFERENCES shift_z,
    means         smallint  NOT NULL CHECK (means BETWEEN 1 AND 3),
    payment_count bigint    NOT NULL CHECK (payment_count > 0),
    amount_minor  bigint    NOT NULL,
    PRIMARY KEY (shift_id, means)
);

-- kind: 8 cash received on account, or paid back; the origin is an account_payment.
ALTER TABLE drawer_entry DROP CONSTRAINT drawer_entry_kind_check;
ALTER TABLE drawer_entry ADD CONSTRAINT drawer_entry_kind_check CHECK (kind BETWEEN 1 AND 8);

-- kind: 5 on account. Its tender's reference is the account's number; its account_entry names it.
ALTER TABLE tender_type_version DROP CONSTRAINT tender_type_version_kind_check;
ALTER TABLE tender_type_version ADD CONSTRAINT tender_type_version_kind_check CHECK (kind BETWEEN 1 AND 5);
ALTER TABLE tender DROP CONSTRAINT tender_kind_check;
ALTER TABLE tender ADD CONSTRAINT tender_kind_check CHECK (kind BETWEEN 1 AND 5);

-- Who may change what roles allow may make accounts, as in a new shop. One version of the catalogue, as a change by a person
-- would be.
WITH newest AS (
    SELECT DISTINCT ON (role_id) role_id, name, permissions, discount_ppm
      FROM role_version
     ORDER BY role_id, from_version DESC
), given AS (
    SELECT role_id, name, permissions, discount_ppm
      FROM newest
     WHERE permissions @> '{role_edit}' AND NOT permissions @> '{account_edit}'
), version AS (
    INSERT INTO catalogue_version (version, shop_id, made_at)
    SELECT (SELECT max(version) FROM catalogue_version) + 1, 0, now()
     WHERE EXISTS (SELECT FROM given)
    RETURNING version
), head AS (
    UPDATE catalogue_head AS h SET version = v.version FROM version AS v
)
INSERT INTO role_version (role_id, from_version, name, permissions, discount_ppm)
SELECT g.role_id, v.version, g.name, g.permissions || '{account_edit}'::text[], g.discount_ppm
  FROM given AS g CROSS JOIN version AS v;
