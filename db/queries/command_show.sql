-- name: command_show
-- Behind the lock of the device's row: a command that is on its way is waited for.
SELECT op, reply
  FROM command
 WHERE device_id = $1 AND command_id = $2;
