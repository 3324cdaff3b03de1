-- A line was sold at its shop's price (or the chain's where the shop had none, or the one that was keyed) and its options', and never below nothing, in the catalogue that the sale was made with, or is listed as printed otherwise.
WITH choice AS (
    SELECT sale_id, line, sum(price_minor) AS options_minor FROM sale_option GROUP BY sale_id, line
), sold AS (
    SELECT s.shop_id, s.catalogue_version AS version, l.product_id, l.unit_price_minor, k.price_minor AS keyed_minor,
           coalesce(o.options_minor, 0) AS options_minor, min(l.sale_id) AS sale
      FROM sale AS s
      JOIN sale_line AS l ON l.sale_id = s.id
      LEFT JOIN choice AS o ON o.sale_id = l.sale_id AND o.line = l.line
      LEFT JOIN sale_keyed_price AS k ON k.sale_id = l.sale_id AND k.line = l.line
     WHERE s.kind = 1
       AND NOT EXISTS (SELECT FROM sale_exception AS e WHERE e.sale_id = s.id AND e.kind = 4)
     GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT sold.sale, sold.shop_id AS shop, sold.product_id AS product, sold.version, sold.unit_price_minor,
       p.price_minor AS catalogue_minor, sold.keyed_minor, sold.options_minor
  FROM sold
  LEFT JOIN LATERAL (SELECT price_minor
                       FROM price_version AS p
                      WHERE p.product_id = sold.product_id AND p.shop_id IN (0, sold.shop_id) AND p.from_version <= sold.version
                      ORDER BY p.shop_id DESC, p.from_version DESC
                      LIMIT 1) AS p ON true
 WHERE p.price_minor IS NULL
    OR sold.unit_price_minor <> greatest(coalesce(sold.keyed_minor, p.price_minor) + sold.options_minor, 0)
