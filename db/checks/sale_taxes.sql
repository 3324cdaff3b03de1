-- A sale's tax is the sum of its components.
SELECT s.id AS sale, s.tax_minor, coalesce(x.tax_minor, 0) AS components_minor
  FROM sale AS s
  LEFT JOIN (SELECT sale_id, sum(tax_minor)::bigint AS tax_minor FROM sale_tax GROUP BY sale_id) AS x ON x.sale_id = s.id
 WHERE s.tax_minor <> coalesce(x.tax_minor, 0)
