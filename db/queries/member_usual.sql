-- What a member usually takes.

-- name: member_usual_known
SELECT id
  FROM member
 WHERE id = $1;

-- name: member_usual_lines
-- The lines of their newest sales, the newest first, less what came back; those that were taken back before they were
-- paid are none. The number stands here, where the planner sees that it is small.
WITH newest AS MATERIALIZED (
    SELECT id, at
      FROM sale
     WHERE member_id = $1 AND kind = 1
     ORDER BY at DESC, id DESC
     LIMIT 10
)
SELECT n.id AS sale_id, l.product_id, l.quantity_milli - coalesce(r.quantity_milli, 0) AS quantity_milli
  FROM newest AS n
  JOIN sale_line AS l ON l.sale_id = n.id
  LEFT JOIN refunded AS r ON r.sale_id = l.sale_id AND r.line = l.line
 WHERE l.flags & 2 = 0
 ORDER BY n.at DESC, n.id DESC, l.line;
