-- Each use of a coupon is of a sale, at its time and by its member, and what that has of it in its discounts, and the other way round, nobody used another's, whoever they are now, or more often than one may, and the goods that earned one came to what is asked (of older ones: all).
SELECT coalesce(u.sale_id, d.sale_id) AS sale, coalesce(u.campaign_id, d.promotion_id) AS campaign, u.amount_minor AS used_minor,
       d.amount_minor AS discount_minor
  FROM coupon_use AS u
  FULL JOIN (SELECT sale_id, promotion_id, amount_minor, reason FROM sale_discount WHERE kind = 4 AND line = -1) AS d
    ON d.sale_id = u.sale_id AND d.promotion_id = u.campaign_id
  LEFT JOIN sale AS s ON s.id = u.sale_id
  LEFT JOIN campaign AS p ON p.id = u.campaign_id
  LEFT JOIN coupon AS c ON c.id = u.coupon_id
  LEFT JOIN member_account AS w ON w.member_id = c.member_id
  LEFT JOIN member_account AS b ON b.member_id = u.member_id
 WHERE (s.kind = 1 AND s.at = u.at AND u.amount_minor = d.amount_minor AND d.reason = p.name) IS NOT TRUE
    OR s.member_id IS DISTINCT FROM u.member_id
    OR (c.member_id IS NOT NULL AND coalesce(w.merged_into, c.member_id) IS DISTINCT FROM coalesce(b.merged_into, u.member_id))
    OR (u.member_id IS NULL AND (p.members_only OR p.first_purchase OR p.per_member > 0))
UNION ALL
SELECT NULL, u.campaign_id, u.member_id, count(*)
  FROM coupon_use AS u
  JOIN campaign AS p ON p.id = u.campaign_id AND p.per_member > 0
 GROUP BY u.campaign_id, u.member_id, p.per_member
HAVING count(*) > p.per_member
UNION ALL
SELECT c.sale_id, c.campaign_id, c.goods_minor, p.receipt_minor
  FROM coupon AS c
  JOIN campaign AS p ON p.id = c.campaign_id
  LEFT JOIN sale AS s ON s.id = c.sale_id
 CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount_minor), 0) AS minor FROM sale_deposit AS x WHERE x.sale_id = c.sale_id) AS d
 WHERE c.sale_id IS NOT NULL
   AND (s.kind = 1 AND p.receipt_minor > 0 AND s.at >= p.created_at
        AND coalesce(c.goods_minor, s.total_minor) >= p.receipt_minor
        AND coalesce(c.goods_minor, s.total_minor - d.minor) = s.total_minor - d.minor) IS NOT TRUE
