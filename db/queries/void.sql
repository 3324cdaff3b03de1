-- What was taken back before it was paid: lines of sales, and whole baskets.

-- name: basket_void_insert
INSERT INTO basket_void (id, shop_id, device_id, shift_id, staff_id, business_day, line_count, total_minor, reason, at)
VALUES ($1, $2, $3, $4, $5, $6, $7::bigint, $8::bigint, $9, $10);

-- name: basket_void_lines_insert
INSERT INTO basket_void_line (void_id, line, product_id, quantity_milli, unit_price_minor, gross_minor, before, reason)
SELECT $1, t.line, t.product_id, t.quantity_milli, t.unit_price_minor, t.gross_minor, t.before, t.reason
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::boolean[], $8::text[])
       AS t (line, product_id, quantity_milli, unit_price_minor, gross_minor, before, reason);

-- name: void_report_shift
-- The newest shift of at most this number ($4) of a till of the shop: $2 its number, or null for that of the device $3.
-- Its receipts are among those up to its last, beside those of others that were open, too.
SELECT s.id, s.number, s.device_id, s.t_before, z.t_last AS t_until, s.x_before, z.x_last AS x_until
  FROM device AS d
 CROSS JOIN LATERAL (SELECT * FROM shift WHERE device_id = d.id AND number <= $4::bigint ORDER BY number DESC LIMIT 1) AS s
  LEFT JOIN shift_z AS z ON z.shift_id = s.id
 WHERE d.shop_id = $1
   AND d.till_number = coalesce($2::bigint, (SELECT till_number FROM device WHERE id = $3::bigint));

-- name: void_report_shifts
-- Where receipts of a business day may stand: from where a shift was opened to where the next was at its till, whose ever they
-- are, as far as that went on after $2 and began before $3.
SELECT s.id, s.number, s.device_id, s.opened_at, s.t_before, n.t_before AS t_until, s.x_before, n.x_before AS x_until
  FROM device AS d
 CROSS JOIN LATERAL (SELECT * FROM shift WHERE device_id = d.id AND opened_at < $3 OFFSET 0) AS s
  LEFT JOIN LATERAL (SELECT * FROM shift WHERE device_id = s.device_id AND number = s.number + 1 OFFSET 0) AS n ON true
 WHERE d.shop_id = $1 AND (n.opened_at IS NULL OR n.opened_at > $2)
 ORDER BY s.device_id, s.number;

-- name: void_report_rows
-- In the order in which they came into the books. Receipts are those of the tills $2 and series $3 behind $4 up to $5; of
-- the business day $6 or of the shift $7, whichever is given, and baskets likewise. $8: of one till alone. OFFSET 0
-- keeps the planner from reading whole tables while they are small: it does not know how few rows there are.
WITH line AS (
    SELECT s.at, s.id, l.line::bigint AS line, s.device_id, s.staff_id, s.series, s.number, l.product_id, l.quantity_milli,
           round(l.unit_price_minor::numeric * l.quantity_milli / 1000)::bigint AS amount_minor, l.void_reason AS reason
      FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[]) AS r (device_id, series, before, until)
     CROSS JOIN LATERAL (SELECT * FROM sale
                          WHERE device_id = r.device_id AND series = r.series::"char" AND number > r.before AND number <= r.until
                         OFFSET 0) AS s
     CROSS JOIN LATERAL (SELECT * FROM sale_line WHERE sale_id = s.id AND flags & 2 <> 0 OFFSET 0) AS l
     WHERE s.kind = 1 AND ($6::date IS NULL OR s.business_day = $6::date) AND ($7::bigint IS NULL OR s.shift_id = $7)
    UNION ALL
    SELECT v.at, v.id, coalesce(l.line, 0)::bigint, v.device_id, v.staff_id, NULL, NULL, l.product_id, l.quantity_milli,
           coalesce(l.gross_minor, 0)::bigint, coalesce(l.reason, v.reason)
      FROM basket_void AS v
      LEFT JOIN LATERAL (SELECT * FROM basket_void_line WHERE void_id = v.id OFFSET 0) AS l ON true
     WHERE v.shop_id = $1 AND v.business_day = $6::date
    UNION ALL
    SELECT v.at, v.id, coalesce(l.line, 0)::bigint, v.device_id, v.staff_id, NULL, NULL, l.product_id, l.quantity_milli,
           coalesce(l.gross_minor, 0)::bigint, coalesce(l.reason, v.reason)
      FROM basket_void AS v
      LEFT JOIN LATERAL (SELECT * FROM basket_void_line WHERE void_id = v.id OFFSET 0) AS l ON true
     WHERE v.shift_id = $7::bigint
)
SELECT line.at, line.id, line.line, d.till_number, line.staff_id, t.name_sealed, line.series, line.number, line.product_id,
       line.quantity_milli, line.amount_minor, line.reason,
       count(*) OVER () AS row_count, least(sum(line.amount_minor) OVER (), 9223372036854775807)::bigint AS sum_minor
  FROM line
 CROSS JOIN LATERAL (SELECT till_number FROM device WHERE id = line.device_id OFFSET 0) AS d
 CROSS JOIN LATERAL (SELECT name_sealed FROM staff WHERE id = line.staff_id OFFSET 0) AS t
 WHERE $8::bigint IS NULL OR d.till_number = $8::bigint
 ORDER BY line.at, line.id, line.line, line.number
OFFSET $9::bigint
 LIMIT $10::bigint;
