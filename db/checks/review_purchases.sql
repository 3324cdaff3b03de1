-- A review is of goods that the receipt it names has, bought by who wrote it or by who was merged into them. And whoever was merged has none.
SELECT r.id AS review, r.member_id AS member, r.sale_id AS sale, r.product_id AS product, s.member_id AS bought_by, s.kind
  FROM review AS r
  LEFT JOIN sale AS s ON s.id = r.sale_id
  LEFT JOIN sale_attach AS t ON t.sale_id = s.id
  LEFT JOIN member_account AS a ON a.member_id = coalesce(s.member_id, t.member_id)
 WHERE r.sale_id IS NOT NULL
   AND (s.kind IS DISTINCT FROM 1
        OR s.shop_id <> r.shop_id
        OR coalesce(a.merged_into, s.member_id, t.member_id) IS DISTINCT FROM r.member_id
        OR NOT EXISTS (SELECT FROM sale_line AS l WHERE l.sale_id = r.sale_id AND l.product_id = r.product_id AND l.flags & 98 = 0))
