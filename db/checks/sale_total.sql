-- What was to pay is the sum of the lines, and the tax where prices do not include it.
SELECT s.id AS sale, s.total_minor, l.lines_minor, s.tax_minor, v.prices_include_tax
  FROM sale AS s
  LEFT JOIN sale AS o ON o.id = s.refund_of
  CROSS JOIN LATERAL (SELECT coalesce(sum(total_minor), 0)::bigint AS lines_minor FROM sale_line WHERE sale_id = s.id) AS l
  LEFT JOIN LATERAL (SELECT prices_include_tax
                       FROM shop_version
                      WHERE shop_id = s.shop_id AND from_version <= coalesce(o.catalogue_version, s.catalogue_version)
                      ORDER BY from_version DESC
                      LIMIT 1) AS v ON true
 WHERE s.total_minor IS DISTINCT FROM l.lines_minor + CASE WHEN v.prices_include_tax THEN 0 ELSE s.tax_minor END
    OR v.prices_include_tax IS NULL
