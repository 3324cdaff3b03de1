-- name: enrol_find
-- The codes a secret may have been meant for, locked so that two tries are counted one after the other.
SELECT id, shop_id, kind, name, till_number, secret_hash, tries, expires_at, used_at IS NOT NULL AS used
  FROM device_invite
 WHERE selector = $1::bigint::integer
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: enrol_wrong
UPDATE device_invite
   SET tries = tries + 1
 WHERE selector = $1::bigint::integer AND used_at IS NULL AND expires_at > $2;

-- name: enrol_key
-- A key that is a device's already makes no other.
SELECT id FROM device WHERE key_hash = $1 OR renewed_key_hash = $1;

-- name: enrol_device
INSERT INTO device (id, shop_id, kind, name, till_number, key_hash, certificate_expiry, created_at)
SELECT $2, shop_id, kind, name, till_number, $3, $4, $5
  FROM device_invite
 WHERE id = $1
RETURNING id, shop_id, kind, name, till_number, certificate_expiry, revoked_at, seen_at;

-- name: enrol_use
UPDATE device_invite
   SET used_at = $3, device_id = $2
 WHERE id = $1;
