-- Change a shop's settings. All is asked behind catalogue_lock: what is read stays true until the COMMIT.

-- name: shop_put_now
SELECT v.shop_id AS id, v.name, v.address, v.tax_number, v.receipt_head, v.receipt_foot, v.currency, v.currency_exponent,
       v.zone, v.prices_include_tax, v.day_cutoff_minutes, v.cash_rounding_minor, v.calling_code, v.code_layouts, v.deposit_back_minor,
       v.drawer_per_person, v.gift_card_months, v.attach_days, v.free_refund_day_minor,
       EXISTS (SELECT FROM device AS d
                 JOIN drawer AS w ON w.device_id = d.id
                WHERE d.shop_id = v.shop_id) AS has_opened
  FROM shop_version AS v
 WHERE v.shop_id = $1
 ORDER BY v.from_version DESC
 LIMIT 1;

-- name: shop_put_others
-- What money the other shops of the chain have.
SELECT DISTINCT ON (v.shop_id) v.shop_id, v.currency, v.currency_exponent
  FROM shop_version AS v
 WHERE v.shop_id <> $1
 ORDER BY v.shop_id, v.from_version DESC;

-- name: shop_put_version
-- Behind catalogue_raise: the greatest version is the new one.
INSERT INTO shop_version (shop_id, from_version, name, address, tax_number, receipt_head, receipt_foot, currency,
                          currency_exponent, zone, prices_include_tax, day_cutoff_minutes,
                          cash_rounding_minor, calling_code, code_layouts, deposit_back_minor, drawer_per_person,
                          gift_card_months, attach_days, free_refund_day_minor)
SELECT $1::bigint, max(version), $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::bigint, $9::text,
       $10::boolean, $11::bigint, $12::bigint, $13::text, $14::text, $15::bigint, $16::boolean, $17::bigint,
       $18::bigint, $19::bigint
  FROM catalogue_head;
