-- The catalogue of a shop, for the server's memory: what held at one version, the base, and each state since, in the
-- order of versions, so that each version can be sealed in turn. In the lists, $1 and $2 are both the version held; where
-- nothing is held yet, they are 0 and the base, and bring what held at the base as well.

-- name: catalogue_heads
SELECT shop_id, version FROM catalogue_head ORDER BY shop_id;

-- name: catalogue_head_of
SELECT version FROM catalogue_head WHERE shop_id = $1::bigint;

-- name: catalogue_base
-- The version from which a shop's recent past is wanted: the one that was in force at $2, or the first there was.
SELECT coalesce((SELECT max(version) FROM catalogue_version WHERE shop_id IN (0, $1::bigint) AND made_at <= $2),
                (SELECT min(version) FROM catalogue_version WHERE shop_id IN (0, $1::bigint)),
                (SELECT version FROM catalogue_head WHERE shop_id = $1::bigint)) AS version;

-- name: catalogue_versions
SELECT version, made_at
  FROM catalogue_version
 WHERE version >= $1::bigint AND shop_id IN (0, $2::bigint)
 ORDER BY version;

-- name: catalogue_shops
SELECT v.from_version AS version, v.name, v.address, v.tax_number, v.receipt_head, v.receipt_foot, v.currency,
       v.currency_exponent, v.zone, v.prices_include_tax, v.day_cutoff_minutes, v.cash_rounding_minor,
       v.calling_code, v.code_layouts, v.deposit_back_minor, v.drawer_per_person, v.gift_card_months, v.attach_days,
       v.free_refund_day_minor
  FROM shop_version AS v
 WHERE v.shop_id = $3::bigint
   AND v.from_version > $1::bigint
   AND NOT EXISTS (SELECT FROM shop_version AS l
                    WHERE l.shop_id = v.shop_id AND l.from_version > v.from_version
                      AND l.from_version <= $2::bigint)
 ORDER BY v.from_version;

-- name: catalogue_categories
SELECT v.from_version AS version, v.category_id AS id, v.name, v.position
  FROM category_version AS v
 WHERE v.from_version > $1::bigint
   AND NOT EXISTS (SELECT FROM category_version AS l
                    WHERE l.category_id = v.category_id AND l.from_version > v.from_version
                      AND l.from_version <= $2::bigint)
 ORDER BY v.from_version, v.category_id;

-- name: catalogue_tax_classes
SELECT v.from_version AS version, v.tax_class_id AS id, v.name, v.switch_at_count, coalesce(v.switch_to_id, 0)::bigint AS switch_to_id
  FROM tax_class_version AS v
 WHERE v.from_version > $1::bigint
   AND NOT EXISTS (SELECT FROM tax_class_version AS l
                    WHERE l.tax_class_id = v.tax_class_id AND l.from_version > v.from_version
                      AND l.from_version <= $2::bigint)
 ORDER BY v.from_version, v.tax_class_id;

-- name: catalogue_tax_rates
-- Beside catalogue_tax_classes: the rates of each of its rows, in the same order.
SELECT r.from_version AS version, r.tax_class_id AS id, r.service, r.hot, r.code, r.rate_ppm
  FROM tax_rate_version AS r
 WHERE r.from_version > $1::bigint
   AND NOT EXISTS (SELECT FROM tax_class_version AS l
                    WHERE l.tax_class_id = r.tax_class_id AND l.from_version > r.from_version
                      AND l.from_version <= $2::bigint)
 ORDER BY r.from_version, r.tax_class_id, r.service, r.hot, r.code;

-- name: catalogue_promotions
SELECT v.from_version AS version, v.promotion_id AS id, v.name, v.gift, v.value, v.weekdays, v.from_minute,
       v.until_minute, v.first_day, v.last_day, v.members_only, v.active
  FROM promotion_version AS v
 WHERE v.from_version > $1::bigint
   AND NOT EXISTS (SELECT FROM promotion_version AS l
                    WHERE l.promotion_id = v.promotion_id AND l.from_version > v.from_version
                      AND l.from_version <= $2::bigint)
 ORDER BY v.from_version, v.promotion_id;

