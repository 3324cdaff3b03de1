-- Make or change up to a hundred products. All is asked behind catalogue_lock: what is read stays true until the COMMIT.

-- name: product_put_now
-- The products of these ids and skus as they are, in the chain's price, and sold out in the shop or not.
SELECT w.id, coalesce(v.sku, '') AS sku, coalesce(v.plu, 0) AS plu, v.name, v.barcodes,
       coalesce(v.category_id, 0)::bigint AS category_id, v.unit, v.tax_class_id, v.contains, v.may_contain,
       v.allergen_note, v.active, v.stock_policy, v.floor_minor, v.modifiers,
       v.open_price, v.open_min_minor, v.open_max_minor, v.deposit_kind, v.deposit_product_id, v.deposit_count, p.price_minor,
       coalesce(s.sold_out, false) AS sold_out, v.nutrition
  FROM (SELECT id FROM product WHERE id = ANY ($1::bigint[])
         UNION
        SELECT id FROM product WHERE sku = ANY ($2::text[])) AS w
 CROSS JOIN LATERAL (SELECT * FROM product_version AS v
                      WHERE v.product_id = w.id ORDER BY v.from_version DESC LIMIT 1) AS v
 CROSS JOIN LATERAL (SELECT price_minor FROM price_version AS v
                      WHERE v.shop_id = 0 AND v.product_id = w.id ORDER BY v.from_version DESC LIMIT 1) AS p
  LEFT JOIN LATERAL (SELECT sold_out FROM sold_out_version AS v
                      WHERE v.shop_id = $3::bigint AND v.product_id = w.id
                      ORDER BY v.from_version DESC LIMIT 1) AS s ON true;

-- name: product_put_categories
SELECT id FROM category WHERE id = ANY ($1::bigint[]);

-- name: product_put_tax_classes
SELECT id FROM tax_class WHERE id = ANY ($1::bigint[]);

-- name: product_put_modifiers
SELECT id FROM modifier WHERE id = ANY ($1::bigint[]);

-- name: product_put_deposits
-- Which of these are deposits or charges as they are.
SELECT id
  FROM product
 WHERE id = ANY ($1::bigint[])
   AND (SELECT deposit_kind FROM product_version WHERE product_id = product.id ORDER BY from_version DESC LIMIT 1) <> 0;

-- name: product_put_plus
SELECT plu, id FROM product WHERE plu = ANY ($1::bigint[]);

-- name: product_put_barcodes
SELECT barcode, product_id AS id FROM product_barcode WHERE barcode = ANY ($1::text[]);

-- name: product_put_release
-- Keys may change hands within one request: they are let go of first.
UPDATE product SET sku = NULL, plu = NULL WHERE id = ANY ($1::bigint[]);

-- name: product_put_create
INSERT INTO product (id, sku, plu)
SELECT id, nullif(sku, ''), nullif(plu, 0)
  FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS t (id, sku, plu);

-- name: product_put_keys
UPDATE product AS p
   SET sku = nullif(t.sku, ''), plu = nullif(t.plu, 0)
  FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS t (id, sku, plu)
 WHERE p.id = t.id;

-- name: product_put_barcodes_release
DELETE FROM product_barcode WHERE product_id = ANY ($1::bigint[]);

-- name: product_put_barcodes_take
INSERT INTO product_barcode (product_id, barcode)
SELECT product_id, barcode FROM unnest($1::bigint[], $2::text[]) AS t (product_id, barcode);

-- name: product_put_version
-- Behind catalogue_raise: the greatest version is the new one. Bar codes are those that product_put_barcodes_take left.
INSERT INTO product_version (product_id, from_version, name, sku, plu, barcodes, category_id, unit, tax_class_id,
                             contains, may_contain, allergen_note, active, stock_policy, floor_minor, modifiers, open_price,
                             open_min_minor, open_max_minor, deposit_kind, deposit_product_id, deposit_count, nutrition)
SELECT id, (SELECT max(version) FROM catalogue_head), name, nullif(sku, ''), nullif(plu, 0),
       ARRAY (SELECT barcode FROM product_barcode AS b WHERE b.product_id = t.id ORDER BY barcode COLLATE "C"),
       nullif(category_id, 0), unit, tax_class_id, contains, may_contain, allergen_note, active, stock_policy,
       floor_minor, modifiers, open_price, open_min_minor, open_max_minor, deposit_kind, deposit_product_id, deposit_count, nutrition
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
              $8::bigint[], $9::bigint[], $10::text[], $11::boolean[], $12::bigint[], $13::bigint[], $14::text[],
              $15::boolean[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::text[])
    AS t (id, name, sku, plu, category_id, unit, tax_class_id, contains, may_contain, allergen_note, active,
          stock_policy, floor_minor, modifiers, open_price, open_min_minor, open_max_minor, deposit_kind, deposit_product_id,
          deposit_count, nutrition);

-- name: product_put_price
INSERT INTO price_version (shop_id, product_id, from_version, price_minor)
SELECT 0, product_id, (SELECT max(version) FROM catalogue_head), price_minor
  FROM unnest($1::bigint[], $2::bigint[]) AS t (product_id, price_minor);

-- name: product_put_sold_out
INSERT INTO sold_out_version (shop_id, product_id, from_version, sold_out)
SELECT $1::bigint, product_id, (SELECT max(version) FROM catalogue_head), sold_out
  FROM unnest($2::bigint[], $3::boolean[]) AS t (product_id, sold_out);
