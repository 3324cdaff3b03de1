-- A basket that was thrown away is of a person, a till and a shift of its shop, and its lines, each its price times its quantity, are its total.
SELECT v.id AS void, v.shop_id AS shop, v.device_id AS device, v.staff_id AS staff, v.line_count, v.total_minor, s.lines, s.sum_minor
  FROM basket_void AS v
  LEFT JOIN device AS d ON d.id = v.device_id
  LEFT JOIN staff AS p ON p.id = v.staff_id
  LEFT JOIN shift AS h ON h.id = v.shift_id
  LEFT JOIN LATERAL (SELECT count(*) AS lines, coalesce(sum(l.gross_minor), 0) AS sum_minor,
                            bool_or(l.gross_minor::numeric <> round(l.unit_price_minor::numeric * l.quantity_milli / 1000)
                                    OR l.quantity_milli = 0 OR g.id IS NULL
                                    OR (l.quantity_milli < 0
                                        AND NOT EXISTS (SELECT FROM product_version AS d
                                                         WHERE d.product_id = l.product_id AND d.deposit_kind = 1))) AS wrong
                       FROM basket_void_line AS l
                       LEFT JOIN product AS g ON g.id = l.product_id
                      WHERE l.void_id = v.id) AS s ON true
 WHERE d.shop_id IS DISTINCT FROM v.shop_id
    OR p.shop_id IS DISTINCT FROM v.shop_id
    OR (v.shift_id IS NOT NULL AND h.device_id IS DISTINCT FROM v.device_id)
    OR s.lines <> v.line_count
    OR s.sum_minor <> v.total_minor
    OR s.wrong
UNION ALL
SELECT l.void_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM basket_void_line AS l
 WHERE NOT EXISTS (SELECT FROM basket_void AS v WHERE v.id = l.void_id)
