-- Whoever has an open referral, they or who was merged into them, and none that was paid, is marked as somebody's friend, and as one to be looked at once any of these bought something.
SELECT r.friend_id AS friend, a.member_id AS member, a.friend AS mark, b.bought
  FROM referral AS r
  JOIN member_account AS f ON f.member_id = r.friend_id
  JOIN member_account AS a ON a.member_id = coalesce(f.merged_into, f.member_id)
 CROSS JOIN LATERAL (SELECT coalesce(bool_or(o.paid_at IS NOT NULL), false) AS paid,
                            bool_or(EXISTS (SELECT FROM sale AS s WHERE s.member_id = w.member_id AND s.kind = 1)
                                    OR EXISTS (SELECT FROM sale_attach AS x WHERE x.member_id = w.member_id AND x.sale_id = x.attached_id)) AS bought
                       FROM member_account AS w
                       LEFT JOIN referral AS o ON o.friend_id = w.member_id
                      WHERE w.member_id = a.member_id OR w.merged_into = a.member_id) AS b
 WHERE r.paid_at IS NULL AND NOT a.erased AND NOT b.paid AND a.friend < CASE WHEN b.bought THEN 2 ELSE 1 END
