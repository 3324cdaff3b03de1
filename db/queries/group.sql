-- What the driver asks for a group of commands of one shop; the writing statements are those of call.sql.

-- name: group_lock
SELECT pg_advisory_xact_lock($1::bigint);

-- name: group_devices
-- In the order of ids, like every other statement that locks.
SELECT id, revoked_at IS NOT NULL AS revoked
  FROM device
 WHERE id = ANY ($1::bigint[])
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: group_commands
SELECT t.position, c.op, c.body_hash, c.reply
  FROM unnest($1::bigint[], $2::bytea[], $3::bigint[]) AS t (device_id, command_id, position)
  JOIN command AS c ON c.device_id = t.device_id AND c.command_id = t.command_id;

-- name: group_heads
SELECT device_id, number, hash, at
  FROM device_head
 WHERE device_id = ANY ($1::bigint[]) AND kind = 'T'
 ORDER BY device_id;

-- name: group_catalogue
SELECT version
  FROM catalogue_head
 WHERE shop_id = $1;
