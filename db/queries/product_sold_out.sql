-- Take a product off the shelf of a shop, or put it back. Asked behind catalogue_lock.

-- name: product_sold_out_now
SELECT p.id, coalesce((SELECT s.sold_out FROM sold_out_version AS s
                        WHERE s.shop_id = $1::bigint AND s.product_id = p.id
                        ORDER BY s.from_version DESC LIMIT 1), false) AS sold_out
  FROM product AS p
 WHERE p.id = $2::bigint;

-- name: product_sold_out_version
-- Behind catalogue_raise: the greatest version is the new one.
INSERT INTO sold_out_version (shop_id, product_id, from_version, sold_out)
SELECT $1::bigint, $2::bigint, max(version), $3::boolean
  FROM catalogue_head;
