-- Which of a sale's refunds each is: 1, 2, 3 ... in the order in which they were booked, one behind the other behind the shop's lock. Their times
-- do not tell: one server's clock may be ahead of another's. A refund without a receipt has none.
CREATE TABLE sale_refund (
    refund_id object_id PRIMARY KEY REFERENCES sale,
    sale_id   object_id NOT NULL REFERENCES sale,
    number    integer   NOT NULL CHECK (number >= 1),
    UNIQUE (sale_id, number)
);

-- Of what there is the time is the best that is known, and of one instant the ids. A till's own refunds stand in the order of its receipts,
-- whatever its servers' clocks and ids were.
WITH refund AS (
    SELECT id, refund_of, at, number, max(id) OVER (PARTITION BY refund_of, device_id, series, at ORDER BY number) AS behind
      FROM sale
     WHERE refund_of IS NOT NULL
)
INSERT INTO sale_refund (refund_id, sale_id, number)
SELECT id, refund_of, row_number() OVER (PARTITION BY refund_of ORDER BY at, behind, number)
  FROM refund;
