-- A reward of the programme's terms that took something off a sale was in the sale's programme, under that name, and each line that it took from is of its goods: free pieces at their price, or what it says.
SELECT d.sale_id AS sale, d.line, d.promotion_id AS reward, d.reason AS name, d.times, d.amount_minor
  FROM sale_discount AS d
  JOIN sale AS s ON s.id = d.sale_id
  LEFT JOIN sale_line AS l ON l.sale_id = d.sale_id AND l.line = d.line
  LEFT JOIN LATERAL (SELECT t.from_version, t.name, t.gives, t.goods
                       FROM programme_term_version AS t
                      WHERE t.kind = 2 AND t.number = d.promotion_id AND t.position = 0
                        AND t.from_version = (SELECT max(v.from_version)
                                                FROM programme_version AS v
                                               WHERE v.from_version <= s.catalogue_version)) AS t ON true
 CROSS JOIN LATERAL (SELECT EXISTS (SELECT
                                      FROM programme_term_version AS g
                                     WHERE g.kind = 2 AND g.number = d.promotion_id AND g.from_version = t.from_version
                                       AND (g.product_id = l.product_id
                                            OR g.category_id = (SELECT category_id
                                                                  FROM product_version AS p
                                                                 WHERE p.product_id = l.product_id
                                                                   AND p.from_version <= s.catalogue_version
                                                                 ORDER BY p.from_version DESC
                                                                 LIMIT 1))) AS named) AS g
 WHERE d.kind = 5
   AND (t.name IS DISTINCT FROM d.reason
        OR (d.line >= 0 AND (l.line IS NULL OR (d.times IS NOT NULL) <> (t.gives = 1)
                             OR (d.times IS NOT NULL AND d.amount_minor IS DISTINCT FROM d.times * l.unit_price_minor)
                             OR (t.goods <> 0 AND g.named <> (t.goods = 1)))))
