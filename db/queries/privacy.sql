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
-- What is left of each lot is written off, a debt too. Kind 8: adjusted; it comes from the erasure, which has the member's id. Whatever
-- somebody wrote there: nobody is kept from being forgotten by it.
WITH left_over AS (
    SELECT id, greatest(remaining, -9223372036854775807) AS remaining
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
   SET points = 0, birthday_blind = NULL, avoids = NULL, tier = 0, tier_minor = 0, friend = 0, erased = true
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

-- name: erasure_newest
-- Of each server's newest persons those of whom something is sealed: a key store that is older than this database has not their keys.
SELECT m.id AS member_id
  FROM id_block AS b
 CROSS JOIN LATERAL (SELECT id
                       FROM member
                      WHERE id >= b.node::bigint << 41 AND id < (b.node::bigint + 1) << 41
                        AND num_nonnulls(name_sealed, phone_sealed, email_sealed, birthday_sealed, card_sealed, avoids_sealed,
                                         language_sealed) > 0
                      ORDER BY id DESC
                      LIMIT 20) AS m
 ORDER BY m.id
 LIMIT 1000;

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
-- The member, or into whom they were merged; then who was merged into that one. All of these are told of; and the time of the newest entry of
-- all strands. OFFSET 0 keeps the planner from reading all members while it takes these for many.
WITH one AS MATERIALIZED (
    SELECT coalesce(merged_into, member_id) AS id FROM member_account WHERE member_id = $1
), who AS MATERIALIZED (
    SELECT a.member_id, 0 AS merged FROM one JOIN member_account AS a ON a.member_id = one.id WHERE NOT a.erased
     UNION ALL
    SELECT a.member_id, 1 FROM one JOIN member_account AS a ON a.merged_into = one.id WHERE NOT a.erased
     ORDER BY merged, member_id
     LIMIT 300
)
SELECT m.id, m.shop_id, m.created_at, m.updated_at, g.points, g.at, g.staff_id, g.reason, (SELECT max(h.at) FROM device_head AS h) AS newest_at
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
-- What no sale moved of their lots, whosever these were ($3), from the one behind $2, $4: a lot, and kind and origin as one.
SELECT e.origin_id, e.lot_id, e.kind, e.member_id, e.points, e.at
  FROM points_entry AS e
 WHERE e.member_id = ANY ($3::bigint[]) AND e.kind NOT BETWEEN 2 AND 6
   AND e.lot_id IN (SELECT id FROM points_lot WHERE member_id = $1 AND id >= $2)
   AND (e.lot_id > $2 OR e.kind * 9007199254740992 + e.origin_id > $4::bigint)
 ORDER BY e.lot_id, e.kind, e.origin_id
 LIMIT 900;

-- name: member_export_charges
-- Payments by stored cards, behind $2, that were asked for until $3.
SELECT h.id, h.member_id, h.shop_id, h.method_id, h.amount_minor, h.currency, h.state, h.reference, h.problem, h.made_at, k.number
  FROM (SELECT *
          FROM gateway_charge
         WHERE member_id = ANY ($1::bigint[]) AND id > $2 AND made_at <= $3
         ORDER BY id
         LIMIT 100) AS h
 CROSS JOIN LATERAL (SELECT number FROM gift_card WHERE id = h.card_id OFFSET 0) AS k
 ORDER BY h.id;

-- name: member_export_setups
-- Cards that were to be stored, likewise.
SELECT id, member_id, shop_id, method_id, state, problem, made_at
  FROM payment_setup
 WHERE member_id = ANY ($1::bigint[]) AND id > $2 AND made_at <= $3
 ORDER BY id
 LIMIT 100;

-- name: member_export_tickets
-- What they entered at a kiosk: it waits for the counter, or for the night.
SELECT number, member_id, shop_id, made_at, phone_sealed, email_sealed
  FROM member_ticket
 WHERE member_id = $1
 ORDER BY made_at, id
 LIMIT 100;

-- name: member_export_invoices
-- Of their sales, and credit notes of what came back of these, whoever brought it; $2: the one before. Of a receipt that they were given
-- afterwards only what was made since: before, it was another customer's.
SELECT i.id, i.shop_id, i.year, i.number, i.kind, i.total_minor, i.tax_minor, i.at, i.document_sealed, d.till_number, r.series,
       r.number AS receipt_number, o.id AS original_id, o.year AS original_year, o.number AS original_number
  FROM (SELECT n.id
          FROM (SELECT id, '-infinity'::timestamptz AS since FROM sale WHERE member_id = ANY ($1::bigint[]) AND kind = 1
                 UNION
                SELECT sale_id, at FROM sale_attach WHERE member_id = ANY ($1::bigint[]) AND sale_id = attached_id) AS s
         CROSS JOIN LATERAL (SELECT id, at FROM invoice WHERE sale_id = s.id AND at >= s.since OFFSET 0) AS f
         CROSS JOIN LATERAL (SELECT f.id, f.at UNION ALL SELECT id, at FROM invoice WHERE credit_of = f.id) AS n
         WHERE n.id > $2 AND n.at <= $3
         ORDER BY n.id
         LIMIT 20) AS t
 CROSS JOIN LATERAL (SELECT * FROM invoice WHERE id = t.id OFFSET 0) AS i
 CROSS JOIN LATERAL (SELECT * FROM sale WHERE id = i.sale_id OFFSET 0) AS r
 CROSS JOIN LATERAL (SELECT * FROM device WHERE id = r.device_id OFFSET 0) AS d
  LEFT JOIN LATERAL (SELECT * FROM invoice WHERE id = i.credit_of OFFSET 0) AS o ON true
 ORDER BY i.id;

-- name: member_export_coupons
-- That are theirs alone; $2: the one before.
SELECT c.id, c.member_id, c.number, c.created_at, c.use_count, p.name
  FROM coupon AS c
  JOIN campaign AS p ON p.id = c.campaign_id
 WHERE c.member_id = ANY ($1::bigint[]) AND c.id > $2 AND c.created_at <= $3
 ORDER BY c.id
 LIMIT 100;

-- name: member_export_friends
-- Who brought them, or whom they brought; $2: the one before, by the friend.
SELECT r.friend_id, r.referrer_id, r.at, r.paid_at
  FROM (SELECT * FROM referral WHERE friend_id = ANY ($1::bigint[])
         UNION
        SELECT * FROM referral WHERE referrer_id = ANY ($1::bigint[])) AS r
 WHERE r.friend_id > $2 AND r.at <= $3
 ORDER BY r.friend_id
 LIMIT 100;

-- name: member_export_sales
-- $2, $3: the one before; $4: none later. Of each as many, by the member's index, and of these the first. plain: of what few sales have and
-- none gets later, each a statement of its own in sale_show.sql, it has nothing. OFFSET 0 has each looked up by its key.
SELECT s.id, s.shop_id, w.id AS member_id, s.at, s.reason,
       NOT EXISTS (SELECT FROM sale_discount WHERE sale_id = s.id OFFSET 0)
       AND NOT EXISTS (SELECT FROM sale_option WHERE sale_id = s.id OFFSET 0)
       AND NOT EXISTS (SELECT FROM sale_keyed_price WHERE sale_id = s.id OFFSET 0)
       AND NOT EXISTS (SELECT FROM sale_deposit WHERE sale_id = s.id OFFSET 0)
       AND NOT EXISTS (SELECT FROM sale_note WHERE sale_id = s.id OFFSET 0) AS plain
  FROM unnest($1::bigint[]) AS w (id)
 CROSS JOIN LATERAL ((SELECT id
                        FROM sale
                       WHERE member_id = w.id AND kind = 1 AND (at, id) > ($2::timestamptz, $3::bigint) AND at <= $4
                       ORDER BY at, id
                       LIMIT 16)
                      UNION ALL
                     (SELECT sale_id
                        FROM sale_attach
                       WHERE member_id = w.id AND sale_id = attached_id AND (sold_at, sale_id) > ($2::timestamptz, $3::bigint) AND sold_at <= $4
                       ORDER BY sold_at, sale_id
                       LIMIT 16)) AS o
 CROSS JOIN LATERAL (SELECT id, shop_id, at, reason FROM sale WHERE id = o.id OFFSET 0) AS s
 ORDER BY s.at, s.id, w.id
 LIMIT 16;

-- name: member_export_refunds
-- Of those sales, whoever brought the goods back.
SELECT r.id, r.shop_id, s.member_id, r.at, r.reason,
       NOT EXISTS (SELECT FROM sale_discount WHERE sale_id = r.id OFFSET 0)
       AND NOT EXISTS (SELECT FROM sale_option WHERE sale_id = r.id OFFSET 0)
       AND NOT EXISTS (SELECT FROM sale_keyed_price WHERE sale_id = r.id OFFSET 0)
       AND NOT EXISTS (SELECT FROM sale_deposit WHERE sale_id = r.id OFFSET 0)
       AND NOT EXISTS (SELECT FROM sale_note WHERE sale_id = r.id OFFSET 0) AS plain
  FROM (SELECT id, member_id FROM sale WHERE member_id = ANY ($1::bigint[]) AND kind = 1
         UNION ALL
        SELECT sale_id, member_id FROM sale_attach WHERE member_id = ANY ($1::bigint[]) AND sale_id = attached_id) AS s
 CROSS JOIN LATERAL (SELECT id, shop_id, at, reason FROM sale WHERE refund_of = s.id OFFSET 0) AS r
 WHERE (r.at, r.id) > ($2::timestamptz, $3::bigint) AND r.at <= $4
 ORDER BY r.at, r.id, s.member_id
 LIMIT 16;

-- name: member_export_reads
-- The entries of all strands L that may name one of them ($1: the ids as they stand in it): who looked and who changed something,
-- from the one behind $2, $3 on. Each strand is read by its key, and by no other table: the journal itself is the record. A page looks at
-- $5 entries and no more, strand behind strand, however many years there are: a row for each that fits, and one without a number for a
-- strand that has none; upto: how far it was looked at; more: entries stand behind the last.
WITH strand AS MATERIALIZED (
    SELECT device_id, number AS newest, least(CASE WHEN device_id = $2 THEN $3::bigint ELSE 0 END, number) AS behind
      FROM device_head
     WHERE kind = 'L' AND device_id >= $2
), span AS MATERIALIZED (
    SELECT device_id, newest, behind, (sum(newest - behind) OVER (ORDER BY device_id) - (newest - behind))::bigint AS before
      FROM strand
)
SELECT s.device_id, least(s.newest, s.behind + $5::bigint - s.before) AS upto,
       (SELECT sum(newest - behind) FROM strand) > $5::bigint AS more, j.number, j.at, j.bytes
  FROM span AS s
  LEFT JOIN LATERAL (SELECT number, at, bytes
                       FROM journal
                      WHERE device_id = s.device_id AND kind = 'L' AND number > s.behind AND number <= s.behind + $5::bigint - s.before
                        AND at <= $4
                        AND EXISTS (SELECT FROM unnest($1::bytea[]) AS t (id) WHERE position(t.id IN bytes) > 0)
                     OFFSET 0) AS j ON true
 WHERE s.before < $5::bigint
 ORDER BY s.device_id, j.number
 LIMIT 300;
