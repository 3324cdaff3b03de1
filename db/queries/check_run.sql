-- name: check_run_clock
-- Between the checks of one call: how long each took.
SELECT clock_timestamp() AS now;
