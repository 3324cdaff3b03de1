-- What waits to be admitted was entered at a kiosk of its shop, by somebody who is no member yet, or by a member who still is.
SELECT t.id AS ticket, t.shop_id AS shop, t.device_id AS device, t.member_id AS member
  FROM member_ticket AS t
  LEFT JOIN device AS d ON d.id = t.device_id
  LEFT JOIN member_account AS a ON a.member_id = t.member_id
 WHERE d.shop_id IS DISTINCT FROM t.shop_id
    OR d.kind <> 2
    OR (t.member_id IS NULL AND EXISTS (SELECT FROM member_account AS n WHERE n.member_id = t.id))
    OR (t.member_id IS NOT NULL AND (a.member_id IS NULL OR a.erased OR a.merged_into IS NOT NULL))
