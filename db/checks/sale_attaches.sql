-- A receipt is given to a member afterwards once, if it had none, by its own shop, with all refunds of it that came before and none that came behind, within a year, and the till's journal says so.
SELECT 'row' AS what, a.sale_id AS sale, a.attached_id AS attached, a.member_id AS member, a.points_earned, a.at
  FROM sale_attach AS a
  LEFT JOIN sale AS s ON s.id = a.sale_id
  LEFT JOIN sale_attach AS o ON o.sale_id = a.attached_id
  LEFT JOIN staff AS p ON p.id = a.staff_id
  LEFT JOIN device AS d ON d.id = a.device_id
 WHERE s.member_id IS NOT NULL
    OR s.at IS DISTINCT FROM a.sold_at
    OR s.shop_id IS DISTINCT FROM a.shop_id
    OR p.shop_id IS DISTINCT FROM a.shop_id
    OR d.shop_id IS DISTINCT FROM a.shop_id
    OR s.at > a.at + interval '1 minute' -- a refund was waited for
    OR s.at < a.at - interval '368 days'
    OR s.points_earned <> 0
    OR s.points_gifted <> 0
    OR CASE WHEN a.sale_id = a.attached_id THEN s.kind <> 1 ELSE s.refund_of IS DISTINCT FROM a.attached_id END
    OR (o.attached_id, o.member_id, o.device_id, o.staff_id, o.points_after, o.at) IS DISTINCT FROM
       (a.attached_id, a.member_id, a.device_id, a.staff_id, a.points_after, a.at)
 UNION ALL
SELECT 'refund', b.id, a.attached_id, a.member_id, NULL, a.at
  FROM sale_attach AS a
  JOIN sale AS b ON b.refund_of = a.sale_id
 WHERE b.member_id IS NULL
   AND NOT EXISTS (SELECT FROM sale_attach AS x WHERE x.sale_id = b.id)
 UNION ALL
SELECT 'entry', a.sale_id, a.attached_id, a.member_id, a.points_earned, a.at
  FROM sale_attach AS a
 WHERE a.sale_id = a.attached_id
   AND (a.device_id, a.at) NOT IN (SELECT j.device_id, j.at
                                     FROM journal AS j
                                    WHERE j.kind = 'L' AND substring(j.bytes FROM 43 FOR 2) = decode('006d', 'hex'))
