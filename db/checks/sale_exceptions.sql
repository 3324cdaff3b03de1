-- A sale made in another shift than it counts in is listed, each line that is listed went below zero, and what differed offline is said of such a sale.
SELECT coalesce(s.id, e.sale_id) AS sale, coalesce(e.kind, 2) AS kind, e.line, s.made_shift_id AS made_shift
  FROM (SELECT id, made_shift_id FROM sale WHERE made_shift_id IS NOT NULL) AS s
  FULL JOIN (SELECT sale_id, kind, line FROM sale_exception WHERE kind = 2) AS e ON e.sale_id = s.id
 WHERE s.id IS NULL
    OR e.sale_id IS NULL
UNION ALL
SELECT e.sale_id, e.kind, e.line, NULL
  FROM sale_exception AS e
  LEFT JOIN sale AS s ON s.id = e.sale_id
  LEFT JOIN sale_line AS l ON l.sale_id = e.sale_id AND l.line = e.line
 WHERE (e.kind = 1 AND coalesce(l.flags, 0) & 8 = 0)
    OR (e.kind IN (1, 3, 7, 15) AND l.line IS NULL)
    OR (e.kind NOT IN (1, 3, 7, 15) AND e.line <> -1)
    OR (e.kind = 15 AND (s.member_id IS NULL OR l.flags & 128 <> 0))
    OR ((e.kind BETWEEN 3 AND 12 OR e.kind = 14) AND (s.series <> 'X' OR e.said IS NULL OR e.found IS NULL))
    OR (e.kind = 3 AND e.said <> l.unit_price_minor)
    OR (e.kind = 4 AND e.said <> s.total_minor)
    OR (e.kind = 5 AND s.member_id IS NOT NULL)
    OR (e.kind = 6 AND e.found <> s.catalogue_version)
    OR (e.kind = 11 AND e.found <> s.staff_id)
