-- A coupon's uses are numbered without gaps and as many as it says, a campaign's as many as all its coupons have, neither has more than it may, and a campaign has issued as many coupons as it says.
WITH uses AS (
    SELECT campaign_id, count(*) AS count FROM coupon_use GROUP BY campaign_id
)
SELECT 'coupon' AS what, c.id, c.use_count AS said, u.count AS found
  FROM coupon AS c
 CROSS JOIN LATERAL (SELECT count(*) AS count, coalesce(max(number), 0) AS newest, bool_and(campaign_id = c.campaign_id) AS right
                       FROM coupon_use WHERE coupon_id = c.id) AS u
 WHERE u.count <> c.use_count OR u.newest <> c.use_count OR NOT u.right OR (c.uses_max > 0 AND u.count > c.uses_max)
UNION ALL
SELECT 'campaign', p.id, p.use_count, u.count
  FROM campaign AS p
 CROSS JOIN LATERAL (SELECT coalesce((SELECT w.count FROM uses AS w WHERE w.campaign_id = p.id), 0) AS count) AS u
 WHERE u.count <> p.use_count OR (p.uses_max > 0 AND u.count > p.uses_max)
UNION ALL
SELECT 'issued', p.id, p.coupon_count, c.count
  FROM campaign AS p
 CROSS JOIN LATERAL (SELECT count(*) AS count, coalesce(max(number), 0) AS newest FROM coupon WHERE campaign_id = p.id) AS c
 WHERE c.count <> p.coupon_count OR c.newest <> p.coupon_count
UNION ALL
SELECT 'none', u.coupon_id, 0, u.number
  FROM coupon_use AS u
 WHERE NOT EXISTS (SELECT FROM coupon AS c WHERE c.id = u.coupon_id)
