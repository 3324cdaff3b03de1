-- A receipt once more.

-- name: receipt_print_count
-- Two tills that print the same receipt wait for each other here, and no number is given twice.
INSERT INTO receipt_copied (sale_id, copies)
VALUES ($1, 1)
    ON CONFLICT (sale_id) DO UPDATE
   SET copies = receipt_copied.copies + 1
RETURNING copies;

-- name: receipt_print_insert
INSERT INTO receipt_copy (sale_id, copy, gift, device_id, staff_id, at)
VALUES ($1, $2::bigint, $3, $4, $5, $6);
