-- The drawer of a till and its shifts. The till's row, which the driver has locked, guards them: sales lock it, too, so
-- that a sale is committed before a close, and in its Z, or after it, and refused.

-- name: shift_state
-- A till, and of its open drawers the one into which goes what the person $2 does: the till's own, or theirs; or that of the
-- shift $3, if it is given. Those of others beside it, and since when the oldest of them.
SELECT d.till_number, w.shift_id, w.holder_id, coalesce(w.number, n.number) AS number, w.cash_minor, w.sale_count, s.opened_at,
       s.opened_by, s.float_minor, coalesce(h.number, 0)::bigint AS offline_number, coalesce(n.number, 0)::bigint AS newest,
       o.others, o.others_since
  FROM device AS d
  LEFT JOIN LATERAL (SELECT *
                       FROM drawer
                      WHERE device_id = d.id AND shift_id IS NOT NULL
                        AND CASE WHEN $3::bigint IS NULL THEN holder_id IN (0, $2::bigint) ELSE shift_id = $3 END
                      ORDER BY holder_id
                      LIMIT 1) AS w ON true
  LEFT JOIN LATERAL (SELECT * FROM shift WHERE id = w.shift_id OFFSET 0) AS s ON true
  LEFT JOIN LATERAL (SELECT number FROM shift WHERE device_id = d.id ORDER BY number DESC LIMIT 1) AS n ON true
 CROSS JOIN LATERAL (SELECT count(*) AS others, min(t.opened_at) AS others_since
                       FROM drawer AS v
                      CROSS JOIN LATERAL (SELECT opened_at FROM shift WHERE id = v.shift_id OFFSET 0) AS t
                      WHERE v.device_id = d.id AND v.shift_id IS DISTINCT FROM w.shift_id) AS o
  LEFT JOIN device_head AS h ON h.device_id = d.id AND h.kind = 'X'
 WHERE d.id = $1;

-- name: shift_drawers
-- What is open at a till, and whose it is.
SELECT d.till_number, w.shift_id, w.number, w.holder_id, p.name_sealed, s.opened_at
  FROM device AS d
  LEFT JOIN LATERAL (SELECT * FROM drawer WHERE device_id = d.id AND shift_id IS NOT NULL OFFSET 0) AS w ON true
  LEFT JOIN LATERAL (SELECT * FROM shift WHERE id = w.shift_id OFFSET 0) AS s ON true
  LEFT JOIN LATERAL (SELECT name_sealed FROM staff WHERE id = w.holder_id OFFSET 0) AS p ON true
 WHERE d.id = $1
 ORDER BY w.number, w.holder_id;

-- name: shift_newest_receipts
-- A till's, of each series.
SELECT coalesce((SELECT max(number) FROM sale WHERE device_id = $1 AND series = 'T'), 0) AS t_last,
       coalesce((SELECT max(number) FROM sale WHERE device_id = $1 AND series = 'X'), 0) AS x_last;

-- name: shift_insert
INSERT INTO shift (id, shop_id, device_id, number, opened_at, opened_by, float_minor, t_before, x_before, holder_id)
VALUES ($1, $2, $3, $4::bigint, $5, $6, $7, $8::bigint, $9::bigint, $10::bigint);

-- name: shift_drawer_open
INSERT INTO drawer (device_id, holder_id, shift_id, number, cash_minor, sale_count)
VALUES ($1, $5::bigint, $2, $3::bigint, $4::bigint, 0)
    ON CONFLICT (device_id, holder_id) DO UPDATE
   SET shift_id = EXCLUDED.shift_id, number = EXCLUDED.number, cash_minor = EXCLUDED.cash_minor, sale_count = 0;

-- name: shift_float_insert
INSERT INTO drawer_entry (origin_id, kind, shift_id, amount_minor, at)
VALUES ($1, 1, $1, $2::bigint, $3);

-- name: shift_move_insert
INSERT INTO drawer_move (id, shift_id, kind, amount_minor, reason, staff_id, at)
VALUES ($1, $2, $3::bigint, $4::bigint, $5, $6, $7);

-- name: shift_move_entry
INSERT INTO drawer_entry (origin_id, kind, shift_id, amount_minor, at)
VALUES ($1, $2::bigint, $3, $4::bigint, $5);

-- name: shift_move_drawer
UPDATE drawer
   SET cash_minor = cash_minor + $2::bigint
 WHERE device_id = $1 AND shift_id = $3::bigint;

