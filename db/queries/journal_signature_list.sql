-- name: journal_signature_list
-- What was signed of this shop's strands and of the servers' (small numbers), as many as fit into an answer, and one at
-- least. The heads of one signature are of one shop: the first device tells which. $3: bytes. One row more than fits
-- tells that there are more.
SELECT id, heads, signature, key_id
  FROM (SELECT id, heads, signature, key_id,
               coalesce(sum(octet_length(heads) + 128)
                          OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
          FROM (SELECT s.id, s.heads, s.signature, s.key_id
                  FROM journal_signature AS s
                 CROSS JOIN LATERAL (SELECT ('x' || encode(substring(s.heads FROM 1 FOR 8), 'hex'))::bit(64)::bigint AS device_id) AS first
                 WHERE s.id > $2
                   AND (first.device_id <= 4096 OR EXISTS (SELECT FROM device AS d WHERE d.id = first.device_id AND d.shop_id = $1))
                 ORDER BY s.id
                 LIMIT 501) AS next_ones) AS running
 WHERE before <= $3
 ORDER BY id;
