-- The drawer of a till and its shifts. The till's row, which the driver has locked, guards them.

-- name: shift_state
SELECT d.till_number, w.shift_id, w.number, w.cash_minor, w.sale_count, s.opened_at, s.opened_by, s.float_minor
  FROM device AS d
  LEFT JOIN drawer AS w ON w.device_id = d.id
  LEFT JOIN shift AS s ON s.id = w.shift_id
 WHERE d.id = $1;

-- name: shift_insert
INSERT INTO shift (id, shop_id, device_id, number, opened_at, opened_by, float_minor)
VALUES ($1, $2, $3, $4::bigint, $5, $6, $7::bigint);

-- name: shift_drawer_open
INSERT INTO drawer (device_id, shift_id, number, cash_minor, sale_count)
VALUES ($1, $2, $3::bigint, $4::bigint, 0)
    ON CONFLICT (device_id) DO UPDATE
   SET shift_id = EXCLUDED.shift_id, number = EXCLUDED.number, cash_minor = EXCLUDED.cash_minor, sale_count = 0;

-- name: shift_float_insert
INSERT INTO drawer_entry (origin_id, kind, shift_id, amount_minor, at)
VALUES ($1, 1, $1, $2::bigint, $3);
