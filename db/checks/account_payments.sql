-- What is received on account is so at the till and in the shop of its shift, before its Z, and a Z sums it up by its means.
SELECT 'payment' AS what, p.id AS payment, p.shift_id AS shift, p.means, p.amount_minor, z.closed_at
  FROM account_payment AS p
  LEFT JOIN shift AS s ON s.id = p.shift_id
  LEFT JOIN shift_z AS z ON z.shift_id = p.shift_id
 WHERE s.device_id IS DISTINCT FROM p.device_id
    OR s.shop_id IS DISTINCT FROM p.shop_id
    OR p.at > z.closed_at
UNION ALL
SELECT 'z', NULL, coalesce(p.shift_id, r.shift_id), coalesce(p.means, r.means), r.amount_minor, NULL
  FROM (SELECT p.shift_id, p.means, count(*) AS count, sum(p.amount_minor) AS amount_minor
          FROM account_payment AS p
          JOIN shift_z AS z ON z.shift_id = p.shift_id
         GROUP BY p.shift_id, p.means) AS p
  FULL JOIN shift_z_received AS r ON r.shift_id = p.shift_id AND r.means = p.means
 WHERE p.count IS DISTINCT FROM r.payment_count
    OR p.amount_minor IS DISTINCT FROM r.amount_minor
