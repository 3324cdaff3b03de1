-- A Z expects of each means of payment what stayed of it in its shift's sales as they were put right, what was forfeited and tips too.
WITH part AS (
    SELECT s.shift_id, t.kind, t.tender_type_id, 1 AS tenders, t.amount_minor - t.change_minor AS stayed_minor,
           coalesce(t.forfeited_minor, 0) AS forfeited_minor, coalesce(t.tip_minor, 0) AS tip_minor
      FROM shift_z AS z
      JOIN sale AS s ON s.shift_id = z.shift_id
      JOIN tender AS t ON t.sale_id = s.id
     UNION ALL
    SELECT r.shift_id, e.kind, e.tender_type_id, e.tender_count, e.amount_minor, 0, e.tip_minor
      FROM shift_z AS z
      JOIN sale_retender AS r ON r.shift_id = z.shift_id
      JOIN retender_entry AS e ON e.retender_id = r.id
), paid AS (
    SELECT shift_id, kind, coalesce(tender_type_id, 0) AS tender_type_id, sum(tenders) AS tenders,
           sum(stayed_minor) AS stayed_minor, sum(forfeited_minor) AS forfeited_minor, sum(tip_minor) AS tip_minor
      FROM part
     GROUP BY shift_id, kind, tender_type_id
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
