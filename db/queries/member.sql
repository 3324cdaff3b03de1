-- Members: sealed fields, and the blind indexes they are found by.

-- name: member_taken
-- Who has one of these keys (phone, e-mail, card) already.
SELECT b.kind, b.member_id
  FROM unnest($1::bigint[], $2::bytea[]) AS t (kind, blind)
  JOIN member_blind AS b ON b.kind = t.kind::smallint AND b.blind = t.blind;

-- name: member_write
INSERT INTO member (id, shop_id, name_sealed, phone_sealed, email_sealed, birthday_sealed, card_sealed, avoids_sealed,
                    language_sealed, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10);

-- name: member_write_account
INSERT INTO member_account (member_id, points, birthday_blind, avoids)
VALUES ($1, $2, $3, $4);

-- name: member_write_lot
INSERT INTO points_lot (id, member_id, origin_day, expiry_day, remaining)
VALUES ($1, $2, $3, $4, $5);

-- name: member_write_entry
-- Kind 1: sign-up.
INSERT INTO points_entry (origin_id, lot_id, kind, member_id, points, staff_id, at)
VALUES ($1, $2, 1, $1, $3, $4, $5);

-- name: member_referrer
-- Who may have brought somebody: of who was merged into another, that one.
SELECT coalesce(merged_into, member_id) AS id FROM member_account WHERE member_id = $1;

-- name: member_write_referral
WITH friend AS (
    UPDATE member_account SET friend = 1 WHERE member_id = $1
)
INSERT INTO referral (friend_id, referrer_id, at)
VALUES ($1, $2, $3);

-- name: member_blind_write
INSERT INTO member_blind (kind, blind, member_id)
SELECT t.kind::smallint, t.blind, $1
  FROM unnest($2::bigint[], $3::bytea[]) AS t (kind, blind);

-- name: member_blind_remove
-- Of these kinds the member's own; what they were found by as somebody who was merged stays, unless it is written anew ($3).
DELETE FROM member_blind
 WHERE member_id = $1 AND kind = ANY ($2::bigint[]) AND (merged_from = 0 OR blind = ANY ($3::bytea[]));

-- name: member_lock
-- Of who was merged into another, that one. While this waits for a merging it finds out of it (into_id): then it is asked anew.
SELECT m.id, a.points, a.merged_into AS into_id
  FROM member AS m
  JOIN member_account AS a ON a.member_id = m.id
 WHERE m.id = (SELECT coalesce(w.merged_into, w.member_id) FROM member_account AS w WHERE w.member_id = $1)
   AND NOT a.erased
   FOR NO KEY UPDATE OF m, a;

-- name: member_card_remove
-- A new card ends all others, of who was merged into the member too.
DELETE FROM member_blind
 WHERE member_id = $1 AND kind = 3;

-- name: member_update
-- The booleans say which fields change; null takes one away.
UPDATE member
   SET name_sealed = CASE WHEN $2 THEN $3 ELSE name_sealed END,
       phone_sealed = CASE WHEN $4 THEN $5 ELSE phone_sealed END,
       email_sealed = CASE WHEN $6 THEN $7 ELSE email_sealed END,
       birthday_sealed = CASE WHEN $8 THEN $9 ELSE birthday_sealed END,
       card_sealed = CASE WHEN $10 THEN $11 ELSE card_sealed END,
       avoids_sealed = CASE WHEN $12 THEN $13 ELSE avoids_sealed END,
       language_sealed = CASE WHEN $14 THEN $15 ELSE language_sealed END,
       updated_at = $16
 WHERE id = $1;

-- name: member_update_account
-- Likewise: what is compared of the birthday, and of what is avoided.
UPDATE member_account
   SET birthday_blind = CASE WHEN $2 THEN $3 ELSE birthday_blind END,
       avoids = CASE WHEN $4 THEN $5 ELSE avoids END
 WHERE member_id = $1;

