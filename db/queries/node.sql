-- name: id_block_reserve
-- A block of ids for this process: the first and the one behind the last.
INSERT INTO id_block AS b (node, next_value)
VALUES ($1::bigint::integer, 1 + $2::bigint)
ON CONFLICT (node) DO UPDATE SET next_value = b.next_value + $2::bigint
RETURNING next_value - $2::bigint AS first, next_value AS past;
