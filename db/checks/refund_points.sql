-- Behind its refunds a sale has earned what it would have earned without what came back, where points_per_unit alone gave it (sale_earnings), and has got back no more than it spent, those of who was erased excepted.
SELECT s.id AS sale, s.points_earned + coalesce(x.points_earned, 0) + r.earned AS stayed, t.earned AS recomputed, s.points_spent, r.spent AS given_back
  FROM sale AS s
  LEFT JOIN sale_attach AS x ON x.sale_id = s.id
  JOIN (SELECT refund_of, sum(total_minor) - coalesce(sum(d.amount_minor), 0) AS total_minor, sum(sale.points_earned + coalesce(y.points_earned, 0)) AS earned, sum(points_spent) AS spent
          FROM sale
          LEFT JOIN sale_attach AS y ON y.sale_id = sale.id
          LEFT JOIN (SELECT sale_id, sum(amount_minor) AS amount_minor FROM sale_deposit GROUP BY sale_id) AS d ON d.sale_id = id
         WHERE kind = 2
         GROUP BY refund_of) AS r ON r.refund_of = s.id
  JOIN LATERAL (SELECT currency_exponent
                  FROM shop_version AS v
                 WHERE v.shop_id = s.shop_id AND v.from_version <= s.catalogue_version
                 ORDER BY v.from_version DESC
                 LIMIT 1) AS v ON true
  LEFT JOIN LATERAL (SELECT points_per_unit
                       FROM programme_version AS p
                      WHERE p.from_version <= s.catalogue_version
                      ORDER BY p.from_version DESC
                      LIMIT 1) AS p ON true
 CROSS JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0) AS amount_minor FROM sale_deposit WHERE sale_id = s.id) AS e
 CROSS JOIN LATERAL (SELECT CASE WHEN coalesce(s.member_id, x.member_id) IS NULL THEN 0
                                 ELSE div((s.total_minor - e.amount_minor + r.total_minor) * coalesce(p.points_per_unit, 0),
                                          10::numeric ^ v.currency_exponent)
                            END AS earned) AS t
 WHERE (s.points_earned + coalesce(x.points_earned, 0) + r.earned <> t.earned AND NOT EXISTS (SELECT FROM sale_earning AS g WHERE g.sale_id = s.id)
         AND NOT EXISTS (SELECT FROM erasure AS g WHERE g.member_id = coalesce(s.member_id, x.member_id)))
    OR r.spent > 0
    OR s.points_spent + r.spent < 0
