-- Make or change a means of payment. All is asked behind catalogue_lock: what is read stays true until the COMMIT.

-- name: tender_type_put_all
SELECT DISTINCT ON (tender_type_id) tender_type_id AS id, name, kind, change, reference_wanted, limit_minor, permission,
       active
  FROM tender_type_version
 ORDER BY tender_type_id, from_version DESC;

-- name: tender_type_put_create
INSERT INTO tender_type (id) VALUES ($1);

-- name: tender_type_put_version
-- Behind catalogue_raise: the greatest version is the new one.
INSERT INTO tender_type_version (tender_type_id, from_version, name, kind, change, reference_wanted, limit_minor,
                                 permission, active)
SELECT $1::bigint, max(version), $2::text, $3::bigint, $4::bigint, $5::boolean, $6::bigint, $7::text, $8::boolean
  FROM catalogue_head;
