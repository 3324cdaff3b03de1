-- A sale made in another shift than it counts in is listed, and so is each line that a card paid for below zero, and no other.
SELECT coalesce(s.id, e.sale_id) AS sale, coalesce(e.kind, 2) AS kind, e.line, s.made_shift_id AS made_shift
  FROM (SELECT id, made_shift_id FROM sale WHERE made_shift_id IS NOT NULL) AS s
  FULL JOIN (SELECT sale_id, kind, line FROM sale_exception WHERE kind = 2) AS e ON e.sale_id = s.id
 WHERE s.id IS NULL
    OR e.sale_id IS NULL
UNION ALL
SELECT e.sale_id, e.kind, e.line, NULL
  FROM sale_exception AS e
  LEFT JOIN sale_line AS l ON l.sale_id = e.sale_id AND l.line = e.line
 WHERE e.kind = 1
   AND coalesce(l.flags, 0) & 8 = 0
