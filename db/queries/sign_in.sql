-- Wrong PINs, for all that ask for one.

-- name: sign_in_records
-- Of a person on this device, and over all (device 0).
SELECT device_id, failures, lock_count, locked_until, since
  FROM sign_in_failure
 WHERE shop_id = $1 AND person = $2 AND device_id IN ($3, 0);

-- name: sign_in_lock_today
-- Several devices may count at once: each adds to what the one before left.
SELECT device_id, failures, lock_count, locked_until, since
  FROM sign_in_failure
 WHERE shop_id = $1 AND person = $2 AND device_id = 0
   FOR NO KEY UPDATE;

-- name: sign_in_record
INSERT INTO sign_in_failure (shop_id, person, device_id, failures, lock_count, locked_until, since)
VALUES ($1, $2, $3, $4::bigint::integer, $5::bigint::integer, $6, $7)
ON CONFLICT (shop_id, person, device_id) DO UPDATE
   SET failures = EXCLUDED.failures, lock_count = EXCLUDED.lock_count, locked_until = EXCLUDED.locked_until,
       since = EXCLUDED.since;

-- name: sign_in_shut
UPDATE staff
   SET locked = true
 WHERE id = $1;

-- name: sign_in_forget
DELETE FROM sign_in_failure
 WHERE shop_id = $1 AND person = $2 AND device_id = $3;

-- name: sign_in_rehash
-- The parameters of PINs have moved on; not when the PIN was changed meanwhile.
UPDATE staff
   SET pin_hash = $3
 WHERE id = $1 AND pin_hash = $2;
