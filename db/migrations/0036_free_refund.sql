-- Money for goods that come back without a receipt: a refund (kind 2) of no sale, in cash, up to so much a shop and business day.

ALTER TABLE shop_version ADD COLUMN free_refund_day_minor minor NOT NULL DEFAULT 5000 CHECK (free_refund_day_minor >= 0); -- 0: never

-- A refund is of a sale, or has a reason and no member, and is made where the server is.
ALTER TABLE sale DROP CONSTRAINT sale_check;
ALTER TABLE sale ADD CONSTRAINT sale_check
    CHECK ((kind = 1 AND refund_of IS NULL)
           OR (kind = 2 AND (refund_of IS NOT NULL OR (reason IS NOT NULL AND member_id IS NULL AND series = 'T'))));
-- What a day has given so, looked at behind the shop's lock.
CREATE INDEX sale_refund_free ON sale (shop_id, business_day) WHERE kind = 2 AND refund_of IS NULL;

ALTER TABLE approval ADD COLUMN free_refund boolean NOT NULL DEFAULT false;

ALTER TABLE sale_exception DROP CONSTRAINT sale_exception_kind_check;
ALTER TABLE sale_exception ADD CONSTRAINT sale_exception_kind_check CHECK (kind BETWEEN 1 AND 16);

-- Who may change what roles allow may give back without a receipt, as in a new shop. One version of the catalogue, as a change by a
-- person would be.
WITH newest AS (
    SELECT DISTINCT ON (role_id) role_id, name, permissions, discount_ppm
      FROM role_version
     ORDER BY role_id, from_version DESC
), given AS (
    SELECT role_id, name, permissions, discount_ppm
      FROM newest
     WHERE permissions @> '{role_edit}' AND NOT permissions @> '{refund_free}'
), version AS (
    INSERT INTO catalogue_version (version, shop_id, made_at)
    SELECT (SELECT max(version) FROM catalogue_version) + 1, 0, now()
     WHERE EXISTS (SELECT FROM given)
    RETURNING version
), head AS (
    UPDATE catalogue_head AS h SET version = v.version FROM version AS v
)
INSERT INTO role_version (role_id, from_version, name, permissions, discount_ppm)
SELECT g.role_id, v.version, g.name, g.permissions || '{refund_free}'::text[], g.discount_ppm
  FROM given AS g CROSS JOIN version AS v;
