-- A gift card that was moved has nothing left and is moved to the card that has its money in the end, no other is moved, and every card begins with an issue or a move.
WITH RECURSIVE way (from_id, to_id) AS (
    SELECT from_id, to_id FROM gift_card_move
     UNION
    SELECT w.from_id, m.to_id FROM way AS w JOIN gift_card_move AS m ON m.from_id = w.to_id
), last AS (
    SELECT w.from_id, w.to_id FROM way AS w WHERE NOT EXISTS (SELECT FROM gift_card_move AS m WHERE m.from_id = w.to_id)
)
SELECT coalesce(g.id, l.from_id) AS card, g.moved_to, l.to_id, g.balance_minor
  FROM gift_card AS g
  FULL JOIN last AS l ON l.from_id = g.id
 WHERE g.id IS NULL
    OR g.moved_to IS DISTINCT FROM l.to_id
    OR (l.from_id IS NOT NULL AND g.balance_minor <> 0)
    OR NOT EXISTS (SELECT FROM gift_card_entry AS e WHERE e.card_id = g.id AND e.number = 1 AND e.kind IN (1, 7))
