-- What a person may ask of the shop: what they agreed to, a copy of everything, to be forgotten.

-- ---- what they agreed to ----

-- name: consent_newest
-- How each kind stands; a kind that was never asked about has no row.
SELECT DISTINCT ON (kind) kind, number, given, text_version, shop_id, device_id, staff_id, at
  FROM consent_entry
 WHERE member_id = $1
 ORDER BY kind, number DESC;

-- name: consent_write
INSERT INTO consent_entry (member_id, kind, number, given, text_version, shop_id, device_id, staff_id, at)
VALUES ($1, $2::bigint, $3::bigint, $4, $5::bigint, $6, $7, $8, $9);

-- ---- to be forgotten ----

-- name: member_erase_lock
-- The member's row first, as a change of it does; then the account, which keeps sales and refunds away.
SELECT m.id, a.points
  FROM member AS m
  JOIN member_account AS a ON a.member_id = m.id
 WHERE m.id = $1 AND NOT a.erased
   FOR NO KEY UPDATE OF m, a;

-- name: member_erase_points
-- What is left of each lot is written off, a debt too. Kind 8: adjusted; it comes from the erasure, which has the member's id.
WITH left_over AS (
    SELECT id, remaining
      FROM points_lot
     WHERE member_id = $1 AND remaining <> 0
), entered AS (
    INSERT INTO points_entry (origin_id, lot_id, kind, member_id, points, staff_id, at)
    SELECT $1, id, 8, $1, -remaining, $2::bigint, $3::timestamptz
      FROM left_over
)
UPDATE points_lot AS l
   SET remaining = 0
  FROM left_over AS o
 WHERE l.id = o.id;

-- name: member_erase_account
UPDATE member_account
   SET points = 0, birthday_blind = NULL, erased = true
 WHERE member_id = $1;

-- name: member_erase_fields
UPDATE member
   SET name_sealed = NULL, phone_sealed = NULL, email_sealed = NULL, birthday_sealed = NULL, card_sealed = NULL, updated_at = $2
 WHERE id = $1;

-- name: member_erase_write
INSERT INTO erasure (member_id, reason, points, shop_id, device_id, staff_id, at)
VALUES ($1, $2::bigint, $3, $4, $5, $6, $7);

-- name: erasure_pending
-- Whose keys are still to be destroyed.
SELECT member_id
  FROM erasure
 WHERE key_gone_at IS NULL
 ORDER BY member_id
 LIMIT 1000;

-- name: erasure_list
SELECT member_id, key_gone_at IS NULL AS pending
  FROM erasure
 WHERE member_id > $1
 ORDER BY member_id
 LIMIT 1000;

-- name: erasure_done
UPDATE erasure
   SET key_gone_at = $2
 WHERE member_id = ANY ($1::bigint[]) AND key_gone_at IS NULL;

-- name: erasure_unknown
-- Of these persons, whose keys are gone, the members that this database takes for living: it is older than their erasure.
SELECT a.member_id, a.points
  FROM member_account AS a
 WHERE a.member_id = ANY ($1::bigint[]) AND NOT a.erased
 ORDER BY a.member_id;

-- ---- a copy of everything ----

-- name: member_export_head
SELECT m.shop_id, m.created_at, m.updated_at
  FROM member AS m
  JOIN member_account AS a ON a.member_id = m.id
 WHERE m.id = $1 AND NOT a.erased;

-- name: member_export_consents
SELECT kind, number, given, text_version, shop_id, device_id, staff_id, at
  FROM consent_entry
 WHERE member_id = $1 AND (kind, number) > ($2::bigint::smallint, $3::bigint::integer)
 ORDER BY kind, number
 LIMIT 100;

-- name: member_export_lots
-- All there ever were, those that are spent too.
SELECT id, remaining, origin_day, expiry_day
  FROM points_lot
 WHERE member_id = $1 AND id > $2
 ORDER BY id
 LIMIT 300;

-- name: member_export_points
-- What no sale moved of the same lots.
SELECT e.origin_id, e.lot_id, e.kind, e.points, e.at
  FROM points_entry AS e
 WHERE e.member_id = $1 AND e.kind IN (1, 7, 8)
   AND e.lot_id IN (SELECT id FROM points_lot WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT 300)
 ORDER BY e.lot_id, e.kind, e.origin_id
 LIMIT 900;

-- name: member_export_sales
-- $2, $3: the one before; $4: none later.
SELECT id, shop_id, at, reason
  FROM sale
 WHERE member_id = $1 AND kind = 1 AND (at, id) > ($2::timestamptz, $3::bigint) AND at <= $4
 ORDER BY at, id
 LIMIT 16;

-- name: member_export_refunds
-- Of those sales, whoever brought the goods back.
SELECT r.id, r.shop_id, r.at, r.reason
  FROM sale AS s
 CROSS JOIN LATERAL (SELECT id, shop_id, at, reason FROM sale WHERE refund_of = s.id OFFSET 0) AS r
 WHERE s.member_id = $1 AND s.kind = 1 AND (r.at, r.id) > ($2::timestamptz, $3::bigint) AND r.at <= $4
 ORDER BY r.at, r.id
 LIMIT 16;

-- name: member_export_reads
-- The entries of all strands L that may name the member ($1: the id as it stands in them): who looked and who changed something, from
-- the one behind $2, $3 on. Each strand is read by its key, and by no other table: the journal itself is the record.
SELECT j.device_id, j.number, j.at, j.bytes
  FROM device_head AS d
 CROSS JOIN LATERAL (SELECT device_id, number, at, bytes
                       FROM journal
                      WHERE device_id = d.device_id AND kind = 'L' AND number > CASE WHEN d.device_id = $2 THEN $3::bigint ELSE 0 END
                        AND at <= $4 AND position($1::bytea IN bytes) > 0
                     OFFSET 0) AS j
 WHERE d.kind = 'L' AND d.device_id >= $2
 ORDER BY j.device_id, j.number
 LIMIT 300;
