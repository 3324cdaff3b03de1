-- Modifiers: choices that go with goods (which milk, which cup), and prices that are keyed at the till. States of the
-- catalogue like any other; what a line was sold with stands beside it, and lines without any have no row.

CREATE TABLE modifier (
    id object_id PRIMARY KEY
);
CREATE TABLE modifier_version (
    modifier_id  object_id NOT NULL REFERENCES modifier,
    from_version bigint    NOT NULL,
    name         text      NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    choose_min   smallint  NOT NULL CHECK (choose_min >= 0),               -- so many of its options are chosen at least
    choose_max   smallint  NOT NULL CHECK (choose_max BETWEEN 1 AND 20),
    active       boolean   NOT NULL,
    PRIMARY KEY (modifier_id, from_version),
    CHECK (choose_min <= choose_max)
);
CREATE INDEX modifier_version_new ON modifier_version (from_version);
-- All are written anew with each version; `option` is the number that one keeps for ever.
CREATE TABLE modifier_option_version (
    modifier_id  object_id NOT NULL,
    from_version bigint    NOT NULL,
    option       smallint  NOT NULL CHECK (option BETWEEN 1 AND 20),
    name         text      NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    price_minor  minor     NOT NULL,                                       -- added to a unit's price; negative: taken off
    active       boolean   NOT NULL,
    PRIMARY KEY (modifier_id, from_version, option),
    FOREIGN KEY (modifier_id, from_version) REFERENCES modifier_version
);

-- `modifiers` are ids in the order in which they are asked for, a blank between them: the list is read whole, with its
-- product, and by nothing else. The bounds are of a price that is keyed, where it is open.
ALTER TABLE product_version ADD COLUMN modifiers text NOT NULL DEFAULT '',
                            ADD COLUMN open_price boolean NOT NULL DEFAULT false,
                            ADD COLUMN open_min_minor minor NOT NULL DEFAULT 0,
                            ADD COLUMN open_max_minor minor NOT NULL DEFAULT 0;
ALTER TABLE product_version ADD CONSTRAINT product_version_open_check
    CHECK (open_min_minor >= 0 AND open_min_minor <= open_max_minor);

-- The options of a line, as they were called, and what each added to the price of a unit.
CREATE TABLE sale_option (
    sale_id     object_id NOT NULL,
    line        smallint  NOT NULL CHECK (line >= 0),
    position    smallint  NOT NULL CHECK (position BETWEEN 0 AND 19),
    modifier_id object_id NOT NULL,
    option      smallint  NOT NULL CHECK (option BETWEEN 1 AND 20),
    name        text      NOT NULL CHECK (length(name) > 0),
    price_minor minor     NOT NULL,
    PRIMARY KEY (sale_id, line, position)
);
-- What was keyed as the price of a unit.
CREATE TABLE sale_keyed_price (
    sale_id     object_id NOT NULL,
    line        smallint  NOT NULL CHECK (line >= 0),
    price_minor minor     NOT NULL CHECK (price_minor >= 0),
    PRIMARY KEY (sale_id, line)
);

-- kind 12: offline, a line's options or keyed price are none that its catalogue has; said: the line. found: 0.
ALTER TABLE sale_exception DROP CONSTRAINT sale_exception_kind_check;
ALTER TABLE sale_exception ADD CONSTRAINT sale_exception_kind_check CHECK (kind BETWEEN 1 AND 13);
