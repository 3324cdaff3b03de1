-- Reviews of what members bought, the ratings that they come to, and what goods hold. All belong to the chain, as goods do.

-- One a purchase, which is a receipt and a product. The text is sealed under the member's key as long as nobody but a moderator reads
-- it; accepted it is shown to everybody, without a name, and stands in clear. Of who was erased stars and state stay, as nobody's: no
-- text, and no way back to the receipt.
CREATE TABLE review (
    id          object_id   PRIMARY KEY,
    product_id  object_id   NOT NULL REFERENCES product,
    member_id   object_id   REFERENCES member,                             -- null: who wrote it was erased
    sale_id     object_id   REFERENCES sale,                               -- likewise
    shop_id     object_id   NOT NULL REFERENCES shop,                      -- of the receipt
    rating      smallint    NOT NULL CHECK (rating BETWEEN 1 AND 5),
    state       smallint    NOT NULL CHECK (state BETWEEN 1 AND 3),        -- waiting, accepted, hidden
    reason      smallint    NOT NULL CHECK (reason BETWEEN 0 AND 7),       -- of hiding
    text_sealed bytea,                                                     -- both null: stars alone
    text        text        CHECK (length(text) BETWEEN 1 AND 500),
    created_at  timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL,                                      -- since when it stands so
    changed_by  object_id   REFERENCES staff,                              -- null: its member wrote it, or a start erased them once more
    UNIQUE (sale_id, product_id),
    CHECK ((member_id IS NULL) = (sale_id IS NULL)),
    CHECK (text IS NULL OR state = 2),
    CHECK (text_sealed IS NULL OR (state <> 2 AND member_id IS NOT NULL)),
    CHECK ((reason > 0) = (state = 3))
) WITH (fillfactor = 90);
CREATE INDEX review_shown ON review (product_id, created_at, id) WHERE state = 2;
CREATE INDEX review_state ON review (state, created_at, id);
CREATE INDEX review_member ON review (member_id) WHERE member_id IS NOT NULL;

-- How a review came to stand as it does, numbered without gaps: written, accepted, hidden.
CREATE TABLE review_event (
    review_id object_id   NOT NULL REFERENCES review,
    number    integer     NOT NULL CHECK (number >= 1),
    state     smallint    NOT NULL CHECK (state BETWEEN 1 AND 3),
    reason    smallint    NOT NULL CHECK (reason BETWEEN 0 AND 7),
    shop_id   object_id   REFERENCES shop,                                 -- where that was done; null: a start erased the member once more
    device_id object_id   REFERENCES device,                               -- likewise
    staff_id  object_id   REFERENCES staff,                                -- null: the member
    at        timestamptz NOT NULL,
    PRIMARY KEY (review_id, number),
    CHECK ((reason > 0) = (state = 3))
);

-- What a product's accepted reviews come to: a state of the catalogue, as being sold out is, so that it goes to everybody who follows.
CREATE TABLE rating_version (
    product_id   object_id NOT NULL REFERENCES product,
    from_version bigint    NOT NULL,
    rating_sum   bigint    NOT NULL CHECK (rating_sum >= rating_count),
    rating_count bigint    NOT NULL CHECK (rating_count >= 0),
    PRIMARY KEY (product_id, from_version)
);
CREATE INDEX rating_version_new ON rating_version (from_version);

-- Of 100 g or 100 ml, as common/rules/nutrition.h has it: kJ, kcal, then milligrams of fat, saturates, carbohydrate, sugars, protein and
-- salt, '-' where it is not known. Read whole, with its product, and by nothing else.
ALTER TABLE product_version ADD COLUMN nutrition text NOT NULL DEFAULT '';

-- Who may change what roles allow may accept reviews and hide them, as in a new shop. One version of the catalogue, as a change by a
-- person would be.
WITH newest AS (
    SELECT DISTINCT ON (role_id) role_id, name, permissions, discount_ppm
      FROM role_version
     ORDER BY role_id, from_version DESC
), given AS (
    SELECT role_id, name, permissions, discount_ppm
      FROM newest
     WHERE permissions @> '{role_edit}' AND NOT permissions @> '{review_edit}'
), version AS (
    INSERT INTO catalogue_version (version, shop_id, made_at)
    SELECT (SELECT max(version) FROM catalogue_version) + 1, 0, now()
     WHERE EXISTS (SELECT FROM given)
    RETURNING version
), head AS (
    UPDATE catalogue_head AS h SET version = v.version FROM version AS v
)
INSERT INTO role_version (role_id, from_version, name, permissions, discount_ppm)
SELECT g.role_id, v.version, g.name, g.permissions || '{review_edit}'::text[], g.discount_ppm
  FROM given AS g CROSS JOIN version AS v;
