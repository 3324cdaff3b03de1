-- A sale that another machine brought says so, and its command, answered well, is a device's of the same shop.
SELECT coalesce(r.sale_id, e.sale_id) AS sale, r.device_id AS device, r.command_id AS command
  FROM sale_rescue AS r
  FULL JOIN (SELECT * FROM sale_exception WHERE kind = 13) AS e ON e.sale_id = r.sale_id
  LEFT JOIN sale AS s ON s.id = r.sale_id
  LEFT JOIN device AS d ON d.id = r.device_id
 WHERE r.sale_id IS NULL
    OR e.sale_id IS NULL
    OR s.id IS NULL
    OR s.kind <> 1
    OR d.shop_id IS DISTINCT FROM s.shop_id
    OR e.line <> -1
    OR CASE s.series
           WHEN 'X' THEN (e.said, e.found) IS DISTINCT FROM (s.device_id::bigint, r.device_id::bigint)
           ELSE e.said IS NOT NULL OR e.found IS NOT NULL
       END
