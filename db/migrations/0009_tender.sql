-- What a shop takes instead of money is its own to say: means of payment are rows of the catalogue. Cash and card are two
-- that every shop has, under the ids 1 and 2; a sale that was paid with them names them by its tender's kind alone.

CREATE TABLE tender_type (
    id object_id PRIMARY KEY
);
-- kind: 1 cash, 2 card, 3 voucher, 4 the house's own (staff meals); gift cards and accounts will be further ones.
-- change: 1 what is over comes back in cash, 2 it is never more than is due, 3 what is over is forfeited.
CREATE TABLE tender_type_version (
    tender_type_id   object_id NOT NULL REFERENCES tender_type,
    from_version     bigint    NOT NULL,
    name             text      NOT NULL,
    kind             smallint  NOT NULL CHECK (kind BETWEEN 1 AND 4),
    change           smallint  NOT NULL CHECK (change BETWEEN 1 AND 3),
    reference_wanted boolean   NOT NULL,
    limit_minor      minor     NOT NULL CHECK (limit_minor >= 0),     -- of all of one receipt; 0: none
    permission       text      NOT NULL,                              -- of who takes it; empty: who sells may
    active           boolean   NOT NULL,
    PRIMARY KEY (tender_type_id, from_version),
    CHECK ((kind = 1) = (change = 1) AND (change <> 3 OR kind = 3) AND (kind <> 4 OR length(permission) > 0))
);

ALTER TABLE tender DROP CONSTRAINT tender_kind_check;
ALTER TABLE tender ADD CONSTRAINT tender_kind_check CHECK (kind BETWEEN 1 AND 4);
ALTER TABLE tender ADD COLUMN tender_type_id object_id,                             -- null: cash or card, as the kind says
                   ADD COLUMN forfeited_minor minor CHECK (forfeited_minor > 0),    -- of what was handed over; null: nothing
                   ADD COLUMN tip_minor minor CHECK (tip_minor > 0);                -- of what was handed over, too: no turnover
ALTER TABLE tender ADD CONSTRAINT tender_check CHECK ((kind <= 2) = (tender_type_id IS NULL));

-- A Z counts vouchers, too, by their sum. What is forfeited is in what is expected: the voucher is worth all of it to the shop.
ALTER TABLE shift_z_tender ADD COLUMN tender_type_id bigint NOT NULL DEFAULT 0 CHECK (tender_type_id >= 0),    -- 0: as in tender null
                           ADD COLUMN forfeited_minor bigint NOT NULL DEFAULT 0,
                           ADD COLUMN tip_minor bigint NOT NULL DEFAULT 0,
                           ADD COLUMN counted_minor bigint;                         -- null: nobody counted it
ALTER TABLE shift_z_tender DROP CONSTRAINT shift_z_tender_tender_count_check;
ALTER TABLE shift_z_tender ADD CONSTRAINT shift_z_tender_tender_count_check CHECK (tender_count >= 0);
ALTER TABLE shift_z_tender DROP CONSTRAINT shift_z_tender_pkey;
ALTER TABLE shift_z_tender ADD PRIMARY KEY (shift_id, kind, tender_type_id);

-- An older shop gets both as if they had always been there, which they have; --init writes them in a new one.
WITH first AS (
    SELECT min(version) AS version FROM catalogue_version HAVING count(*) > 0
), made AS (
    INSERT INTO tender_type (id) SELECT id FROM first CROSS JOIN (VALUES (1), (2)) AS t (id) RETURNING id
)
INSERT INTO tender_type_version (tender_type_id, from_version, name, kind, change, reference_wanted, limit_minor, permission,
                                 active)
SELECT t.id, f.version, t.name, t.id, t.id, t.id = 2, 0, '', true
  FROM first AS f CROSS JOIN (VALUES (1, 'Cash'), (2, 'Card')) AS t (id, name);
