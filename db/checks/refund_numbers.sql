-- The refunds of a sale are numbered 1, 2, 3 ... without a gap, those of one till in the order of its receipts, and nothing else is numbered so.
SELECT coalesce(f.refund_id, s.id) AS refund, f.sale_id AS sale, s.refund_of, f.number, f.place, f.receipt_before, s.number AS receipt
  FROM (SELECT n.*, row_number() OVER (PARTITION BY n.sale_id ORDER BY n.number) AS place,
               lag(r.number) OVER (PARTITION BY n.sale_id, r.device_id, r.series ORDER BY n.number) AS receipt_before
          FROM sale_refund AS n
          LEFT JOIN sale AS r ON r.id = n.refund_id) AS f
  FULL JOIN (SELECT * FROM sale WHERE refund_of IS NOT NULL) AS s ON s.id = f.refund_id
 WHERE f.sale_id IS DISTINCT FROM s.refund_of
    OR f.number <> f.place
    OR f.receipt_before > s.number
