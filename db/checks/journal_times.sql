-- Time never goes back in a strand.
SELECT device, kind, number, at, previous
  FROM (SELECT device_id AS device, kind, number, at,
               lag(at) OVER (PARTITION BY device_id, kind ORDER BY number) AS previous
          FROM journal) AS j
 WHERE at < previous
