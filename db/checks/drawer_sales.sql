-- A drawer counts the sales and refunds of its open shift.
SELECT d.device_id AS device, d.shift_id AS shift, d.sale_count AS counted, coalesce(s.sales, 0) AS sales
  FROM drawer AS d
  LEFT JOIN (SELECT shift_id, count(*) AS sales FROM sale GROUP BY shift_id) AS s USING (shift_id)
 WHERE d.shift_id IS NOT NULL
   AND d.sale_count <> coalesce(s.sales, 0)
