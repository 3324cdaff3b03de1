-- Accounts of customers who pay later: sealed fields, blind indexes, the ledger. Sales charge them in counter_group.sql.

-- name: account_put_lock
-- Numbers and names are given out behind this lock, one after the other. (1 and 2 are the driver's: number_lock.)
SELECT pg_advisory_xact_lock(3, 0);

-- name: account_put_number
SELECT coalesce(max(number), 0)::bigint + 1 AS number FROM account;

-- name: account_put_taken
-- Whose name this is already.
SELECT account_id
  FROM account_blind
 WHERE kind = 1 AND blind = $1;

-- name: account_lock
SELECT id, number, limit_minor, blocked, balance_minor, entry_count
  FROM account
 WHERE id = $1
   FOR NO KEY UPDATE;

-- name: account_put_create
INSERT INTO account (id, number, shop_id, name_sealed, reference_sealed, note_sealed, limit_minor, blocked, balance_minor,
                     entry_count, created_at, updated_at)
VALUES ($1, $2::bigint, $3, $4, $5, $6, $7::bigint, $8, 0, 0, $9, $9);

-- name: account_put_change
-- The booleans say which fields change; null takes one away.
UPDATE account
   SET name_sealed = CASE WHEN $2 THEN $3 ELSE name_sealed END,
       reference_sealed = CASE WHEN $4 THEN $5 ELSE reference_sealed END,
       note_sealed = CASE WHEN $6 THEN $7 ELSE note_sealed END,
       limit_minor = $8::bigint,
       blocked = $9,
       updated_at = $10
 WHERE id = $1;

-- name: account_blind_write
INSERT INTO account_blind (kind, blind, account_id)
SELECT t.kind::smallint, t.blind, $1
  FROM unnest($2::bigint[], $3::bytea[]) AS t (kind, blind);

-- name: account_blind_remove
DELETE FROM account_blind
 WHERE account_id = $1;

-- name: account_list_page
-- One more than are shown.
SELECT id, number, name_sealed, reference_sealed, note_sealed, limit_minor, blocked, balance_minor, entry_count
  FROM account
 WHERE number > $1::bigint
 ORDER BY number
 LIMIT 51;

-- name: account_list_name
-- Those behind an id ($3) that have the first word's prefix, in the order of ids, if they have all the others'. One more than are shown.
WITH found AS MATERIALIZED (
    SELECT b.account_id
      FROM account_blind AS b
     WHERE b.kind = 2 AND b.blind = $1 AND b.account_id > $3
       AND NOT EXISTS (SELECT FROM unnest($2::bytea[]) AS t (blind)
                        WHERE NOT EXISTS (SELECT FROM account_blind AS o
                                           WHERE o.kind = 2 AND o.blind = t.blind AND o.account_id = b.account_id))
     ORDER BY b.account_id
     LIMIT 51
)
SELECT a.id, a.number, a.name_sealed, a.reference_sealed, a.note_sealed, a.limit_minor, a.blocked, a.balance_minor, a.entry_count
  FROM found AS f
  JOIN account AS a ON a.id = f.account_id
 ORDER BY a.id;

-- name: account_show
SELECT id, number, name_sealed, reference_sealed, note_sealed, limit_minor, blocked, balance_minor, entry_count
  FROM account
 WHERE id = $1;

-- name: account_show_number
SELECT id, number, name_sealed, reference_sealed, note_sealed, limit_minor, blocked, balance_minor, entry_count
  FROM account
 WHERE number = $1::bigint;

-- name: account_show_entries
-- The newest before a number, one more than are shown: of a sale or refund its receipt, of a payment how it was made.
SELECT e.number, e.kind, e.at, e.amount_minor, e.balance_minor, s.till_number, s.series, s.number AS receipt, p.means, p.reference,
       p.reason, coalesce(s.shop_id, p.shop_id) AS shop_id
  FROM account_entry AS e
  LEFT JOIN LATERAL (SELECT r.series, r.number, r.shop_id, (SELECT d.till_number FROM device AS d WHERE d.id = r.device_id) AS till_number
                       FROM sale AS r
                      WHERE r.id = e.origin_id
                     OFFSET 0) AS s ON true
  LEFT JOIN LATERAL (SELECT means, reference, reason, shop_id FROM account_payment WHERE id = e.origin_id OFFSET 0) AS p ON true
 WHERE e.account_id = $1 AND e.number < $2::bigint
 ORDER BY e.number DESC
 LIMIT 51;

-- name: account_paid_here
-- What was received on an account and paid back from a shift's first payment on, in the order of its entries, what was owed before each,
-- and whether it was in that shift. Of 1,000 and more nothing is put right.
SELECT p.means, p.amount_minor, e.balance_minor - e.amount_minor AS owed_before_minor, p.shift_id = $1 AS here
  FROM account_entry AS e
  JOIN account_payment AS p ON p.id = e.origin_id
 WHERE e.account_id = $2
   AND e.number >= (SELECT min(f.number)
                      FROM account_payment AS m
                      JOIN account_entry AS f ON f.origin_id = m.id
                     WHERE m.shift_id = $1 AND m.account_id = $2)
 ORDER BY e.number
 LIMIT 1001;

-- name: account_payment_insert
INSERT INTO account_payment (id, account_id, shop_id, device_id, shift_id, staff_id, means, amount_minor, reference, reason, at)
VALUES ($1, $2, $3, $4, $5, $6, $7::bigint, $8::bigint, $9, $10, $11);

-- name: account_payment_entry
INSERT INTO account_entry (account_id, number, kind, origin_id, position, amount_minor, balance_minor, at)
VALUES ($1, $2, $3::bigint, $4, 0, $5::bigint, $6::bigint, $7);

-- name: account_payment_balance
UPDATE account
   SET balance_minor = $2::bigint, entry_count = $3
 WHERE id = $1;
