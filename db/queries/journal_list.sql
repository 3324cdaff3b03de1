-- Entries of one strand, as many as fit into an answer, and one at least.

-- name: journal_list_strand
-- A device of this shop, or a server: servers have strands under small numbers.
SELECT EXISTS (SELECT FROM device WHERE id = $1 AND shop_id = $2) OR $1 <= 4096 AS is_known;

-- name: journal_list_page
-- $4: bytes. One row more than fits tells that there are more, also where those that fit fill the answer to the byte.
SELECT number, bytes, hash
  FROM (SELECT number, bytes, hash,
               coalesce(sum(octet_length(bytes) + 64)
                          OVER (ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
          FROM (SELECT number, bytes, hash
                  FROM journal
                 WHERE device_id = $1 AND kind = $2::text::"char" AND number > $3
                 ORDER BY number
                 LIMIT 501) AS next_ones) AS running
 WHERE before <= $4
 ORDER BY number;
