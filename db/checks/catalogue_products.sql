-- A product's newest version names the keys it is found by, and modifiers and a deposit that are there, and every product has a price of the chain or of every shop.
WITH newest AS (
    SELECT DISTINCT ON (product_id) product_id, sku, plu, barcodes, modifiers, deposit_product_id FROM product_version ORDER BY product_id, from_version DESC
)
SELECT p.id AS product, p.sku, n.sku AS newest_sku, p.plu, n.plu AS newest_plu, n.barcodes AS newest_barcodes, b.barcodes
  FROM product AS p
  LEFT JOIN newest AS n ON n.product_id = p.id
  CROSS JOIN LATERAL (SELECT coalesce(array_agg(barcode ORDER BY barcode), '{}') AS barcodes
                        FROM product_barcode
                       WHERE product_id = p.id) AS b
 WHERE n.product_id IS NULL
    OR (n.sku, n.plu) IS DISTINCT FROM (p.sku, p.plu)
    OR ARRAY (SELECT barcode FROM unnest(n.barcodes) AS barcode ORDER BY barcode) <> b.barcodes
    OR EXISTS (SELECT FROM unnest(string_to_array(n.modifiers, ' ')::bigint[]) AS m (id)
                WHERE NOT EXISTS (SELECT FROM modifier WHERE modifier.id = m.id))
    OR (n.deposit_product_id <> 0 AND NOT EXISTS (SELECT FROM product WHERE product.id = n.deposit_product_id))
    OR (NOT EXISTS (SELECT FROM price_version AS c WHERE c.product_id = p.id AND c.shop_id = 0)
        AND EXISTS (SELECT FROM shop AS s
                     WHERE NOT EXISTS (SELECT FROM price_version AS c WHERE c.product_id = p.id AND c.shop_id = s.id)))
