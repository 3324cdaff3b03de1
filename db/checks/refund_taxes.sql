-- What refunds leave of a sale's taxes, all components and those of all lines, is from nothing to what was sold, and nothing where nothing is left, by its lines where empties were taken back beside it.
WITH refunded_sale AS (
    SELECT o.id AS sale,
           NOT EXISTS (SELECT
                         FROM sale_line AS l
                         LEFT JOIN refunded AS r ON r.sale_id = l.sale_id AND r.line = l.line
                        WHERE l.sale_id = o.id AND l.flags & 2 = 0 AND l.quantity_milli > 0
                          AND l.quantity_milli <> coalesce(r.quantity_milli, 0)) AS whole,
           EXISTS (SELECT FROM sale_line AS l WHERE l.sale_id = o.id AND l.flags & 34 = 32 AND l.quantity_milli < 0) AS beside
      FROM sale AS o
     WHERE o.id IN (SELECT refund_of FROM sale WHERE kind = 2)
), side AS (
    SELECT sale, whole, beside, sale AS side_id FROM refunded_sale
     UNION ALL
    SELECT o.sale, o.whole, o.beside, s.id FROM refunded_sale AS o JOIN sale AS s ON s.refund_of = o.sale
), part AS (
    SELECT s.sale, s.whole, s.side_id, s.side_id = s.sale AS sold, x.code, x.rate_ppm, NULL::smallint AS line, x.net_minor, x.tax_minor
      FROM side AS s
      JOIN sale_tax AS x ON x.sale_id = s.side_id
     WHERE NOT s.beside
     UNION ALL
    SELECT s.sale, s.whole, s.side_id, s.side_id = s.sale, NULL, NULL, coalesce(l.refund_line, l.line), l.total_minor, l.tax_minor
      FROM side AS s
      JOIN sale_line AS l ON l.sale_id = s.side_id
     WHERE l.flags & 2 = 0 AND (s.side_id <> s.sale OR l.quantity_milli > 0)
)
SELECT sale, code, rate_ppm, line, whole, sum(net_minor)::bigint AS kept_net_minor, sum(tax_minor)::bigint AS kept_tax_minor
  FROM part
 GROUP BY sale, whole, code, rate_ppm, line
HAVING count(*) FILTER (WHERE sold) <> 1
    OR count(*) <> count(DISTINCT side_id)
    OR sum(net_minor) NOT BETWEEN 0 AND CASE WHEN whole THEN 0 ELSE sum(net_minor) FILTER (WHERE sold) END
    OR sum(tax_minor) NOT BETWEEN 0 AND CASE WHEN whole THEN 0 ELSE sum(tax_minor) FILTER (WHERE sold) END
    OR max(tax_minor) FILTER (WHERE NOT sold) > 0
