-- What was handed over, less change, tips and what was forfeited, is what was to pay and its rounding, and only cash gives change.
SELECT s.id AS sale, s.total_minor, s.rounding_minor,
       coalesce(sum(t.amount_minor - t.change_minor - coalesce(t.forfeited_minor, 0) - coalesce(t.tip_minor, 0)), 0)::bigint
           AS paid_minor,
       max(t.change_minor) FILTER (WHERE t.kind <> 1) AS change_of_no_cash_minor
  FROM sale AS s
  LEFT JOIN tender AS t ON t.sale_id = s.id
 GROUP BY s.id
HAVING s.total_minor + coalesce(s.rounding_minor, 0) <>
       coalesce(sum(t.amount_minor - t.change_minor - coalesce(t.forfeited_minor, 0) - coalesce(t.tip_minor, 0)), 0)
    OR max(t.change_minor) FILTER (WHERE t.kind <> 1) <> 0
