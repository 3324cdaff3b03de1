-- What expired was taken off a lot behind its last day, and what came by a friend is of a friend who was paid for.
SELECT e.origin_id AS origin, e.lot_id AS lot, e.kind, e.member_id AS member, e.points, l.expiry_day
  FROM points_entry AS e
  JOIN points_lot AS l ON l.id = e.lot_id
  LEFT JOIN referral AS r ON r.friend_id = e.origin_id
 WHERE (e.kind = 7 AND (e.points > 0 OR (e.at AT TIME ZONE 'UTC')::date < l.expiry_day))
    OR (e.kind = 11 AND (r.referrer_id = e.member_id AND r.paid_at = e.at) IS NOT TRUE)
    OR (e.kind = 12 AND (r.friend_id = e.member_id AND r.paid_at = e.at) IS NOT TRUE)
