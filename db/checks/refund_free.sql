-- A refund without a receipt gives back goods at no more than their price of the day, in cash, for a reason, is no member's, moves no points and is listed, and nothing else is listed so.
SELECT coalesce(s.id, e.sale_id) AS refund, l.line, l.unit_price_minor, p.price_minor, s.total_minor
  FROM (SELECT * FROM sale WHERE kind = 2 AND refund_of IS NULL) AS s
  FULL JOIN (SELECT sale_id FROM sale_exception WHERE kind = 16) AS e ON e.sale_id = s.id
  LEFT JOIN sale_line AS l ON l.sale_id = s.id
  LEFT JOIN LATERAL (SELECT v.price_minor
                       FROM price_version AS v
                      WHERE v.product_id = l.product_id AND v.shop_id IN (0, s.shop_id) AND v.from_version <= s.catalogue_version
                      ORDER BY v.shop_id DESC, v.from_version DESC
                      LIMIT 1) AS p ON true
 WHERE s.id IS NULL
    OR e.sale_id IS NULL
    OR l.line IS NULL
    OR s.total_minor >= 0
    OR s.reason = ''
    OR (s.points_earned, s.points_spent, s.points_gifted, s.points_after) <> (0, 0, 0, 0)
    OR l.quantity_milli >= 0
    OR l.refund_line IS NOT NULL
    OR l.discount_minor <> 0
    OR l.flags & ~17 <> 0
    OR l.unit_price_minor NOT BETWEEN 1 AND coalesce(p.price_minor, 0)
    OR EXISTS (SELECT FROM tender AS t WHERE t.sale_id = s.id AND (t.kind <> 1 OR t.change_minor <> 0 OR t.amount_minor >= 0))
