-- The cash that a shop gives back without receipts on a business day stays within what it gave for that, as it stood at one of these refunds.
SELECT s.shop_id AS shop, s.business_day, (-sum(s.total_minor + coalesce(s.rounding_minor, 0)))::bigint AS given_minor, max(v.free_refund_day_minor) AS day_minor
  FROM sale AS s
 CROSS JOIN LATERAL (SELECT w.free_refund_day_minor
                       FROM shop_version AS w
                      WHERE w.shop_id = s.shop_id AND w.from_version <= s.catalogue_version
                      ORDER BY w.from_version DESC
                      LIMIT 1) AS v
 WHERE s.kind = 2 AND s.refund_of IS NULL
 GROUP BY s.shop_id, s.business_day
HAVING -sum(s.total_minor + coalesce(s.rounding_minor, 0)) > max(v.free_refund_day_minor)
