-- What a Z says of each department's key: of each product whose prices were keyed in its shift, how many lines of it, how much, and what
-- they came to. Under the name that the Z has printed; product 0 and no name: of all others together, where there are too many.
CREATE TABLE shift_z_department (
    shift_id       object_id NOT NULL REFERENCES shift_z,
    product_id     bigint    NOT NULL CHECK (product_id >= 0),
    name           text      NOT NULL,
    line_count     bigint    NOT NULL CHECK (line_count > 0),
    quantity_milli bigint    NOT NULL,
    amount_minor   bigint    NOT NULL,
    PRIMARY KEY (shift_id, product_id)
);

-- How many of these a Z has. Null: it is from before there were any, and is shown as it was printed, with one row for all.
ALTER TABLE shift_z ADD COLUMN department_count bigint CHECK (department_count BETWEEN 0 AND 200);
