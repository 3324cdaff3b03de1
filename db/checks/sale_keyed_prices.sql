-- A price was keyed for a line whose product had an open one in the sale's catalogue, within its bounds, and for each such line that was sold, or it is listed as printed otherwise.
WITH line AS (
    SELECT s.id AS sale_id, l.line, l.product_id, l.flags, v.open_price, v.open_min_minor, v.open_max_minor
      FROM sale AS s
      JOIN sale_line AS l ON l.sale_id = s.id
      CROSS JOIN LATERAL (SELECT w.open_price, w.open_min_minor, w.open_max_minor
                            FROM product_version AS w
                           WHERE w.product_id = l.product_id AND w.from_version <= s.catalogue_version
                           ORDER BY w.from_version DESC
                           LIMIT 1) AS v
     WHERE s.kind = 1
       AND l.product_id IN (SELECT product_id FROM product_version WHERE open_price)
       AND NOT EXISTS (SELECT FROM sale_exception AS e WHERE e.sale_id = s.id AND e.kind IN (4, 12))
)
SELECT l.sale_id AS sale, l.line, l.product_id AS product, k.price_minor AS keyed_minor, l.open_price, l.open_min_minor, l.open_max_minor
  FROM line AS l
  LEFT JOIN sale_keyed_price AS k ON k.sale_id = l.sale_id AND k.line = l.line
 WHERE CASE
           WHEN NOT l.open_price THEN k.sale_id IS NOT NULL
           WHEN l.flags & 2 <> 0 THEN false
           ELSE (k.price_minor BETWEEN l.open_min_minor AND l.open_max_minor) IS NOT TRUE
       END
UNION ALL
SELECT k.sale_id, k.line, l.product_id, k.price_minor, NULL, NULL, NULL
  FROM sale_keyed_price AS k
  LEFT JOIN sale AS s ON s.id = k.sale_id AND s.kind = 1
  LEFT JOIN sale_line AS l ON l.sale_id = s.id AND l.line = k.line
 WHERE l.line IS NULL
    OR l.product_id NOT IN (SELECT product_id FROM product_version WHERE open_price)