-- name: catalogue_promotion_parts
-- Beside catalogue_promotions: what the parts of each are made of, in the same order.
SELECT p.from_version AS version, p.promotion_id AS id, p.part, p.pieces, coalesce(p.category_id, 0)::bigint AS category_id,
       coalesce(p.product_id, 0)::bigint AS product_id
  FROM promotion_part_version AS p
 WHERE p.from_version > $1::bigint
   AND NOT EXISTS (SELECT FROM promotion_version AS l
                    WHERE l.promotion_id = p.promotion_id AND l.from_version > p.from_version
                      AND l.from_version <= $2::bigint)
 ORDER BY p.from_version, p.promotion_id, p.part, p.position;

-- name: catalogue_modifiers
SELECT v.from_version AS version, v.modifier_id AS id, v.name, v.choose_min, v.choose_max, v.active
  FROM modifier_version AS v
 WHERE v.from_version > $1::bigint
   AND NOT EXISTS (SELECT FROM modifier_version AS l
                    WHERE l.modifier_id = v.modifier_id AND l.from_version > v.from_version
                      AND l.from_version <= $2::bigint)
 ORDER BY v.from_version, v.modifier_id;

-- name: catalogue_modifier_options
-- Beside catalogue_modifiers: the options of each, in the same order.
SELECT o.from_version AS version, o.modifier_id AS id, o.option, o.name, o.price_minor, o.active
  FROM modifier_option_version AS o
 WHERE o.from_version > $1::bigint
   AND NOT EXISTS (SELECT FROM modifier_version AS l
                    WHERE l.modifier_id = o.modifier_id AND l.from_version > o.from_version
                      AND l.from_version <= $2::bigint)
 ORDER BY o.from_version, o.modifier_id, o.option;

-- name: catalogue_programmes
-- One programme is in force: the one written last.
SELECT v.from_version AS version, v.programme_id AS id, v.name, v.sign_up_points, v.birthday_points, v.points_per_unit,
       v.lot_days, v.reward_cost, coalesce(v.reward_category_id, 0)::bigint AS reward_category_id, v.reward_name,
       v.tier_months, v.referrer_points, v.friend_points
  FROM programme_version AS v
 WHERE v.from_version > $1::bigint
   AND NOT EXISTS (SELECT FROM programme_version AS l
                    WHERE l.from_version > v.from_version
                      AND l.from_version <= $2::bigint)
 ORDER BY v.from_version;

-- name: catalogue_programme_terms
-- Beside catalogue_programmes: the terms of each, a row a good that one names, in the order of kinds and numbers.
SELECT t.from_version AS version, t.kind, t.number, t.name, t.gives, t.value, t.cost, t.tier, t.goods, t.weekdays,
       t.from_minute, t.until_minute, coalesce(t.category_id, 0)::bigint AS category_id,
       coalesce(t.product_id, 0)::bigint AS product_id
  FROM programme_term_version AS t
 WHERE t.from_version > $1::bigint
   AND NOT EXISTS (SELECT FROM programme_version AS l
                    WHERE l.from_version > t.from_version
                      AND l.from_version <= $2::bigint)
 ORDER BY t.from_version, t.kind, t.number, t.position;

-- name: catalogue_roles
SELECT v.from_version AS version, v.role_id AS id, v.name, v.permissions, v.discount_ppm
  FROM role_version AS v
 WHERE v.from_version > $1::bigint
   AND NOT EXISTS (SELECT FROM role_version AS l
                    WHERE l.role_id = v.role_id AND l.from_version > v.from_version
                      AND l.from_version <= $2::bigint)
 ORDER BY v.from_version, v.role_id;

