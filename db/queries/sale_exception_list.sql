-- What was noted of sales when they were booked.

-- name: sale_exception_list
-- Of the shop's sales in front of an id ($2), the newest ids first. In the order of the key, so that no more is read than is told.
SELECT s.id, d.till_number, s.series, s.number, s.made_at, s.at, s.total_minor, s.staff_id, s.brought_by,
       r.device_id AS brought_device_id, e.kind, e.line, e.said, e.found
  FROM sale_exception AS e
 CROSS JOIN LATERAL (SELECT * FROM sale WHERE id = e.sale_id AND shop_id = $1 OFFSET 0) AS s
 CROSS JOIN LATERAL (SELECT till_number FROM device WHERE id = s.device_id OFFSET 0) AS d
  LEFT JOIN LATERAL (SELECT device_id FROM sale_rescue WHERE sale_id = e.sale_id OFFSET 0) AS r ON true
 WHERE e.sale_id < $2
 ORDER BY e.sale_id DESC, e.kind DESC, e.line DESC
 LIMIT $3::bigint;
