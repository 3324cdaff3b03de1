-- A Z that says how many departments it has has so many, and these are its shift's keyed prices, product by product, under a name it had, those beyond 199 as one, and an older one has none.
WITH keyed AS (
    SELECT p.shift_id, CASE WHEN p.place < 200 THEN p.product_id ELSE 0 END AS product_id, sum(p.line_count) AS line_count,
           least(sum(p.quantity_milli), 9223372036854775807) AS quantity_milli,
           least(greatest(sum(p.amount_minor), -9223372036854775807), 9223372036854775807) AS amount_minor
      FROM (SELECT s.shift_id, l.product_id, count(*) AS line_count, sum(l.quantity_milli) AS quantity_milli, sum(l.gross_minor) AS amount_minor,
                   row_number() OVER (PARTITION BY s.shift_id ORDER BY l.product_id) AS place
              FROM sale_keyed_price AS k
              JOIN sale AS s ON s.id = k.sale_id AND s.kind = 1
              JOIN sale_line AS l ON l.sale_id = k.sale_id AND l.line = k.line AND l.flags & 2 = 0
              JOIN shift_z AS z ON z.shift_id = s.shift_id AND z.department_count IS NOT NULL
             GROUP BY s.shift_id, l.product_id) AS p
     GROUP BY p.shift_id, CASE WHEN p.place < 200 THEN p.product_id ELSE 0 END
)
SELECT coalesce(k.shift_id, d.shift_id) AS shift, coalesce(k.product_id, d.product_id) AS product, d.name, d.line_count AS z_line_count,
       k.line_count, d.quantity_milli AS z_quantity_milli, k.quantity_milli, d.amount_minor AS z_amount_minor, k.amount_minor
  FROM keyed AS k
  FULL JOIN shift_z_department AS d ON d.shift_id = k.shift_id AND d.product_id = k.product_id
 WHERE d.line_count IS DISTINCT FROM k.line_count
    OR d.quantity_milli IS DISTINCT FROM k.quantity_milli
    OR d.amount_minor IS DISTINCT FROM k.amount_minor
    OR (d.product_id = 0) IS DISTINCT FROM (d.name = '')
    OR (d.product_id > 0 AND NOT EXISTS (SELECT FROM product_version AS v WHERE v.product_id = d.product_id AND v.name = d.name))
UNION ALL
SELECT z.shift_id, NULL, NULL, z.department_count, c.count, NULL, NULL, NULL, NULL
  FROM shift_z AS z
 CROSS JOIN LATERAL (SELECT count(*) AS count FROM shift_z_department AS d WHERE d.shift_id = z.shift_id) AS c
 WHERE coalesce(z.department_count, 0) <> c.count