-- name: catalogue_tender_types
SELECT v.from_version AS version, v.tender_type_id AS id, v.name, v.kind, v.change, v.reference_wanted, v.limit_minor,
       v.permission, v.active
  FROM tender_type_version AS v
 WHERE v.from_version > $1::bigint
   AND NOT EXISTS (SELECT FROM tender_type_version AS l
                    WHERE l.tender_type_id = v.tender_type_id AND l.from_version > v.from_version
                      AND l.from_version <= $2::bigint)
 ORDER BY v.from_version, v.tender_type_id;

-- name: catalogue_base_products
-- The state of every product in a shop as of the base, $2. The shop's own price goes before the chain's.
SELECT $2::bigint AS version, p.product_id AS id, p.name, p.sku, coalesce(p.plu, 0) AS plu, p.barcodes,
       coalesce(p.category_id, 0)::bigint AS category_id, p.unit, p.tax_class_id, p.contains, p.may_contain,
       p.allergen_note, p.active, p.stock_policy, p.floor_minor, p.modifiers,
       p.open_price, p.open_min_minor, p.open_max_minor, p.deposit_kind, p.deposit_product_id, p.deposit_count,
       c.price_minor, coalesce(s.sold_out, false) AS sold_out, p.nutrition,
       coalesce(r.rating_sum, 0)::bigint AS rating_sum, coalesce(r.rating_count, 0)::bigint AS rating_count
  FROM (SELECT DISTINCT ON (product_id) *
          FROM product_version
         WHERE from_version <= $2::bigint
         ORDER BY product_id, from_version DESC) AS p
  JOIN (SELECT DISTINCT ON (product_id) product_id, price_minor
          FROM price_version
         WHERE shop_id IN (0, $1::bigint) AND from_version <= $2::bigint
         ORDER BY product_id, shop_id DESC, from_version DESC) AS c USING (product_id)
  LEFT JOIN (SELECT DISTINCT ON (product_id) product_id, sold_out
               FROM sold_out_version
              WHERE shop_id = $1::bigint AND from_version <= $2::bigint
              ORDER BY product_id, from_version DESC) AS s USING (product_id)
  LEFT JOIN (SELECT DISTINCT ON (product_id) product_id, rating_sum, rating_count
               FROM rating_version
              WHERE from_version <= $2::bigint
              ORDER BY product_id, from_version DESC) AS r USING (product_id)
 ORDER BY p.product_id;

-- name: catalogue_changed_products
-- Every state that a product took in a shop since a version, whether the product, its price, its being sold out or its rating changed.
WITH changed AS (
    SELECT product_id, from_version FROM product_version WHERE from_version > $1::bigint
     UNION
    SELECT product_id, from_version FROM price_version WHERE from_version > $1::bigint AND shop_id IN (0, $2::bigint)
     UNION
    SELECT product_id, from_version FROM sold_out_version WHERE from_version > $1::bigint AND shop_id = $2::bigint
     UNION
    SELECT product_id, from_version FROM rating_version WHERE from_version > $1::bigint
)
SELECT changed.from_version AS version, p.product_id AS id, p.name, p.sku, coalesce(p.plu, 0) AS plu, p.barcodes,
       coalesce(p.category_id, 0)::bigint AS category_id, p.unit, p.tax_class_id, p.contains, p.may_contain,
       p.allergen_note, p.active, p.stock_policy, p.floor_minor, p.modifiers,
       p.open_price, p.open_min_minor, p.open_max_minor, p.deposit_kind, p.deposit_product_id, p.deposit_count, c.price_minor,
       coalesce(s.sold_out, false) AS sold_out, p.nutrition,
       coalesce(r.rating_sum, 0)::bigint AS rating_sum, coalesce(r.rating_count, 0)::bigint AS rating_count
  FROM changed
 CROSS JOIN LATERAL (SELECT * FROM product_version AS v
                      WHERE v.product_id = changed.product_id AND v.from_version <= changed.from_version
                      ORDER BY v.from_version DESC LIMIT 1) AS p
 CROSS JOIN LATERAL (SELECT price_minor FROM price_version AS v
                      WHERE v.product_id = changed.product_id AND v.shop_id IN (0, $2::bigint)
                        AND v.from_version <= changed.from_version
                      ORDER BY v.shop_id DESC, v.from_version DESC LIMIT 1) AS c
  LEFT JOIN LATERAL (SELECT sold_out FROM sold_out_version AS v
                      WHERE v.product_id = changed.product_id AND v.shop_id = $2::bigint
                        AND v.from_version <= changed.from_version
                      ORDER BY v.from_version DESC LIMIT 1) AS s ON true
  LEFT JOIN LATERAL (SELECT rating_sum, rating_count FROM rating_version AS v
                      WHERE v.product_id = changed.product_id AND v.from_version <= changed.from_version
                      ORDER BY v.from_version DESC LIMIT 1) AS r ON true
 ORDER BY changed.from_version, p.product_id;

