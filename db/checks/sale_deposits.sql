-- A line is marked as a deposit or a charge where its goods were one, alone deposits are taken back, each marked line says what was paid for it, and with goods goes the deposit that their catalogue names, as many, or it is listed as printed otherwise.
WITH line AS MATERIALIZED (
    SELECT s.id AS sale_id, s.kind, s.catalogue_version AS version, s.refund_of, l.line, l.product_id, l.quantity_milli,
           l.total_minor, l.tax_minor, l.flags, l.refund_line, v.deposit_kind, v.deposit_product_id, v.deposit_count,
           d.sale_id IS NOT NULL AS said, d.goods_line, d.amount_minor, h.prices_include_tax,
           EXISTS (SELECT FROM sale_exception AS e WHERE e.sale_id = s.id AND e.kind = 14) AS excepted
      FROM sale AS s
      JOIN sale_line AS l ON l.sale_id = s.id
      LEFT JOIN sale AS o ON o.id = s.refund_of
      CROSS JOIN LATERAL (SELECT w.deposit_kind, w.deposit_product_id, w.deposit_count
                            FROM product_version AS w
                           WHERE w.product_id = l.product_id AND w.from_version <= coalesce(o.catalogue_version, s.catalogue_version)
                           ORDER BY w.from_version DESC
                           LIMIT 1) AS v
      CROSS JOIN LATERAL (SELECT prices_include_tax
                            FROM shop_version AS w
                           WHERE w.shop_id = s.shop_id AND w.from_version <= coalesce(o.catalogue_version, s.catalogue_version)
                           ORDER BY w.from_version DESC
                           LIMIT 1) AS h
      LEFT JOIN sale_deposit AS d ON d.sale_id = l.sale_id AND d.line = l.line
     WHERE l.flags & 96 <> 0
        OR (s.kind = 1 AND l.quantity_milli < 0)
        OR l.product_id IN (SELECT product_id FROM product_version WHERE deposit_kind <> 0 OR deposit_product_id <> 0)
)
SELECT l.sale_id AS sale, l.line, l.product_id AS product, l.quantity_milli, l.flags, l.goods_line, l.amount_minor
  FROM line AS l
  LEFT JOIN sale_line AS g ON g.sale_id = l.sale_id AND g.line = l.goods_line
  LEFT JOIN line AS n ON n.sale_id = l.sale_id AND n.line = l.goods_line
  LEFT JOIN sale_deposit AS b ON b.sale_id = l.refund_of AND b.line = l.refund_line
 WHERE (l.kind = 1 AND l.quantity_milli < 0 AND l.flags & 32 = 0)
    OR l.flags & 96 = 96
    OR (l.kind = 1 AND NOT l.excepted AND (l.flags & 32 <> 0, l.flags & 64 <> 0) <> (l.deposit_kind = 1, l.deposit_kind = 2))
    OR (l.flags & 96 <> 0 AND l.flags & 2 = 0) <> l.said
    OR l.amount_minor <> l.total_minor + CASE WHEN l.prices_include_tax THEN 0 ELSE l.tax_minor END
    OR (l.goods_line IS NOT NULL
        AND CASE l.kind
                WHEN 1 THEN (g.flags & 98 = 0 AND g.quantity_milli > 0 AND l.quantity_milli > 0) IS NOT TRUE
                            OR (NOT l.excepted AND ((l.product_id, l.quantity_milli)
                                                    = (n.deposit_product_id, g.quantity_milli * n.deposit_count)) IS NOT TRUE)
                ELSE g.refund_line IS DISTINCT FROM b.goods_line
            END)
UNION ALL
SELECT l.sale_id, l.line, l.deposit_product_id, l.quantity_milli, l.flags, NULL, c.count
  FROM line AS l
 CROSS JOIN LATERAL (SELECT w.deposit_kind, w.active
                       FROM product_version AS w
                      WHERE w.product_id = l.deposit_product_id AND w.from_version <= l.version
                      ORDER BY w.from_version DESC
                      LIMIT 1) AS v
 CROSS JOIN LATERAL (SELECT count(*) AS count FROM sale_deposit AS d WHERE d.sale_id = l.sale_id AND d.goods_line = l.line) AS c
 WHERE l.kind = 1
   AND NOT l.excepted
   AND c.count <> CASE WHEN l.flags & 2 = 0 AND v.deposit_kind <> 0 AND v.active THEN 1 ELSE 0 END
UNION ALL
SELECT d.sale_id, d.line, NULL, NULL, NULL, d.goods_line, d.amount_minor
  FROM sale_deposit AS d
 WHERE NOT EXISTS (SELECT FROM sale_line AS l WHERE l.sale_id = d.sale_id AND l.line = d.line)
