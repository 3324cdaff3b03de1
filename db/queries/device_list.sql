-- name: device_list
SELECT id, shop_id, kind, name, till_number, certificate_expiry, revoked_at, seen_at
  FROM device
 WHERE shop_id = $1 AND id > $2
 ORDER BY id
 LIMIT $3;
