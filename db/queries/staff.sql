-- name: staff_find
-- Locked: whoever signs this person in meanwhile waits, and sees what was changed.
SELECT id, shop_id, role_id, pin_hash, active, locked
  FROM staff
 WHERE id = $1 AND shop_id = $2
   FOR NO KEY UPDATE;

-- name: staff_taken
-- Whose name or badge it is already.
SELECT id, coalesce(name_blind = $2, false) AS name_taken
  FROM staff
 WHERE shop_id = $1 AND (name_blind = $2 OR badge_blind = $3);

-- name: staff_create
INSERT INTO staff (id, shop_id, role_id, name_sealed, name_blind, badge_blind, pin_hash, active, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: staff_update
-- Null: as it was. $7: take the badge away.
UPDATE staff
   SET role_id = coalesce($2, role_id), name_sealed = coalesce($3, name_sealed), name_blind = coalesce($4, name_blind),
       badge_blind = CASE WHEN $7 THEN NULL ELSE coalesce($5, badge_blind) END,
       pin_hash = coalesce($6, pin_hash), pin_once = pin_once AND $6::text IS NULL, active = coalesce($8, active)
 WHERE id = $1;

-- name: staff_sign_out
UPDATE session
   SET closed_at = $2
 WHERE staff_id = $1 AND closed_at IS NULL;

-- name: staff_list
SELECT id, shop_id, role_id, name_sealed, active, locked
  FROM staff
 WHERE shop_id = $1 AND id > $2
 ORDER BY id
 LIMIT $3;

-- name: staff_list_locks
-- Whom wrong PINs keep out of some device, and until when at the latest.
SELECT person, max(locked_until) AS locked_until
  FROM sign_in_failure
 WHERE shop_id = $1 AND person = ANY ($2::bytea[]) AND device_id <> 0 AND locked_until > $3
 GROUP BY person;

-- name: staff_unlock
UPDATE staff
   SET locked = false
 WHERE id = $1 AND shop_id = $2
RETURNING id;

-- name: staff_unlock_records
DELETE FROM sign_in_failure
 WHERE shop_id = $1 AND person = $2;
