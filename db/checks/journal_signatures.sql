-- Every strand's head is among those that were signed, and every head that was signed is an entry.
WITH head AS (
    SELECT s.id, substring(s.heads FROM 1 + n * 49 FOR 49) AS head, length(s.heads) AS size
      FROM journal_signature AS s
     CROSS JOIN generate_series(0, greatest(length(s.heads) - 1, 0) / 49) AS n
), said AS (
    SELECT id, substring(head FROM 1 FOR 8) AS device, substring(head FROM 9 FOR 1) AS kind, substring(head FROM 10 FOR 8) AS number,
           substring(head FROM 18 FOR 32) AS hash, size
      FROM head
), entry AS (
    SELECT device_id, kind, number, int8send(device_id) AS device, set_byte('\x00', 0, ascii(kind::text)) AS kind_byte,
           int8send(number) AS number_bytes, hash
      FROM journal
)
SELECT s.id AS signature, e.device_id AS device, e.kind, e.number
  FROM said AS s
  LEFT JOIN entry AS e ON e.device = s.device AND e.kind_byte = s.kind AND e.number_bytes = s.number AND e.hash = s.hash
 WHERE e.device_id IS NULL
    OR s.size % 49 <> 0
UNION ALL
SELECT NULL, h.device_id, h.kind, h.number
  FROM device_head AS h
 WHERE h.number > 0
   AND NOT EXISTS (SELECT FROM said AS s
                    WHERE s.device = int8send(h.device_id) AND s.kind = set_byte('\x00', 0, ascii(h.kind::text))
                      AND s.number = int8send(h.number) AND s.hash = h.hash)
