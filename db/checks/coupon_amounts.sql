-- A coupon took something off lines of its campaign's goods alone, of a basket that was large enough, and took off a sale with no other what its campaign gives, worked out once more.
WITH line AS (
    SELECT u.sale_id, u.campaign_id, u.amount_minor, p.gift, p.value, p.least_minor, b.before_minor, b.part_minor,
           before_minor > 0 AND (p.with_promotions OR NOT b.promoted)
           AND (p.category_id IS NULL OR (p.category_id = v.category_id) IS TRUE)
           AND (g.count = 0 OR EXISTS (SELECT FROM campaign_product AS w WHERE w.campaign_id = p.id AND w.product_id = l.product_id)) AS fits
      FROM coupon_use AS u
      JOIN campaign AS p ON p.id = u.campaign_id
      JOIN sale AS s ON s.id = u.sale_id
      JOIN sale_line AS l ON l.sale_id = u.sale_id AND l.flags & 98 = 0
     CROSS JOIN LATERAL (SELECT count(*) AS count FROM campaign_product AS w WHERE w.campaign_id = p.id) AS g
      LEFT JOIN LATERAL (SELECT w.category_id
                           FROM product_version AS w
                          WHERE w.product_id = l.product_id AND w.from_version <= s.catalogue_version
                          ORDER BY w.from_version DESC
                          LIMIT 1) AS v ON true
     CROSS JOIN LATERAL (SELECT l.total_minor + coalesce(sum(d.amount_minor) FILTER (WHERE d.kind NOT IN (3, 5)), 0) AS before_minor,
                                coalesce(sum(d.amount_minor) FILTER (WHERE d.kind = 4 AND d.promotion_id = p.id), 0) AS part_minor,
                                coalesce(bool_or(d.kind = 3), false) AS promoted
                           FROM sale_discount AS d
                          WHERE d.sale_id = l.sale_id AND d.line = l.line) AS b
)
SELECT sale_id AS sale, campaign_id AS campaign, amount_minor, coalesce(sum(before_minor) FILTER (WHERE fits), 0) AS goods_minor
  FROM line AS l
 GROUP BY sale_id, campaign_id, amount_minor, gift, value, least_minor
HAVING bool_or(part_minor <> 0 AND NOT fits)
    OR sum(before_minor) < least_minor
    OR amount_minor > coalesce(sum(before_minor) FILTER (WHERE fits), 0)
    OR ((SELECT count(*) FROM coupon_use AS o WHERE o.sale_id = l.sale_id) = 1
        AND amount_minor <> CASE gift
                                WHEN 1 THEN round(coalesce(sum(before_minor) FILTER (WHERE fits), 0) * value / 1000000)
                                WHEN 2 THEN least(value, coalesce(sum(before_minor) FILTER (WHERE fits), 0))
                                ELSE amount_minor
                            END)
