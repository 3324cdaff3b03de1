-- Baskets that wait for their customers. No ledger: nothing is held for them, nothing is booked, and who takes one up has it
-- priced anew. So a row goes when its basket is taken up or thrown away.

CREATE TABLE parked_basket (
    id               object_id   PRIMARY KEY,
    shop_id          object_id   NOT NULL REFERENCES shop,
    staff_id         object_id   NOT NULL REFERENCES staff,     -- whose it is
    device_id        object_id   NOT NULL REFERENCES device,    -- where it was put aside
    parked_at        timestamptz NOT NULL,
    line_count       integer     NOT NULL CHECK (line_count BETWEEN 1 AND 200),    -- voided ones not counted
    first_product_id object_id   NOT NULL REFERENCES product,   -- of the first of these: the basket is known by it
    basket           bytea       NOT NULL CHECK (length(basket) BETWEEN 1 AND 49152)    -- a message Basket
);
CREATE INDEX parked_basket_staff_id ON parked_basket (staff_id);
