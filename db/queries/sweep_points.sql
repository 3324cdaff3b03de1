-- Points by the calendar: lots that have expired, members' tiers, friends who have paid. Small transactions, one behind the other, that
-- lock no member whom nothing happens to.

-- name: sweep_points_zones
-- What time it is in each shop is the day's there.
SELECT DISTINCT ON (shop_id) shop_id AS id, zone
  FROM shop_version
 ORDER BY shop_id, from_version DESC;

-- name: sweep_points_programme
-- The one in force, a row a tier of it.
SELECT v.lot_days, v.tier_months, v.referrer_points, v.friend_points, coalesce(t.number, 0)::bigint AS number,
       coalesce(t.value, 0)::bigint AS value
  FROM (SELECT * FROM programme_version ORDER BY from_version DESC LIMIT 1) AS v
  LEFT JOIN programme_term_version AS t ON t.programme_id = v.programme_id AND t.from_version = v.from_version
                                       AND t.kind = 3 AND t.position = 0
 ORDER BY t.number;

-- name: sweep_points_look
-- The next members in the order of ids: has one a lot that expired before $3, and ($5) what did they, and who was merged into them, spend
-- from $4 to $6, the last midnight, what came back by then taken off, deposits aside. Whenever it is asked that day: the same.
SELECT a.member_id AS id, a.tier, a.tier_minor,
       EXISTS (SELECT FROM points_lot AS l
                WHERE l.member_id = a.member_id AND l.open AND l.remaining > 0 AND l.expiry_day < $3::date) AS due,
       CASE WHEN $5::boolean
            THEN (SELECT least(greatest(coalesce(sum(s.total_minor - d.minor + r.minor), 0), 0), 9223372036854775807)::bigint
                    FROM member_account AS w
                   CROSS JOIN LATERAL (SELECT x.id FROM sale AS x
                                        WHERE x.member_id = w.member_id AND x.kind = 1 AND x.at >= $4::timestamptz AND x.at < $6::timestamptz
                                        UNION ALL
                                       SELECT x.sale_id FROM sale_attach AS x
                                        WHERE x.member_id = w.member_id AND x.sale_id = x.attached_id AND x.sold_at >= $4::timestamptz
                                          AND x.at < $6::timestamptz) AS o
                    JOIN sale AS s ON s.id = o.id
                   CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount_minor), 0) AS minor
                                         FROM sale_deposit AS x
                                        WHERE x.sale_id = s.id) AS d
                   CROSS JOIN LATERAL (SELECT coalesce(sum(b.total_minor - (SELECT coalesce(sum(x.amount_minor), 0)
                                                                              FROM sale_deposit AS x
                                                                             WHERE x.sale_id = b.id)), 0) AS minor
                                         FROM sale AS b
                                        WHERE b.refund_of = s.id AND b.at < $6::timestamptz) AS r
                   WHERE w.member_id = a.member_id OR w.merged_into = a.member_id)
            ELSE 0
       END::bigint AS spent_minor
  FROM member_account AS a
 WHERE a.member_id > $1::bigint AND a.merged_into IS NULL AND NOT a.erased
 ORDER BY a.member_id
 LIMIT $2::bigint;

-- name: sweep_points_lock
-- As sales lock members: in the order of ids. What is asked behind it sees what those before left.
SELECT member_id
  FROM member_account
 WHERE member_id = ANY ($1::bigint[])
 ORDER BY member_id
   FOR NO KEY UPDATE;

