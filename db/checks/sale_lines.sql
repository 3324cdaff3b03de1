-- A line costs its price times its quantity, rounded half away from zero, and nothing when it was voided.
SELECT l.sale_id AS sale, l.line, l.unit_price_minor, l.quantity_milli, l.gross_minor, l.discount_minor, l.flags
  FROM sale_line AS l
 WHERE CASE WHEN l.flags & 2 <> 0
            THEN l.gross_minor <> 0 OR l.discount_minor <> 0 OR l.tax_minor <> 0
            -- A part that comes back is the difference of two sums of two shares, each rounded.
            ELSE abs(l.gross_minor::numeric - round(l.unit_price_minor::numeric * l.quantity_milli / 1000))
                     > CASE WHEN l.refund_line IS NULL THEN 0 ELSE 2 END
                 OR l.discount_minor NOT BETWEEN least(l.gross_minor, 0) AND greatest(l.gross_minor, 0)
       END
