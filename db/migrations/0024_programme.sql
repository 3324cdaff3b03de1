-- Programmes as data: rules of earning, rewards and tiers as terms of a version; what a sale's rules gave; members' tiers; friends.

ALTER TABLE programme_version ADD COLUMN tier_months smallint NOT NULL DEFAULT 12 CHECK (tier_months BETWEEN 1 AND 36),
                              ADD COLUMN referrer_points bigint NOT NULL DEFAULT 0 CHECK (referrer_points >= 0),
                              ADD COLUMN friend_points bigint NOT NULL DEFAULT 0 CHECK (friend_points >= 0);
-- A row a good or category that a term names, or one without; all but those two columns is the term's, the same in all its rows. All
-- terms are written anew with each version.
CREATE TABLE programme_term_version (
    programme_id object_id NOT NULL,
    from_version bigint    NOT NULL,
    kind         smallint  NOT NULL CHECK (kind BETWEEN 1 AND 3),          -- a rule of earning, a reward, a tier
    number       smallint  NOT NULL CHECK (number BETWEEN 1 AND 20),
    position     smallint  NOT NULL CHECK (position BETWEEN 0 AND 19),
    name         text      NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    gives        smallint  NOT NULL CHECK (gives BETWEEN 0 AND 3),         -- per money, unit, visit; a piece, an amount, a rate
    value        bigint    NOT NULL CHECK (value >= 0),                    -- points; minor units, millionths; minor units spent
    cost         bigint    NOT NULL CHECK (cost >= 0),                     -- of a reward, in points
    tier         smallint  NOT NULL CHECK (tier BETWEEN 0 AND 20),         -- the least one; 0: all
    goods        smallint  NOT NULL CHECK (goods BETWEEN 0 AND 2),         -- all, these, all but these
    weekdays     smallint  NOT NULL CHECK (weekdays BETWEEN 1 AND 127),    -- bit 0: on Mondays
    from_minute  smallint  NOT NULL CHECK (from_minute >= 0),              -- of the shop's wall clock
    until_minute smallint  NOT NULL CHECK (until_minute <= 1440),
    category_id  object_id REFERENCES category,
    product_id   object_id REFERENCES product,
    PRIMARY KEY (programme_id, from_version, kind, number, position),
    FOREIGN KEY (programme_id, from_version) REFERENCES programme_version,
    CHECK (from_minute < until_minute),
    CHECK ((kind = 2) = (cost > 0))
);

-- What each rule gave for a sale, or a refund took back, where the programme had rules beside points_per_unit (rule 0). per and value
-- are the rule's, so that a refund has no version to look for.
CREATE TABLE sale_earning (
    sale_id object_id NOT NULL,
    rule    smallint  NOT NULL CHECK (rule BETWEEN 0 AND 20),
    per     smallint  NOT NULL CHECK (per BETWEEN 1 AND 3),                -- money, unit, visit
    value   bigint    NOT NULL CHECK (value >= 0),
    basis   bigint    NOT NULL,                                            -- minor units, thousandths, visits
    points  bigint    NOT NULL,
    lines   bytea     NOT NULL CHECK (length(lines) = 25),                 -- of the sale, that it counted: bit 0 is the first
    PRIMARY KEY (sale_id, rule)
);

-- Kind 5: a reward of the programme's terms, as promotions have their rows; promotion_id is its number then, and a line's part has
-- `times` where they are free pieces.
ALTER TABLE sale_discount DROP CONSTRAINT sale_discount_kind_check;
ALTER TABLE sale_discount ADD CONSTRAINT sale_discount_kind_check CHECK (kind BETWEEN 1 AND 5);

-- The tier and what it is by, of the last night but for members who joined since: no sale writes it.
ALTER TABLE member_account ADD COLUMN tier smallint NOT NULL DEFAULT 0 CHECK (tier BETWEEN 0 AND 20),
                           ADD COLUMN tier_minor bigint NOT NULL DEFAULT 0;

-- Kind 11: to who brought a friend; 12: to the friend. Both come from the friend.
ALTER TABLE points_entry DROP CONSTRAINT points_entry_kind_check;
ALTER TABLE points_entry ADD CONSTRAINT points_entry_kind_check CHECK (kind BETWEEN 1 AND 12);
CREATE TABLE referral (
    friend_id   object_id   PRIMARY KEY REFERENCES member,
    referrer_id object_id   NOT NULL REFERENCES member,
    at          timestamptz NOT NULL,
    paid_at     timestamptz,                                               -- null: not yet
    CHECK (friend_id <> referrer_id)
) WITH (fillfactor = 90);
CREATE INDEX referral_open ON referral (friend_id) WHERE paid_at IS NULL;
