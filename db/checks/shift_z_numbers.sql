-- Every shift but those that are open has its Z, under its number, till and shop, and a closed drawer holds nothing.
SELECT coalesce(s.device_id, z.device_id) AS device, d.shift_id AS open_shift, s.id AS shift, s.number, z.number AS z_number,
       d.cash_minor, d.sale_count
  FROM shift AS s
  FULL JOIN shift_z AS z ON z.shift_id = s.id
  LEFT JOIN drawer AS d ON d.device_id = s.device_id AND d.holder_id = s.holder_id
 WHERE s.id IS NULL
    OR (z.shift_id IS NULL) <> (d.shift_id IS NOT DISTINCT FROM s.id)
    OR (z.shift_id IS NOT NULL AND (z.number <> s.number OR z.device_id <> s.device_id OR z.shop_id <> s.shop_id))
    OR (d.shift_id IS NULL AND (d.cash_minor <> 0 OR d.sale_count <> 0))