-- name: sweep_points_expire
-- Behind sweep_points_lock: kind 7, of all that is left of lots of these members that expired before $2. What a member owes was taken
-- off what they could spend, so these points pay it, as far as they go: kind 8, into the debts, the oldest first. It is the lots whose points
-- would have been spent first that pay; what paid nothing has expired (counted in the lot). Nothing of a member expires where somebody wrote
-- more into their rows than can be counted with (common/rules/points_sound.c): the others' night goes on.
WITH sound AS MATERIALIZED (
    SELECT a.member_id
      FROM member_account AS a
     CROSS JOIN LATERAL (SELECT sum(abs(l.remaining::numeric)) AS points, max(l.expired) AS expired
                           FROM points_lot AS l
                          WHERE l.member_id = a.member_id) AS l
     WHERE a.member_id = ANY ($1::bigint[]) AND a.points BETWEEN -1000000000000000000 AND 1000000000000000000
       AND l.points <= 1000000000000000000 AND l.expired <= 1000000000000000000
), old AS MATERIALIZED (
    SELECT id, member_id, remaining, sum(remaining) OVER (PARTITION BY member_id ORDER BY expiry_day, id) AS up_to
      FROM points_lot
     WHERE member_id = ANY (ARRAY (SELECT member_id FROM sound)) AND remaining > 0 AND expiry_day < $2::date
), debt AS MATERIALIZED (
    SELECT member_id, -sum(remaining) AS points
      FROM points_lot
     WHERE member_id = ANY (ARRAY (SELECT member_id FROM old)) AND remaining < 0
     GROUP BY member_id
), owed AS MATERIALIZED (
    SELECT l.id, l.member_id, -l.remaining AS points, o.points - sum(-l.remaining) OVER (PARTITION BY l.member_id ORDER BY l.expiry_day, l.id)
                                                      - l.remaining AS left_over
      FROM (SELECT member_id, sum(remaining) AS points FROM old GROUP BY member_id) AS o
      JOIN points_lot AS l ON l.member_id = o.member_id AND l.remaining < 0
), moved AS MATERIALIZED (
    SELECT o.id, o.member_id, 7 AS kind, -o.remaining AS points,
           least(o.remaining, greatest(0, o.up_to - coalesce(d.points, 0)))::bigint AS expired
      FROM old AS o
      LEFT JOIN debt AS d ON d.member_id = o.member_id
     UNION ALL
    SELECT id, member_id, 8, least(points, left_over)::bigint, 0 FROM owed WHERE left_over > 0
), lot AS (
    UPDATE points_lot AS l SET remaining = l.remaining + m.points, expired = l.expired + m.expired FROM moved AS m WHERE l.id = m.id
), entry AS (
    INSERT INTO points_entry (origin_id, lot_id, kind, member_id, points, at)
    SELECT $3::bigint, id, kind, member_id, points, $4::timestamptz FROM moved
), account AS (
    UPDATE member_account AS a
       SET points = a.points + o.points
      FROM (SELECT member_id, sum(points)::bigint AS points FROM moved GROUP BY member_id) AS o
     WHERE a.member_id = o.member_id
)
SELECT count(*) AS gone FROM old;

-- name: sweep_points_tiers
-- Behind sweep_points_lock. Who was merged or erased meanwhile has none.
UPDATE member_account AS a
   SET tier = CASE WHEN a.merged_into IS NULL AND NOT a.erased THEN ($2::bigint[])[i] ELSE 0 END,
       tier_minor = CASE WHEN a.merged_into IS NULL AND NOT a.erased THEN ($3::bigint[])[i] ELSE 0 END
  FROM generate_subscripts($1::bigint[], 1) AS i
 WHERE a.member_id = ($1::bigint[])[i];

-- name: sweep_referrals_look
-- Friends who were not paid for yet and have bought something since they came ($1: behind whom), the next in the order of who they are now, with who brought
-- them. Has one, or who is the same as they by a merging, bought something, deposits aside, and not given all of it back? Nobody brings themselves, and one friend is paid for once:
-- what merging made of such is never paid, nor is what one of them has who was erased.
SELECT r.friend_id AS id, n.friend_id, n.referrer_id,
       n.friend_id <> n.referrer_id
       AND NOT EXISTS (SELECT FROM member_account AS w
                         JOIN referral AS o ON o.friend_id = w.member_id
                        WHERE (w.member_id = n.friend_id OR w.merged_into = n.friend_id) AND o.paid_at IS NOT NULL)
       AND EXISTS (SELECT FROM member_account AS w
                    CROSS JOIN LATERAL (SELECT x.id FROM sale AS x WHERE x.member_id = w.member_id AND x.kind = 1
                                         UNION ALL
                                        SELECT x.sale_id FROM sale_attach AS x WHERE x.member_id = w.member_id AND x.sale_id = x.attached_id) AS o
                     JOIN sale AS s ON s.id = o.id
                    WHERE (w.member_id = n.friend_id OR w.merged_into = n.friend_id)
                      AND s.total_minor - (SELECT coalesce(sum(x.amount_minor), 0) FROM sale_deposit AS x WHERE x.sale_id = s.id)
                          + (SELECT coalesce(sum(b.total_minor - (SELECT coalesce(sum(x.amount_minor), 0) FROM sale_deposit AS x WHERE x.sale_id = b.id)), 0)
                               FROM sale AS b
                              WHERE b.refund_of = s.id) > 0) AS paid
  FROM (SELECT member_id FROM member_account WHERE friend = 2 AND member_id > $1::bigint ORDER BY member_id OFFSET 0) AS a
 CROSS JOIN LATERAL (SELECT x.friend_id, x.referrer_id
                       FROM (SELECT a.member_id UNION ALL SELECT m.member_id FROM member_account AS m WHERE m.merged_into = a.member_id) AS w
                       JOIN referral AS x ON x.friend_id = w.member_id
                       JOIN member_account AS b ON b.member_id = x.referrer_id
                      WHERE x.paid_at IS NULL AND NOT b.erased
                      ORDER BY coalesce(b.merged_into, b.member_id) = a.member_id, x.friend_id
                      LIMIT 1) AS r
  JOIN member_account AS b ON b.member_id = r.referrer_id
 CROSS JOIN LATERAL (SELECT a.member_id AS friend_id, coalesce(b.merged_into, b.member_id) AS referrer_id) AS n
 ORDER BY a.member_id, r.friend_id
 LIMIT $2::bigint;

