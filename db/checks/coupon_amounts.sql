-- A coupon took something off lines of its campaign's goods alone, of a basket that was large enough, and took off a sale with no other what its campaign gives, worked out once more, and which pieces it made free stands with each of its lines, or, of older sales, with none.
WITH line AS (
    SELECT u.sale_id, u.campaign_id, u.amount_minor, p.gift, p.value, p.least_minor, l.line, b.before_minor, b.part_minor, b.part_pieces,
           CASE WHEN v.unit = 0 THEN l.quantity_milli / 1000 - b.free_pieces ELSE 0 END AS pieces,
           before_minor > 0 AND (p.with_promotions OR NOT b.promoted)
           AND (p.category_id IS NULL OR (p.category_id = v.category_id) IS TRUE)
           AND (g.count = 0 OR EXISTS (SELECT FROM campaign_product AS w WHERE w.campaign_id = p.id AND w.product_id = l.product_id)) AS fits
      FROM coupon_use AS u
      JOIN campaign AS p ON p.id = u.campaign_id
      JOIN sale AS s ON s.id = u.sale_id
      JOIN sale_line AS l ON l.sale_id = u.sale_id AND l.flags & 98 = 0
     CROSS JOIN LATERAL (SELECT count(*) AS count FROM campaign_product AS w WHERE w.campaign_id = p.id) AS g
      LEFT JOIN LATERAL (SELECT w.category_id, w.unit
                           FROM product_version AS w
                          WHERE w.product_id = l.product_id AND w.from_version <= s.catalogue_version
                          ORDER BY w.from_version DESC
                          LIMIT 1) AS v ON true
     CROSS JOIN LATERAL (SELECT l.total_minor + coalesce(sum(d.amount_minor) FILTER (WHERE d.kind NOT IN (3, 5)), 0) AS before_minor,
                                coalesce(sum(d.amount_minor) FILTER (WHERE d.kind = 4 AND d.promotion_id = p.id), 0) AS part_minor,
                                sum(d.times) FILTER (WHERE d.kind = 4 AND d.promotion_id = p.id) AS part_pieces,
                                coalesce(bool_or(d.kind = 3), false) AS promoted,
                                CASE WHEN l.flags & 4 = 0 OR l.unit_price_minor = 0 THEN 0
                                     ELSE (l.discount_minor - coalesce(sum(d.amount_minor) FILTER (WHERE d.kind <> 5 OR d.times IS NULL), 0)::bigint)
                                          / l.unit_price_minor
                                END AS free_pieces
                           FROM sale_discount AS d
                          WHERE d.sale_id = l.sale_id AND d.line = l.line) AS b
), dearest AS (
    SELECT l.sale_id, l.campaign_id, l.line, l.before_minor, l.pieces,
           greatest(least(l.pieces, l.value + l.pieces - sum(l.pieces) OVER (PARTITION BY l.sale_id, l.campaign_id
                                                                             ORDER BY l.before_minor::numeric / l.pieces DESC, l.line)), 0) AS taken
      FROM line AS l
     WHERE l.fits AND l.pieces > 0
)
SELECT l.sale_id AS sale, l.campaign_id AS campaign, l.amount_minor, coalesce(sum(l.before_minor) FILTER (WHERE l.fits), 0) AS goods_minor
  FROM line AS l
  LEFT JOIN dearest AS f ON f.sale_id = l.sale_id AND f.campaign_id = l.campaign_id AND f.line = l.line
 GROUP BY l.sale_id, l.campaign_id, l.amount_minor, l.gift, l.value, l.least_minor
HAVING bool_or(l.part_minor <> 0 AND NOT l.fits)
    OR sum(l.before_minor) < l.least_minor
    OR l.amount_minor > coalesce(sum(l.before_minor) FILTER (WHERE l.fits), 0)
    OR (l.gift <> 3 AND count(l.part_pieces) > 0)
    OR count(l.part_pieces) NOT IN (0, count(*) FILTER (WHERE l.part_minor <> 0))
    OR sum(l.part_pieces) > l.value
    OR ((SELECT count(*) FROM coupon_use AS o WHERE o.sale_id = l.sale_id) = 1
        AND (bool_or(l.part_pieces <> f.taken)
             OR l.amount_minor <> CASE l.gift
                                      WHEN 1 THEN round(coalesce(sum(l.before_minor) FILTER (WHERE l.fits), 0) * l.value / 1000000)
                                      WHEN 2 THEN least(l.value, coalesce(sum(l.before_minor) FILTER (WHERE l.fits), 0))
                                      ELSE coalesce(sum(round(f.before_minor::numeric * f.taken / f.pieces)), 0)
                                  END))
