-- A strand's entries are numbered from 1 without gaps.
SELECT device_id AS device, kind, min(number) AS first, max(number) AS last, count(*) AS entries
  FROM journal
 GROUP BY device_id, kind
HAVING min(number) <> 1
    OR max(number) <> count(*)
