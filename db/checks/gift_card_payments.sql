-- What is received for a gift card is so at the till and in the shop of its shift (by a stored card also in none) before its Z, which sums it up, a card is issued once and first, and what is given back is one payment, whole and later, of a card that has never paid.
SELECT 'payment' AS what, p.id AS payment, p.shift_id AS shift, p.kind, p.means, p.amount_minor, z.closed_at
  FROM gift_card_payment AS p
  LEFT JOIN shift AS s ON s.id = p.shift_id
  LEFT JOIN shift_z AS z ON z.shift_id = p.shift_id
  LEFT JOIN gift_card_payment AS u ON u.id = p.undoes
  LEFT JOIN gift_card_entry AS e ON e.origin_id = p.id AND e.position = 0
 WHERE (p.shift_id IS NOT NULL AND (s.device_id IS DISTINCT FROM p.device_id OR s.shop_id IS DISTINCT FROM p.shop_id))
    OR (p.shift_id IS NULL AND p.means <> 4)
    OR p.at > z.closed_at
    OR (p.kind = 1) IS DISTINCT FROM (e.number = 1)
    OR (p.kind = 3 AND (u.kind IS NULL OR u.kind = 3 OR u.card_id <> p.card_id OR u.means <> p.means OR u.amount_minor <> -p.amount_minor
                        OR u.at > p.at
                        OR EXISTS (SELECT FROM gift_card_entry AS b WHERE b.card_id = p.card_id AND b.kind = 3 AND b.number < e.number)))
UNION ALL
SELECT 'z', NULL, coalesce(p.shift_id, r.shift_id), coalesce(p.kind, r.kind), coalesce(p.means, r.means), r.amount_minor, NULL
  FROM (SELECT p.shift_id, p.kind, p.means, count(*) AS count, sum(p.amount_minor) AS amount_minor
          FROM gift_card_payment AS p
          JOIN shift_z AS z ON z.shift_id = p.shift_id
         GROUP BY p.shift_id, p.kind, p.means) AS p
  FULL JOIN shift_z_gift_card AS r ON r.shift_id = p.shift_id AND r.kind = p.kind AND r.means = p.means
 WHERE p.count IS DISTINCT FROM r.payment_count
    OR p.amount_minor IS DISTINCT FROM r.amount_minor
