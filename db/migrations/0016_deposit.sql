-- Deposit goods and charges: bottles, crates, cake plates that are taken back, and what is not, as a bag. States of the catalogue
-- like any other; which lines were of them stands in their flags and beside them, and sales without any have no row more.

ALTER TABLE product_version ADD COLUMN deposit_kind       smallint NOT NULL DEFAULT 0 CHECK (deposit_kind BETWEEN 0 AND 2),   -- 1 a deposit good, 2 a charge
                            ADD COLUMN deposit_product_id bigint   NOT NULL DEFAULT 0 CHECK (deposit_product_id >= 0),        -- that goes with it; 0: none
                            ADD COLUMN deposit_count      smallint NOT NULL DEFAULT 0 CHECK (deposit_count BETWEEN 0 AND 100); -- so many a piece
ALTER TABLE product_version ADD CONSTRAINT product_version_deposit_check
    CHECK ((deposit_product_id = 0) = (deposit_count = 0)
           AND (deposit_product_id = 0 OR unit = 0)
           AND (deposit_kind = 0 OR (unit = 0 AND deposit_product_id = 0 AND length(modifiers) = 0
                                  AND open_price = (deposit_kind = 0))));

-- For so much of empties in one basket who sells asks nobody; 0: however much.
ALTER TABLE shop_version ADD COLUMN deposit_back_minor minor NOT NULL DEFAULT 0 CHECK (deposit_back_minor >= 0);
ALTER TABLE approval ADD COLUMN deposit_back boolean NOT NULL DEFAULT false;

-- Each line of a deposit or a charge that was not voided, of sales and refunds (flags 32 and 64 in sale_line; a sale's with less
-- than nothing took empties back): the line of the goods that it went with, and what was paid for it, with the tax on top.
CREATE TABLE sale_deposit (
    sale_id      object_id NOT NULL,
    line         smallint  NOT NULL CHECK (line >= 0),
    goods_line   smallint  CHECK (goods_line >= 0),        -- null: by itself
    amount_minor minor     NOT NULL,
    PRIMARY KEY (sale_id, line)
);

-- Of a Z: pieces and money of deposits charged, taken back and given back on their receipts, and of charges; null: it is older.
ALTER TABLE shift_z ADD COLUMN deposit_out_milli    bigint,
                    ADD COLUMN deposit_out_minor    bigint,
                    ADD COLUMN deposit_back_milli   bigint,      -- negative, as the money
                    ADD COLUMN deposit_back_minor   bigint,
                    ADD COLUMN deposit_refund_milli bigint,      -- likewise
                    ADD COLUMN deposit_refund_minor bigint,
                    ADD COLUMN charge_milli         bigint,
                    ADD COLUMN charge_minor         bigint;

-- kind 14: offline, a line's deposit is not the one that its catalogue has; said: the line. found: 0.
ALTER TABLE sale_exception DROP CONSTRAINT sale_exception_kind_check;
ALTER TABLE sale_exception ADD CONSTRAINT sale_exception_kind_check CHECK (kind BETWEEN 1 AND 14);

-- Empties alone may be thrown away as any basket.
ALTER TABLE basket_void DROP CONSTRAINT basket_void_total_minor_check;
