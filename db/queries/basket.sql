-- Baskets that wait.

-- name: basket_park_lock
-- Whoever parks at two tills at once waits here, so that both do not take the last place.
SELECT id
  FROM staff
 WHERE id = $1
   FOR NO KEY UPDATE;

-- name: basket_parked_count
SELECT count(*) AS parked
  FROM parked_basket
 WHERE staff_id = $1 AND shop_id = $2;

-- name: basket_park_insert
INSERT INTO parked_basket (id, shop_id, staff_id, device_id, parked_at, line_count, first_product_id, basket)
VALUES ($1, $2, $3, $4, $5, $6::bigint, $7, $8);

-- name: basket_parked_list
SELECT p.id, p.parked_at, p.line_count, p.first_product_id, d.till_number, p.basket
  FROM parked_basket AS p
  JOIN device AS d ON d.id = p.device_id
 WHERE p.staff_id = $1 AND p.shop_id = $2
 ORDER BY p.parked_at, p.id
 LIMIT $3;

-- name: basket_parked_members
-- Who the members of parked baskets are by now.
SELECT w.member_id, m.id, m.name_sealed
  FROM member_account AS w
 CROSS JOIN LATERAL (SELECT member_id AS id FROM member_account WHERE member_id = coalesce(w.merged_into, w.member_id) AND NOT erased OFFSET 0) AS a
 CROSS JOIN LATERAL (SELECT id, name_sealed FROM member WHERE id = a.id OFFSET 0) AS m
 WHERE w.member_id = ANY ($1::bigint[])
 ORDER BY w.member_id;

-- name: basket_resume_take
-- Two tills that take up one basket wait for each other here, and the second finds none.
DELETE FROM parked_basket
 WHERE id = $1 AND staff_id = $2 AND shop_id = $3
RETURNING id, line_count, basket;
