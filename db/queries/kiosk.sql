-- Customers at a kiosk: members' own sessions, and what waits for the counter.

-- ---- signing in ----

-- name: kiosk_find
-- Whose a card, a phone number (which may have been kept in more than one form) or an e-mail address is, and what lets them in.
SELECT b.member_id AS id, s.scheme, s.hash
  FROM member_blind AS b
  LEFT JOIN member_secret AS s ON s.member_id = b.member_id
 WHERE b.kind = $1::bigint::smallint AND b.blind = ANY ($2::bytea[])
 ORDER BY b.member_id
 LIMIT 1;

-- name: kiosk_old_secret
-- Some secret of the shop before this one, while there are any: how long a look at one takes.
SELECT hash
  FROM member_secret
 WHERE scheme = 2
 ORDER BY member_id
 LIMIT 1;

-- name: kiosk_find_code
SELECT member_id AS id, expires_at, used_at
  FROM member_code
 WHERE hash = $1 AND shop_id = $2;

-- name: kiosk_use_code
-- Once, whoever else has it.
UPDATE member_code
   SET used_at = $2, used_device_id = $3
 WHERE hash = $1 AND used_at IS NULL AND expires_at >= $2
RETURNING member_id;

-- name: kiosk_open
-- Who was found is still somebody, and has the secret that was looked at (null: it was a code). Whoever erases, merges or changes them
-- waits for this, or was before.
SELECT m.id, m.name_sealed, a.points, s.hash, s.changed_at
  FROM member_account AS a
  JOIN member AS m ON m.id = a.member_id
  LEFT JOIN member_secret AS s ON s.member_id = a.member_id
 WHERE a.member_id = $1 AND NOT a.erased AND a.merged_into IS NULL AND ($2::text IS NULL OR s.hash = $2::text)
   FOR SHARE OF a;

-- name: kiosk_birthday
-- Whoever signs in on their birthday ($3: what the account has of it today) and was given nothing for it in the year $5: $2 points, into the
-- lot of the day $6 that expires on $7, which is $4 where there is none yet. Not where the account or the lot has more than can be counted with,
-- and only to who (or who is the same by a merging) bought something before that day began ($9), deposits aside, and did not give all of it
-- back: a birthday costs nothing to make up. The look at what they bought comes last, for it is the dearest: on a birthday alone.
WITH due AS (
    UPDATE member_account AS a
       SET points = points + $2::bigint, birthday_year = $5::bigint
     WHERE member_id = $1::bigint AND NOT erased AND merged_into IS NULL AND birthday_year < $5::bigint AND birthday_blind = ANY ($3::bytea[])
       AND $2::bigint > 0
       AND points BETWEEN -1000000000000000000 AND 1000000000000000000
       AND NOT EXISTS (SELECT FROM points_lot AS l
                        WHERE l.member_id = $1::bigint AND l.origin_day = $6::date
                          AND l.remaining NOT BETWEEN -1000000000000000000 AND 1000000000000000000)
       AND EXISTS (SELECT FROM (SELECT a.member_id UNION ALL SELECT m.member_id FROM member_account AS m WHERE m.merged_into = a.member_id) AS w
                    CROSS JOIN LATERAL (SELECT x.id FROM sale AS x WHERE x.member_id = w.member_id AND x.kind = 1 AND x.at < $9::timestamptz
                                         UNION ALL
                                        SELECT x.sale_id FROM sale_attach AS x
                                         WHERE x.member_id = w.member_id AND x.sale_id = x.attached_id AND x.sold_at < $9::timestamptz) AS o
                    CROSS JOIN LATERAL (SELECT id, total_minor FROM sale WHERE id = o.id OFFSET 0) AS s
                    WHERE s.total_minor - (SELECT coalesce(sum(x.amount_minor), 0) FROM sale_deposit AS x WHERE x.sale_id = s.id)
                          + (SELECT coalesce(sum(b.total_minor - (SELECT coalesce(sum(x.amount_minor), 0) FROM sale_deposit AS x WHERE x.sale_id = b.id)), 0)
                               FROM sale AS b
                              WHERE b.refund_of = s.id) > 0
                   OFFSET 0)
    RETURNING points
), lot AS (
    INSERT INTO points_lot (id, member_id, origin_day, expiry_day, remaining)
    SELECT $4::bigint, $1::bigint, $6::date, $7::date, $2::bigint FROM due
        ON CONFLICT (member_id, origin_day, merged_from) DO UPDATE SET remaining = points_lot.remaining + excluded.remaining
    RETURNING id
), entry AS (
    INSERT INTO points_entry (origin_id, lot_id, kind, member_id, points, at)
    SELECT $1::bigint, id, 14, $1::bigint, $2::bigint, $8::timestamptz FROM lot
)
SELECT points FROM due;

