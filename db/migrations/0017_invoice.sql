-- Customers' invoices: one a receipt at most, and a credit note for what came back of it. Both are numbered in one series a shop and
-- year, without gaps. Who the customer is stands in the document alone, sealed under a key of the invoice's own.

-- The newest number of a year; raised behind the shop's lock, in the transaction that uses it.
CREATE TABLE invoice_series (
    shop_id object_id NOT NULL REFERENCES shop,
    year    integer   NOT NULL CHECK (year BETWEEN 1970 AND 9999),     -- of the day of issue, on the shop's calendar
    number  bigint    NOT NULL CHECK (number >= 1),
    PRIMARY KEY (shop_id, year)
);

-- What was given out, whole: the document is kept, never made again. kind: 1 invoice, 2 credit note, sealed under its invoice's key.
CREATE TABLE invoice (
    id              object_id   PRIMARY KEY,
    shop_id         object_id   NOT NULL REFERENCES shop,
    year            integer     NOT NULL CHECK (year BETWEEN 1970 AND 9999),
    number          bigint      NOT NULL CHECK (number >= 1),
    kind            smallint    NOT NULL CHECK (kind IN (1, 2)),
    sale_id         object_id   NOT NULL REFERENCES sale,              -- of a credit note: the refund
    credit_of       object_id   REFERENCES invoice,
    device_id       object_id   NOT NULL REFERENCES device,
    staff_id        object_id   NOT NULL REFERENCES staff,
    total_minor     minor       NOT NULL,
    tax_minor       minor       NOT NULL,
    document_sealed bytea       NOT NULL,
    at              timestamptz NOT NULL,
    UNIQUE (sale_id),
    UNIQUE (shop_id, year, number),
    CHECK ((kind = 2) = (credit_of IS NOT NULL))
);
CREATE INDEX invoice_credit_of ON invoice (credit_of) WHERE credit_of IS NOT NULL;
CREATE TABLE invoice_tax (
    invoice_id object_id NOT NULL REFERENCES invoice,
    position   smallint  NOT NULL CHECK (position >= 0),
    code       text      NOT NULL,
    rate_ppm   integer   NOT NULL,
    net_minor  minor     NOT NULL,
    tax_minor  minor     NOT NULL,
    PRIMARY KEY (invoice_id, position)
);

-- Papers of it, the first and its copies: who asked for one, and where.
CREATE TABLE invoice_printed (
    invoice_id object_id PRIMARY KEY REFERENCES invoice,
    papers     integer   NOT NULL CHECK (papers >= 1)
);
CREATE TABLE invoice_paper (
    invoice_id object_id   NOT NULL REFERENCES invoice,
    paper      integer     NOT NULL CHECK (paper >= 1),                -- 1 the first, 2 COPY 1
    device_id  object_id   NOT NULL REFERENCES device,
    staff_id   object_id   NOT NULL REFERENCES staff,
    at         timestamptz NOT NULL,
    PRIMARY KEY (invoice_id, paper)
);
