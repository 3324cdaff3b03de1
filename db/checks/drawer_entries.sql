-- The cash that stayed of each sale, what was put right of it, each shift's float, what was put in or taken out and what was received on account or for gift cards went through its drawer, and nothing else.
WITH cash AS (
    SELECT s.id AS origin_id, CASE WHEN s.kind = 1 THEN 2 ELSE 3 END AS kind, s.shift_id,
           sum(t.amount_minor - t.change_minor)::bigint AS amount_minor
      FROM sale AS s
      JOIN tender AS t ON t.sale_id = s.id AND t.kind = 1
     GROUP BY s.id
    HAVING sum(t.amount_minor - t.change_minor) <> 0
     UNION ALL
    SELECT id, 1, id, float_minor FROM shift
     UNION ALL
    SELECT id, kind, shift_id, amount_minor FROM drawer_move
     UNION ALL
    SELECT r.id, 7, r.shift_id, sum(e.amount_minor)::bigint
      FROM sale_retender AS r
      JOIN retender_entry AS e ON e.retender_id = r.id AND e.kind = 1
     GROUP BY r.id
    HAVING sum(e.amount_minor) <> 0
     UNION ALL
    SELECT id, 8, shift_id, amount_minor FROM account_payment WHERE means = 1
     UNION ALL
    SELECT id, 15, shift_id, amount_minor FROM gift_card_payment WHERE means = 1
)
SELECT coalesce(c.origin_id, e.origin_id) AS origin, coalesce(c.kind, e.kind) AS kind,
       c.shift_id AS shift, e.shift_id AS entry_shift, c.amount_minor, e.amount_minor AS entry_minor
  FROM cash AS c
  FULL JOIN drawer_entry AS e ON e.origin_id = c.origin_id AND e.kind = c.kind
 WHERE c.amount_minor IS DISTINCT FROM e.amount_minor
    OR c.shift_id IS DISTINCT FROM e.shift_id
