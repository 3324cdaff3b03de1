-- Make or change a modifier. All is asked behind catalogue_lock: what is read stays true until the COMMIT.

-- name: modifier_put_all
SELECT DISTINCT ON (modifier_id) modifier_id AS id, name, choose_min, choose_max, active
  FROM modifier_version
 ORDER BY modifier_id, from_version DESC;

-- name: modifier_put_options
-- Of one, as it is now.
SELECT o.option, o.name, o.price_minor, o.active
  FROM modifier_option_version AS o
 WHERE o.modifier_id = $1::bigint
   AND o.from_version = (SELECT max(v.from_version) FROM modifier_version AS v WHERE v.modifier_id = o.modifier_id)
 ORDER BY o.option;

-- name: modifier_put_create
INSERT INTO modifier (id) VALUES ($1);

-- name: modifier_put_version
-- Behind catalogue_raise: the greatest version is the new one.
INSERT INTO modifier_version (modifier_id, from_version, name, choose_min, choose_max, active)
SELECT $1::bigint, max(version), $2::text, $3::bigint, $4::bigint, $5::boolean
  FROM catalogue_head;

-- name: modifier_put_option_versions
INSERT INTO modifier_option_version (modifier_id, from_version, option, name, price_minor, active)
SELECT $1::bigint, (SELECT max(version) FROM catalogue_head), option, name, price_minor, active
  FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::boolean[]) AS t (option, name, price_minor, active);
