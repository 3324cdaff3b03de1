-- What is counted as given back of a line is the sum of its refunds, and never more than was sold.
WITH given AS (
    SELECT s.refund_of AS sale_id, l.refund_line AS line, -sum(l.quantity_milli)::bigint AS quantity_milli,
           -sum(l.total_minor)::bigint AS total_minor
      FROM sale AS s
      JOIN sale_line AS l ON l.sale_id = s.id
     WHERE s.refund_of IS NOT NULL
     GROUP BY s.refund_of, l.refund_line
)
SELECT coalesce(r.sale_id, g.sale_id) AS sale, coalesce(r.line, g.line) AS line, o.quantity_milli AS sold_milli,
       r.quantity_milli AS refunded_milli, g.quantity_milli AS refunds_milli,
       o.total_minor AS sold_minor, r.total_minor AS refunded_minor, g.total_minor AS refunds_minor
  FROM refunded AS r
  FULL JOIN given AS g ON g.sale_id = r.sale_id AND g.line = r.line
  LEFT JOIN sale_line AS o ON o.sale_id = coalesce(r.sale_id, g.sale_id) AND o.line = coalesce(r.line, g.line)
 WHERE (r.quantity_milli, r.total_minor) IS DISTINCT FROM (g.quantity_milli, g.total_minor)
    OR o.quantity_milli IS NULL
    OR r.quantity_milli > o.quantity_milli
    OR r.total_minor > o.total_minor
