-- What a member usually takes.

-- name: member_usual_known
-- Of who was merged into another, that one.
SELECT coalesce(merged_into, member_id) AS id
  FROM member_account
 WHERE member_id = $1 AND NOT erased;

-- name: member_usual_lines
-- The lines of their newest sales, those that were given to them afterwards as well, and of who was merged into them, the newest first, less what came back; those that were taken
-- back before they were paid are none. The number stands here, where the planner sees that it is small; OFFSET 0 keeps it from
-- reading all lines at once while there are few.
WITH one AS MATERIALIZED (
    SELECT coalesce(merged_into, member_id) AS id FROM member_account WHERE member_id = $1
), who AS MATERIALIZED (
    SELECT id FROM one
     UNION ALL
    SELECT a.member_id FROM one JOIN member_account AS a ON a.merged_into = one.id
), newest AS MATERIALIZED (
    SELECT s.id, s.at
      FROM who AS w
     CROSS JOIN LATERAL ((SELECT id, at FROM sale WHERE member_id = w.id AND kind = 1 ORDER BY at DESC, id DESC LIMIT 10)
                          UNION ALL
                         (SELECT sale_id, sold_at FROM sale_attach WHERE member_id = w.id AND sale_id = attached_id
                           ORDER BY sold_at DESC, sale_id DESC LIMIT 10)) AS s
     ORDER BY s.at DESC, s.id DESC
     LIMIT 10
)
SELECT n.id AS sale_id, l.product_id, l.quantity_milli - l.back_milli AS quantity_milli
  FROM newest AS n
 CROSS JOIN LATERAL (SELECT s.line, s.product_id, s.quantity_milli,
                            coalesce((SELECT r.quantity_milli FROM refunded AS r
                                       WHERE r.sale_id = s.sale_id AND r.line = s.line), 0) AS back_milli
                       FROM sale_line AS s
                      WHERE s.sale_id = n.id AND s.flags & 2 = 0
                     OFFSET 0) AS l
 ORDER BY n.at DESC, n.id DESC, l.line;
