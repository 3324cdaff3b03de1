-- A receipt that was rung up without its member is given to them afterwards. The sale stays as it is: whose it is since then, and what it
-- earned by that, stands beside it, once.

-- For how many days; 0: never.
ALTER TABLE shop_version ADD COLUMN attach_days integer NOT NULL DEFAULT 14 CHECK (attach_days BETWEEN 0 AND 366);

-- A row of the sale, whose attached_id is its own, and one of each refund of it that had come before: what came behind names the member itself. Points are
-- what the sale and these would have in their own columns, had the member been shown; entries of points come from the same.
CREATE TABLE sale_attach (
    sale_id       object_id   PRIMARY KEY REFERENCES sale,
    attached_id   object_id   NOT NULL REFERENCES sale,
    member_id     object_id   NOT NULL REFERENCES member,
    sold_at       timestamptz NOT NULL,                          -- as the sale's, or the refund's, for the order of what a member bought
    points_earned bigint      NOT NULL,
    points_gifted bigint      NOT NULL CHECK (points_gifted >= 0),
    points_after  bigint      NOT NULL,                          -- what the member could spend behind it
    shop_id       object_id   NOT NULL REFERENCES shop,
    device_id     object_id   NOT NULL REFERENCES device,
    staff_id      object_id   NOT NULL REFERENCES staff,
    at            timestamptz NOT NULL,
    CHECK ((sale_id = attached_id AND points_earned >= 0)
           OR (sale_id <> attached_id AND points_earned <= 0 AND points_gifted = 0))
);
CREATE INDEX sale_attach_of ON sale_attach (attached_id);
CREATE INDEX sale_attach_member ON sale_attach (member_id, sold_at, sale_id);