-- name: shift_no_sale_insert
INSERT INTO no_sale (id, shift_id, reason, staff_id, at)
VALUES ($1, $2, $3, $4, $5);

-- name: shift_books
-- Of a shift, all that there is one of; shift_sales and the others are the rest of it. Its receipts are among those of its till
-- from where it began, beside those of others that were open, too.
SELECT d.till_number, s.id AS shift_id, s.number, s.opened_at, s.opened_by, s.float_minor, s.holder_id, p.name_sealed,
       h.hash AS strand_hash, coalesce(z.grand_total_minor, 0) AS grand_before_minor,
       (SELECT count(*) FROM no_sale AS n WHERE n.shift_id = s.id) AS no_sale_count
  FROM shift AS s
  JOIN device AS d ON d.id = s.device_id
  LEFT JOIN staff AS p ON p.id = s.holder_id
  LEFT JOIN device_head AS h ON h.device_id = d.id AND h.kind = 'T'
  LEFT JOIN LATERAL (SELECT grand_total_minor
                       FROM shift_z
                      WHERE device_id = d.id
                      ORDER BY closed_at DESC, grand_total_minor DESC
                      LIMIT 1) AS z ON true
 WHERE s.id = $1;

-- name: shift_sales
SELECT r.series, r.kind, count(*) AS count, sum(r.total_minor)::bigint AS total_minor,
       min(r.number) AS first, max(r.number) AS last
  FROM shift AS s
 CROSS JOIN LATERAL (VALUES ('T'::"char", s.t_before), ('X'::"char", s.x_before)) AS b (series, before)
  JOIN sale AS r ON r.device_id = s.device_id AND r.series = b.series AND r.number > b.before AND r.shift_id = s.id
 WHERE s.id = $1
 GROUP BY r.series, r.kind
 ORDER BY r.series, r.kind;

-- name: shift_tenders
-- As they were put right.
SELECT t.kind, coalesce(t.tender_type_id, 0)::bigint AS tender_type_id, sum(t.count)::bigint AS count,
       sum(t.stayed_minor)::bigint AS stayed_minor, sum(t.forfeited_minor)::bigint AS forfeited_minor,
       sum(t.tip_minor)::bigint AS tip_minor
  FROM (SELECT p.kind, p.tender_type_id, 1 AS count, p.amount_minor - p.change_minor AS stayed_minor,
               coalesce(p.forfeited_minor, 0) AS forfeited_minor, coalesce(p.tip_minor, 0) AS tip_minor
          FROM shift AS s
         CROSS JOIN LATERAL (VALUES ('T'::"char", s.t_before), ('X'::"char", s.x_before)) AS b (series, before)
          JOIN sale AS r ON r.device_id = s.device_id AND r.series = b.series AND r.number > b.before AND r.shift_id = s.id
          JOIN tender AS p ON p.sale_id = r.id
         WHERE s.id = $1
         UNION ALL
        SELECT e.kind, e.tender_type_id, e.tender_count, e.amount_minor, 0, e.tip_minor
          FROM sale_retender AS r
         CROSS JOIN LATERAL (SELECT * FROM retender_entry WHERE retender_id = r.id OFFSET 0) AS e
         WHERE r.shift_id = $1) AS t
 GROUP BY t.kind, t.tender_type_id
 ORDER BY t.kind, coalesce(t.tender_type_id, 0);

-- name: shift_taxes
-- 500 rows at most: what is beyond 499 in their order is one, as taxes are that nobody knows.
SELECT f.code, f.rate_ppm,
       least(greatest(sum(f.net_minor), -9223372036854775807), 9223372036854775807)::bigint AS net_minor,
       least(greatest(sum(f.tax_minor), -9223372036854775807), 9223372036854775807)::bigint AS tax_minor
  FROM (SELECT CASE WHEN p.places <= 500 OR p.place < 500 THEN p.code ELSE '?' END AS code,
               CASE WHEN p.places <= 500 OR p.place < 500 THEN p.rate_ppm ELSE 0 END AS rate_ppm, p.net_minor, p.tax_minor
          FROM (SELECT t.code, t.rate_ppm, sum(t.net_minor) AS net_minor, sum(t.tax_minor) AS tax_minor,
                       row_number() OVER (ORDER BY t.code COLLATE "C", t.rate_ppm) AS place, count(*) OVER () AS places
                  FROM shift AS s
                 CROSS JOIN LATERAL (VALUES ('T'::"char", s.t_before), ('X'::"char", s.x_before)) AS b (series, before)
                  JOIN sale AS r ON r.device_id = s.device_id AND r.series = b.series AND r.number > b.before AND r.shift_id = s.id
                  JOIN sale_tax AS t ON t.sale_id = r.id
                 WHERE s.id = $1
                 GROUP BY t.code, t.rate_ppm) AS p) AS f
 GROUP BY f.code, f.rate_ppm
 ORDER BY f.code COLLATE "C", f.rate_ppm;

