-- Sessions that are open already.

-- name: session_find
-- Locked: whoever ends this session meanwhile waits, and is heard after what was decided here.
SELECT s.token_hash, s.device_id, s.seen_at, s.expires_at, s.locked AS session_locked, s.closed_at IS NOT NULL AS closed,
       s.training_id, s.training_from, t.id, t.shop_id, t.role_id, t.name_sealed, t.pin_hash, t.pin_once, t.active, t.locked
  FROM session AS s
  JOIN staff AS t ON t.id = s.staff_id
 WHERE s.token_hash = $1
   FOR NO KEY UPDATE OF s;

-- name: session_mark
UPDATE session
   SET locked = $2, seen_at = $3
 WHERE token_hash = $1 AND closed_at IS NULL
RETURNING staff_id;
