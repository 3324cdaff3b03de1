-- What is put right of a sale is so once after the other, at its till and in its shift, before the Z, by two entries that leave no tender less than nothing and pay what was to pay.
WITH part AS MATERIALIZED (
    SELECT t.sale_id, t.position, t.kind, t.tender_type_id, t.reference, coalesce(t.tip_minor, 0) AS tip_minor,
           t.amount_minor - t.change_minor - coalesce(t.forfeited_minor, 0) - coalesce(t.tip_minor, 0) AS paid_minor
      FROM tender AS t
     WHERE t.sale_id IN (SELECT sale_id FROM sale_retender)
     UNION ALL
    SELECT r.sale_id, e.position, e.kind, e.tender_type_id, e.reference, e.tip_minor, e.amount_minor - e.tip_minor
      FROM sale_retender AS r
      JOIN retender_entry AS e ON e.retender_id = r.id
)
SELECT 'retender' AS what, r.id AS retender, r.sale_id AS sale, r.number, r.shift_id AS shift, r.entry_number AS entry, e.count
  FROM (SELECT *, row_number() OVER (PARTITION BY sale_id ORDER BY number) AS expected FROM sale_retender) AS r
  LEFT JOIN sale AS s ON s.id = r.sale_id
  LEFT JOIN staff AS p ON p.id = r.staff_id
  LEFT JOIN shift_z AS z ON z.shift_id = r.shift_id
  LEFT JOIN journal AS j ON j.device_id = r.device_id AND j.kind = 'L' AND j.number = r.entry_number
 CROSS JOIN LATERAL (SELECT count(*) AS count,
                            count(*) FILTER (WHERE amount_minor < 0 AND tender_count <= 0) AS off,
                            count(*) FILTER (WHERE amount_minor > 0 AND tender_count = 1 AND position = 9 + r.number) AS put,
                            sum(amount_minor) AS sum_minor, sum(tip_minor) AS tip_minor
                       FROM retender_entry
                      WHERE retender_id = r.id) AS e
 WHERE s.kind IS DISTINCT FROM 1
    OR s.device_id IS DISTINCT FROM r.device_id
    OR s.shift_id IS DISTINCT FROM r.shift_id
    OR s.shop_id IS DISTINCT FROM r.shop_id
    OR p.shop_id IS DISTINCT FROM r.shop_id
    OR r.number <> r.expected
    OR r.at > z.closed_at
    OR j.at IS DISTINCT FROM r.at
    OR substring(j.bytes FROM 43 FOR 2) IS DISTINCT FROM decode('004e', 'hex')
    OR (e.count, e.off, e.put) <> (2, 1, 1)
    OR e.sum_minor <> r.rounding_minor
    OR e.tip_minor <> 0
UNION ALL
SELECT 'tender', NULL, sale_id, position, NULL, NULL, count(*)
  FROM part
 GROUP BY sale_id, position
HAVING sum(paid_minor) < 0
    OR sum(tip_minor) < 0
    OR count(DISTINCT (kind, tender_type_id, reference)) > 1
UNION ALL
SELECT 'paid', NULL, s.id, NULL, s.shift_id, NULL, NULL
  FROM (SELECT sale_id, sum(paid_minor) AS paid_minor FROM part GROUP BY sale_id) AS p
  JOIN sale AS s ON s.id = p.sale_id
 WHERE p.paid_minor <> s.total_minor + coalesce(s.rounding_minor, 0) +
                       (SELECT coalesce(sum(r.rounding_minor), 0) FROM sale_retender AS r WHERE r.sale_id = s.id)
UNION ALL
SELECT 'entry', e.retender_id, NULL, e.position, NULL, NULL, NULL
  FROM retender_entry AS e
 WHERE NOT EXISTS (SELECT FROM sale_retender AS r WHERE r.id = e.retender_id)
