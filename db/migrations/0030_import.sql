-- What was taken over from the Django shop before this one: once, by the keys that it had there.

-- kind: 1 a user, who is a member, 2 a product. amount: the points, or the price in minor units, that came with it.
CREATE TABLE django_import (
    kind      smallint    NOT NULL CHECK (kind IN (1, 2)),
    pk        text        NOT NULL CHECK (length(pk) BETWEEN 1 AND 64),
    object_id object_id   NOT NULL,
    amount    bigint      NOT NULL CHECK (amount >= 0),
    at        timestamptz NOT NULL,
    PRIMARY KEY (kind, pk),
    UNIQUE (kind, object_id)
);

-- Points that no sale moved: of kind 9 what a member had in the shop before, which comes from the member.
DROP INDEX points_entry_other;
CREATE INDEX points_entry_other ON points_entry (member_id, lot_id) WHERE kind IN (1, 7, 8, 9);