-- name: member_show
-- Of who was merged into another, that one; who brought them, or one of those who were merged into them, is who that is now.
SELECT m.id, m.name_sealed, m.phone_sealed, m.email_sealed, m.birthday_sealed, m.card_sealed, m.avoids_sealed, m.language_sealed,
       m.created_at, a.points, a.tier, a.tier_minor,
       coalesce((SELECT coalesce(b.merged_into, b.member_id)
                   FROM member_account AS f
                   JOIN referral AS r ON r.friend_id = f.member_id
                   JOIN member_account AS b ON b.member_id = r.referrer_id
                  WHERE (f.member_id = m.id OR f.merged_into = m.id) AND coalesce(b.merged_into, b.member_id) <> m.id
                  ORDER BY r.paid_at, r.friend_id
                  LIMIT 1), 0)::bigint AS referrer_id
  FROM member_account AS w
  JOIN member AS m ON m.id = coalesce(w.merged_into, w.member_id)
  JOIN member_account AS a ON a.member_id = m.id
 WHERE w.member_id = $1 AND NOT a.erased;

-- name: member_show_lots
SELECT l.id, l.remaining, l.origin_day, l.expiry_day
  FROM member_account AS w
  JOIN points_lot AS l ON l.member_id = coalesce(w.merged_into, w.member_id)
 WHERE w.member_id = $1 AND l.remaining <> 0
 ORDER BY l.expiry_day, l.id
 LIMIT 400;

-- name: member_show_sales
-- The newest of the member and of who was merged into them, and what was given to them afterwards: of each as many, by the member's
-- index, and of these the newest. The numbers stand here, where the planner sees that they are small.
WITH one AS MATERIALIZED (
    SELECT coalesce(merged_into, member_id) AS id FROM member_account WHERE member_id = $1
), who AS MATERIALIZED (
    SELECT id, 0 AS merged FROM one
     UNION ALL
    SELECT a.member_id, 1 FROM one JOIN member_account AS a ON a.merged_into = one.id
)
SELECT s.id, s.shop_id, d.till_number, s.series, s.number, s.at, s.total_minor,
       (s.points_earned + s.points_gifted - s.points_spent + n.attached)::bigint AS points, w.id AS member_id, w.merged
  FROM who AS w
 CROSS JOIN LATERAL ((SELECT id, 0::bigint AS attached FROM sale WHERE member_id = w.id AND kind = 1 ORDER BY at DESC, id DESC LIMIT 20)
                      UNION ALL
                     (SELECT sale_id, points_earned + points_gifted FROM sale_attach WHERE member_id = w.id AND sale_id = attached_id
                       ORDER BY sold_at DESC, sale_id DESC LIMIT 20)) AS n
 CROSS JOIN LATERAL (SELECT * FROM sale WHERE id = n.id OFFSET 0) AS s
  JOIN device AS d ON d.id = s.device_id
 ORDER BY s.at DESC, s.id DESC, n.attached, w.id
 LIMIT 20;

-- name: member_show_merged
-- Who was merged into the member, and into these before.
SELECT g.from_id AS id, g.points, g.at, g.staff_id, g.reason
  FROM member_account AS w
  JOIN member_account AS a ON a.merged_into = coalesce(w.merged_into, w.member_id)
  JOIN member_merge AS g ON g.from_id = a.member_id
 WHERE w.member_id = $1
 ORDER BY g.at DESC, g.from_id DESC
 LIMIT 20;

-- name: member_merge_lock
-- Both, in the order of ids; then their accounts, as groups lock them.
SELECT id, name_sealed, phone_sealed, email_sealed, birthday_sealed, card_sealed, avoids_sealed, language_sealed
  FROM member
 WHERE id = ANY ($1::bigint[])
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: member_merge_accounts
-- And of who was merged into the first of them before. Who was erased is nobody.
SELECT member_id, points, birthday_blind, birthday_year, avoids, merged_into, tier, tier_minor
  FROM member_account
 WHERE (member_id = ANY ($1::bigint[]) OR merged_into = $2) AND NOT erased
 ORDER BY member_id
   FOR NO KEY UPDATE;

-- name: member_merge_words
-- The last word to what they avoid being kept (consent 4) of whoever was merged into the member before and spoke last.
SELECT w.kind, w.number, w.given, w.text_version, w.shop_id, w.device_id, w.staff_id, w.at
  FROM member_account AS a
 CROSS JOIN LATERAL (SELECT e.*
                       FROM consent_entry AS e
                      WHERE e.member_id = a.member_id AND e.kind = 4
                      ORDER BY e.number DESC
                      LIMIT 1) AS w
 WHERE a.merged_into = $1
 ORDER BY w.at DESC, a.member_id
 LIMIT 1;

