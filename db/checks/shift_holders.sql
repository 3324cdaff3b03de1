-- A till's own drawer and those of persons are never open together, who holds one is of the shop's staff and opened it, and what was done at the till in it was done by them.
SELECT 'together' AS what, d.device_id AS device, d.shift_id AS shift, d.holder_id AS holder
  FROM drawer AS d
 WHERE d.holder_id = 0
   AND d.shift_id IS NOT NULL
   AND EXISTS (SELECT FROM drawer AS o WHERE o.device_id = d.device_id AND o.holder_id <> 0 AND o.shift_id IS NOT NULL)
UNION ALL
SELECT 'holder', s.device_id, s.id, s.holder_id
  FROM shift AS s
  LEFT JOIN staff AS p ON p.id = s.holder_id
 WHERE s.holder_id <> 0
   AND (p.shop_id IS DISTINCT FROM s.shop_id OR s.opened_by <> s.holder_id)
UNION ALL
SELECT 'drawer', d.device_id, d.shift_id, d.holder_id
  FROM drawer AS d
  LEFT JOIN shift AS s ON s.id = d.shift_id
 WHERE d.shift_id IS NOT NULL
   AND (s.device_id IS DISTINCT FROM d.device_id OR s.holder_id IS DISTINCT FROM d.holder_id)
UNION ALL
SELECT 'done', s.device_id, s.id, s.holder_id
  FROM shift AS s
  JOIN (SELECT r.shift_id, r.staff_id
          FROM sale AS r
         WHERE r.series = 'T'
           AND NOT EXISTS (SELECT FROM sale_rescue AS b WHERE b.sale_id = r.id)
         UNION ALL
        SELECT shift_id, staff_id FROM drawer_move
         UNION ALL
        SELECT shift_id, staff_id FROM no_sale
         UNION ALL
        SELECT shift_id, staff_id FROM account_payment) AS d ON d.shift_id = s.id
 WHERE s.holder_id <> 0
   AND d.staff_id <> s.holder_id
