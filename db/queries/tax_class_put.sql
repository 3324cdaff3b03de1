-- Make or change a tax class. All is asked behind catalogue_lock: what is read stays true until the COMMIT.

-- name: tax_class_put_all
SELECT DISTINCT ON (tax_class_id) tax_class_id AS id, name, switch_at_count,
       coalesce(switch_to_id, 0)::bigint AS switch_to_id
  FROM tax_class_version
 ORDER BY tax_class_id, from_version DESC;

-- name: tax_class_put_rates
-- Of every class, as it is now.
SELECT r.tax_class_id AS id, r.service, r.hot, r.code, r.rate_ppm
  FROM tax_rate_version AS r
 WHERE r.from_version = (SELECT max(v.from_version) FROM tax_class_version AS v WHERE v.tax_class_id = r.tax_class_id);

-- name: tax_class_put_create
INSERT INTO tax_class (id) VALUES ($1);

-- name: tax_class_put_version
-- Behind catalogue_raise: the greatest version is the new one.
INSERT INTO tax_class_version (tax_class_id, from_version, name, switch_at_count, switch_to_id)
SELECT $1::bigint, max(version), $2::text, $3::bigint, nullif($4::bigint, 0)
  FROM catalogue_head;

-- name: tax_class_put_rate_versions
INSERT INTO tax_rate_version (tax_class_id, from_version, service, hot, code, rate_ppm)
SELECT $1::bigint, (SELECT max(version) FROM catalogue_head), service, hot, code, rate_ppm
  FROM unnest($2::bigint[], $3::boolean[], $4::text[], $5::bigint[]) AS t (service, hot, code, rate_ppm);
