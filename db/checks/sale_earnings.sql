-- What a rule of earning gave for a sale, refunds taken off, is what it says of what it counted, it counted what was paid for lines of its goods, and all its rules together are what a sale earned.
SELECT n.sale, n.rule, n.basis, n.points, 'not what the rule says' AS why
  FROM (SELECT coalesce(s.refund_of, s.id) AS sale, e.rule, e.per, e.value, sum(e.basis) AS basis, sum(e.points) AS points
          FROM sale_earning AS e
          JOIN sale AS s ON s.id = e.sale_id
         GROUP BY 1, 2, 3, 4) AS n
  JOIN sale AS s ON s.id = n.sale
  JOIN LATERAL (SELECT currency_exponent
                  FROM shop_version AS v
                 WHERE v.shop_id = s.shop_id AND v.from_version <= s.catalogue_version
                 ORDER BY v.from_version DESC
                 LIMIT 1) AS v ON true
 WHERE n.basis < 0
    OR n.points <> div(n.basis::numeric * n.value, CASE n.per WHEN 1 THEN 10::numeric ^ v.currency_exponent WHEN 2 THEN 1000 ELSE 1 END)
 UNION ALL
SELECT s.id, NULL, NULL, e.points, 'not what the sale earned'
  FROM (SELECT sale_id, sum(points) AS points FROM sale_earning GROUP BY sale_id) AS e
  LEFT JOIN sale AS s ON s.id = e.sale_id
  LEFT JOIN sale_attach AS x ON x.sale_id = e.sale_id
 WHERE s.points_earned + coalesce(x.points_earned, 0) IS DISTINCT FROM e.points
 UNION ALL
SELECT s.id, e.rule, e.basis, e.points, 'no such rule, or not of these lines'
  FROM sale_earning AS e
  JOIN sale AS s ON s.id = e.sale_id AND s.kind = 1
  JOIN LATERAL (SELECT prices_include_tax
                  FROM shop_version AS v
                 WHERE v.shop_id = s.shop_id AND v.from_version <= s.catalogue_version
                 ORDER BY v.from_version DESC
                 LIMIT 1) AS v ON true
 CROSS JOIN LATERAL (SELECT max(w.from_version) AS version
                       FROM programme_version AS w
                      WHERE w.from_version <= s.catalogue_version) AS w
  LEFT JOIN programme_term_version AS t ON t.kind = 1 AND t.number = e.rule AND t.position = 0 AND t.from_version = w.version
                                       AND t.gives = e.per AND t.value = e.value
 CROSS JOIN LATERAL (SELECT coalesce(sum(l.total_minor + CASE WHEN v.prices_include_tax THEN 0 ELSE l.tax_minor END), 0) AS paid_minor,
                            coalesce(sum(l.quantity_milli
                                         - CASE WHEN l.flags & 4 <> 0 AND l.unit_price_minor > 0
                                                THEN 1000 * ((l.discount_minor - (SELECT coalesce(sum(x.amount_minor), 0)::bigint
                                                                                    FROM sale_discount AS x
                                                                                   WHERE x.sale_id = l.sale_id AND x.line = l.line
                                                                                     AND (x.kind <> 5 OR x.times IS NULL)))
                                                             / l.unit_price_minor)
                                                ELSE 0 END
                                         - 1000 * (SELECT coalesce(sum(x.times), 0)
                                                     FROM sale_discount AS x
                                                    WHERE x.sale_id = l.sale_id AND x.line = l.line AND x.kind = 4)), 0) AS paid_milli,
                            coalesce(bool_or(l.flags & 98 <> 0 OR (t.goods <> 0 AND (t.goods = 1) <> EXISTS (
                                SELECT FROM programme_term_version AS g
                                 WHERE g.kind = 1 AND g.number = e.rule AND g.from_version = w.version
                                   AND (g.product_id = l.product_id
                                        OR g.category_id = (SELECT category_id
                                                              FROM product_version AS p
                                                             WHERE p.product_id = l.product_id AND p.from_version <= s.catalogue_version
                                                             ORDER BY p.from_version DESC
                                                             LIMIT 1))))), false) AS strange
                       FROM sale_line AS l
                      WHERE l.sale_id = e.sale_id AND get_bit(e.lines, l.line) = 1) AS l
 WHERE e.rule > 0
   AND (t.number IS NULL OR l.strange OR (e.per = 1 AND e.basis <> l.paid_minor) OR (e.per = 2 AND e.basis <> l.paid_milli) OR (e.per = 3 AND e.basis <> 1))
