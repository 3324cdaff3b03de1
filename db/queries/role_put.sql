-- Make a role, or change what it allows. All is asked behind catalogue_lock: what is read stays true until the COMMIT.

-- name: role_put_all
SELECT DISTINCT ON (role_id) role_id AS id, name, permissions, discount_ppm
  FROM role_version
 ORDER BY role_id, from_version DESC;

-- name: role_put_caller
SELECT role_id FROM staff WHERE id = $1;

-- name: role_put_create
INSERT INTO role (id) VALUES ($1);

-- name: role_put_version
-- Behind catalogue_raise: the greatest version is the new one.
INSERT INTO role_version (role_id, from_version, name, permissions, discount_ppm)
SELECT $1::bigint, max(version), $2::text, $3::text[], $4::bigint
  FROM catalogue_head;