-- name: catalogue_past_products
-- What some products, and the deposits that go with them, were in a shop at a version of the past, $2, and every state that they
-- took since. It prices: what they were rated is not looked for.
WITH wanted AS (
    SELECT array_agg(id) AS ids
      FROM (SELECT unnest($3::bigint[]) AS id
             UNION
            SELECT deposit_product_id FROM product_version WHERE product_id = ANY ($3::bigint[]) AND deposit_product_id <> 0) AS w
), changed AS (
    SELECT unnest(ids) AS product_id, $2::bigint AS from_version FROM wanted
     UNION
    SELECT product_id, from_version FROM product_version WHERE product_id = ANY ((SELECT ids FROM wanted)::bigint[]) AND from_version > $2::bigint
     UNION
    SELECT product_id, from_version
      FROM price_version
     WHERE product_id = ANY ((SELECT ids FROM wanted)::bigint[]) AND from_version > $2::bigint AND shop_id IN (0, $1::bigint)
     UNION
    SELECT product_id, from_version
      FROM sold_out_version
     WHERE product_id = ANY ((SELECT ids FROM wanted)::bigint[]) AND from_version > $2::bigint AND shop_id = $1::bigint
)
SELECT changed.from_version AS version, p.product_id AS id, p.name, p.sku, coalesce(p.plu, 0) AS plu, p.barcodes,
       coalesce(p.category_id, 0)::bigint AS category_id, p.unit, p.tax_class_id, p.contains, p.may_contain,
       p.allergen_note, p.active, p.stock_policy, p.floor_minor, p.modifiers,
       p.open_price, p.open_min_minor, p.open_max_minor, p.deposit_kind, p.deposit_product_id, p.deposit_count, c.price_minor,
       coalesce(s.sold_out, false) AS sold_out, p.nutrition, 0::bigint AS rating_sum, 0::bigint AS rating_count
  FROM changed
 CROSS JOIN LATERAL (SELECT * FROM product_version AS v
                      WHERE v.product_id = changed.product_id AND v.from_version <= changed.from_version
                      ORDER BY v.from_version DESC LIMIT 1) AS p
 CROSS JOIN LATERAL (SELECT price_minor FROM price_version AS v
                      WHERE v.product_id = changed.product_id AND v.shop_id IN (0, $1::bigint)
                        AND v.from_version <= changed.from_version
                      ORDER BY v.shop_id DESC, v.from_version DESC LIMIT 1) AS c
  LEFT JOIN LATERAL (SELECT sold_out FROM sold_out_version AS v
                      WHERE v.product_id = changed.product_id AND v.shop_id = $1::bigint
                        AND v.from_version <= changed.from_version
                      ORDER BY v.from_version DESC LIMIT 1) AS s ON true
 ORDER BY changed.from_version, p.product_id;