-- name: sweep_referrals_pay
-- Behind sweep_points_lock of both, $9 and $10, where the friend and who brought them are still these: $2 points to the friend, $3 to who
-- brought them, into lots of the day $6 that expire on $7, which are $4 and $5 where there are none yet. Once, whomever the friend was
-- merged with, and not where all that they bought was given back since they were looked at, nor where an account or the day's lot has more
-- than can be counted with (as in sweep_points_expire).
WITH due AS (
    UPDATE referral AS r SET paid_at = $8::timestamptz
      FROM member_account AS f, member_account AS b
     WHERE r.friend_id = $1::bigint AND r.paid_at IS NULL AND f.member_id = r.friend_id AND b.member_id = r.referrer_id
       AND NOT f.erased AND NOT b.erased
       AND coalesce(f.merged_into, f.member_id) = $9::bigint AND coalesce(b.merged_into, b.member_id) = $10::bigint
       AND $9::bigint <> $10::bigint
       AND NOT EXISTS (SELECT FROM member_account AS w
                        WHERE w.member_id IN ($9::bigint, $10::bigint) AND w.points NOT BETWEEN -1000000000000000000 AND 1000000000000000000)
       AND NOT EXISTS (SELECT FROM points_lot AS l
                        WHERE l.member_id IN ($9::bigint, $10::bigint) AND l.origin_day = $6::date
                          AND l.remaining NOT BETWEEN -1000000000000000000 AND 1000000000000000000)
       AND NOT EXISTS (SELECT FROM member_account AS w
                         JOIN referral AS o ON o.friend_id = w.member_id
                        WHERE (w.member_id = $9::bigint OR w.merged_into = $9::bigint) AND o.paid_at IS NOT NULL)
       AND EXISTS (SELECT FROM member_account AS w
                    CROSS JOIN LATERAL (SELECT x.id FROM sale AS x WHERE x.member_id = w.member_id AND x.kind = 1
                                         UNION ALL
                                        SELECT x.sale_id FROM sale_attach AS x WHERE x.member_id = w.member_id AND x.sale_id = x.attached_id) AS o
                     JOIN sale AS s ON s.id = o.id
                    WHERE (w.member_id = $9::bigint OR w.merged_into = $9::bigint)
                      AND s.total_minor - (SELECT coalesce(sum(x.amount_minor), 0) FROM sale_deposit AS x WHERE x.sale_id = s.id)
                          + (SELECT coalesce(sum(b.total_minor - (SELECT coalesce(sum(x.amount_minor), 0) FROM sale_deposit AS x WHERE x.sale_id = b.id)), 0)
                               FROM sale AS b
                              WHERE b.refund_of = s.id) > 0)
    RETURNING r.friend_id
), gift AS MATERIALIZED (
    SELECT $9::bigint AS member_id, 12 AS kind, $2::bigint AS points, $4::bigint AS lot_id FROM due WHERE $2::bigint > 0
     UNION ALL
    SELECT $10::bigint, 11, $3::bigint, $5::bigint FROM due WHERE $3::bigint > 0
), lot AS (
    INSERT INTO points_lot (id, member_id, origin_day, expiry_day, remaining)
    SELECT lot_id, member_id, $6::date, $7::date, points FROM gift
        ON CONFLICT (member_id, origin_day, merged_from) DO UPDATE SET remaining = points_lot.remaining + excluded.remaining
    RETURNING id, member_id
), entry AS (
    INSERT INTO points_entry (origin_id, lot_id, kind, member_id, points, at)
    SELECT $1::bigint, l.id, g.kind, g.member_id, g.points, $8::timestamptz FROM gift AS g JOIN lot AS l USING (member_id)
)
UPDATE member_account AS a
   SET points = a.points + coalesce((SELECT g.points FROM gift AS g WHERE g.member_id = a.member_id), 0),
       friend = CASE WHEN a.member_id = $9::bigint THEN 0 ELSE a.friend END
 WHERE a.member_id IN ($9::bigint, $10::bigint) AND EXISTS (SELECT FROM due);
