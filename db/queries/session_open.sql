-- name: session_open_find
SELECT id, shop_id, role_id, name_sealed, pin_hash, pin_once, active, locked
  FROM staff
 WHERE shop_id = $1 AND (name_blind = $2 OR badge_blind = $3);

-- name: session_open_write
-- FOR SHARE meets whoever changes this person meanwhile: then there is no row, and it is decided again.
INSERT INTO session (token_hash, device_id, staff_id, created_at, seen_at, expires_at)
SELECT $1, $2, id, $4, $4, $5
  FROM staff
 WHERE id = $3 AND active AND NOT locked AND pin_hash = $6 AND role_id = $7
   FOR SHARE
RETURNING staff_id;

-- name: session_end
UPDATE session
   SET closed_at = $2
 WHERE token_hash = $1 AND closed_at IS NULL;
