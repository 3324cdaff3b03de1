-- A receipt's discount, a promotion, or a coupon, is the sum of its lines' parts, and a line cost less by its discounts and its free pieces alone.
SELECT d.sale_id AS sale, d.line, d.kind, d.amount_minor, p.parts_minor, l.discount_minor
  FROM sale_discount AS d
  LEFT JOIN sale_line AS l ON l.sale_id = d.sale_id AND l.line = d.line
  CROSS JOIN LATERAL (SELECT sum(e.amount_minor)::bigint AS parts_minor
                        FROM sale_discount AS e
                       WHERE e.sale_id = d.sale_id
                         AND CASE d.line
                                 WHEN -1 THEN e.line >= 0 AND (e.kind, e.promotion_id) = (d.kind, d.promotion_id)
                                 ELSE e.line = d.line
                             END) AS p
 WHERE (d.kind IN (3, 4, 5)) <> (d.promotion_id <> 0)
    OR CASE d.kind
           WHEN 5 THEN d.line = -1 AND d.times IS NULL
           WHEN 4 THEN d.line = -1 AND d.times IS NOT NULL
           ELSE (d.times IS NOT NULL) <> (d.kind = 3 AND d.line = -1)
       END
    OR CASE d.line
           WHEN -1 THEN d.kind = 1 OR p.parts_minor IS DISTINCT FROM d.amount_minor
           ELSE l.line IS NULL
                OR CASE WHEN l.flags & 4 = 0 THEN p.parts_minor <> l.discount_minor ELSE p.parts_minor > l.discount_minor END
                OR (d.kind <> 1 AND NOT EXISTS (SELECT FROM sale_discount AS e
                                                 WHERE e.sale_id = d.sale_id AND e.line = -1
                                                   AND (e.kind, e.promotion_id) = (d.kind, d.promotion_id)))
       END
