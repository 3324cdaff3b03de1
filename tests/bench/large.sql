-- Sales that were never made, for --large: numbers {{from}} to {{to}} of {{sales}}, spread over the last year, from tills of
-- their own. As long and as many as real ones; what a receipt shows is right, in its rows and in its entry in the journal; balances and
-- hashes are not.
CREATE TEMP TABLE slice ON COMMIT DROP AS
SELECT i, {{sale}} + i AS sale_id, {{old_till}} + i % {{old_tills}} AS till, i / {{old_tills}} + 1 AS number,
       {{member}} + 1 + i * 7907 % {{members}} AS member, {{lot}} + 1 + i * 7907 % {{members}} AS lot,
       {{product}} + 1 + i * 7919 % {{third}} AS first, {{product}} + {{third}} + 1 + i * 7927 % {{third}} AS second,
       {{product}} + 2 * {{third}} + 1 + i * 7933 % {{third}} AS third,
       now() - interval '365 days' * (1 - i::float8 / {{sales}}) AS at,
       8000 + i % {{old_tills}} AS till_number, decode(md5(i::text), 'hex') AS command_id
  FROM generate_series({{from}}::bigint, {{to}}::bigint) AS i;
INSERT INTO sale (id, shop_id, device_id, series, number, kind, shift_id, staff_id, member_id, command_id, service,
                  catalogue_version, total_minor, tax_minor, points_earned, points_spent, points_gifted, points_after,
                  business_day, made_at, at)
SELECT sale_id, {{shop}}, till, 'T', number, 1, till, {{staff}}, member, command_id, 0, {{version}}, 750, 49,
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
-- As PROTOCOL.md, section 9, lays out a sale of three lines, one tax and one tender, and an entry of points.
SELECT till, 'T', number, at,
       '\x0354' || int8send(till) || int8send(number) || int8send(at_us) || int8send({{shop}}) || int8send({{staff}}) || '\x01' ||
       command_id || int8send(sale_id) || int4send(till_number::integer) || int8send(member) || int8send(0) || int8send(till) ||
       int8send(0) || int8send(at_us) || int4send(at::date - date '1970-01-01') || '\x00' || int8send({{version}}) ||
       int8send(750) || int8send(49) || int8send(75) || int8send(0) || int8send(0) || int8send(95) || int8send(0) || int8send(0) ||
       int2send(0::smallint) || int2send(3::smallint) || int8send(first) || line_16 || int8send(second) || line_16 ||
       int8send(third) || line_17 || '\x01' || int2send(4::smallint) || 'VAT7'::bytea || int4send(70000) || int8send(701) ||
       int8send(49) || '\x0101' || int8send(1000) || int8send(250) || int8send(0) || int8send(0) || int8send(0) ||
       int2send(0::smallint) || int2send(1::smallint) || int8send(lot) || '\x02' || int8send(75) || int2send(0::smallint) ||
       int2send(0::smallint),
       sha256(i::text::bytea)
  FROM (SELECT *, (extract(epoch FROM at) * 1000000)::bigint AS at_us FROM slice) AS s
 CROSS JOIN (SELECT head || int8send(16) || tail AS line_16, head || int8send(17) || tail AS line_17
               FROM (VALUES (int8send(1000) || int8send(250) || int8send(0) || int8send(250), '\x10ffff0000'::bytea)) AS v (head, tail)) AS l;
-- Answers are kept for 90 days.
INSERT INTO command (device_id, command_id, op, body_hash, reply, at)
SELECT till, command_id, 61, sha256('body'), '\x{{command_reply}}', at
  FROM slice WHERE at > now() - interval '90 days';
