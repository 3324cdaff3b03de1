-- The shelf outside of sales. stock_lock takes rows in the order of ids, as the counter's group does.

-- name: stock_lock
SELECT s.product_id, s.on_hand_milli
  FROM unnest($1::bigint[], $2::bigint[]) AS t (shop_id, product_id)
  JOIN stock AS s ON s.shop_id = t.shop_id AND s.product_id = t.product_id
 ORDER BY s.product_id
   FOR NO KEY UPDATE OF s;

-- name: stock_move
-- Each product once, in the order of ids.
INSERT INTO stock (shop_id, product_id, on_hand_milli)
SELECT $1, product_id, change_milli
  FROM unnest($2::bigint[], $3::bigint[]) AS t (product_id, change_milli)
    ON CONFLICT (shop_id, product_id) DO UPDATE SET on_hand_milli = stock.on_hand_milli + EXCLUDED.on_hand_milli;

-- name: stock_move_entries
INSERT INTO stock_entry (origin_id, line, kind, shop_id, product_id, quantity_milli, at)
SELECT $1, line, CASE WHEN quantity_milli > 0 THEN 3 ELSE 4 END, $2, product_id, quantity_milli, $3::timestamptz
  FROM unnest($4::bigint[], $5::bigint[], $6::bigint[]) AS t (line, product_id, quantity_milli);

-- name: stock_show
SELECT product_id, on_hand_milli
  FROM stock
 WHERE shop_id = $1 AND product_id = ANY ($2::bigint[])
 ORDER BY product_id;
