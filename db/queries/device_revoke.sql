-- name: device_revoke_find
SELECT revoked_at IS NOT NULL AS revoked
  FROM device
 WHERE id = $1 AND shop_id = $2
   FOR NO KEY UPDATE;

-- name: device_revoke
UPDATE device
   SET revoked_at = coalesce(revoked_at, $2)
 WHERE id = $1
RETURNING id, shop_id, kind, name, till_number, certificate_expiry, revoked_at, seen_at;

-- name: device_revoke_sessions
UPDATE session
   SET closed_at = $2
 WHERE device_id = $1 AND closed_at IS NULL;
