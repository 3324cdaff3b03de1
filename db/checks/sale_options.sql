-- An option that a line was sold with was one of its product's in the sale's catalogue, under that name and at that price, and of each modifier no more and no fewer were chosen than it asks for.
WITH line AS (
    SELECT l.sale_id, l.line, l.flags, s.kind, s.catalogue_version AS version, v.modifiers, v.from_version,
           EXISTS (SELECT FROM sale_exception AS e WHERE e.sale_id = s.id AND e.kind IN (4, 12)) AS excepted
      FROM sale_line AS l
      JOIN sale AS s ON s.id = l.sale_id
      CROSS JOIN LATERAL (SELECT w.modifiers, w.from_version
                            FROM product_version AS w
                           WHERE w.product_id = l.product_id AND w.from_version <= s.catalogue_version
                           ORDER BY w.from_version DESC
                           LIMIT 1) AS v
     WHERE s.kind = 1
       AND l.product_id IN (SELECT product_id FROM product_version WHERE modifiers <> '')
)
SELECT o.sale_id AS sale, o.line, o.modifier_id AS modifier, o.option, o.name, o.price_minor
  FROM sale_option AS o
  LEFT JOIN line AS l ON l.sale_id = o.sale_id AND l.line = o.line
  LEFT JOIN LATERAL (SELECT v.from_version, v.active
                       FROM modifier_version AS v
                      WHERE v.modifier_id = o.modifier_id AND v.from_version <= l.version
                      ORDER BY v.from_version DESC
                      LIMIT 1) AS v ON true
  LEFT JOIN modifier_option_version AS m ON m.modifier_id = o.modifier_id AND m.from_version = v.from_version AND m.option = o.option
 WHERE l.sale_id IS NULL
    OR (o.modifier_id = ANY (string_to_array(l.modifiers, ' ')::bigint[])) IS NOT TRUE
    OR ((m.name, m.price_minor) = (o.name, o.price_minor)) IS NOT TRUE
    OR (l.flags & 2 = 0 AND NOT l.excepted AND (m.active AND v.active) IS NOT TRUE)
UNION ALL
SELECT l.sale_id, l.line, v.modifier_id, NULL, NULL, NULL
  FROM line AS l
 CROSS JOIN unnest(string_to_array(l.modifiers, ' ')::bigint[]) AS g (id)
 CROSS JOIN LATERAL (SELECT w.*
                       FROM modifier_version AS w
                      WHERE w.modifier_id = g.id AND w.from_version <= l.version
                      ORDER BY w.from_version DESC
                      LIMIT 1) AS v
 CROSS JOIN LATERAL (SELECT count(*) AS chosen, count(DISTINCT o.option) AS different
                       FROM sale_option AS o
                      WHERE o.sale_id = l.sale_id AND o.line = l.line AND o.modifier_id = g.id) AS c
 WHERE l.flags & 2 = 0
   AND v.active
   AND NOT l.excepted
   AND (c.chosen NOT BETWEEN v.choose_min AND v.choose_max OR c.different <> c.chosen)
