-- The till, the person and the member that a sale names are there, the till in the shop that it names.
SELECT s.id AS sale, s.shop_id AS shop, s.device_id AS device, d.shop_id AS device_shop, s.staff_id AS staff, p.id AS staff_there,
       s.member_id AS member, m.id AS member_there
  FROM sale AS s
  LEFT JOIN device AS d ON d.id = s.device_id
  LEFT JOIN staff AS p ON p.id = s.staff_id
  LEFT JOIN member AS m ON m.id = s.member_id
 WHERE d.shop_id IS DISTINCT FROM s.shop_id
    OR p.id IS NULL
    OR m.id IS DISTINCT FROM s.member_id
