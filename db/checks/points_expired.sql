-- What expired was taken off a lot behind its last day and paid no more of what its member owed than it was, and what came by a friend is of a friend who was paid for, whoever the two are now.
SELECT e.origin_id AS origin, e.lot_id AS lot, e.kind, e.member_id AS member, e.points, l.expiry_day
  FROM points_entry AS e
  JOIN points_lot AS l ON l.id = e.lot_id
  LEFT JOIN referral AS r ON r.friend_id = e.origin_id
  LEFT JOIN member_account AS a ON a.member_id = e.member_id
  LEFT JOIN member_account AS p ON p.member_id = CASE e.kind WHEN 11 THEN r.referrer_id ELSE r.friend_id END
 WHERE (e.kind = 7 AND (e.points > 0 OR (e.at AT TIME ZONE 'UTC')::date < l.expiry_day))
    OR (e.kind IN (11, 12) AND (coalesce(p.merged_into, p.member_id) = coalesce(a.merged_into, a.member_id)
                                AND r.paid_at = e.at) IS NOT TRUE)
UNION ALL
SELECT e.origin_id, NULL, 8, e.member_id, sum(e.points), NULL
  FROM points_entry AS e
 WHERE e.kind IN (7, 8)
 GROUP BY e.origin_id, e.member_id
HAVING count(*) FILTER (WHERE e.kind = 7) > 0 AND sum(e.points) > 0
