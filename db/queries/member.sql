-- Members: sealed fields, and the blind indexes they are found by.

-- name: member_taken
-- Who has one of these keys (phone, e-mail, card) already.
SELECT b.kind, b.member_id
  FROM unnest($1::bigint[], $2::bytea[]) AS t (kind, blind)
  JOIN member_blind AS b ON b.kind = t.kind::smallint AND b.blind = t.blind;

-- name: member_write
INSERT INTO member (id, shop_id, name_sealed, phone_sealed, email_sealed, birthday_sealed, card_sealed, created_at,
                    updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8);

-- name: member_write_account
INSERT INTO member_account (member_id, points, birthday_blind)
VALUES ($1, $2, $3);

-- name: member_write_lot
INSERT INTO points_lot (id, member_id, origin_day, expiry_day, remaining)
VALUES ($1, $2, $3, $4, $5);

-- name: member_write_entry
-- Kind 1: sign-up.
INSERT INTO points_entry (origin_id, lot_id, kind, member_id, points, staff_id, at)
VALUES ($1, $2, 1, $1, $3, $4, $5);

-- name: member_blind_write
INSERT INTO member_blind (kind, blind, member_id)
SELECT t.kind::smallint, t.blind, $1
  FROM unnest($2::bigint[], $3::bytea[]) AS t (kind, blind);

-- name: member_blind_remove
DELETE FROM member_blind
 WHERE member_id = $1 AND kind = ANY ($2::bigint[]);

-- name: member_lock
SELECT m.id, a.points
  FROM member AS m
  JOIN member_account AS a ON a.member_id = m.id
 WHERE m.id = $1 AND NOT a.erased
   FOR NO KEY UPDATE OF m;

-- name: member_update
-- The booleans say which fields change; null takes one away.
UPDATE member
   SET name_sealed = CASE WHEN $2 THEN $3 ELSE name_sealed END,
       phone_sealed = CASE WHEN $4 THEN $5 ELSE phone_sealed END,
       email_sealed = CASE WHEN $6 THEN $7 ELSE email_sealed END,
       birthday_sealed = CASE WHEN $8 THEN $9 ELSE birthday_sealed END,
       card_sealed = CASE WHEN $10 THEN $11 ELSE card_sealed END,
       updated_at = $12
 WHERE id = $1;

-- name: member_update_birthday
UPDATE member_account
   SET birthday_blind = $2
 WHERE member_id = $1;

-- name: member_show
SELECT m.id, m.name_sealed, m.phone_sealed, m.email_sealed, m.birthday_sealed, m.card_sealed, a.points
  FROM member AS m
  JOIN member_account AS a ON a.member_id = m.id
 WHERE m.id = $1 AND NOT a.erased;

-- name: member_show_lots
SELECT id, remaining, origin_day, expiry_day
  FROM points_lot
 WHERE member_id = $1 AND remaining <> 0
 ORDER BY expiry_day, id
 LIMIT 400;

-- name: member_find_key
-- A phone may have been kept in more than one form.
SELECT m.id, m.name_sealed, m.phone_sealed, m.email_sealed, m.birthday_sealed, m.card_sealed, a.points
  FROM member_blind AS b
  JOIN member AS m ON m.id = b.member_id
  JOIN member_account AS a ON a.member_id = m.id
 WHERE b.kind = $1::bigint::smallint AND b.blind = ANY ($2::bytea[])
 ORDER BY m.id;

-- name: member_find_name
-- Those that have the first word's prefix, in the order of ids, if they have all the others'. One more than are shown;
-- the number stands here, where the planner sees that it is small.
WITH found AS MATERIALIZED (
    SELECT b.member_id
      FROM member_blind AS b
     WHERE b.kind = 4 AND b.blind = $1
       AND NOT EXISTS (SELECT FROM unnest($2::bytea[]) AS t (blind)
                        WHERE NOT EXISTS (SELECT FROM member_blind AS o
                                           WHERE o.kind = 4 AND o.blind = t.blind AND o.member_id = b.member_id))
     ORDER BY b.member_id
     LIMIT 51
)
SELECT m.id, m.name_sealed, m.phone_sealed, m.email_sealed, m.birthday_sealed, m.card_sealed, a.points
  FROM found AS f
  JOIN member AS m ON m.id = f.member_id
  JOIN member_account AS a ON a.member_id = f.member_id
 ORDER BY m.id;
