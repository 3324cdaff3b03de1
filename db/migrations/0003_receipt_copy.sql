-- Copies of receipts: papers beyond the one that a sale is printed on by itself. Who asked for one, and where.

CREATE TABLE receipt_copied (
    sale_id bigint PRIMARY KEY REFERENCES sale,
    copies  integer NOT NULL CHECK (copies >= 1)
);

CREATE TABLE receipt_copy (
    sale_id   bigint NOT NULL REFERENCES sale,
    copy      integer NOT NULL CHECK (copy >= 1),
    gift      boolean NOT NULL, -- without prices
    device_id bigint NOT NULL REFERENCES device,
    staff_id  bigint NOT NULL REFERENCES staff,
    at        timestamptz NOT NULL,
    PRIMARY KEY (sale_id, copy)
);
