-- Each sale has the command that made it, unless that is older than the 90 days that answers are kept.
SELECT s.id AS sale, s.device_id AS device, s.command_id AS command, s.at
  FROM sale AS s
 WHERE s.at > (SELECT max(at) FROM sale) - interval '90 days'
   AND NOT EXISTS (SELECT FROM command AS c WHERE c.device_id = s.device_id AND c.command_id = s.command_id)
