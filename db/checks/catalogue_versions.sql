-- No row of the catalogue is of a version that its shop, or for the chain's rows any shop, has not reached.
WITH head AS (
    SELECT shop_id, version FROM catalogue_head
     UNION ALL
    SELECT 0, max(version) FROM catalogue_head
), row_of AS (
    SELECT 'shop' AS what, shop_id, shop_id AS id, from_version FROM shop_version
     UNION ALL
    SELECT 'category', 0, category_id, from_version FROM category_version
     UNION ALL
    SELECT 'tax class', 0, tax_class_id, from_version FROM tax_class_version
     UNION ALL
    SELECT 'product', 0, product_id, from_version FROM product_version
     UNION ALL
    SELECT 'price', shop_id, product_id, from_version FROM price_version
     UNION ALL
    SELECT 'sold out', shop_id, product_id, from_version FROM sold_out_version
     UNION ALL
    SELECT 'rating', 0, product_id, from_version FROM rating_version
     UNION ALL
    SELECT 'programme', 0, programme_id, from_version FROM programme_version
     UNION ALL
    SELECT 'role', 0, role_id, from_version FROM role_version
     UNION ALL
    SELECT 'promotion', 0, promotion_id, from_version FROM promotion_version
     UNION ALL
    SELECT 'modifier', 0, modifier_id, from_version FROM modifier_version
     UNION ALL
    SELECT 'tender type', 0, tender_type_id, from_version FROM tender_type_version
     UNION ALL
    SELECT 'sale', shop_id, id, catalogue_version FROM sale
)
SELECT r.what, r.shop_id AS shop, r.id, r.from_version AS version, h.version AS head
  FROM row_of AS r
  LEFT JOIN head AS h USING (shop_id)
 WHERE r.from_version > coalesce(h.version, 0)
    OR r.from_version < 1
