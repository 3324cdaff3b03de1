-- A note is to a line that was sold: not to one that was taken back, nor to one that came back.
SELECT n.sale_id AS sale, n.line, n.note
  FROM sale_note AS n
  LEFT JOIN sale AS s ON s.id = n.sale_id
  LEFT JOIN sale_line AS l ON l.sale_id = n.sale_id AND l.line = n.line
 WHERE s.kind IS DISTINCT FROM 1
    OR l.sale_id IS NULL
    OR l.flags & 2 <> 0
