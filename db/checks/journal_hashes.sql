-- An entry's hash is that of the entry before it and its own bytes.
SELECT device AS device, kind, number, hash
  FROM (SELECT device_id AS device, kind, number, hash, bytes,
               lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER (PARTITION BY device_id, kind ORDER BY number) AS previous
          FROM journal) AS j
 WHERE hash <> sha256(previous || bytes)
 ORDER BY device, kind, number
