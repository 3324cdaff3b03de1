-- Each sale has the command that made it, or brought it, answered well, unless that is older than the answers that are kept.
SELECT s.id AS sale, s.device_id AS device, s.command_id AS command, s.at
  FROM sale AS s
  LEFT JOIN sale_rescue AS r ON r.sale_id = s.id
 -- They are let go of after 90 days, the oldest first: also by a shop that has been closed for a while.
 WHERE s.at > least((SELECT min(at) FROM command), (SELECT max(at) FROM sale) - interval '30 days')
   AND NOT EXISTS (SELECT FROM command AS c
                    WHERE c.device_id = coalesce(r.device_id, s.device_id) AND c.command_id = coalesce(r.command_id, s.command_id)
                      AND substring(c.reply FROM 1 FOR 1) = decode('1a', 'hex'))
