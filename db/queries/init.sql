-- What --init writes, as the owner: the shop and what it cannot do without.

-- name: init_lock
-- Two at once: the second finds the first's shop.
SELECT pg_advisory_xact_lock(4917012811000013);

-- name: init_shops
SELECT count(*) FROM shop;

-- name: init_shop
INSERT INTO shop (id, created_at) VALUES ($1, now());

-- name: init_head
WITH made AS (INSERT INTO catalogue_version (version, shop_id, made_at) VALUES (1, 0, now()) RETURNING version)
INSERT INTO catalogue_head (shop_id, version)
SELECT $1, version
  FROM made;

-- name: init_shop_version
INSERT INTO shop_version (shop_id, from_version, name, address, tax_number, receipt_head, receipt_foot, currency,
                          currency_exponent, zone, prices_include_tax, day_cutoff_minutes, calling_code)
VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8::bigint::integer, $9, $10, $11::bigint::integer, $12);

-- name: init_role
WITH made AS (INSERT INTO role (id) VALUES ($1) RETURNING id)
INSERT INTO role_version (role_id, from_version, name, permissions, discount_ppm)
SELECT id, 1, $2, $3::text[], $4::bigint
  FROM made;

-- name: init_tax_class
WITH made AS (INSERT INTO tax_class (id) VALUES ($1) RETURNING id)
INSERT INTO tax_class_version (tax_class_id, from_version, name)
SELECT id, 1, $2
  FROM made;

-- name: init_tender_types
-- Cash and card, which every shop has.
WITH made AS (INSERT INTO tender_type (id) VALUES (1), (2) RETURNING id)
INSERT INTO tender_type_version (tender_type_id, from_version, name, kind, change, reference_wanted, limit_minor, permission,
                                 active)
SELECT id, 1, CASE id WHEN 1 THEN 'Cash' ELSE 'Card' END, id, id, id = 2, 0, '', true
  FROM made;

-- name: init_programme
-- Caroline's programme: 20 points for joining, 10 a unit of money, 100 on the birthday; 100 are a free piece, once a
-- category says of what.
INSERT INTO programme_version (programme_id, from_version, name, sign_up_points, birthday_points, points_per_unit,
                               lot_days, reward_cost, reward_category_id, reward_name)
VALUES ($1, 1, $2, 20, 100, 10, 365, 100, NULL, $3);

-- name: init_manager
INSERT INTO staff (id, shop_id, role_id, name_sealed, name_blind, pin_hash, pin_once, active, created_at)
VALUES ($1, $2, $3, $4, $5, $6, true, true, now());

-- name: init_device_code
INSERT INTO device_invite (id, shop_id, kind, name, selector, secret_hash, expires_at, created_at)
VALUES ($1, $2, 3, $3, $4::bigint::integer, $5, now() + $6::text::interval, now());

-- name: init_first_shop
SELECT id FROM shop ORDER BY id LIMIT 1;