-- name: member_merge_blinds
-- By what the first is found; by its name it is not to be found any more.
SELECT kind, blind, merged_from
  FROM member_blind
 WHERE member_id = $1 AND kind < 4
 ORDER BY kind, blind;

-- name: member_blind_remove_all
DELETE FROM member_blind
 WHERE member_id = $1;

-- name: member_merge_blinds_write
INSERT INTO member_blind (kind, blind, member_id, merged_from)
SELECT t.kind::smallint, t.blind, $1, t.merged_from
  FROM unnest($2::bigint[], $3::bytea[], $4::bigint[]) AS t (kind, blind, merged_from);

-- name: member_merge_lots
UPDATE points_lot
   SET member_id = $2, merged_from = CASE WHEN merged_from = 0 THEN $1 ELSE merged_from END
 WHERE member_id = $1;

-- name: member_merge_from
-- Nothing is left of the first: no field, no point.
UPDATE member
   SET name_sealed = NULL, phone_sealed = NULL, email_sealed = NULL, birthday_sealed = NULL, card_sealed = NULL,
       avoids_sealed = NULL, language_sealed = NULL, updated_at = $2
 WHERE id = $1;

-- name: member_merge_from_account
UPDATE member_account
   SET points = 0, birthday_blind = NULL, birthday_year = 0, avoids = NULL, merged_into = $2, tier = 0, tier_minor = 0,
       friend = least(friend, 1)
 WHERE member_id = $1;

-- name: member_merge_before
-- Who was merged into the first before is the second now.
UPDATE member_account
   SET merged_into = $2
 WHERE merged_into = $1;

-- name: member_merge_into_account
-- Behind both above. One of them may have bought something, and another be somebody's friend: they are looked at.
UPDATE member_account
   SET points = $2, birthday_blind = $3, birthday_year = $4::bigint, avoids = $5, tier = $6::bigint, tier_minor = $7,
       friend = CASE WHEN friend > 0 OR EXISTS (SELECT FROM member_account AS f WHERE f.merged_into = $1 AND f.friend > 0) THEN 2 ELSE 0 END
 WHERE member_id = $1;

-- name: member_merge_write
INSERT INTO member_merge (from_id, into_id, shop_id, device_id, staff_id, points, reason, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: member_find_key
-- A phone may have been kept in more than one form.
SELECT m.id, m.name_sealed, m.phone_sealed, m.email_sealed, m.birthday_sealed, m.card_sealed, m.avoids_sealed, m.language_sealed,
       m.created_at, a.points, a.tier
  FROM member_blind AS b
  JOIN member AS m ON m.id = b.member_id
  JOIN member_account AS a ON a.member_id = m.id
 WHERE b.kind = $1::bigint::smallint AND b.blind = ANY ($2::bytea[])
 ORDER BY m.id;

-- name: member_find_name
-- Those behind an id ($3) that have the first word's prefix, in the order of ids, if they have all the others'. One more than are shown;
-- the number stands here, where the planner sees that it is small.
WITH found AS MATERIALIZED (
    SELECT b.member_id
      FROM member_blind AS b
     WHERE b.kind = 4 AND b.blind = $1 AND b.member_id > $3
       AND NOT EXISTS (SELECT FROM unnest($2::bytea[]) AS t (blind)
                        WHERE NOT EXISTS (SELECT FROM member_blind AS o
                                           WHERE o.kind = 4 AND o.blind = t.blind AND o.member_id = b.member_id))
     ORDER BY b.member_id
     LIMIT 51
)
SELECT m.id, m.name_sealed, m.phone_sealed, m.email_sealed, m.birthday_sealed, m.card_sealed, m.avoids_sealed, m.language_sealed,
       m.created_at, a.points, a.tier
  FROM found AS f
  JOIN member AS m ON m.id = f.member_id
  JOIN member_account AS a ON a.member_id = f.member_id
 ORDER BY m.id;
