-- A Z expects of each means of payment what stayed of it in its shift's sales, what was forfeited and tips too.
WITH paid AS (
    SELECT s.shift_id, t.kind, coalesce(t.tender_type_id, 0) AS tender_type_id, count(*) AS tenders,
           sum(t.amount_minor - t.change_minor) AS stayed_minor, coalesce(sum(t.forfeited_minor), 0) AS forfeited_minor,
           coalesce(sum(t.tip_minor), 0) AS tip_minor
      FROM shift_z AS z
      JOIN sale AS s ON s.shift_id = z.shift_id
      JOIN tender AS t ON t.sale_id = s.id
     GROUP BY s.shift_id, t.kind, t.tender_type_id
)
SELECT coalesce(p.shift_id, z.shift_id) AS shift, coalesce(p.kind, z.kind) AS kind,
       coalesce(p.tender_type_id, z.tender_type_id) AS tender_type, z.tender_count, p.tenders, z.expected_minor,
       p.stayed_minor, z.forfeited_minor, p.forfeited_minor AS paid_forfeited_minor,
       z.tip_minor, p.tip_minor AS paid_tip_minor
  FROM paid AS p
  FULL JOIN shift_z_tender AS z ON z.shift_id = p.shift_id AND z.kind = p.kind AND z.tender_type_id = p.tender_type_id
 WHERE z.tender_count IS DISTINCT FROM coalesce(p.tenders, 0)
    OR z.expected_minor IS DISTINCT FROM coalesce(p.stayed_minor, 0)
    OR z.forfeited_minor IS DISTINCT FROM coalesce(p.forfeited_minor, 0)
    OR z.tip_minor IS DISTINCT FROM coalesce(p.tip_minor, 0)
