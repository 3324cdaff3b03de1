-- Shifts in full: cash that goes into and out of a drawer beside sales, a drawer that is opened without a sale, and the
-- close of a shift, its Z. All of it entries: inserted, never changed.

-- kind: 4 cash in, 5 cash out, 6 dropped into the safe; the origin is a drawer_move.
ALTER TABLE drawer_entry DROP CONSTRAINT drawer_entry_kind_check;
ALTER TABLE drawer_entry ADD CONSTRAINT drawer_entry_kind_check CHECK (kind BETWEEN 1 AND 6);

-- The till's newest receipt of each series when the shift was opened: its own are those behind it, found by their
-- numbers' index. A till that was here before has had one shift at most, and it began with receipt 1.
ALTER TABLE shift ADD COLUMN t_before bigint NOT NULL DEFAULT 0 CHECK (t_before >= 0);
ALTER TABLE shift ADD COLUMN x_before bigint NOT NULL DEFAULT 0 CHECK (x_before >= 0);

CREATE TABLE drawer_move (
    shift_id     object_id   NOT NULL REFERENCES shift,
    id           object_id   NOT NULL,
    kind         smallint    NOT NULL CHECK (kind BETWEEN 4 AND 6),
    amount_minor minor       NOT NULL CHECK (amount_minor <> 0),     -- negative: out of the drawer
    reason       text        NOT NULL,
    staff_id     object_id   NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (shift_id, id),
    CHECK ((kind = 4) = (amount_minor > 0))
);

CREATE TABLE no_sale (
    shift_id object_id   NOT NULL REFERENCES shift,
    id       object_id   NOT NULL,
    reason   text        NOT NULL,
    staff_id object_id   NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (shift_id, id)
);

-- One row a closed shift, under the shift's number: a till's Z numbers have no gap. Sums are of many amounts, and wider
-- than one amount may be.
CREATE TABLE shift_z (
    shift_id          object_id   PRIMARY KEY REFERENCES shift,
    shop_id           object_id   NOT NULL,
    device_id         object_id   NOT NULL,
    number            integer     NOT NULL CHECK (number >= 1),
    closed_at         timestamptz NOT NULL,
    closed_by         object_id   NOT NULL,
    catalogue_version bigint      NOT NULL,        -- what the shop was called then
    t_first           bigint      NOT NULL,        -- receipts of each series; 0: none
    t_last            bigint      NOT NULL,
    x_first           bigint      NOT NULL,
    x_last            bigint      NOT NULL,
    sale_count        bigint      NOT NULL,
    sale_minor        bigint      NOT NULL,
    refund_count      bigint      NOT NULL,
    refund_minor      bigint      NOT NULL,        -- negative
    in_minor          bigint      NOT NULL,
    out_minor         bigint      NOT NULL,        -- negative, as drop_minor
    drop_minor        bigint      NOT NULL,
    no_sale_count     bigint      NOT NULL,
    expected_minor    bigint      NOT NULL,        -- cash
    counted_minor     minor       NOT NULL CHECK (counted_minor >= 0),
    difference_minor  bigint      NOT NULL,
    grand_total_minor bigint      NOT NULL,        -- sale_minor of all the till's Z so far: it never goes back
    strand_hash       bytea       CHECK (length(strand_hash) = 32),     -- head of the till's T strand; null: no receipt yet
    UNIQUE (device_id, number),
    CHECK ((t_first = 0) = (t_last = 0) AND (x_first = 0) = (x_last = 0)
           AND difference_minor = counted_minor - expected_minor)
);
CREATE TABLE shift_z_tender (
    shift_id       object_id NOT NULL REFERENCES shift_z,
    kind           smallint  NOT NULL,
    tender_count   bigint    NOT NULL CHECK (tender_count > 0),
    expected_minor bigint    NOT NULL,
    PRIMARY KEY (shift_id, kind)
);
CREATE TABLE shift_z_tax (
    shift_id  object_id NOT NULL REFERENCES shift_z,
    code      text      NOT NULL,
    rate_ppm  integer   NOT NULL,
    net_minor bigint    NOT NULL,
    tax_minor bigint    NOT NULL,
    PRIMARY KEY (shift_id, code, rate_ppm)
);
CREATE TABLE shift_z_count (
    shift_id           object_id NOT NULL REFERENCES shift_z,
    denomination_minor minor     NOT NULL CHECK (denomination_minor > 0),
    pieces             bigint    NOT NULL CHECK (pieces > 0),
    PRIMARY KEY (shift_id, denomination_minor)
);
