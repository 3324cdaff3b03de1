-- Training: which session is in one, and what it has practised so far.

-- name: training_begin
-- Behind the lock on the device, which whoever writes in its strands holds.
UPDATE session AS s
   SET training_id = $2::bigint,
       training_from = 1 + coalesce((SELECT h.number FROM device_head AS h WHERE h.device_id = s.device_id AND h.kind = 'S'), 0)
 WHERE s.token_hash = $1 AND s.closed_at IS NULL
RETURNING s.training_from;

-- name: training_end
UPDATE session
   SET training_id = NULL, training_from = NULL
 WHERE token_hash = $1 AND closed_at IS NULL
RETURNING staff_id;

-- name: training_entries
-- Of a device, from the first of a training on: those of another session of it may lie between them.
SELECT number, bytes, hash
  FROM journal
 WHERE device_id = $1 AND kind = 'S' AND number >= $2
 ORDER BY number
 LIMIT $3;

-- name: training_members
-- counter_members, with nobody kept waiting.
SELECT member_id, points, birthday_blind, birthday_year, avoids, merged_into, tier
  FROM member_account
 WHERE member_id = ANY (ARRAY (SELECT unnest($1::bigint[]) UNION ALL
                               SELECT merged_into FROM member_account
                                WHERE member_id = ANY ($1::bigint[]) AND merged_into IS NOT NULL))
   AND NOT erased
 ORDER BY member_id;

-- name: training_approvals
-- counter_approvals, of those that were given in these trainings ($2).
SELECT a.token_hash, a.device_id, a.asked_by, a.approved_by, a.discount_ppm, a.below_floor, a.deposit_back, a.free_refund, a.expires_at,
       a.practised_sale_id AS used_sale_id, CASE WHEN s.active THEN s.role_id ELSE 0 END::bigint AS approver_role_id
  FROM generate_subscripts($1::bytea[], 1) AS i
  JOIN approval AS a ON a.token_hash = ($1::bytea[])[i]
  JOIN staff AS s ON s.id = a.approved_by
 WHERE a.training_id = ANY ($2::bigint[]);

-- name: training_approval_use
UPDATE approval AS a
   SET practised_sale_id = u.sale_id
  FROM unnest($1::bytea[], $2::bigint[]) AS u (token_hash, sale_id)
 WHERE a.token_hash = u.token_hash;
