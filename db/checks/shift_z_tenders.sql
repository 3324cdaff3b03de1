-- A Z expects of each means of payment what stayed of it in its shift's sales.
WITH paid AS (
    SELECT s.shift_id, t.kind, count(*) AS tenders, sum(t.amount_minor - t.change_minor) AS stayed_minor
      FROM shift_z AS z
      JOIN sale AS s ON s.shift_id = z.shift_id
      JOIN tender AS t ON t.sale_id = s.id
     GROUP BY s.shift_id, t.kind
)
SELECT coalesce(p.shift_id, z.shift_id) AS shift, coalesce(p.kind, z.kind) AS kind, z.tender_count, p.tenders,
       z.expected_minor, p.stayed_minor
  FROM paid AS p
  FULL JOIN shift_z_tender AS z ON z.shift_id = p.shift_id AND z.kind = p.kind
 WHERE z.tender_count IS DISTINCT FROM p.tenders
    OR z.expected_minor IS DISTINCT FROM p.stayed_minor
