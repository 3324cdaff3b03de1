-- No line that somebody took a discount off, promotions alone do not count, is below its floor price, free pieces and what points paid for aside, but with an approval, or offline, where it is listed.
SELECT d.sale_id AS sale, d.line, l.total_minor, v.floor_minor
  FROM (SELECT sale_id, line, coalesce(sum(amount_minor) FILTER (WHERE kind <> 5 OR times IS NULL), 0)::bigint AS amount_minor,
               coalesce(sum(amount_minor) FILTER (WHERE kind = 5 AND times IS NULL), 0) AS reward_minor
          FROM sale_discount WHERE line >= 0 GROUP BY sale_id, line
         HAVING sum(amount_minor) FILTER (WHERE kind IN (1, 2)) > 0) AS d
  JOIN sale AS s ON s.id = d.sale_id AND s.approved_by IS NULL
  JOIN sale_line AS l ON l.sale_id = d.sale_id AND l.line = d.line
  CROSS JOIN LATERAL (SELECT floor_minor
                        FROM product_version AS w
                       WHERE w.product_id = l.product_id AND w.from_version <= s.catalogue_version
                       ORDER BY w.from_version DESC
                       LIMIT 1) AS v
 WHERE l.unit_price_minor > 0
   AND NOT EXISTS (SELECT FROM sale_exception AS e WHERE e.sale_id = d.sale_id AND e.kind = 8)
   AND l.total_minor + d.reward_minor < round(least(v.floor_minor, l.unit_price_minor)::numeric
                             * (l.quantity_milli - 1000 * ((l.discount_minor - d.amount_minor) / l.unit_price_minor)) / 1000)
