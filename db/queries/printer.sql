-- Network printers and their queues. Whoever changes a printer or one of its jobs holds the printer's row.

-- name: printer_named
SELECT id, name, host, port, column_count, code_page, removed, job_count, waiting, due_at, node, tries, problem
  FROM printer
 WHERE shop_id = $1 AND name = $2
   FOR NO KEY UPDATE;

-- name: printer_find
SELECT id, name, host, port, column_count, code_page, removed, job_count, waiting, due_at, node, tries, problem
  FROM printer
 WHERE shop_id = $1 AND name = $2;

-- name: printer_list
-- Those that are in use.
SELECT id, name, host, port, column_count, code_page, removed, job_count, waiting, due_at, node, tries, problem
  FROM printer
 WHERE shop_id = $1 AND NOT removed
 ORDER BY name COLLATE "C";

-- name: printer_insert
INSERT INTO printer (id, shop_id, name, host, port, column_count, code_page, removed, job_count, waiting, turn, tries)
VALUES ($1, $2, $3, $4, $5::bigint, $6::bigint, $7::bigint, false, 0, 0, 0, 0);

-- name: printer_change
-- Who had its queue in hand, for where it was, has it no more.
UPDATE printer
   SET host = $2, port = $3::bigint, column_count = $4::bigint, code_page = $5::bigint, removed = $6, turn = turn + 1
 WHERE id = $1;

-- name: printer_write
-- How its queue stands.
UPDATE printer
   SET job_count = $2::bigint, waiting = $3::bigint, due_at = $4, node = $5::bigint, tries = $6::bigint, problem = $7
 WHERE id = $1;

-- name: print_job_insert
INSERT INTO print_job (printer_id, number, kind, sale_id, copy, shift_id, state, tries, device_id, staff_id, put_at)
VALUES ($1, $2, $3::bigint, $4, $5::bigint, $6, 1, $7::bigint, $8, $9, $10);

-- name: print_job_find
SELECT number, kind, sale_id, copy, shift_id, state, tries, begun_at, ended_at
  FROM print_job
 WHERE printer_id = $1 AND number = $2;

-- name: print_job_write
UPDATE print_job
   SET state = $3::bigint, tries = $4::bigint, begun_at = $5, ended_at = $6
 WHERE printer_id = $1 AND number = $2;

-- name: print_jobs_drop
-- All that wait.
UPDATE print_job SET state = 4, ended_at = $2 WHERE printer_id = $1 AND state < 3;

-- name: print_job_list
-- The newest first, those below a number: what each is of.
SELECT j.number, j.kind, j.copy, j.state, j.tries, j.put_at, j.begun_at, j.ended_at, j.staff_id,
       d.till_number, s.series, s.number AS receipt_number, t.till_number AS z_till_number, h.number AS z_number
  FROM print_job AS j
  LEFT JOIN sale AS s ON s.id = j.sale_id
  LEFT JOIN device AS d ON d.id = s.device_id
  LEFT JOIN shift AS h ON h.id = j.shift_id
  LEFT JOIN device AS t ON t.id = h.device_id
 WHERE j.printer_id = $1 AND j.number < $2
 ORDER BY j.number DESC
 LIMIT 51;

-- name: printer_due
-- Those whose queue is to be taken, and nobody else's for a while. It waits for nobody who has one of them in hand.
WITH due AS (
    SELECT id FROM printer WHERE due_at <= $1::timestamptz ORDER BY due_at, id LIMIT 8 FOR NO KEY UPDATE SKIP LOCKED
), taken AS (
    UPDATE printer AS p
       SET due_at = $2::timestamptz, node = $3::bigint, turn = p.turn + 1
      FROM due AS d
     WHERE p.id = d.id
    RETURNING p.id, p.shop_id, p.turn
)
SELECT id, shop_id, turn FROM taken ORDER BY id;

-- name: printer_take_up
-- What a server had in hand when it died is its own again as soon as it is back.
UPDATE printer SET due_at = $2, node = NULL WHERE node = $1::bigint AND due_at IS NOT NULL;

-- name: printer_hold
-- Of who has its turn; nothing, where another has taken it since.
SELECT host, port, column_count, code_page, job_count, waiting, tries
  FROM printer
 WHERE id = $1 AND turn = $2
   FOR NO KEY UPDATE;

-- name: print_job_next
-- The first of those that wait: which paper it is.
SELECT j.number, j.kind, j.sale_id, j.copy, j.state, j.tries, j.begun_at, t.till_number, h.number AS z_number
  FROM print_job AS j
  LEFT JOIN shift AS h ON h.id = j.shift_id
  LEFT JOIN device AS t ON t.id = h.device_id
 WHERE j.printer_id = $1 AND j.state < 3
 ORDER BY j.number
 LIMIT 1;
