-- Coupons: campaigns, whose terms never change once they stand, the coupons that were given out under them, and what used them. All
-- belong to the chain.

-- Terms and counters in one row: locked by whoever issues coupons of it or sells with one, behind the coupons, in the order of ids.
CREATE TABLE campaign (
    id              object_id   PRIMARY KEY,
    name            text        NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 40),
    gift            smallint    NOT NULL CHECK (gift BETWEEN 1 AND 3),     -- a rate off, an amount off, pieces free
    value           bigint      NOT NULL CHECK (value > 0),                -- millionths, minor units, pieces
    category_id     object_id   REFERENCES category,                       -- of these goods alone; null: see campaign_product
    least_minor     minor       NOT NULL CHECK (least_minor >= 0),         -- that the basket's goods come to
    weekdays        smallint    NOT NULL CHECK (weekdays BETWEEN 1 AND 127),    -- bit 0: on Mondays
    from_minute     smallint    NOT NULL CHECK (from_minute >= 0),              -- of the shop's wall clock
    until_minute    smallint    NOT NULL CHECK (until_minute <= 1440),
    first_day       date,
    last_day        date,
    members_only    boolean     NOT NULL,
    first_purchase  boolean     NOT NULL,                                  -- of a member who never bought anything
    with_promotions boolean     NOT NULL,                                  -- also off lines that a promotion took something off
    with_discounts  boolean     NOT NULL,                                  -- also in a basket that a person gave a discount on
    with_coupons    boolean     NOT NULL,                                  -- also beside another campaign's
    per_member      bigint      NOT NULL CHECK (per_member >= 0),          -- uses by one; 0: any number
    uses_max        bigint      NOT NULL CHECK (uses_max >= 0),            -- of all its coupons; 0: any number
    active          boolean     NOT NULL,
    coupon_count    bigint      NOT NULL CHECK (coupon_count >= 0),
    use_count       bigint      NOT NULL CHECK (use_count >= 0),
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    receipt_minor   minor       NOT NULL DEFAULT 0 CHECK (receipt_minor >= 0),  -- a sale of so much earns one on its receipt; 0: none does
    CHECK (from_minute < until_minute),
    CHECK (gift <> 1 OR value <= 1000000),
    CHECK (uses_max = 0 OR use_count <= uses_max)
) WITH (fillfactor = 90);
CREATE INDEX campaign_receipt ON campaign (receipt_minor) WHERE receipt_minor > 0 AND active;
-- The goods it is for; none here and no category: all goods.
CREATE TABLE campaign_product (
    campaign_id object_id NOT NULL REFERENCES campaign,
    product_id  object_id NOT NULL REFERENCES product,
    PRIMARY KEY (campaign_id, product_id)
);

-- A code, by its keyed hash alone; numbered in its campaign without gaps. uses_max: 1, or of a code for everybody how many; 0: any
-- number. member_id: whose it is alone; null: whoever brings it.
CREATE TABLE coupon (
    id          object_id   PRIMARY KEY,
    campaign_id object_id   NOT NULL REFERENCES campaign,
    number      bigint      NOT NULL CHECK (number >= 1),
    code_blind  bytea       NOT NULL UNIQUE CHECK (length(code_blind) = 16),
    member_id   object_id   REFERENCES member,
    uses_max    bigint      NOT NULL CHECK (uses_max >= 0),
    use_count   bigint      NOT NULL CHECK (use_count >= 0),
    created_at  timestamptz NOT NULL,
    sale_id     object_id,                       -- that earned it
    UNIQUE (campaign_id, number),
    CHECK (uses_max = 0 OR use_count <= uses_max)
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX coupon_member ON coupon (member_id, campaign_id) WHERE member_id IS NOT NULL;
CREATE UNIQUE INDEX coupon_sale ON coupon (sale_id, campaign_id) WHERE sale_id IS NOT NULL;

-- What a coupon took off a sale; numbered in its coupon without gaps. Its rows of sale_discount are of kind 4, under the campaign.
CREATE TABLE coupon_use (
    coupon_id    object_id   NOT NULL,
    number       bigint      NOT NULL CHECK (number >= 1),
    campaign_id  object_id   NOT NULL,
    sale_id      object_id   NOT NULL,
    member_id    object_id,                                    -- who bought; null: nobody said
    amount_minor minor       NOT NULL CHECK (amount_minor > 0),
    at           timestamptz NOT NULL,
    PRIMARY KEY (coupon_id, number),
    UNIQUE (sale_id, campaign_id)
);
CREATE INDEX coupon_use_member ON coupon_use (member_id, campaign_id) WHERE member_id IS NOT NULL;
CREATE INDEX coupon_use_campaign ON coupon_use (campaign_id);

-- Kind 4: a coupon, its row of the whole receipt (line -1) and one for each line's part; promotion_id is its campaign then, and `reason`
-- the campaign's name.
ALTER TABLE sale_discount DROP CONSTRAINT sale_discount_kind_check;
ALTER TABLE sale_discount ADD CONSTRAINT sale_discount_kind_check CHECK (kind BETWEEN 1 AND 4);

-- Who may change what roles allow may make campaigns and issue coupons, as in a new shop. One version of the catalogue, as a change by
-- a person would be.
WITH newest AS (
    SELECT DISTINCT ON (role_id) role_id, name, permissions, discount_ppm
      FROM role_version
     ORDER BY role_id, from_version DESC
), given AS (
    SELECT role_id, name, permissions, discount_ppm
      FROM newest
     WHERE permissions @> '{role_edit}' AND NOT permissions @> '{coupon_edit}'
), version AS (
    INSERT INTO catalogue_version (version, shop_id, made_at)
    SELECT (SELECT max(version) FROM catalogue_version) + 1, 0, now()
     WHERE EXISTS (SELECT FROM given)
    RETURNING version
), head AS (
    UPDATE catalogue_head AS h SET version = v.version FROM version AS v
)
INSERT INTO role_version (role_id, from_version, name, permissions, discount_ppm)
SELECT g.role_id, v.version, g.name, g.permissions || '{coupon_edit}'::text[], g.discount_ppm
  FROM given AS g CROSS JOIN version AS v;
