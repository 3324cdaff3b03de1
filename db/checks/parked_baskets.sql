-- A parked basket is of a person and a till of its shop, and nobody has more than 20 of them, and one with a number is of a kiosk of its shop.
SELECT p.id AS parked, p.shop_id AS shop, p.staff_id AS staff, p.device_id AS device, n.parked AS of_this_person
  FROM parked_basket AS p
  LEFT JOIN staff AS s ON s.id = p.staff_id
  LEFT JOIN device AS d ON d.id = p.device_id
  LEFT JOIN (SELECT staff_id, count(*) AS parked FROM parked_basket GROUP BY staff_id) AS n ON n.staff_id = p.staff_id
 WHERE (p.number IS NULL AND s.shop_id IS DISTINCT FROM p.shop_id)
    OR d.shop_id IS DISTINCT FROM p.shop_id
    OR (p.number IS NOT NULL) <> (d.kind = 2)
    OR n.parked > 20
