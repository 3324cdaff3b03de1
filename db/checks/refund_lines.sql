-- A refund gives back lines of a sale of the same shop and member, or of who has taken that one in, at the price and of the product that were sold, and no refund is refunded.
SELECT s.id AS refund, s.refund_of AS sale, o.kind, l.line, l.refund_line, l.product_id AS product, p.product_id AS sold_product
  FROM sale AS s
  JOIN sale AS o ON o.id = s.refund_of
  JOIN sale_line AS l ON l.sale_id = s.id
  LEFT JOIN sale_attach AS ox ON ox.sale_id = o.id
  LEFT JOIN sale_attach AS sx ON sx.sale_id = s.id
  LEFT JOIN member_account AS om ON om.member_id = coalesce(o.member_id, ox.member_id)
  LEFT JOIN member_account AS sm ON sm.member_id = coalesce(s.member_id, sx.member_id)
  LEFT JOIN sale_line AS p ON p.sale_id = o.id AND p.line = l.refund_line
 WHERE o.kind <> 1
    OR o.shop_id <> s.shop_id
    OR coalesce(om.merged_into, o.member_id, ox.member_id) IS DISTINCT FROM coalesce(sm.merged_into, s.member_id, sx.member_id)
    OR p.product_id IS DISTINCT FROM l.product_id
    OR p.unit_price_minor IS DISTINCT FROM l.unit_price_minor
    OR l.quantity_milli >= 0
