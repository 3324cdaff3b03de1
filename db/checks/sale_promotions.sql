-- A promotion that took something off a sale was in the sale's catalogue, active, under that name, and each line that it took from is of one of its goods.
SELECT d.sale_id AS sale, d.line, d.promotion_id AS promotion, d.reason AS name
  FROM sale_discount AS d
  JOIN sale AS s ON s.id = d.sale_id
  LEFT JOIN LATERAL (SELECT from_version, name, active
                       FROM promotion_version AS v
                      WHERE v.promotion_id = d.promotion_id AND v.from_version <= s.catalogue_version
                      ORDER BY v.from_version DESC
                      LIMIT 1) AS v ON true
 WHERE d.kind = 3
   AND ((v.active AND v.name = d.reason) IS NOT TRUE
        OR (d.line >= 0 AND NOT EXISTS (SELECT
                                          FROM promotion_part_version AS p
                                          JOIN sale_line AS l ON l.sale_id = d.sale_id AND l.line = d.line
                                         WHERE p.promotion_id = d.promotion_id AND p.from_version = v.from_version
                                           AND (p.product_id = l.product_id
                                                OR p.category_id = (SELECT category_id
                                                                      FROM product_version AS g
                                                                     WHERE g.product_id = l.product_id
                                                                       AND g.from_version <= s.catalogue_version
                                                                     ORDER BY g.from_version DESC
                                                                     LIMIT 1)))))
