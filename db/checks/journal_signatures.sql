-- Every strand's head is among those that were signed, and every head that was signed is an entry.
WITH said AS MATERIALIZED (
    SELECT s.id, substring(s.heads FROM 1 + n * 49 FOR 49) AS head
      FROM journal_signature AS s
     CROSS JOIN LATERAL generate_series(0, greatest(length(s.heads) - 1, 0) / 49) AS n
), entry AS MATERIALIZED (
    SELECT device_id, kind, number,
           int8send(device_id) || convert_to(kind::text, 'UTF8') || int8send(number) || hash AS head
      FROM journal
)
SELECT s.id AS signature, NULL AS device, NULL AS kind, NULL AS number
  FROM said AS s
 WHERE NOT EXISTS (SELECT FROM entry AS e WHERE e.head = s.head)
UNION ALL
SELECT NULL, h.device_id, h.kind, h.number
  FROM device_head AS h
 WHERE h.number > 0
   AND NOT EXISTS (SELECT FROM said AS s
                    WHERE s.head = int8send(h.device_id) || convert_to(h.kind::text, 'UTF8') || int8send(h.number) || h.hash)
