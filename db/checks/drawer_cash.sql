-- What should be in an open drawer is the sum of its shift's entries, those of what was put right among them.
SELECT d.device_id AS device, d.shift_id AS shift, d.cash_minor, coalesce(e.sum_minor, 0) AS entries_minor
  FROM drawer AS d
  LEFT JOIN (SELECT shift_id, sum(amount_minor)::bigint AS sum_minor FROM drawer_entry GROUP BY shift_id) AS e USING (shift_id)
 WHERE d.shift_id IS NOT NULL
   AND d.cash_minor <> coalesce(e.sum_minor, 0)
