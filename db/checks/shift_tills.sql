-- A sale counts in a shift of the till that made it, and so does the shift that the till says it was made in.
SELECT s.id AS sale, s.device_id AS device, s.shift_id AS shift, o.device_id AS shift_device, s.made_shift_id AS made_shift
  FROM sale AS s
  LEFT JOIN shift AS o ON o.id = s.shift_id
  LEFT JOIN shift AS m ON m.id = s.made_shift_id
 WHERE o.device_id IS DISTINCT FROM s.device_id
    OR o.shop_id IS DISTINCT FROM s.shop_id
    OR (s.made_shift_id IS NOT NULL AND m.device_id IS DISTINCT FROM s.device_id)
