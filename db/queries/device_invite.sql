-- name: device_invite_let_go
-- Codes that ran out unused hold their till number no longer.
UPDATE device_invite
   SET till_number = NULL
 WHERE shop_id = $1 AND used_at IS NULL AND expires_at <= $2 AND till_number IS NOT NULL;

-- name: device_invite_taken
-- Till numbers of devices and of codes that are still good.
SELECT till_number FROM device WHERE shop_id = $1 AND till_number IS NOT NULL
UNION
SELECT till_number FROM device_invite WHERE shop_id = $1 AND till_number IS NOT NULL AND used_at IS NULL
 ORDER BY till_number;

-- name: device_invite_write
-- No row: another device's invitation has this command id.
INSERT INTO device_invite (id, shop_id, kind, name, till_number, selector, secret_hash, expires_at, command_id, created_at)
VALUES ($1, $2, $3::bigint::smallint, $4, $5::bigint::integer, $6::bigint::integer, $7, $8, $9, $10)
ON CONFLICT (command_id) DO NOTHING
RETURNING id;

-- name: device_invite_again
-- The same invitation with a new code; no row when its code has been used, or a counter's till number let go of.
UPDATE device_invite
   SET selector = $2::bigint::integer, secret_hash = $3, expires_at = $4, tries = 0
 WHERE command_id = $1 AND used_at IS NULL AND (kind <> 1 OR till_number IS NOT NULL)
RETURNING id;
