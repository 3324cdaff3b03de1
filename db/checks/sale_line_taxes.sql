-- A sale's tax is spread whole over its lines.
SELECT s.id AS sale, s.tax_minor, coalesce(l.tax_minor, 0) AS lines_minor
  FROM sale AS s
  LEFT JOIN (SELECT sale_id, sum(tax_minor)::bigint AS tax_minor FROM sale_line GROUP BY sale_id) AS l ON l.sale_id = s.id
 WHERE s.tax_minor <> coalesce(l.tax_minor, 0)
