-- A till's shifts are numbered from 1 without gaps, and each of its drawers names the newest of its holder.
WITH till AS (
    SELECT device_id, holder_id, max(number) AS number, max(id) AS id
      FROM (SELECT device_id, holder_id, number, CASE WHEN number = max(number) OVER (PARTITION BY device_id, holder_id) THEN id END AS id
              FROM shift) AS s
     GROUP BY device_id, holder_id
)
SELECT s.device_id AS device, min(s.number) AS first, max(s.number) AS last, count(*) AS shifts, NULL::bigint AS holder,
       NULL::integer AS drawer_number, NULL::bigint AS drawer_shift
  FROM shift AS s
 GROUP BY s.device_id
HAVING min(s.number) <> 1
    OR max(s.number) <> count(*)
UNION ALL
SELECT coalesce(t.device_id, d.device_id), NULL, t.number, NULL, coalesce(t.holder_id, d.holder_id), d.number, d.shift_id
  FROM till AS t
  FULL JOIN drawer AS d ON d.device_id = t.device_id AND d.holder_id = t.holder_id
 WHERE d.number IS DISTINCT FROM t.number
    OR d.shift_id <> t.id
