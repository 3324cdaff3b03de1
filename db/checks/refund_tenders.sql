-- No tender gets back more than it paid as it was put right, none pays once more in a refund, and a sale that came back whole leaves nothing with any, what was taken back beside it having paid as cash does.
WITH refunded_sale AS (
    SELECT o.id AS sale,
           NOT EXISTS (SELECT
                         FROM sale_line AS l
                         LEFT JOIN refunded AS r ON r.sale_id = l.sale_id AND r.line = l.line
                        WHERE l.sale_id = o.id AND l.flags & 2 = 0 AND l.quantity_milli > 0
                          AND l.quantity_milli <> coalesce(r.quantity_milli, 0)) AS whole,
           (SELECT -coalesce(sum(d.amount_minor), 0)
              FROM sale_deposit AS d
              JOIN sale_line AS l ON l.sale_id = d.sale_id AND l.line = d.line AND l.quantity_milli < 0
             WHERE d.sale_id = o.id) AS back_minor,
           (SELECT coalesce(w.cash_rounding_minor, 0)
              FROM shop_version AS w
             WHERE w.shop_id = o.shop_id AND w.from_version <= o.catalogue_version
             ORDER BY w.from_version DESC
             LIMIT 1) AS step_minor
      FROM sale AS o
     WHERE o.id IN (SELECT refund_of FROM sale WHERE kind = 2)
), part AS (
    SELECT o.sale, o.whole, false AS back, t.kind, t.tender_type_id, t.reference,
           t.amount_minor - t.change_minor - coalesce(t.forfeited_minor, 0) - coalesce(t.tip_minor, 0) AS amount_minor
      FROM refunded_sale AS o
      JOIN tender AS t ON t.sale_id = o.sale
     UNION ALL
    SELECT o.sale, o.whole, false, e.kind, e.tender_type_id, e.reference, e.amount_minor - e.tip_minor
      FROM refunded_sale AS o
      JOIN sale_retender AS r ON r.sale_id = o.sale
      JOIN retender_entry AS e ON e.retender_id = r.id
     UNION ALL
    SELECT o.sale, o.whole, false, 1, NULL, NULL, o.back_minor
      FROM refunded_sale AS o
     WHERE o.back_minor <> 0
     UNION ALL
    SELECT o.sale, o.whole, true, t.kind, t.tender_type_id, t.reference, t.amount_minor - t.change_minor
      FROM refunded_sale AS o
      JOIN sale AS s ON s.refund_of = o.sale
      JOIN tender AS t ON t.sale_id = s.id
)
SELECT sale, kind, tender_type_id AS tender_type, reference, whole, sum(amount_minor)::bigint AS stayed_minor
  FROM part
  JOIN refunded_sale AS o USING (sale, whole)
 GROUP BY sale, whole, kind, tender_type_id, reference, o.back_minor, o.step_minor
HAVING sum(amount_minor) < CASE WHEN kind = 1 AND o.back_minor <> 0 THEN -o.step_minor ELSE 0 END
    OR (whole AND abs(sum(amount_minor)) > CASE WHEN kind = 1 AND o.back_minor <> 0 THEN o.step_minor ELSE 0 END)
    OR max(amount_minor) FILTER (WHERE back) > 0
