-- Two members who are one person become one, and what a member avoids keeps the till from selling it to them unsaid.

-- What a member avoids, and which language they prefer, are sealed under their key as their other fields are.
ALTER TABLE member ADD COLUMN avoids_sealed bytea, ADD COLUMN language_sealed bytea;

-- avoids: for each of the 14 allergens, in the order of their numbers, 8 bytes: a keyed hash of member and allergen where they
-- avoid it, else bytes drawn by lot; null: none is avoided. merged_into: whose all that is; who is merged once more takes along who was
-- merged into them, so it never names anybody who was merged.
ALTER TABLE member_account ADD COLUMN avoids bytea CHECK (length(avoids) = 112);
ALTER TABLE member_account ADD COLUMN merged_into bigint REFERENCES member CHECK (merged_into <> member_id);
CREATE INDEX member_account_merged ON member_account (merged_into) WHERE merged_into IS NOT NULL;
-- So few that a sale finds at once that its member is none of them.
CREATE INDEX member_account_went ON member_account (member_id) WHERE merged_into IS NOT NULL;

-- Each merging, as it was carried out. A member is merged once; points: that came with them.
CREATE TABLE member_merge (
    from_id   object_id   PRIMARY KEY REFERENCES member,
    into_id   object_id   NOT NULL REFERENCES member,
    shop_id   object_id   NOT NULL REFERENCES shop,
    device_id object_id   NOT NULL REFERENCES device,
    staff_id  object_id   NOT NULL REFERENCES staff,
    points    bigint      NOT NULL,
    reason    text        NOT NULL,
    at        timestamptz NOT NULL,
    CHECK (from_id <> into_id)
);
CREATE INDEX member_merge_into ON member_merge (into_id);

-- Lots go over as they are, with their days and entries: whose they were before; 0: nobody's. Of one origin day a member has one lot
-- of their own, and one of each who was merged into them.
ALTER TABLE points_lot ADD COLUMN merged_from bigint NOT NULL DEFAULT 0 CHECK (merged_from >= 0);
ALTER TABLE points_lot DROP CONSTRAINT points_lot_member_id_origin_day_key;
CREATE UNIQUE INDEX points_lot_days ON points_lot (member_id, origin_day, merged_from);

-- By what the one who was merged was found, the other is: whose it was before; 0: the member's own, which goes when the field changes.
ALTER TABLE member_blind ADD COLUMN merged_from bigint NOT NULL DEFAULT 0 CHECK (merged_from >= 0);

-- Of sales that are over when they are booked: 15 a line has what the member avoids, and nobody says that they were told. (Where somebody
-- does, the line has the flag 128: in sales alone.)
ALTER TABLE sale_exception DROP CONSTRAINT sale_exception_kind_check;
ALTER TABLE sale_exception ADD CONSTRAINT sale_exception_kind_check CHECK (kind BETWEEN 1 AND 15);

-- Who may change what roles allow may merge members, as in a new shop. One version of the catalogue, as a change by a person would be.
WITH newest AS (
    SELECT DISTINCT ON (role_id) role_id, name, permissions, discount_ppm
      FROM role_version
     ORDER BY role_id, from_version DESC
), given AS (
    SELECT role_id, name, permissions, discount_ppm
      FROM newest
     WHERE permissions @> '{role_edit}' AND NOT permissions @> '{member_merge}'
), version AS (
    INSERT INTO catalogue_version (version, shop_id, made_at)
    SELECT (SELECT max(version) FROM catalogue_version) + 1, 0, now()
     WHERE EXISTS (SELECT FROM given)
    RETURNING version
), head AS (
    UPDATE catalogue_head AS h SET version = v.version FROM version AS v
)
INSERT INTO role_version (role_id, from_version, name, permissions, discount_ppm)
SELECT g.role_id, v.version, g.name, g.permissions || '{member_merge}'::text[], g.discount_ppm
  FROM given AS g CROSS JOIN version AS v;
