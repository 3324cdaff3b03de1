-- Make or change a category. All is asked behind catalogue_lock: what is read stays true until the COMMIT.

-- name: category_put_all
SELECT DISTINCT ON (category_id) category_id AS id, name, position
  FROM category_version
 ORDER BY category_id, from_version DESC;

-- name: category_put_create
INSERT INTO category (id) VALUES ($1);

-- name: category_put_version
-- Behind catalogue_raise: the greatest version is the new one.
INSERT INTO category_version (category_id, from_version, name, position)
SELECT $1::bigint, max(version), $2::text, $3::bigint
  FROM catalogue_head;