-- name: shift_options
-- Which options were sold, as they were called, with how much goods and for how much; what was keyed is all one, without a
-- modifier. Of sales alone: what came back is not taken off. 200 rows at most: what is beyond 199 in their order is one row,
-- of the others. Sums stop where counting ends: what one sale's lines come to before discounts may be as much as there can be.
WITH sold AS (
    SELECT r.id
      FROM shift AS s
     CROSS JOIN LATERAL (VALUES ('T'::"char", s.t_before), ('X'::"char", s.x_before)) AS b (series, before)
      JOIN sale AS r ON r.device_id = s.device_id AND r.series = b.series AND r.number > b.before AND r.shift_id = s.id
     WHERE s.id = $1 AND r.kind = 1
)
SELECT f.modifier_id, f.option, f.name, f.others, sum(f.count)::bigint AS count,
       least(sum(f.quantity_milli), 9223372036854775807)::bigint AS quantity_milli,
       least(greatest(sum(f.amount_minor), -9223372036854775807), 9223372036854775807)::bigint AS amount_minor
  FROM (SELECT CASE WHEN p.others THEN 0 ELSE p.modifier_id END AS modifier_id,
               CASE WHEN p.others THEN 0 ELSE p.option END AS option,
               CASE WHEN p.others THEN '' ELSE p.name END AS name, p.others, p.count, p.quantity_milli, p.amount_minor
          FROM (SELECT r.*, row_number() OVER (ORDER BY r.name COLLATE "C", r.modifier_id, r.option) > 199 AS others
                  FROM (SELECT o.modifier_id, o.option, o.name, count(*) AS count, sum(l.quantity_milli) AS quantity_milli,
                               sum(round(o.price_minor::numeric * l.quantity_milli / 1000)) AS amount_minor
                          FROM sold
                          JOIN sale_option AS o ON o.sale_id = sold.id
                          JOIN sale_line AS l ON l.sale_id = o.sale_id AND l.line = o.line AND l.flags & 2 = 0
                         GROUP BY o.modifier_id, o.option, o.name
                         UNION ALL
                        SELECT 0, 0, '', count(*), sum(l.quantity_milli), sum(l.gross_minor)
                          FROM sold
                          JOIN sale_keyed_price AS k ON k.sale_id = sold.id
                          JOIN sale_line AS l ON l.sale_id = k.sale_id AND l.line = k.line AND l.flags & 2 = 0
                        HAVING count(*) > 0) AS r) AS p) AS f
 GROUP BY f.others, f.name, f.modifier_id, f.option
 ORDER BY f.others, f.name COLLATE "C", f.modifier_id, f.option;

-- name: shift_departments
-- Of what was keyed each product, as it is called at the last of these sales; of sales alone, as above. 200 rows at most: what is
-- beyond 199 in their order is one, without a product.
SELECT f.product_id, coalesce(n.name, '') AS name, f.count, f.quantity_milli, f.amount_minor
  FROM (SELECT CASE WHEN p.place < 200 THEN p.product_id ELSE 0 END AS product_id, max(p.version) AS version,
               sum(p.count)::bigint AS count, least(sum(p.quantity_milli), 9223372036854775807)::bigint AS quantity_milli,
               least(greatest(sum(p.amount_minor), -9223372036854775807), 9223372036854775807)::bigint AS amount_minor
          FROM (SELECT l.product_id, max(r.catalogue_version) AS version, count(*) AS count, sum(l.quantity_milli) AS quantity_milli,
                       sum(l.gross_minor) AS amount_minor, row_number() OVER (ORDER BY l.product_id) AS place
                  FROM shift AS s
                 CROSS JOIN LATERAL (VALUES ('T'::"char", s.t_before), ('X'::"char", s.x_before)) AS b (series, before)
                  JOIN sale AS r ON r.device_id = s.device_id AND r.series = b.series AND r.number > b.before AND r.shift_id = s.id
                  JOIN sale_keyed_price AS k ON k.sale_id = r.id
                  JOIN sale_line AS l ON l.sale_id = k.sale_id AND l.line = k.line AND l.flags & 2 = 0
                 WHERE s.id = $1 AND r.kind = 1
                 GROUP BY l.product_id) AS p
         GROUP BY CASE WHEN p.place < 200 THEN p.product_id ELSE 0 END) AS f
  LEFT JOIN LATERAL (SELECT v.name
                       FROM product_version AS v
                      WHERE v.product_id = f.product_id AND v.from_version <= f.version
                      ORDER BY v.from_version DESC
                      LIMIT 1) AS n ON true
 ORDER BY f.product_id = 0, f.product_id;

