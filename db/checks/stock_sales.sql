-- Each line that moved the stock has its entry of the same quantity the other way, and each entry of a sale its line.
WITH line AS (
    SELECT l.sale_id AS origin_id, l.line, s.kind, s.shop_id, l.product_id, -l.quantity_milli AS quantity_milli
      FROM sale_line AS l
      JOIN sale AS s ON s.id = l.sale_id
     WHERE l.flags & 16 <> 0
), entry AS (
    SELECT origin_id, line, kind, shop_id, product_id, quantity_milli FROM stock_entry WHERE kind IN (1, 2)
)
SELECT coalesce(l.origin_id, e.origin_id) AS sale, coalesce(l.line, e.line) AS line, l.product_id AS product,
       e.product_id AS entry_product, l.quantity_milli, e.quantity_milli AS entry_milli
  FROM line AS l
  FULL JOIN entry AS e ON e.origin_id = l.origin_id AND e.line = l.line
 WHERE (l.kind, l.shop_id, l.product_id, l.quantity_milli) IS DISTINCT FROM (e.kind, e.shop_id, e.product_id, e.quantity_milli)
