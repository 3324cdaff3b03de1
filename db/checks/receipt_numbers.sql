-- Receipts are numbered from 1 without gaps, a till and series.
SELECT device_id AS device, series, min(number) AS first, max(number) AS last, count(*) AS receipts
  FROM sale
 GROUP BY device_id, series
HAVING min(number) <> 1
    OR max(number) <> count(*)
