-- A till's shifts are numbered from 1 without gaps, and its drawer names the newest.
SELECT s.device_id AS device, min(s.number) AS first, max(s.number) AS last, count(*) AS shifts,
       d.number AS drawer_number, d.shift_id AS drawer_shift
  FROM shift AS s
  LEFT JOIN drawer AS d USING (device_id)
 GROUP BY s.device_id, d.number, d.shift_id
HAVING min(s.number) <> 1
    OR max(s.number) <> count(*)
    OR d.number IS DISTINCT FROM max(s.number)
    OR (d.shift_id IS NOT NULL AND d.shift_id <> max(s.id) FILTER (WHERE s.number = d.number))
