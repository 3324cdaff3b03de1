-- A strand's head is its last entry.
SELECT coalesce(h.device_id, j.device_id) AS device, coalesce(h.kind, j.kind) AS kind, h.number AS head, j.number AS last,
       h.hash AS head_hash, j.hash AS last_hash
  FROM (SELECT * FROM device_head WHERE number > 0) AS h
  FULL JOIN (SELECT DISTINCT ON (device_id, kind) device_id, kind, number, hash, at
               FROM journal
              ORDER BY device_id, kind, number DESC) AS j
    ON j.device_id = h.device_id AND j.kind = h.kind
 WHERE (h.number, h.hash, h.at) IS DISTINCT FROM (j.number, j.hash, j.at)
