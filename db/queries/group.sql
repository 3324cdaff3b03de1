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
SELECT ($3::bigint[])[i] AS position, c.op, c.body_hash, c.reply
  FROM generate_subscripts($1::bigint[], 1) AS i
  JOIN command AS c ON c.device_id = ($1::bigint[])[i] AND c.command_id = ($2::bytea[])[i];

-- name: group_heads
-- Of one kind of strand.
SELECT device_id, number, hash, at
  FROM device_head
 WHERE device_id = ANY ($1::bigint[]) AND kind = $2::text::"char"
 ORDER BY device_id;

-- name: group_catalogue
SELECT version
  FROM catalogue_head
 WHERE shop_id = $1;