-- name: shift_deposits
-- Deposits and charges of sales and refunds, product by product, as they are called at the last of these.
WITH booked AS (
    SELECT r.id, r.kind, r.catalogue_version
      FROM shift AS s
     CROSS JOIN LATERAL (VALUES ('T'::"char", s.t_before), ('X'::"char", s.x_before)) AS b (series, before)
      JOIN sale AS r ON r.device_id = s.device_id AND r.series = b.series AND r.number > b.before AND r.shift_id = s.id
     WHERE s.id = $1
)
SELECT p.product_id, n.name, p.charge, p.out_milli, p.out_minor, p.back_milli, p.back_minor, p.refund_milli, p.refund_minor
  FROM (SELECT l.product_id, bool_or(l.flags & 64 <> 0) AS charge, max(booked.catalogue_version) AS version,
               least(greatest(coalesce(sum(l.quantity_milli) FILTER (WHERE booked.kind = 1 AND l.quantity_milli > 0), 0), -9223372036854775807), 9223372036854775807)::bigint AS out_milli,
               least(greatest(coalesce(sum(d.amount_minor) FILTER (WHERE booked.kind = 1 AND l.quantity_milli > 0), 0), -9223372036854775807), 9223372036854775807)::bigint AS out_minor,
               least(greatest(coalesce(sum(l.quantity_milli) FILTER (WHERE booked.kind = 1 AND l.quantity_milli < 0), 0), -9223372036854775807), 9223372036854775807)::bigint AS back_milli,
               least(greatest(coalesce(sum(d.amount_minor) FILTER (WHERE booked.kind = 1 AND l.quantity_milli < 0), 0), -9223372036854775807), 9223372036854775807)::bigint AS back_minor,
               least(greatest(coalesce(sum(l.quantity_milli) FILTER (WHERE booked.kind = 2), 0), -9223372036854775807), 9223372036854775807)::bigint AS refund_milli,
               least(greatest(coalesce(sum(d.amount_minor) FILTER (WHERE booked.kind = 2), 0), -9223372036854775807), 9223372036854775807)::bigint AS refund_minor
          FROM booked
          JOIN sale_deposit AS d ON d.sale_id = booked.id
          JOIN sale_line AS l ON l.sale_id = d.sale_id AND l.line = d.line
         GROUP BY l.product_id, l.flags & 64) AS p
 CROSS JOIN LATERAL (SELECT v.name
                       FROM product_version AS v
                      WHERE v.product_id = p.product_id AND v.from_version <= p.version
                      ORDER BY v.from_version DESC
                      LIMIT 1) AS n
 ORDER BY p.product_id, p.charge;

-- name: shift_people
-- Who sold, and who gave back, how much; those beyond 199 are one, nobody.
SELECT p.staff_id, t.name_sealed, p.kind, p.count, p.total_minor
  FROM (SELECT f.staff_id, f.kind, sum(f.count)::bigint AS count,
               least(greatest(sum(f.total_minor), -9223372036854775807), 9223372036854775807)::bigint AS total_minor
          FROM (SELECT CASE WHEN dense_rank() OVER (ORDER BY g.staff_id) < 200 THEN g.staff_id ELSE 0 END AS staff_id, g.kind,
                       g.count, g.total_minor
                  FROM (SELECT r.staff_id, r.kind, count(*) AS count, sum(r.total_minor) AS total_minor
                          FROM shift AS s
                         CROSS JOIN LATERAL (VALUES ('T'::"char", s.t_before), ('X'::"char", s.x_before)) AS b (series, before)
                         CROSS JOIN LATERAL (SELECT * FROM sale
                                              WHERE device_id = s.device_id AND series = b.series AND number > b.before AND shift_id = s.id
                                             OFFSET 0) AS r
                         WHERE s.id = $1
                         GROUP BY r.staff_id, r.kind) AS g) AS f
         GROUP BY f.staff_id, f.kind) AS p
  LEFT JOIN LATERAL (SELECT name_sealed FROM staff WHERE id = p.staff_id OFFSET 0) AS t ON true
 ORDER BY p.staff_id = 0, p.staff_id, p.kind;

