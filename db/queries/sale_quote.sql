-- What a quote looks at: the counter group's rows without its locks.

-- name: sale_quote_members
SELECT member_id, points, birthday_blind, birthday_year
  FROM member_account
 WHERE member_id = $1;

-- name: sale_quote_stock
SELECT product_id, on_hand_milli
  FROM stock
 WHERE shop_id = $1 AND product_id = ANY ($2::bigint[])
 ORDER BY product_id;

-- name: sale_quote_approval
SELECT token_hash, device_id, asked_by, approved_by, discount_ppm, below_floor, expires_at, used_sale_id
  FROM approval
 WHERE token_hash = $1;
