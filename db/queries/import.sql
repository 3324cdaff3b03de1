-- What is taken over from the Django shop before this one (server/import/), a few rows at a time.

-- name: import_lock
-- One at a time.
SELECT pg_advisory_xact_lock(4917012811000014);

-- name: import_known
-- What was taken over before.
SELECT pk, object_id, amount
  FROM django_import
 WHERE kind = $1::bigint
 ORDER BY pk COLLATE "C";

-- name: import_write
INSERT INTO django_import (kind, pk, object_id, amount, at)
VALUES ($1::bigint, $2, $3, $4, $5);

-- name: import_points
-- Kind 9: what they had there.
INSERT INTO points_entry (origin_id, lot_id, kind, member_id, points, at)
VALUES ($1, $2, 9, $1, $3, $4);

-- name: import_secret
-- Scheme 2: good until it was right once.
INSERT INTO member_secret (member_id, scheme, hash, changed_at)
VALUES ($1, 2, $2, $3);

-- name: import_sums
-- What the books say came of it: the goods' first prices, the members' points.
SELECT (SELECT count(*) FROM django_import WHERE kind = 2) AS products,
       (SELECT coalesce(sum(p.price_minor), 0)::bigint
          FROM django_import AS i
         CROSS JOIN LATERAL (SELECT v.price_minor
                               FROM price_version AS v
                              WHERE v.shop_id = 0 AND v.product_id = i.object_id
                              ORDER BY v.from_version
                              LIMIT 1) AS p
         WHERE i.kind = 2) AS price_minor,
       (SELECT count(*) FROM django_import WHERE kind = 1) AS members,
       (SELECT coalesce(sum(e.points), 0)::bigint
          FROM django_import AS i
          JOIN points_entry AS e ON e.origin_id = i.object_id AND e.kind = 9
         WHERE i.kind = 1) AS points;
