-- Each tender that a gift card paid, or that came back to one, each payment for one and each move has its entries there, of its amount and time, and there are no others, and what comes back goes to the card that paid or to one in its place.
WITH moved AS (
    SELECT s.id AS origin_id, t.position, CASE WHEN s.kind = 1 THEN 3 ELSE 4 END AS kind, t.change_minor - t.amount_minor AS amount_minor,
           s.at, t.reference, NULL::bigint AS card_id
      FROM tender AS t
      JOIN sale AS s ON s.id = t.sale_id
     WHERE t.kind = 6
     UNION ALL
    SELECT id, 0, CASE kind WHEN 1 THEN 1 WHEN 2 THEN 2 ELSE 5 END, amount_minor, at, NULL, card_id
      FROM gift_card_payment
     UNION ALL
    SELECT id, 0, 6, -amount_minor, at, NULL, from_id
      FROM gift_card_move
     UNION ALL
    SELECT id, 1, 7, amount_minor, at, NULL, to_id
      FROM gift_card_move
)
SELECT coalesce(m.origin_id, e.origin_id) AS origin, coalesce(m.position, e.position) AS position, e.card_id AS card, m.kind,
       e.kind AS entry_kind, m.amount_minor, e.amount_minor AS entry_minor, m.reference, g.number
  FROM moved AS m
  FULL JOIN gift_card_entry AS e ON e.origin_id = m.origin_id AND e.position = m.position
  LEFT JOIN gift_card AS g ON g.id = e.card_id
 WHERE m.kind IS DISTINCT FROM e.kind
    OR m.amount_minor IS DISTINCT FROM e.amount_minor
    OR m.at IS DISTINCT FROM e.at
    OR (e.kind = 3 AND m.reference IS DISTINCT FROM g.number::text)
    OR (e.kind = 4 AND NOT EXISTS (SELECT FROM gift_card AS p
                                    WHERE p.number::text = m.reference
                                      AND (p.id = g.id OR p.moved_to = g.id OR p.moved_to = g.moved_to)))
    OR (e.kind NOT IN (3, 4) AND m.reference IS NOT NULL)
    OR m.card_id IS DISTINCT FROM CASE WHEN e.kind NOT IN (3, 4) THEN e.card_id END
