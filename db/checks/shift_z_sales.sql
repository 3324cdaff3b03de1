-- A Z counts and sums the sales and refunds of its shift, and names the first and the last of its receipts.
SELECT z.shift_id AS shift, z.sale_count, s.sales, z.sale_minor, s.sales_minor, z.refund_count, s.refunds,
       z.refund_minor, s.refunds_minor, z.t_first, s.t_first AS t_least, z.t_last, s.t_last AS t_most
  FROM shift_z AS z
  LEFT JOIN (SELECT shift_id, count(*) FILTER (WHERE kind = 1) AS sales, count(*) FILTER (WHERE kind = 2) AS refunds,
                    sum(total_minor) FILTER (WHERE kind = 1) AS sales_minor,
                    sum(total_minor) FILTER (WHERE kind = 2) AS refunds_minor,
                    min(number) FILTER (WHERE series = 'T') AS t_first, max(number) FILTER (WHERE series = 'T') AS t_last,
                    min(number) FILTER (WHERE series = 'X') AS x_first, max(number) FILTER (WHERE series = 'X') AS x_last
               FROM sale
              GROUP BY shift_id) AS s USING (shift_id)
 WHERE z.sale_count <> coalesce(s.sales, 0)
    OR z.refund_count <> coalesce(s.refunds, 0)
    OR z.sale_minor <> coalesce(s.sales_minor, 0)
    OR z.refund_minor <> coalesce(s.refunds_minor, 0)
    OR z.t_first <> coalesce(s.t_first, 0)
    OR z.t_last <> coalesce(s.t_last, 0)
    OR z.x_first <> coalesce(s.x_first, 0)
    OR z.x_last <> coalesce(s.x_last, 0)