-- name: shift_moves
SELECT m.kind, sum(m.amount_minor)::bigint AS amount_minor
  FROM drawer_move AS m
 WHERE m.shift_id = $1
 GROUP BY m.kind
 ORDER BY m.kind;

-- name: shift_received
-- On account, less what was paid back; and that by itself.
SELECT p.means, count(*) AS count, sum(p.amount_minor)::bigint AS amount_minor,
       count(*) FILTER (WHERE p.amount_minor < 0) AS back_count,
       coalesce(sum(p.amount_minor) FILTER (WHERE p.amount_minor < 0), 0)::bigint AS back_minor
  FROM account_payment AS p
 WHERE p.shift_id = $1
 GROUP BY p.means
 ORDER BY p.means;

-- name: shift_gift_cards
-- Received for gift cards: issued, topped up, given back.
SELECT p.kind, p.means, count(*) AS count, sum(p.amount_minor)::bigint AS amount_minor
  FROM gift_card_payment AS p
 WHERE p.shift_id = $1
 GROUP BY p.kind, p.means
 ORDER BY p.kind, p.means;

-- name: shift_z_insert
INSERT INTO shift_z (shift_id, shop_id, device_id, number, closed_at, closed_by, catalogue_version, t_first, t_last,
                     x_first, x_last, sale_count, sale_minor, refund_count, refund_minor, in_minor, out_minor,
                     drop_minor, no_sale_count, expected_minor, counted_minor, difference_minor, grand_total_minor,
                     strand_hash, deposit_out_milli, deposit_out_minor, deposit_back_milli, deposit_back_minor,
                     deposit_refund_milli, deposit_refund_minor, charge_milli, charge_minor, department_count)
VALUES ($1, $2, $3, $4::bigint, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21::bigint, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33);

-- name: shift_z_tender_insert
INSERT INTO shift_z_tender (shift_id, kind, tender_count, expected_minor, tender_type_id, forfeited_minor, counted_minor,
                            tip_minor)
SELECT $1, kind, tender_count, expected_minor, tender_type_id, forfeited_minor, counted_minor, tip_minor
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
    AS t (kind, tender_count, expected_minor, tender_type_id, forfeited_minor, counted_minor, tip_minor);

-- name: shift_z_tax_insert
INSERT INTO shift_z_tax (shift_id, code, rate_ppm, net_minor, tax_minor)
SELECT $1, code, rate_ppm, net_minor, tax_minor
  FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) AS t (code, rate_ppm, net_minor, tax_minor);

-- name: shift_z_count_insert
INSERT INTO shift_z_count (shift_id, denomination_minor, pieces)
SELECT $1, denomination_minor, pieces
  FROM unnest($2::bigint[], $3::bigint[]) AS t (denomination_minor, pieces);

-- name: shift_z_received_insert
INSERT INTO shift_z_received (shift_id, means, payment_count, amount_minor)
SELECT $1, means, payment_count, amount_minor
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS t (means, payment_count, amount_minor);

-- name: shift_z_gift_card_insert
INSERT INTO shift_z_gift_card (shift_id, kind, means, payment_count, amount_minor)
SELECT $1, kind, means, payment_count, amount_minor
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS t (kind, means, payment_count, amount_minor);

-- name: shift_z_department_insert
INSERT INTO shift_z_department (shift_id, product_id, name, line_count, quantity_milli, amount_minor)
SELECT $1, product_id, name, line_count, quantity_milli, amount_minor
  FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
    AS t (product_id, name, line_count, quantity_milli, amount_minor);

-- name: shift_drawer_close
UPDATE drawer
   SET shift_id = NULL, cash_minor = 0, sale_count = 0
 WHERE device_id = $1 AND shift_id = $2::bigint;

