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

-- name: sweep_kiosk_baskets
-- That nobody came to the counter with.
WITH old AS (
    SELECT id FROM parked_basket WHERE number IS NOT NULL AND parked_at < $1::timestamptz LIMIT $2::bigint
), gone AS (
    DELETE FROM parked_basket AS p USING old WHERE p.id = old.id
    RETURNING 1
)
SELECT count(*) AS gone FROM gone;

-- name: sweep_member_tickets
WITH old AS (
    SELECT id FROM member_ticket WHERE made_at < $1::timestamptz LIMIT $2::bigint
), gone AS (
    DELETE FROM member_ticket AS t USING old WHERE t.id = old.id
    RETURNING 1
)
SELECT count(*) AS gone FROM gone;

-- name: sweep_member_codes
WITH old AS (
    SELECT hash FROM member_code WHERE made_at < $1::timestamptz LIMIT $2::bigint
), gone AS (
    DELETE FROM member_code AS c USING old WHERE c.hash = old.hash
    RETURNING 1
)
SELECT count(*) AS gone FROM gone;

-- name: sweep_keys
-- Of these persons, those that neither staff, members nor accounts know, nor who signed up and waits to be admitted. An invoice has a key as
-- a person has. A member who was merged into another has no field left that a key would open.
SELECT p.id
  FROM unnest($1::bigint[]) AS p (id)
 WHERE NOT EXISTS (SELECT FROM staff WHERE staff.id = p.id)
   AND NOT EXISTS (SELECT FROM member_account AS a WHERE a.member_id = p.id AND a.merged_into IS NULL)
   AND NOT EXISTS (SELECT FROM invoice WHERE invoice.id = p.id)
   AND NOT EXISTS (SELECT FROM account WHERE account.id = p.id)
   AND NOT EXISTS (SELECT FROM member_ticket AS t WHERE t.id = p.id)
 ORDER BY p.id;

-- name: sweep_print_jobs
-- Papers that were printed or dropped.
WITH old AS (
    SELECT printer_id, number FROM print_job WHERE ended_at < $1::timestamptz LIMIT $2::bigint
), gone AS (
    DELETE FROM print_job AS j USING old WHERE j.printer_id = old.printer_id AND j.number = old.number
    RETURNING 1
)
SELECT count(*) AS gone FROM gone;
