-- name: approval_open_write
-- FOR SHARE meets whoever changes the approver meanwhile: then there is no row, and it is decided again.
INSERT INTO approval (token_hash, device_id, asked_by, approved_by, discount_ppm, below_floor, created_at, expires_at, deposit_back,
                      training_id, free_refund)
SELECT $1, $2, $3, id, $5::bigint, $6, $7, $8, $11, $12::bigint, $13
  FROM staff
 WHERE id = $4 AND active AND NOT locked AND pin_hash = $9 AND role_id = $10
   FOR SHARE
RETURNING approved_by;
