-- What a quote looks at: the counter group's rows without its locks.

-- name: sale_quote_members
SELECT member_id, points, birthday_blind, birthday_year, avoids, merged_into, tier
  FROM member_account
 WHERE (member_id = $1 OR member_id = (SELECT merged_into FROM member_account WHERE member_id = $1))
   AND NOT erased
 ORDER BY member_id;

-- name: sale_quote_stock
SELECT product_id, on_hand_milli
  FROM stock
 WHERE shop_id = $1 AND product_id = ANY ($2::bigint[])
 ORDER BY product_id;

-- name: sale_quote_approval
SELECT a.token_hash, a.device_id, a.asked_by, a.approved_by, a.discount_ppm, a.below_floor, a.deposit_back, a.free_refund, a.expires_at, a.used_sale_id,
       CASE WHEN s.active THEN s.role_id ELSE 0 END::bigint AS approver_role_id
  FROM approval AS a
  JOIN staff AS s ON s.id = a.approved_by
 WHERE a.token_hash = $1 AND a.training_id IS NULL;
