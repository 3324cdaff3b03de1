-- What came since a shop was made asks for permissions that its roles have never heard of: discounts, approvals, the
-- drawer's cash and its close. A role gets what its like has in a new shop: who may give money back leads a shift, who
-- may sell gives a discount of 10 %, and who may change roles may all of it. A manager changes that
-- as any role. One version of the catalogue, as a change by a person would be.
WITH newest AS (
    SELECT DISTINCT ON (role_id) role_id, name, permissions
      FROM role_version
     ORDER BY role_id, from_version DESC
), given AS (
    SELECT role_id, name, permissions,
           CASE WHEN permissions @> '{sell,refund,role_edit}' THEN 1000000
                WHEN permissions @> '{sell,refund}' THEN 500000
                ELSE 100000 END AS discount_ppm,
           CASE WHEN permissions @> '{sell,refund}' THEN '{discount,approve,cash_move,no_sale,shift_close}'::text[]
                ELSE '{discount}'::text[] END AS added
      FROM newest
     WHERE permissions @> '{sell}' AND NOT permissions && '{discount,cash_move,no_sale,shift_close}'
), version AS (
    INSERT INTO catalogue_version (version, shop_id, made_at)
    SELECT (SELECT max(version) FROM catalogue_version) + 1, 0, now()
     WHERE EXISTS (SELECT FROM given)
    RETURNING version
), head AS (
    UPDATE catalogue_head AS h SET version = v.version FROM version AS v
)
INSERT INTO role_version (role_id, from_version, name, permissions, discount_ppm)
SELECT g.role_id, v.version, g.name, g.permissions || g.added, g.discount_ppm
  FROM given AS g CROSS JOIN version AS v;
