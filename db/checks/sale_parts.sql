-- Each line, tax and tender is of a sale that is there, and each line's product is there as well.
SELECT 'line' AS what, l.sale_id AS sale, l.line AS position, l.product_id AS product, p.id AS product_there
  FROM sale_line AS l
  LEFT JOIN sale AS s ON s.id = l.sale_id
  LEFT JOIN product AS p ON p.id = l.product_id
 WHERE s.id IS NULL
    OR p.id IS NULL
UNION ALL
SELECT 'tax', x.sale_id, x.position, NULL, NULL
  FROM sale_tax AS x
 WHERE NOT EXISTS (SELECT FROM sale AS s WHERE s.id = x.sale_id)
UNION ALL
SELECT 'tender', t.sale_id, t.position, NULL, NULL
  FROM tender AS t
 WHERE NOT EXISTS (SELECT FROM sale AS s WHERE s.id = t.sale_id)
