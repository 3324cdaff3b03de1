-- A Z's deposits and charges are the sums of its shift's: charged, taken back, and given back on their receipts.
SELECT z.shift_id AS shift, z.deposit_out_milli, d.out_milli, z.deposit_out_minor, d.out_minor, z.deposit_back_milli, d.back_milli,
       z.deposit_back_minor, d.back_minor, z.deposit_refund_milli, d.refund_milli, z.deposit_refund_minor, d.refund_minor,
       z.charge_milli, d.charge_milli AS charges_milli, z.charge_minor, d.charge_minor AS charges_minor
  FROM shift_z AS z
  LEFT JOIN (SELECT s.shift_id,
                    sum(l.quantity_milli) FILTER (WHERE s.kind = 1 AND l.flags & 32 <> 0 AND l.quantity_milli > 0) AS out_milli,
                    sum(d.amount_minor) FILTER (WHERE s.kind = 1 AND l.flags & 32 <> 0 AND l.quantity_milli > 0) AS out_minor,
                    sum(l.quantity_milli) FILTER (WHERE s.kind = 1 AND l.quantity_milli < 0) AS back_milli,
                    sum(d.amount_minor) FILTER (WHERE s.kind = 1 AND l.quantity_milli < 0) AS back_minor,
                    sum(l.quantity_milli) FILTER (WHERE s.kind = 2 AND l.flags & 32 <> 0) AS refund_milli,
                    sum(d.amount_minor) FILTER (WHERE s.kind = 2 AND l.flags & 32 <> 0) AS refund_minor,
                    sum(l.quantity_milli) FILTER (WHERE s.kind = 1 AND l.flags & 64 <> 0) AS charge_milli,
                    sum(d.amount_minor) FILTER (WHERE s.kind = 1 AND l.flags & 64 <> 0) AS charge_minor
               FROM sale_deposit AS d
               JOIN sale AS s ON s.id = d.sale_id
               JOIN sale_line AS l ON l.sale_id = d.sale_id AND l.line = d.line
              GROUP BY s.shift_id) AS d USING (shift_id)
 WHERE (coalesce(z.deposit_out_milli, 0), coalesce(z.deposit_out_minor, 0), coalesce(z.deposit_back_milli, 0), coalesce(z.deposit_back_minor, 0),
        coalesce(z.deposit_refund_milli, 0), coalesce(z.deposit_refund_minor, 0), coalesce(z.charge_milli, 0), coalesce(z.charge_minor, 0))
    <> (coalesce(d.out_milli, 0), coalesce(d.out_minor, 0), coalesce(d.back_milli, 0), coalesce(d.back_minor, 0),
        coalesce(d.refund_milli, 0), coalesce(d.refund_minor, 0), coalesce(d.charge_milli, 0), coalesce(d.charge_minor, 0))
