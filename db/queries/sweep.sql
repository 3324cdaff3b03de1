-- Timed work: what has had its time goes, a batch a transaction.

-- name: sweep_commands
-- The oldest first: what is younger than the oldest that is left is there (db/checks/).
WITH old AS (
    SELECT device_id, command_id FROM command WHERE at < $1::timestamptz ORDER BY at LIMIT $2::bigint
), gone AS (
    DELETE FROM command AS c USING old
     WHERE c.device_id = old.device_id AND c.command_id = old.command_id
    RETURNING 1
)
SELECT count(*) AS gone FROM gone;

-- name: sweep_sessions
WITH old AS (
    SELECT token_hash FROM session WHERE expires_at < $1::timestamptz LIMIT $2::bigint
), gone AS (
    DELETE FROM session AS s USING old WHERE s.token_hash = old.token_hash
    RETURNING 1
)
SELECT count(*) AS gone FROM gone;

-- name: sweep_failures
WITH old AS (
    SELECT shop_id, person, device_id FROM sign_in_failure
     WHERE since < $1::timestamptz AND locked_until < $1::timestamptz
     LIMIT $2::bigint
), gone AS (
    DELETE FROM sign_in_failure AS f USING old
     WHERE f.shop_id = old.shop_id AND f.person = old.person AND f.device_id = old.device_id
    RETURNING 1
)
SELECT count(*) AS gone FROM gone;

-- name: sweep_keys
-- Of these persons, those that neither staff, members nor accounts know; an invoice has a key as a person has. A member who was merged
-- into another has no field left that a key would open.
SELECT p.id
  FROM unnest($1::bigint[]) AS p (id)
 WHERE NOT EXISTS (SELECT FROM staff WHERE staff.id = p.id)
   AND NOT EXISTS (SELECT FROM member_account AS a WHERE a.member_id = p.id AND a.merged_into IS NULL)
   AND NOT EXISTS (SELECT FROM invoice WHERE invoice.id = p.id)
   AND NOT EXISTS (SELECT FROM account WHERE account.id = p.id)
 ORDER BY p.id;