-- name: shift_z_find
-- The newest Z of at most this number ($4) of a till of the shop: $2 its number, or null for that of the device $3.
SELECT d.till_number, z.shift_id, z.number, s.opened_at, s.opened_by, s.float_minor, s.holder_id, p.name_sealed, z.closed_at, z.closed_by,
       z.t_first, z.t_last, z.x_first, z.x_last, z.sale_count, z.sale_minor, z.refund_count, z.refund_minor,
       z.in_minor, z.out_minor, z.drop_minor, z.no_sale_count, z.expected_minor, z.counted_minor, z.difference_minor,
       z.grand_total_minor, z.strand_hash, z.deposit_out_milli, z.deposit_out_minor, z.deposit_back_milli,
       z.deposit_back_minor, z.deposit_refund_milli, z.deposit_refund_minor, z.charge_milli, z.charge_minor, v.name, v.address, v.tax_number, v.currency, v.currency_exponent, v.zone
  FROM device AS d
 CROSS JOIN LATERAL (SELECT * FROM shift_z WHERE device_id = d.id AND number <= $4::bigint ORDER BY number DESC LIMIT 1) AS z
  JOIN shift AS s ON s.id = z.shift_id
  LEFT JOIN staff AS p ON p.id = s.holder_id
 CROSS JOIN LATERAL (SELECT * FROM shop_version
                      WHERE shop_id = z.shop_id AND from_version <= z.catalogue_version
                      ORDER BY from_version DESC
                      LIMIT 1) AS v
 WHERE d.shop_id = $1
   AND d.till_number = coalesce($2::bigint, (SELECT till_number FROM device WHERE id = $3::bigint));

-- name: shift_z_tenders
-- With their names as they were at the close.
SELECT t.kind, t.tender_type_id, coalesce(n.name, '') AS name, t.tender_count, t.expected_minor, t.forfeited_minor,
       t.tip_minor, t.counted_minor
  FROM shift_z_tender AS t
  JOIN shift_z AS z ON z.shift_id = t.shift_id
  LEFT JOIN LATERAL (SELECT v.name
                       FROM tender_type_version AS v
                      WHERE v.tender_type_id = coalesce(nullif(t.tender_type_id, 0), t.kind)
                        AND v.from_version <= z.catalogue_version
                      ORDER BY v.from_version DESC
                      LIMIT 1) AS n ON true
 WHERE t.shift_id = $1
 ORDER BY t.kind, t.tender_type_id;

-- name: shift_z_taxes
SELECT code, rate_ppm, net_minor, tax_minor
  FROM shift_z_tax
 WHERE shift_id = $1
 ORDER BY code COLLATE "C", rate_ppm;

-- name: shift_z_options
-- As shift_options, of the receipts of a Z: found again, for entries do not change.
WITH sold AS (
    SELECT r.id
      FROM shift_z AS z
     CROSS JOIN LATERAL (VALUES ('T'::"char", z.t_first, z.t_last), ('X'::"char", z.x_first, z.x_last)) AS b (series, first, last)
      JOIN sale AS r ON r.device_id = z.device_id AND r.series = b.series AND r.number BETWEEN b.first AND b.last AND r.shift_id = z.shift_id
     WHERE z.shift_id = $1 AND r.kind = 1
)
SELECT f.modifier_id, f.option, f.name, f.others, sum(f.count)::bigint AS count,
       least(sum(f.quantity_milli), 9223372036854775807)::bigint AS quantity_milli,
       least(greatest(sum(f.amount_minor), -9223372036854775807), 9223372036854775807)::bigint AS amount_minor
  FROM (SELECT CASE WHEN p.others THEN 0 ELSE p.modifier_id END AS modifier_id,
               CASE WHEN p.others THEN 0 ELSE p.option END AS option,
               CASE WHEN p.others THEN '' ELSE p.name END AS name, p.others, p.count, p.quantity_milli, p.amount_minor
          FROM (SELECT r.*, row_number() OVER (ORDER BY r.name COLLATE "C", r.modifier_id, r.option) > 199 AS others
                  FROM (SELECT o.modifier_id, o.option, o.name, count(*) AS count, sum(l.quantity_milli) AS quantity_milli,
                               sum(round(o.price_minor::numeric * l.quantity_milli / 1000)) AS amount_minor
                          FROM sold
                          JOIN sale_option AS o ON o.sale_id = sold.id
                          JOIN sale_line AS l ON l.sale_id = o.sale_id AND l.line = o.line AND l.flags & 2 = 0
                         GROUP BY o.modifier_id, o.option, o.name
                         UNION ALL
                        SELECT 0, 0, '', count(*), sum(l.quantity_milli), sum(l.gross_minor)
                          FROM sold
                          JOIN sale_keyed_price AS k ON k.sale_id = sold.id
                          JOIN sale_line AS l ON l.sale_id = k.sale_id AND l.line = k.line AND l.flags & 2 = 0
                        HAVING count(*) > 0) AS r) AS p) AS f
 GROUP BY f.others, f.name, f.modifier_id, f.option
 ORDER BY f.others, f.name COLLATE "C", f.modifier_id, f.option;

