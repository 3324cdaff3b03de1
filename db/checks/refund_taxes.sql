-- A refund gives back the taxes of its sale, all components and those of all lines: refunds are of whole sales only.
WITH side AS (
    SELECT id AS refund, refund_of AS sale, unnest(ARRAY[id, refund_of]) AS side_id
      FROM sale
     WHERE kind = 2
), part AS (
    SELECT s.refund, s.sale, x.code, x.rate_ppm, NULL::smallint AS line, x.net_minor, x.tax_minor
      FROM side AS s
      JOIN sale_tax AS x ON x.sale_id = s.side_id
    UNION ALL
    SELECT s.refund, s.sale, NULL, NULL, coalesce(l.refund_line, l.line), l.total_minor, l.tax_minor
      FROM side AS s
      JOIN sale_line AS l ON l.sale_id = s.side_id
     WHERE l.flags & 2 <> 2 AND l.quantity_milli <> 0
)
-- Each is there twice, once of either sign: what is kept of it is nothing.
SELECT refund, sale, code, rate_ppm, line, sum(net_minor)::bigint AS kept_net_minor, sum(tax_minor)::bigint AS kept_tax_minor
  FROM part
 GROUP BY refund, sale, code, rate_ppm, line
HAVING count(*) <> 2 OR sum(net_minor) <> 0 OR sum(tax_minor) <> 0
