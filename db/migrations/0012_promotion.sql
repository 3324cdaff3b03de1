-- Promotions: states of the catalogue like any other, and what they took off a sale as rows of sale_discount.

CREATE TABLE promotion (
    id object_id PRIMARY KEY
);
CREATE TABLE promotion_version (
    promotion_id object_id NOT NULL REFERENCES promotion,
    from_version bigint    NOT NULL,
    name         text      NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    gift         smallint  NOT NULL CHECK (gift BETWEEN 1 AND 4),    -- together for, an amount off, a rate off, the cheapest free
    value        bigint    NOT NULL CHECK (value >= 0),              -- minor units, of a rate millionths, of free ones pieces
    weekdays     smallint  NOT NULL CHECK (weekdays BETWEEN 1 AND 127),    -- bit 0: on Mondays
    from_minute  smallint  NOT NULL CHECK (from_minute >= 0),              -- of the shop's wall clock
    until_minute smallint  NOT NULL CHECK (until_minute <= 1440),
    first_day    date,
    last_day     date,
    members_only boolean   NOT NULL,
    active       boolean   NOT NULL,
    PRIMARY KEY (promotion_id, from_version),
    CHECK (from_minute < until_minute)
);
CREATE INDEX promotion_version_new ON promotion_version (from_version);
-- What its parts are made of, a row a good or category; `pieces` is the part's, the same in all its rows. All are written
-- anew with each version.
CREATE TABLE promotion_part_version (
    promotion_id object_id NOT NULL,
    from_version bigint    NOT NULL,
    part         smallint  NOT NULL CHECK (part BETWEEN 0 AND 4),
    position     smallint  NOT NULL CHECK (position BETWEEN 0 AND 19),
    pieces       smallint  NOT NULL CHECK (pieces BETWEEN 1 AND 100),
    category_id  object_id REFERENCES category,
    product_id   object_id REFERENCES product,
    PRIMARY KEY (promotion_id, from_version, part, position),
    FOREIGN KEY (promotion_id, from_version) REFERENCES promotion_version
);

-- Kind 3: a promotion, its row of the whole receipt (line -1) with how often it was given, and one for each line's part;
-- `reason` is what it was called.
ALTER TABLE sale_discount ADD COLUMN promotion_id bigint NOT NULL DEFAULT 0 CHECK (promotion_id >= 0),
                          ADD COLUMN times integer CHECK (times > 0);
ALTER TABLE sale_discount DROP CONSTRAINT sale_discount_kind_check;
ALTER TABLE sale_discount ADD CONSTRAINT sale_discount_kind_check CHECK (kind IN (1, 2, 3));
ALTER TABLE sale_discount DROP CONSTRAINT sale_discount_pkey;
ALTER TABLE sale_discount ADD CONSTRAINT sale_discount_pkey PRIMARY KEY (sale_id, line, kind, promotion_id);
