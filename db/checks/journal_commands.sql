-- Each command that went well has its entry or its sale, and each entry that a command left has that command.
WITH entry AS MATERIALIZED (
    SELECT device_id, number, at, substring(bytes FROM 46 FOR get_byte(bytes, 44)) AS event,
           substring(bytes FROM 46 + get_byte(bytes, 44) FOR 16) AS command_id
      FROM journal
     WHERE (kind = 'L' OR kind = 'S' AND substring(bytes FROM 1 FOR 1) = '\x01'::bytea) AND length(bytes) > 44
     UNION ALL
    -- A sale that was practised.
    SELECT device_id, number, at, NULL, substring(bytes FROM 44 FOR 16)
      FROM journal
     WHERE kind = 'S' AND substring(bytes FROM 1 FOR 1) > '\x01'::bytea AND length(bytes) > 58
), kept AS (
    -- An answer begins with its body when it went well, and with its error when it did not.
    SELECT device_id, command_id, op, at, substring(reply FROM 1 FOR 1) = decode('1a', 'hex') AS went_well FROM command
)
SELECT 'no entry' AS what, k.device_id AS device, NULL AS number, k.op, k.command_id AS command, k.at
  FROM kept AS k
 WHERE k.went_well
   AND NOT EXISTS (SELECT FROM sale AS s WHERE s.command_id = k.command_id AND s.device_id = k.device_id)
   AND NOT EXISTS (SELECT FROM sale_rescue AS r WHERE r.command_id = k.command_id AND r.device_id = k.device_id)
   AND NOT EXISTS (SELECT FROM entry AS e WHERE e.command_id = k.command_id AND k.device_id IN (0, e.device_id))
UNION ALL
-- Device 0 is who was about to become one. A refusal changes nothing, but a wrong PIN is written down, and a gift card's code that was
-- tried. Answers are let go of
-- after 90 days, the oldest first: also by a shop that has been closed for a while.
SELECT 'no command', e.device_id, e.number, NULL, e.command_id, e.at
  FROM entry AS e
 WHERE e.command_id <> decode(repeat('00', 16), 'hex')
   AND e.at > least((SELECT min(at) FROM command), (SELECT max(at) FROM journal) - interval '30 days')
   AND NOT EXISTS (SELECT FROM kept AS k
                    WHERE k.command_id = e.command_id
                      AND k.device_id IN (0, e.device_id)
                      AND (k.went_well OR e.event IN ('sign_in_failed'::bytea, 'sign_in_locked'::bytea, 'gift_card_taken'::bytea, 'gift_card_not_found'::bytea)))
