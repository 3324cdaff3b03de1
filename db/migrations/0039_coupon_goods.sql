-- What a sale's goods came to that earned a coupon: deposits are no goods. Older ones, which have none here, counted them as well.
ALTER TABLE coupon ADD COLUMN goods_minor minor;
ALTER TABLE coupon ADD CONSTRAINT coupon_goods CHECK (sale_id IS NOT NULL OR goods_minor IS NULL);

-- A permission that is new: whoever may change what roles allow gets it, as in a new shop, in one version of the catalogue, as a change
-- by a person would be. For the migrations that come: `SELECT permission_give('...')`. Where all have it, or nobody is to, nothing is done.
CREATE FUNCTION permission_give(given text) RETURNS void LANGUAGE sql AS $$
WITH newest AS (
    SELECT DISTINCT ON (role_id) role_id, name, permissions, discount_ppm
      FROM role_version
     ORDER BY role_id, from_version DESC
), wanting AS (
    SELECT role_id, name, permissions, discount_ppm
      FROM newest
     WHERE permissions @> '{role_edit}' AND given <> ALL (permissions)
), version AS (
    INSERT INTO catalogue_version (version, shop_id, made_at)
    SELECT (SELECT max(version) FROM catalogue_version) + 1, 0, now()
     WHERE EXISTS (SELECT FROM wanting)
    RETURNING version
), head AS (
    UPDATE catalogue_head AS h SET version = v.version FROM version AS v
)
INSERT INTO role_version (role_id, from_version, name, permissions, discount_ppm)
SELECT w.role_id, v.version, w.name, w.permissions || given, w.discount_ppm
  FROM wanting AS w CROSS JOIN version AS v
$$;
REVOKE ALL ON FUNCTION permission_give(text) FROM PUBLIC;
