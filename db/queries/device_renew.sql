-- name: device_renew
-- Behind the lock of the device's row. The old key stays good until the new one is shown.
UPDATE device
   SET renewed_key_hash = $2, renewed_expiry = $3
 WHERE id = $1
RETURNING id, shop_id, kind, name, till_number, renewed_expiry AS certificate_expiry, revoked_at, seen_at;

-- name: device_renew_taken
SELECT id FROM device WHERE key_hash = $1 OR (renewed_key_hash = $1 AND id <> $2);

-- name: device_renew_shown
-- The new key was shown: it is the device's key from now on.
UPDATE device
   SET key_hash = renewed_key_hash, certificate_expiry = renewed_expiry, renewed_key_hash = NULL, renewed_expiry = NULL
 WHERE id = $1 AND renewed_key_hash = $2;