-- name: shift_z_departments
SELECT product_id, name, line_count AS count, quantity_milli, amount_minor
  FROM shift_z_department
 WHERE shift_id = $1
 ORDER BY product_id = 0, product_id;

-- name: shift_z_deposits
-- As shift_deposits, of the receipts of a Z: found again, for entries do not change.
WITH booked AS (
    SELECT r.id, r.kind, r.catalogue_version
      FROM shift_z AS z
     CROSS JOIN LATERAL (VALUES ('T'::"char", z.t_first, z.t_last), ('X'::"char", z.x_first, z.x_last)) AS b (series, first, last)
      JOIN sale AS r ON r.device_id = z.device_id AND r.series = b.series AND r.number BETWEEN b.first AND b.last AND r.shift_id = z.shift_id
     WHERE z.shift_id = $1
)
SELECT p.product_id, n.name, p.charge, p.out_milli, p.out_minor, p.back_milli, p.back_minor, p.refund_milli, p.refund_minor
  FROM (SELECT l.product_id, bool_or(l.flags & 64 <> 0) AS charge, max(booked.catalogue_version) AS version,
               least(greatest(coalesce(sum(l.quantity_milli) FILTER (WHERE booked.kind = 1 AND l.quantity_milli > 0), 0), -9223372036854775807), 9223372036854775807)::bigint AS out_milli,
               least(greatest(coalesce(sum(d.amount_minor) FILTER (WHERE booked.kind = 1 AND l.quantity_milli > 0), 0), -9223372036854775807), 9223372036854775807)::bigint AS out_minor,
               least(greatest(coalesce(sum(l.quantity_milli) FILTER (WHERE booked.kind = 1 AND l.quantity_milli < 0), 0), -9223372036854775807), 9223372036854775807)::bigint AS back_milli,
               least(greatest(coalesce(sum(d.amount_minor) FILTER (WHERE booked.kind = 1 AND l.quantity_milli < 0), 0), -9223372036854775807), 9223372036854775807)::bigint AS back_minor,
               least(greatest(coalesce(sum(l.quantity_milli) FILTER (WHERE booked.kind = 2), 0), -9223372036854775807), 9223372036854775807)::bigint AS refund_milli,
               least(greatest(coalesce(sum(d.amount_minor) FILTER (WHERE booked.kind = 2), 0), -9223372036854775807), 9223372036854775807)::bigint AS refund_minor
          FROM booked
          JOIN sale_deposit AS d ON d.sale_id = booked.id
          JOIN sale_line AS l ON l.sale_id = d.sale_id AND l.line = d.line
         GROUP BY l.product_id, l.flags & 64) AS p
 CROSS JOIN LATERAL (SELECT v.name
                       FROM product_version AS v
                      WHERE v.product_id = p.product_id AND v.from_version <= p.version
                      ORDER BY v.from_version DESC
                      LIMIT 1) AS n
 ORDER BY p.product_id, p.charge;

-- name: shift_z_received
-- What was paid back of it stands in the payments, which do not change.
SELECT r.means, r.payment_count AS count, r.amount_minor, b.back_count, b.back_minor
  FROM shift_z_received AS r
 CROSS JOIN LATERAL (SELECT count(*) AS back_count, coalesce(sum(p.amount_minor), 0)::bigint AS back_minor
                       FROM account_payment AS p
                      WHERE p.shift_id = r.shift_id AND p.means = r.means AND p.amount_minor < 0) AS b
 WHERE r.shift_id = $1
 ORDER BY r.means;

-- name: shift_z_gift_cards
SELECT kind, means, payment_count AS count, amount_minor
  FROM shift_z_gift_card
 WHERE shift_id = $1
 ORDER BY kind, means;

-- name: shift_z_counts
SELECT denomination_minor, pieces
  FROM shift_z_count
 WHERE shift_id = $1
 ORDER BY denomination_minor DESC;
