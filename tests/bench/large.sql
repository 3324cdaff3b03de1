-- Sales that were never made, for --large: numbers {{from}} to {{to}} of {{sales}}, spread over the last year, from tills of
-- their own. As long and as many as real ones; what a receipt shows is right, balances and hashes are not.
CREATE TEMP TABLE slice ON COMMIT DROP AS
SELECT i, {{sale}} + i AS sale_id, {{old_till}} + i % {{old_tills}} AS till, i / {{old_tills}} + 1 AS number,
       {{member}} + 1 + i * 7907 % {{members}} AS member, {{lot}} + 1 + i * 7907 % {{members}} AS lot,
       {{product}} + 1 + i * 7919 % {{third}} AS first, {{product}} + {{third}} + 1 + i * 7927 % {{third}} AS second,
       {{product}} + 2 * {{third}} + 1 + i * 7933 % {{third}} AS third,
       now() - interval '365 days' * (1 - i::float8 / {{sales}}) AS at
  FROM generate_series({{from}}::bigint, {{to}}::bigint) AS i;
INSERT INTO sale (id, shop_id, device_id, series, number, kind, shift_id, staff_id, member_id, command_id, service,
                  catalogue_version, total_minor, tax_minor, points_earned, points_spent, points_gifted, points_after,
                  business_day, made_at, at)
SELECT sale_id, {{shop}}, till, 'T', number, 1, till, {{staff}}, member, decode(md5(i::text), 'hex'), 0, {{version}}, 750, 49,
       75, 0, 0, 95, at::date, at, at
  FROM slice;
INSERT INTO sale_line (sale_id, line, product_id, quantity_milli, unit_price_minor, gross_minor, discount_minor,
                       total_minor, tax_minor, flags)
SELECT sale_id, l.line, CASE l.line WHEN 0 THEN first WHEN 1 THEN second ELSE third END, 1000, 250, 250, 0, 250, l.tax, 16
  FROM slice, (VALUES (0, 16), (1, 16), (2, 17)) AS l (line, tax);
INSERT INTO sale_tax (sale_id, position, code, rate_ppm, net_minor, tax_minor)
SELECT sale_id, 0, 'VAT7', 70000, 701, 49 FROM slice;
INSERT INTO tender (sale_id, position, kind, amount_minor, change_minor) SELECT sale_id, 0, 1, 1000, 250 FROM slice;
INSERT INTO stock_entry (origin_id, line, kind, shop_id, product_id, quantity_milli, at)
SELECT sale_id, line, 1, {{shop}}, CASE line WHEN 0 THEN first WHEN 1 THEN second ELSE third END, -1000, at
  FROM slice, generate_series(0, 2) AS line;
INSERT INTO drawer_entry (origin_id, kind, shift_id, amount_minor, at) SELECT sale_id, 2, till, 750, at FROM slice;
INSERT INTO points_entry (origin_id, lot_id, kind, member_id, points, staff_id, at)
SELECT sale_id, lot, 2, member, 75, {{staff}}, at FROM slice;
INSERT INTO journal (device_id, kind, number, at, bytes, hash)
SELECT till, 'T', number, at, '\x{{journal_bytes}}', sha256(i::text::bytea) FROM slice;
-- Answers are kept for 90 days.
INSERT INTO command (device_id, command_id, op, body_hash, reply, at)
SELECT till, decode(md5(i::text), 'hex'), 61, sha256('body'), '\x{{command_reply}}', at
  FROM slice WHERE at > now() - interval '90 days';
