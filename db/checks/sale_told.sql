-- Told of what they avoid was a member, of goods that were sold and have, or may have, some allergen.
SELECT l.sale_id AS sale, l.line, l.product_id AS product, s.kind, s.member_id AS member, l.flags
  FROM sale_line AS l
  JOIN sale AS s ON s.id = l.sale_id
  LEFT JOIN LATERAL (SELECT v.contains | v.may_contain AS has
                       FROM product_version AS v
                      WHERE v.product_id = l.product_id AND v.from_version <= s.catalogue_version
                      ORDER BY v.from_version DESC
                      LIMIT 1) AS p ON true
 WHERE l.flags & 128 <> 0
   AND (s.kind <> 1 OR s.member_id IS NULL OR l.flags & 2 <> 0 OR l.quantity_milli <= 0 OR coalesce(p.has, 0) = 0)
