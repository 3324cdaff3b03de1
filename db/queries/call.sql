-- What the driver asks for every command: the lock on its device, the answer kept, the strand, the journal.

-- name: device_lock
-- Whoever holds this lock may advance the device's strands and answer its commands.
SELECT id, revoked_at IS NOT NULL AS revoked
  FROM device
 WHERE id = $1
   FOR NO KEY UPDATE;

-- name: number_lock
-- Commands without a device (Enrol), and the server's own strand, meet at a number instead of a row.
SELECT pg_advisory_xact_lock($1::bigint::integer, $2::bigint::integer);

-- name: command_find
-- Asked behind the lock: its snapshot is newer than whoever held it before.
SELECT op, body_hash, reply
  FROM command
 WHERE device_id = $1 AND command_id = $2;

-- name: strand_head
SELECT number, hash, at
  FROM device_head
 WHERE device_id = $1 AND kind = 'L';

-- name: journal_write
INSERT INTO journal (device_id, kind, number, at, bytes, hash)
SELECT ($1::bigint[])[i], $2::text::"char", ($3::bigint[])[i], ($4::timestamptz[])[i], ($5::bytea[])[i], ($6::bytea[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: strand_advance
INSERT INTO device_head (device_id, kind, number, hash, at)
SELECT ($1::bigint[])[i], $2::text::"char", ($3::bigint[])[i], ($4::bytea[])[i], ($5::timestamptz[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i
ON CONFLICT (device_id, kind) DO UPDATE SET number = EXCLUDED.number, hash = EXCLUDED.hash, at = EXCLUDED.at;

-- name: journal_sign
INSERT INTO journal_signature (id, at, heads, signature, key_id)
VALUES ($1, $2, $3, $4, $5);

-- name: command_keep
INSERT INTO command (device_id, command_id, op, body_hash, reply, at)
SELECT ($1::bigint[])[i], ($2::bytea[])[i], ($3::bigint[])[i], ($4::bytea[])[i], ($5::bytea[])[i], $6::timestamptz
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: catalogue_lock
-- All rows in order: versions are compared across shops.
SELECT shop_id
  FROM catalogue_head
 ORDER BY shop_id
   FOR NO KEY UPDATE;

-- name: catalogue_raise
-- Asked behind catalogue_lock. $1: the shop, 0 for all. Everybody who listens hears of it at the COMMIT.
WITH next AS (
    SELECT max(version) + 1 AS version FROM catalogue_head
), made AS (
    INSERT INTO catalogue_version (version, shop_id, made_at)
    SELECT version, $1::bigint, $2::timestamptz
      FROM next
), raised AS (
    UPDATE catalogue_head AS h
       SET version = next.version
      FROM next
     WHERE $1::bigint = 0 OR h.shop_id = $1::bigint
    RETURNING h.version
), raised_to AS (
    SELECT max(version) AS version FROM raised
)
SELECT version, pg_notify('caroline', $1::bigint || ':catalogue:' || version) IS NULL AS told
  FROM raised_to;

-- name: tell
-- To every server process, this one too, at the COMMIT.
SELECT pg_notify('caroline', $1);

-- name: session_touch
-- The sessions that were used since the last time; those that do not come back have ended elsewhere.
UPDATE session AS s
   SET seen_at = $2
  FROM unnest($1::bytea[]) AS t (token_hash)
 WHERE s.token_hash = t.token_hash AND s.closed_at IS NULL AND s.expires_at > $2
RETURNING s.token_hash;

-- name: standing_devices
-- Of the devices that are connected here, those that may stay.
SELECT id
  FROM device
 WHERE id = ANY ($1::bigint[]) AND revoked_at IS NULL;

-- name: standing_members
-- Of the members who signed in here for themselves, those who are still somebody, and since when they have their secret.
SELECT a.member_id AS id,
       coalesce((SELECT s.changed_at FROM member_secret AS s WHERE s.member_id = a.member_id), 'epoch'::timestamptz) AS changed_at
  FROM member_account AS a
 WHERE a.member_id = ANY ($1::bigint[]) AND NOT a.erased AND a.merged_into IS NULL;

-- name: standing_sessions
-- Of the sessions here, with the role each person acts in (0 after a one-time PIN), those that may go on as they are,
-- or once the PIN was given;
-- and what each practises in.
SELECT s.token_hash, s.locked, s.training_id, s.training_from
  FROM unnest($1::bytea[], $2::bigint[]) AS h (token_hash, role_id)
  JOIN session AS s USING (token_hash)
  JOIN staff AS t ON t.id = s.staff_id
 WHERE s.closed_at IS NULL AND s.expires_at > $3 AND t.active
   AND h.role_id = CASE WHEN t.pin_once THEN 0 ELSE t.role_id END;
