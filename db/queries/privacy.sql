-- What a person may ask of the shop: what they agreed to, a copy of everything, to be forgotten.

-- ---- what they agreed to ----

-- name: consent_newest
-- How each kind stands; a kind that was never asked about has no row. Of who was merged into another, as that one's stands.
SELECT DISTINCT ON (kind) kind, number, given, text_version, shop_id, device_id, staff_id, at
  FROM consent_entry
 WHERE member_id = (SELECT coalesce(merged_into, member_id) FROM member_account WHERE member_id = $1)
 ORDER BY kind, number DESC;

-- name: consent_write
INSERT INTO consent_entry (member_id, kind, number, given, text_version, shop_id, device_id, staff_id, at)
VALUES ($1, $2::bigint, $3::bigint, $4, $5::bigint, $6, $7, $8, $9);

-- ---- to be forgotten ----

-- name: member_erase_lock
-- The member's row first, as a change and a merging of it do.
SELECT id
  FROM member
 WHERE id = $1
   FOR NO KEY UPDATE;

-- name: member_erase_accounts
-- Then the account, which keeps sales and refunds away, and those of who was merged into them, in the order that groups lock them.
SELECT member_id, points, merged_into, erased
  FROM member_account
 WHERE member_id = $1 OR merged_into = $1
 ORDER BY member_id
   FOR NO KEY UPDATE;

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
-- And of who was merged into them: one person.
UPDATE member_account
   SET points = 0, birthday_blind = NULL, avoids = NULL, tier = 0, tier_minor = 0, erased = true
 WHERE member_id = $1 OR merged_into = $1;

-- name: member_erase_fields
UPDATE member
   SET name_sealed = NULL, phone_sealed = NULL, email_sealed = NULL, birthday_sealed = NULL, card_sealed = NULL,
       avoids_sealed = NULL, language_sealed = NULL, updated_at = $2
 WHERE id = $1;

-- name: member_erase_merges
-- Why somebody was merged is free text, and may name them.
UPDATE member_merge
   SET reason = ''
 WHERE from_id IN (SELECT member_id FROM member_account WHERE merged_into = $1);

-- name: member_erase_write
-- A tombstone for each, so that the keys of who was merged go as well: older dumps have their fields.
INSERT INTO erasure (member_id, reason, points, shop_id, device_id, staff_id, at)
SELECT member_id, $2::bigint, CASE WHEN member_id = $1 THEN $3::bigint ELSE 0 END, $4::bigint, $5::bigint, $6::bigint, $7::timestamptz
  FROM member_account
 WHERE member_id = $1 OR merged_into = $1
    ON CONFLICT (member_id) DO NOTHING;

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
-- Of these persons, whose keys are gone, the members that this database takes for living: it is older than their erasure. The key of
-- who was merged into another was swept; they are erased when that one is.
SELECT a.member_id, a.points
  FROM member_account AS a
 WHERE a.member_id = ANY ($1::bigint[]) AND NOT a.erased AND a.merged_into IS NULL
 ORDER BY a.member_id;

-- ---- a copy of everything ----

-- name: member_export_head
-- The member, or into whom they were merged; then who was merged into that one. All of these are told of. OFFSET 0 keeps the planner
-- from reading all members while it takes these for many.
WITH one AS MATERIALIZED (
    SELECT coalesce(merged_into, member_id) AS id FROM member_account WHERE member_id = $1
), who AS MATERIALIZED (
    SELECT a.member_id, 0 AS merged FROM one JOIN member_account AS a ON a.member_id = one.id WHERE NOT a.erased
     UNION ALL
    SELECT a.member_id, 1 FROM one JOIN member_account AS a ON a.merged_into = one.id WHERE NOT a.erased
     ORDER BY merged, member_id
     LIMIT 300
)
SELECT m.id, m.shop_id, m.created_at, m.updated_at, g.points, g.at, g.staff_id, g.reason
  FROM who AS w
 CROSS JOIN LATERAL (SELECT id, shop_id, created_at, updated_at FROM member WHERE id = w.member_id OFFSET 0) AS m
  LEFT JOIN member_merge AS g ON g.from_id = w.member_id
 ORDER BY w.merged, m.id;

-- name: member_export_consents
-- $2, $3: the one before, its kind and number as one.
SELECT member_id, kind, number, given, text_version, shop_id, device_id, staff_id, at
  FROM consent_entry
 WHERE member_id = ANY ($1::bigint[]) AND (member_id, kind * 4294967296 + number) > ($2::bigint, $3::bigint)
 ORDER BY member_id, kind, number
 LIMIT 100;

-- name: member_export_lots
-- All there ever were, those that are spent too.
SELECT id, remaining, origin_day, expiry_day
  FROM points_lot
 WHERE member_id = $1 AND id > $2
 ORDER BY id
 LIMIT 300;

-- name: member_export_points
-- What no sale moved of the same lots, whosever they were ($3).
SELECT e.origin_id, e.lot_id, e.kind, e.member_id, e.points, e.at
  FROM points_entry AS e
 WHERE e.member_id = ANY ($3::bigint[]) AND e.kind NOT BETWEEN 2 AND 6
   AND e.lot_id IN (SELECT id FROM points_lot WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT 300)
 ORDER BY e.lot_id, e.kind, e.origin_id
 LIMIT 900;

-- name: member_export_sales
-- $2, $3: the one before; $4: none later. Of each as many, by the member's index, and of these the first.
SELECT s.id, s.shop_id, s.member_id, s.at, s.reason
  FROM unnest($1::bigint[]) AS w (id)
 CROSS JOIN LATERAL (SELECT id, shop_id, member_id, at, reason
                       FROM sale
                      WHERE member_id = w.id AND kind = 1 AND (at, id) > ($2::timestamptz, $3::bigint) AND at <= $4
                      ORDER BY at, id
                      LIMIT 16) AS s
 ORDER BY s.at, s.id
 LIMIT 16;

-- name: member_export_refunds
-- Of those sales, whoever brought the goods back.
SELECT r.id, r.shop_id, s.member_id, r.at, r.reason
  FROM sale AS s
 CROSS JOIN LATERAL (SELECT id, shop_id, at, reason FROM sale WHERE refund_of = s.id OFFSET 0) AS r
 WHERE s.member_id = ANY ($1::bigint[]) AND s.kind = 1 AND (r.at, r.id) > ($2::timestamptz, $3::bigint) AND r.at <= $4
 ORDER BY r.at, r.id
 LIMIT 16;

-- name: member_export_reads
-- The entries of all strands L that may name one of them ($1: the ids as they stand in it): who looked and who changed something,
-- from the one behind $2, $3 on. Each strand is read by its key, and by no other table: the journal itself is the record.
SELECT j.device_id, j.number, j.at, j.bytes
  FROM device_head AS d
 CROSS JOIN LATERAL (SELECT device_id, number, at, bytes
                       FROM journal
                      WHERE device_id = d.device_id AND kind = 'L' AND number > CASE WHEN d.device_id = $2 THEN $3::bigint ELSE 0 END
                        AND at <= $4
                        AND EXISTS (SELECT FROM unnest($1::bytea[]) AS t (id) WHERE position(t.id IN bytes) > 0)
                     OFFSET 0) AS j
 WHERE d.kind = 'L' AND d.device_id >= $2
 ORDER BY j.device_id, j.number
 LIMIT 300;
