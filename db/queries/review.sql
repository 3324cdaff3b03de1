-- Reviews: written, read, moderated, and the ratings they come to.

-- name: review_bought
-- Behind the member's lock. $2 is who wrote it, and may have bought it as somebody who was merged into them. What was voided, a deposit
-- or a charge (flags 2, 32, 64) is nothing to rate; `left_milli` has not come back.
SELECT s.shop_id, sum(l.quantity_milli - coalesce(r.quantity_milli, 0))::bigint AS left_milli,
       EXISTS (SELECT FROM review AS v WHERE v.sale_id = $1 AND v.product_id = $3) AS reviewed
  FROM sale AS s
  LEFT JOIN sale_attach AS t ON t.sale_id = s.id
  JOIN member_account AS a ON a.member_id = coalesce(s.member_id, t.member_id)
  JOIN sale_line AS l ON l.sale_id = s.id
  LEFT JOIN refunded AS r ON r.sale_id = l.sale_id AND r.line = l.line
 WHERE s.id = $1 AND s.kind = 1 AND coalesce(a.merged_into, a.member_id) = $2 AND l.product_id = $3 AND l.flags & 98 = 0
 GROUP BY s.shop_id;

-- name: review_write
INSERT INTO review (id, product_id, member_id, sale_id, shop_id, rating, state, reason, text_sealed, created_at, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6::bigint, 1, 0, $7, $8, $8, $9);

-- name: review_event_write
INSERT INTO review_event (review_id, number, state, reason, shop_id, device_id, staff_id, at)
SELECT $1::bigint, coalesce(max(number), 0) + 1, $2::bigint, $3::bigint, $4::bigint, $5::bigint, $6::bigint, $7::timestamptz
  FROM review_event
 WHERE review_id = $1::bigint;

-- name: review_list
-- The numbers stand here, where the planner sees that they are small: one more than are shown.
SELECT id, rating, text, created_at
  FROM review
 WHERE product_id = $1 AND state = 2 AND (created_at, id) < ($2::timestamptz, $3::bigint)
 ORDER BY created_at DESC, id DESC
 LIMIT 21;

-- name: review_queue
SELECT id, product_id, member_id, rating, state, reason, text_sealed, text, created_at, changed_at, changed_by
  FROM review
 WHERE state = $1::bigint AND (created_at, id) > ($2::timestamptz, $3::bigint)
 ORDER BY created_at, id
 LIMIT 21;

-- name: review_waiting
SELECT count(*) AS waiting FROM (SELECT FROM review WHERE state = 1 LIMIT 1000) AS w;

-- ---- moderated; asked behind catalogue_lock ----

-- name: review_lock
-- Behind the catalogue's lock, and behind it nothing is locked any more: merging and erasing lock their members first and reviews last.
SELECT id, product_id, member_id, rating, state, reason, text_sealed, text, created_at, changed_at, changed_by
  FROM review
 WHERE id = $1
   FOR NO KEY UPDATE;

-- name: review_rating
SELECT v.rating_sum, v.rating_count
  FROM review AS r
 CROSS JOIN LATERAL (SELECT rating_sum, rating_count
                       FROM rating_version
                      WHERE product_id = r.product_id
                      ORDER BY from_version DESC
                      LIMIT 1) AS v
 WHERE r.id = $1;

-- name: review_moderate
UPDATE review
   SET state = $2::bigint, reason = $3::bigint, text_sealed = $4, text = $5, changed_at = $6, changed_by = $7
 WHERE id = $1;

-- name: review_rating_version
-- Behind catalogue_raise: the greatest version is the new one.
INSERT INTO rating_version (product_id, from_version, rating_sum, rating_count)
SELECT $1::bigint, max(version), $2::bigint, $3::bigint
  FROM catalogue_head;

-- ---- whose they are ----

-- name: member_merge_reviews
-- Behind the members' locks.
SELECT id, text_sealed
  FROM review
 WHERE member_id = $1
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: member_merge_reviews_write
UPDATE review AS r
   SET member_id = $1, text_sealed = t.text_sealed
  FROM unnest($2::bigint[], $3::bytea[]) AS t (id, text_sealed)
 WHERE r.id = t.id;

-- name: member_erase_reviews
-- Behind the member's lock. What nobody has read yet is not read any more; of what waits there is one event alone. Stars and state of
-- the others stay.
WITH mine AS MATERIALIZED (
    SELECT id, state
      FROM review
     WHERE member_id = $1
     ORDER BY id
       FOR NO KEY UPDATE
), noted AS (
    INSERT INTO review_event (review_id, number, state, reason, shop_id, device_id, staff_id, at)
    SELECT id, 2, 3, 7, $2::bigint, $3::bigint, $4::bigint, $5::timestamptz
      FROM mine
     WHERE state = 1
)
UPDATE review AS r
   SET member_id = NULL, sale_id = NULL, text_sealed = NULL, text = NULL,
       state = CASE r.state WHEN 1 THEN 3 ELSE r.state END,
       reason = CASE r.state WHEN 1 THEN 7 ELSE r.reason END,
       changed_at = CASE r.state WHEN 1 THEN $5::timestamptz ELSE r.changed_at END,
       changed_by = CASE r.state WHEN 1 THEN $4::bigint ELSE r.changed_by END
  FROM mine AS m
 WHERE r.id = m.id;

-- name: member_export_reviews
SELECT id, product_id, sale_id, shop_id, rating, state, reason, text_sealed, text, created_at, changed_at, changed_by
  FROM review
 WHERE member_id = $1 AND id > $2
 ORDER BY id
 LIMIT 20;
