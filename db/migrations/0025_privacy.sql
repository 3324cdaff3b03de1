-- What a person may ask of the shop: what they agreed to, by whom and when it was written down, and to be forgotten.

-- What a member agreed to, or took back: numbered by kind without gaps, the last is how it stands. Kinds and texts are those of
-- common/rules/consent.c; text_version is the one that was read out, or of what is taken back.
CREATE TABLE consent_entry (
    member_id    object_id   NOT NULL REFERENCES member,
    kind         smallint    NOT NULL CHECK (kind BETWEEN 1 AND 100),
    number       integer     NOT NULL CHECK (number >= 1),
    given        boolean     NOT NULL,
    text_version integer     NOT NULL CHECK (text_version >= 1),
    shop_id      object_id   NOT NULL REFERENCES shop,
    device_id    object_id   NOT NULL REFERENCES device,
    staff_id     object_id   NOT NULL REFERENCES staff,
    at           timestamptz NOT NULL,
    PRIMARY KEY (member_id, kind, number)
);

-- A tombstone: the member's fields, look-up keys and points are gone in the transaction that wrote it; their key goes behind it, which
-- key_gone_at says. reason: 1 they asked for it, 2 no longer needed, 3 entered by mistake, 4 once more, in a database that was restored
-- from before the erasure (by nobody, at no device). Never a text: a reason that is typed would name somebody.
CREATE TABLE erasure (
    member_id   object_id   PRIMARY KEY REFERENCES member,
    reason      smallint    NOT NULL CHECK (reason BETWEEN 1 AND 4),
    points      bigint      NOT NULL,                 -- that were written off
    shop_id     object_id   REFERENCES shop,
    device_id   object_id   REFERENCES device,
    staff_id    object_id   REFERENCES staff,
    at          timestamptz NOT NULL,
    key_gone_at timestamptz,                          -- null: the key is still to be destroyed
    CHECK ((reason = 4) = (staff_id IS NULL)),
    CHECK ((staff_id IS NULL) = (shop_id IS NULL)),
    CHECK ((staff_id IS NULL) = (device_id IS NULL))
);
CREATE INDEX erasure_pending ON erasure (member_id) WHERE key_gone_at IS NULL;

-- An account that nothing moves any more. Sales and refunds find it no longer.
ALTER TABLE member_account ADD COLUMN erased boolean NOT NULL DEFAULT false;

-- Points that no sale moved, for a member's ledger: those of sales are found by their sales, and pay for no index.
CREATE INDEX points_entry_other ON points_entry (member_id, lot_id) WHERE kind IN (1, 7, 8);

-- Who may change what roles allow may hand out and erase what is kept of a person, as in a new shop. One version of the catalogue, as a
-- change by a person would be.
WITH newest AS (
    SELECT DISTINCT ON (role_id) role_id, name, permissions, discount_ppm
      FROM role_version
     ORDER BY role_id, from_version DESC
), given AS (
    SELECT role_id, name, permissions, discount_ppm
      FROM newest
     WHERE permissions @> '{role_edit}' AND NOT permissions && '{member_export,member_erase}'
), version AS (
    INSERT INTO catalogue_version (version, shop_id, made_at)
    SELECT (SELECT max(version) FROM catalogue_version) + 1, 0, now()
     WHERE EXISTS (SELECT FROM given)
    RETURNING version
), head AS (
    UPDATE catalogue_head AS h SET version = v.version FROM version AS v
)
INSERT INTO role_version (role_id, from_version, name, permissions, discount_ppm)
SELECT g.role_id, v.version, g.name, g.permissions || '{member_export,member_erase}'::text[], g.discount_ppm
  FROM given AS g CROSS JOIN version AS v;
