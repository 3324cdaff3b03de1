-- A sale that somebody approved has used an approval of theirs, given to its person on its till, and no other sale has one.
SELECT coalesce(s.id, a.used_sale_id) AS sale, s.device_id AS device, s.staff_id AS staff, s.approved_by,
       a.device_id AS given_on, a.asked_by, a.approved_by AS given_by
  FROM (SELECT * FROM sale WHERE approved_by IS NOT NULL) AS s
  FULL JOIN (SELECT device_id, asked_by, approved_by, used_sale_id FROM approval WHERE used_sale_id IS NOT NULL) AS a ON a.used_sale_id = s.id
 WHERE s.id IS NULL
    OR (a.device_id, a.asked_by, a.approved_by) IS DISTINCT FROM (s.device_id, s.staff_id, s.approved_by)
    OR s.approved_by = s.staff_id
