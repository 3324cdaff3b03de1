-- A sale's taxes are those that its lines, its goods' tax classes and their rates give, worked out once more, or it is listed as printed otherwise.
WITH line AS (
    -- Each looks its catalogue up by index, whatever the planner thinks of how many there are: joined by the version alone,
    -- a sale would meet all goods.
    SELECT l.sale_id, s.catalogue_version, s.service, l.flags & 1 = 1 AS hot, l.total_minor, l.tax_minor, h.prices_include_tax,
           CASE WHEN c.switch_at_count > 0 AND c.switch_to_id IS NOT NULL
                 AND 1000 * c.switch_at_count::bigint <=
                     (SELECT sum(o.quantity_milli)
                        FROM sale_line AS o
                       WHERE o.sale_id = s.id
                         AND o.flags & 98 = 0
                         AND (0, g.tax_class_id) = (SELECT v.unit, v.tax_class_id
                                                      FROM product_version AS v
                                                     WHERE v.product_id = o.product_id AND v.from_version <= s.catalogue_version
                                                     ORDER BY v.from_version DESC
                                                     LIMIT 1))
                THEN c.switch_to_id
                ELSE g.tax_class_id
           END AS tax_class_id
      FROM sale AS s
      CROSS JOIN LATERAL (SELECT prices_include_tax
                            FROM shop_version AS v
                           WHERE v.shop_id = s.shop_id AND v.from_version <= s.catalogue_version
                           ORDER BY v.from_version DESC
                           LIMIT 1) AS h
      JOIN sale_line AS l ON l.sale_id = s.id
      CROSS JOIN LATERAL (SELECT tax_class_id
                            FROM product_version AS v
                           WHERE v.product_id = l.product_id AND v.from_version <= s.catalogue_version
                           ORDER BY v.from_version DESC
                           LIMIT 1) AS g
      CROSS JOIN LATERAL (SELECT switch_at_count, switch_to_id
                            FROM tax_class_version AS v
                           WHERE v.tax_class_id = g.tax_class_id AND v.from_version <= s.catalogue_version
                           ORDER BY v.from_version DESC
                           LIMIT 1) AS c
     WHERE s.refund_of IS NULL AND l.flags & 2 <> 2 AND l.total_minor <> 0
       AND NOT EXISTS (SELECT FROM sale_exception AS e WHERE e.sale_id = s.id AND e.kind = 4)
), part AS (
    -- What was taken back is taxed by itself, as what is sold is.
    -- In parts of 1e50, whose rests are cut off: of the lines of a sale they stay far below the distance of a sum of such
    -- fractions from a half, so that a half is known, and goes up.
    SELECT l.sale_id, r.code, r.rate_ppm,
           sum(l.total_minor - CASE WHEN l.prices_include_tax THEN l.tax_minor ELSE 0 END)::bigint AS net_minor,
           sign(l.total_minor)
           * div(2 * sum(div(abs(l.total_minor) * r.rate_ppm * 1e50,
                             1000000 + CASE WHEN l.prices_include_tax THEN r.rates_ppm ELSE 0 END)) + 1e50 + 1e6, 2e50)::bigint AS tax_minor
      FROM line AS l
      CROSS JOIN LATERAL (SELECT from_version
                            FROM tax_class_version AS v
                           WHERE v.tax_class_id = l.tax_class_id AND v.from_version <= l.catalogue_version
                           ORDER BY v.from_version DESC
                           LIMIT 1) AS c
      CROSS JOIN LATERAL (SELECT r.code, r.rate_ppm, sum(r.rate_ppm) OVER () AS rates_ppm
                            FROM tax_rate_version AS r
                           WHERE r.tax_class_id = l.tax_class_id AND r.from_version = c.from_version
                             AND r.service = l.service AND r.hot = l.hot) AS r
     GROUP BY l.sale_id, r.code, r.rate_ppm, sign(l.total_minor)
), component AS (
    SELECT sale_id, code, rate_ppm, sum(net_minor)::bigint AS net_minor, sum(tax_minor)::bigint AS tax_minor
      FROM part
     GROUP BY sale_id, code, rate_ppm
), written AS (
    SELECT x.* FROM sale_tax AS x JOIN sale AS s ON s.id = x.sale_id AND s.refund_of IS NULL
     WHERE NOT EXISTS (SELECT FROM sale_exception AS e WHERE e.sale_id = s.id AND e.kind = 4)
)
SELECT coalesce(c.sale_id, x.sale_id) AS sale, coalesce(c.code, x.code) AS code, coalesce(c.rate_ppm, x.rate_ppm) AS rate_ppm,
       x.tax_minor, c.tax_minor AS recomputed_minor, x.net_minor, c.net_minor AS recomputed_net_minor
  FROM component AS c
  FULL JOIN written AS x ON x.sale_id = c.sale_id AND x.code = c.code AND x.rate_ppm = c.rate_ppm
 WHERE (c.tax_minor, c.net_minor) IS DISTINCT FROM (x.tax_minor, x.net_minor)
