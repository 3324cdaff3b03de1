-- Every category, tax class, role, promotion, modifier, means of payment and shop has at least one version.
SELECT 'category' AS what, id FROM category AS i WHERE NOT EXISTS (SELECT FROM category_version AS v WHERE v.category_id = i.id)
UNION ALL
SELECT 'tax class', id FROM tax_class AS i WHERE NOT EXISTS (SELECT FROM tax_class_version AS v WHERE v.tax_class_id = i.id)
UNION ALL
SELECT 'role', id FROM role AS i WHERE NOT EXISTS (SELECT FROM role_version AS v WHERE v.role_id = i.id)
UNION ALL
SELECT 'promotion', id FROM promotion AS i WHERE NOT EXISTS (SELECT FROM promotion_version AS v WHERE v.promotion_id = i.id)
UNION ALL
SELECT 'modifier', id FROM modifier AS i WHERE NOT EXISTS (SELECT FROM modifier_version AS v WHERE v.modifier_id = i.id)
UNION ALL
SELECT 'tender type', id FROM tender_type AS i WHERE NOT EXISTS (SELECT FROM tender_type_version AS v WHERE v.tender_type_id = i.id)
UNION ALL
SELECT 'shop', id FROM shop AS i WHERE NOT EXISTS (SELECT FROM shop_version AS v WHERE v.shop_id = i.id)
UNION ALL
SELECT 'shop without a head', id FROM shop AS i WHERE NOT EXISTS (SELECT FROM catalogue_head AS v WHERE v.shop_id = i.id)
