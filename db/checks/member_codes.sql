-- A code was made by somebody of its shop for a member who is there, lives ten minutes, and was used at a kiosk of the shop.
SELECT c.member_id AS member, c.shop_id AS shop, c.made_at, c.used_at
  FROM member_code AS c
  LEFT JOIN staff AS s ON s.id = c.staff_id
  LEFT JOIN device AS d ON d.id = c.used_device_id
  LEFT JOIN member_account AS a ON a.member_id = c.member_id
 WHERE s.shop_id IS DISTINCT FROM c.shop_id
    OR c.expires_at <> c.made_at + interval '10 minutes'
    OR (c.used_device_id IS NOT NULL AND (d.shop_id <> c.shop_id OR d.kind <> 2))
    OR a.member_id IS NULL OR a.erased OR a.merged_into IS NOT NULL
