-- Every number under which something waits was given out on its day, and is what one thing waits under.
SELECT w.shop_id AS shop, w.business_day, w.number, w.id AS waits
  FROM (SELECT id, shop_id, business_day, number FROM parked_basket WHERE number IS NOT NULL
         UNION ALL
        SELECT id, shop_id, business_day, number FROM member_ticket) AS w
  LEFT JOIN kiosk_number AS k ON k.shop_id = w.shop_id
 WHERE k.shop_id IS NULL
    OR w.business_day > k.business_day
    OR (w.business_day = k.business_day AND w.number > k.last AND NOT k.again)
    OR EXISTS (SELECT FROM parked_basket AS p
                WHERE p.shop_id = w.shop_id AND p.business_day = w.business_day AND p.number = w.number AND p.id <> w.id)
