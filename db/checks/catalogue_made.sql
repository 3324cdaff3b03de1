-- Every state of the catalogue is of a version that was written down as made, for its shop or for all, and so is every head.
WITH state AS (
    SELECT 'shop' AS what, shop_id, shop_id AS id, from_version AS version FROM shop_version
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
)
SELECT s.what, s.shop_id AS shop, s.id, s.version
  FROM state AS s
 WHERE NOT EXISTS (SELECT FROM catalogue_version AS v WHERE v.version = s.version AND v.shop_id IN (0, s.shop_id))
 UNION ALL
SELECT 'head', h.shop_id, NULL, h.version
  FROM catalogue_head AS h
 WHERE NOT EXISTS (SELECT FROM catalogue_version AS v WHERE v.version = h.version)
 UNION ALL
SELECT 'a version above all heads', v.shop_id, NULL, v.version
  FROM catalogue_version AS v
 WHERE v.version > (SELECT max(version) FROM catalogue_head)
