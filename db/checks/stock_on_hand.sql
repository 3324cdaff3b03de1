-- The stock of a product in a shop is the sum of its entries, and nothing moves that has no row.
SELECT shop_id AS shop, product_id AS product, s.on_hand_milli, coalesce(e.sum_milli, 0) AS entries_milli
  FROM stock AS s
  FULL JOIN (SELECT shop_id, product_id, sum(quantity_milli)::bigint AS sum_milli
               FROM stock_entry
              GROUP BY shop_id, product_id) AS e USING (shop_id, product_id)
 WHERE s.on_hand_milli IS DISTINCT FROM coalesce(e.sum_milli, 0)