-- name: kiosk_rehash
-- What was right once is kept as ours are; it is the same secret.
UPDATE member_secret
   SET scheme = 1, hash = $3
 WHERE member_id = $1 AND hash = $2;

-- name: kiosk_own_secret
SELECT scheme, hash, changed_at
  FROM member_secret
 WHERE member_id = $1;

-- name: kiosk_put_secret
INSERT INTO member_secret (member_id, scheme, hash, changed_at)
VALUES ($1, 1, $2, $3)
ON CONFLICT (member_id) DO UPDATE
   SET scheme = 1, hash = EXCLUDED.hash, changed_at = EXCLUDED.changed_at;

-- ---- codes ----

-- name: member_code_remove
-- Those that were not used.
DELETE FROM member_code
 WHERE member_id = $1 AND used_at IS NULL;

-- name: member_code_write
INSERT INTO member_code (hash, member_id, shop_id, device_id, staff_id, made_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- ---- what waits for the counter ----

-- name: kiosk_number_next
-- Of the shop's day, from 1; baskets and what is to be admitted share them. Behind 9999 those under which nothing waits are given out once
-- more, in the order in which they were. No row: something waits under each.
INSERT INTO kiosk_number AS k (shop_id, business_day, last)
VALUES ($1, $2, 1)
ON CONFLICT (shop_id) DO UPDATE
   SET last = CASE
           WHEN k.business_day <> EXCLUDED.business_day THEN 1
           WHEN NOT k.again AND k.last < 9999 THEN k.last + 1
           ELSE (SELECT 1 + (k.last + i) % 9999
                   FROM generate_series(0, 9998) AS i
                  WHERE NOT EXISTS (SELECT FROM parked_basket AS p
                                     WHERE p.shop_id = k.shop_id AND p.business_day = k.business_day AND p.number = 1 + (k.last + i) % 9999)
                    AND NOT EXISTS (SELECT FROM member_ticket AS t
                                     WHERE t.shop_id = k.shop_id AND t.business_day = k.business_day AND t.number = 1 + (k.last + i) % 9999)
                  ORDER BY i
                  LIMIT 1)
       END,
       again = k.business_day = EXCLUDED.business_day AND (k.again OR k.last = 9999),
       business_day = EXCLUDED.business_day
 WHERE k.business_day <> EXCLUDED.business_day
    OR (NOT k.again AND k.last < 9999)
    OR (SELECT count(*) FROM parked_basket AS p
         WHERE p.shop_id = k.shop_id AND p.business_day = k.business_day AND p.number IS NOT NULL)
       + (SELECT count(*) FROM member_ticket AS t WHERE t.shop_id = k.shop_id AND t.business_day = k.business_day) < 9999
RETURNING last;

-- name: kiosk_baskets_count
SELECT count(*) AS waiting
  FROM parked_basket
 WHERE device_id = $1 AND number IS NOT NULL;

-- name: kiosk_card
-- Whose card was scanned.
SELECT member_id AS id
  FROM member_blind
 WHERE kind = 3 AND blind = $1;

-- name: kiosk_basket_insert
INSERT INTO parked_basket (id, shop_id, device_id, parked_at, line_count, first_product_id, basket, business_day, number)
VALUES ($1, $2, $3, $4, $5::bigint, $6, $7, $8, $9::bigint);

-- name: kiosk_baskets
-- The newest first.
SELECT p.id, p.parked_at, p.line_count, p.first_product_id, p.number
  FROM parked_basket AS p
 WHERE p.shop_id = $1 AND p.number IS NOT NULL
 ORDER BY p.parked_at DESC, p.id DESC
 LIMIT 20;

-- name: kiosk_basket_take
-- Two tills that call up one number wait for each other here, and the second finds none.
DELETE FROM parked_basket
 WHERE id = (SELECT id FROM parked_basket WHERE shop_id = $1 AND number = $2::bigint ORDER BY business_day DESC LIMIT 1)
RETURNING id, line_count, basket, device_id;

-- name: kiosk_basket_name
SELECT name
  FROM device
 WHERE id = $1;

-- name: member_ticket_count
SELECT count(*) AS waiting
  FROM member_ticket
 WHERE device_id = $1;

-- name: member_ticket_number
-- Under which what the member entered before waits in this shop today.
SELECT number
  FROM member_ticket
 WHERE member_id = $1 AND shop_id = $2 AND business_day = $3;

-- name: member_ticket_remove
-- What the member entered before, which this takes the place of.
DELETE FROM member_ticket
 WHERE member_id = $1;

-- name: member_ticket_write
INSERT INTO member_ticket (id, shop_id, device_id, business_day, number, member_id, made_at, name_sealed, phone_sealed, email_sealed,
                           birthday_sealed, avoids_sealed, language_sealed, secret, consents)
VALUES ($1, $2, $3, $4, $5::bigint, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::bigint);

-- name: member_ticket_whose
-- Of which member the newest is that waits under this number; null: of somebody who signed up.
SELECT member_id
  FROM member_ticket
 WHERE shop_id = $1 AND number = $2::bigint
 ORDER BY business_day DESC
 LIMIT 1;

-- name: member_ticket_take
-- Behind the lock of that member ($3), which everybody who takes a member's ticket away takes first. Two tills that admit one number wait for
-- each other here, and the second finds none.
DELETE FROM member_ticket
 WHERE id = (SELECT id FROM member_ticket WHERE shop_id = $1 AND number = $2::bigint ORDER BY business_day DESC LIMIT 1)
   AND member_id IS NOT DISTINCT FROM $3::bigint
RETURNING id, member_id, name_sealed, phone_sealed, email_sealed, birthday_sealed, avoids_sealed, language_sealed, secret, consents;

-- ---- who is merged, and who is forgotten ----

-- name: member_merge_secret
-- Who stays and has no secret gets it of who goes.
UPDATE member_secret
   SET member_id = $2
 WHERE member_id = $1 AND NOT EXISTS (SELECT FROM member_secret AS s WHERE s.member_id = $2);

-- name: member_secret_remove
DELETE FROM member_secret
 WHERE member_id = $1;

-- name: member_code_remove_all
DELETE FROM member_code
 WHERE member_id = $1;

-- ---- what members see of themselves ----

-- name: self_moves
-- How points came and went: of the newest sales and what came back of these, of the member and of who was merged into them, and what no
-- sale moved. Of who was merged into another, that one's.
WITH one AS MATERIALIZED (
    SELECT coalesce(merged_into, member_id) AS id FROM member_account WHERE member_id = $1
), who AS MATERIALIZED (
    SELECT id FROM one
     UNION ALL
    SELECT a.member_id FROM one JOIN member_account AS a ON a.merged_into = one.id
), sold AS MATERIALIZED (
    SELECT s.id, s.at, s.series, s.number, s.device_id
      FROM who AS w
     CROSS JOIN LATERAL ((SELECT id FROM sale WHERE member_id = w.id AND kind = 1 ORDER BY at DESC, id DESC LIMIT 50)
                          UNION ALL
                         (SELECT sale_id FROM sale_attach WHERE member_id = w.id AND attached_id = sale_id
                           ORDER BY sold_at DESC, sale_id DESC LIMIT 50)) AS o
     CROSS JOIN LATERAL (SELECT id, at, series, number, device_id FROM sale WHERE id = o.id OFFSET 0) AS s
     ORDER BY s.at DESC, s.id DESC
     LIMIT 50
), both_ways AS (
    SELECT id, at, series, number, device_id FROM sold
     UNION ALL
    SELECT r.id, r.at, r.series, r.number, r.device_id
      FROM sold AS s
     CROSS JOIN LATERAL (SELECT id, at, series, number, device_id FROM sale WHERE refund_of = s.id OFFSET 0) AS r
), moved AS (
    SELECT s.at, e.kind, e.points, s.id AS sale_id, s.series, s.number, s.device_id
      FROM both_ways AS s
     CROSS JOIN LATERAL (SELECT kind, points FROM points_entry WHERE origin_id = s.id OFFSET 0) AS e
     UNION ALL
    SELECT e.at, e.kind, e.points, NULL, NULL, NULL, NULL
      FROM who AS w
     CROSS JOIN LATERAL (SELECT * FROM points_entry WHERE member_id = w.id AND kind IN (1, 7, 8, 9, 14) OFFSET 0) AS e
     UNION ALL
    SELECT e.at, e.kind, e.points, NULL, NULL, NULL, NULL
      FROM who AS w
     CROSS JOIN LATERAL (SELECT friend_id FROM referral WHERE referrer_id = w.id OR friend_id = w.id OFFSET 0) AS f
     CROSS JOIN LATERAL (SELECT at, kind, points
                           FROM points_entry
                          WHERE origin_id = f.friend_id AND kind IN (11, 12) AND member_id = w.id
                         OFFSET 0) AS e
), summed AS (
    SELECT at, kind, least(greatest(sum(points), -9223372036854775807), 9223372036854775807)::bigint AS points, sale_id, series, number, device_id
      FROM moved
     GROUP BY at, kind, sale_id, series, number, device_id
     ORDER BY at DESC, sale_id DESC NULLS LAST, kind
     LIMIT 50
)
SELECT at, kind, points, sale_id, (SELECT d.till_number FROM device AS d WHERE d.id = device_id) AS till_number, series, number
  FROM summed
 ORDER BY at DESC, sale_id DESC NULLS LAST, kind;

-- name: self_coupons
-- Those that are theirs alone and can still be used; a campaign that is over gives nothing.
-- One that a sale earned is nobody's alone.
SELECT c.id, c.campaign_id, c.number, $1::bigint AS member_id, c.uses_max, c.use_count, false AS returned
  FROM (SELECT $1::bigint AS id UNION ALL SELECT a.member_id FROM member_account AS a WHERE a.merged_into = $1) AS w
 CROSS JOIN LATERAL (SELECT * FROM coupon WHERE member_id = w.id OFFSET 0) AS c
  JOIN campaign AS p ON p.id = c.campaign_id
 WHERE (c.uses_max = 0 OR c.use_count < c.uses_max)
   AND p.active AND (p.last_day IS NULL OR p.last_day >= $2::date)
 ORDER BY c.id DESC
 LIMIT 50;

-- name: self_sales
-- The newest, from the one behind $2, $3 on; of each as many, by the member's index, and of these the newest.
WITH who AS MATERIALIZED (
    SELECT $1::bigint AS id, 0 AS merged
     UNION ALL
    SELECT a.member_id, 1 FROM member_account AS a WHERE a.merged_into = $1
)
SELECT s.id, s.shop_id, s.at, w.merged
  FROM who AS w
 CROSS JOIN LATERAL ((SELECT id
                        FROM sale
                       WHERE member_id = w.id AND kind = 1 AND (at, id) < ($2::timestamptz, $3::bigint)
                       ORDER BY at DESC, id DESC
                       LIMIT 8)
                      UNION ALL
                     (SELECT sale_id
                        FROM sale_attach
                       WHERE member_id = w.id AND sale_id = attached_id AND (sold_at, sale_id) < ($2::timestamptz, $3::bigint)
                       ORDER BY sold_at DESC, sale_id DESC
                       LIMIT 8)) AS o
 CROSS JOIN LATERAL (SELECT id, shop_id, at FROM sale WHERE id = o.id OFFSET 0) AS s
 ORDER BY s.at DESC, s.id DESC, w.merged
 LIMIT 8;

-- name: self_sales_reviewed
-- What of these sales has its review, whatever became of that.
SELECT sale_id, product_id
  FROM review
 WHERE sale_id = ANY ($1::bigint[])
 ORDER BY sale_id, product_id
 LIMIT 1600;
