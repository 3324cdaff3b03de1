-- Make the points programme, or change the one in force. All is asked behind catalogue_lock.

-- name: programme_put_now
SELECT programme_id AS id, name, sign_up_points, birthday_points, points_per_unit, lot_days, reward_cost,
       coalesce(reward_category_id, 0)::bigint AS reward_category_id, reward_name
  FROM programme_version
 ORDER BY from_version DESC
 LIMIT 1;

-- name: programme_put_category
SELECT id FROM category WHERE id = $1;

-- name: programme_put_version
-- Behind catalogue_raise: the greatest version is the new one.
INSERT INTO programme_version (programme_id, from_version, name, sign_up_points, birthday_points, points_per_unit,
                               lot_days, reward_cost, reward_category_id, reward_name)
SELECT $1::bigint, max(version), $2::text, $3::bigint, $4::bigint, $5::bigint, $6::bigint, $7::bigint,
       nullif($8::bigint, 0), $9::text
  FROM catalogue_head;
