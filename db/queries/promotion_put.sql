-- Make or change a promotion. All is asked behind catalogue_lock: what is read stays true until the COMMIT.

-- name: promotion_put_all
SELECT DISTINCT ON (promotion_id) promotion_id AS id, name, gift, value, weekdays, from_minute, until_minute, first_day,
       last_day, members_only, active
  FROM promotion_version
 ORDER BY promotion_id, from_version DESC;

-- name: promotion_put_parts
-- Of one, as it is now.
SELECT p.part, p.pieces, coalesce(p.category_id, 0)::bigint AS category_id, coalesce(p.product_id, 0)::bigint AS product_id
  FROM promotion_part_version AS p
 WHERE p.promotion_id = $1::bigint
   AND p.from_version = (SELECT max(v.from_version) FROM promotion_version AS v WHERE v.promotion_id = p.promotion_id)
 ORDER BY p.part, p.position;

-- name: promotion_put_products
SELECT id FROM product WHERE id = ANY ($1::bigint[]);

-- name: promotion_put_create
INSERT INTO promotion (id) VALUES ($1);

-- name: promotion_put_version
-- Behind catalogue_raise: the greatest version is the new one.
INSERT INTO promotion_version (promotion_id, from_version, name, gift, value, weekdays, from_minute, until_minute,
                               first_day, last_day, members_only, active)
SELECT $1::bigint, max(version), $2::text, $3::bigint, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::date, $9::date,
       $10::boolean, $11::boolean
  FROM catalogue_head;

-- name: promotion_put_part_versions
INSERT INTO promotion_part_version (promotion_id, from_version, part, position, pieces, category_id, product_id)
SELECT $1::bigint, (SELECT max(version) FROM catalogue_head), part, position, pieces, nullif(category_id, 0),
       nullif(product_id, 0)
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
       AS t (part, position, pieces, category_id, product_id);
