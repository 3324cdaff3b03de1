-- What a sale earned, spent and gave of points is what the programme says that was in force in its catalogue, deposits and charges earning nothing, and what its terms say, of one that was given to a member afterwards as well.
WITH terms AS MATERIALIZED (
    SELECT d.shop_id, d.version, coalesce(p.points_per_unit, 0) AS points_per_unit, coalesce(p.reward_cost, 0) AS reward_cost,
           coalesce(p.birthday_points, 0) AS birthday_points, 10::numeric ^ v.currency_exponent AS unit
      FROM (SELECT DISTINCT shop_id, catalogue_version AS version FROM sale WHERE kind = 1) AS d
      CROSS JOIN LATERAL (SELECT currency_exponent
                            FROM shop_version AS v
                           WHERE v.shop_id = d.shop_id AND v.from_version <= d.version
                           ORDER BY v.from_version DESC
                           LIMIT 1) AS v
      LEFT JOIN LATERAL (SELECT points_per_unit, reward_cost, birthday_points
                           FROM programme_version AS p
                          WHERE p.from_version <= d.version
                          ORDER BY p.from_version DESC
                          LIMIT 1) AS p ON true
), free AS (
    SELECT l.sale_id, sum((l.discount_minor - d.taken_minor) / nullif(l.unit_price_minor, 0)) AS pieces
      FROM sale_line AS l
      LEFT JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0)::bigint AS taken_minor
                           FROM sale_discount AS d
                          WHERE d.sale_id = l.sale_id AND d.line = l.line) AS d ON true
     WHERE l.flags & 4 <> 0
     GROUP BY l.sale_id
), deposit AS (
    SELECT sale_id, sum(amount_minor) AS amount_minor FROM sale_deposit GROUP BY sale_id
), earning AS (
    SELECT sale_id, sum(points) AS points FROM sale_earning WHERE rule > 0 GROUP BY sale_id
), chosen AS (
    SELECT d.sale_id, sum(d.times * t.cost) AS points
      FROM sale_discount AS d
      JOIN sale AS s ON s.id = d.sale_id
      JOIN programme_term_version AS t ON t.kind = 2 AND t.number = d.promotion_id AND t.position = 0
                                      AND t.from_version = (SELECT max(v.from_version)
                                                              FROM programme_version AS v
                                                             WHERE v.from_version <= s.catalogue_version)
     WHERE d.kind = 5 AND d.line = -1
     GROUP BY d.sale_id
)
SELECT s.id AS sale, s.member_id AS member, s.total_minor, s.points_earned, s.points_spent, s.points_gifted, f.pieces AS pieces_free,
       t.points_per_unit, t.reward_cost, t.birthday_points
  FROM (SELECT o.id, o.kind, o.shop_id, o.catalogue_version, o.total_minor, o.points_spent, coalesce(o.member_id, x.member_id) AS member_id,
               o.points_earned + coalesce(x.points_earned, 0) AS points_earned, o.points_gifted + coalesce(x.points_gifted, 0) AS points_gifted
          FROM sale AS o
          LEFT JOIN sale_attach AS x ON x.sale_id = o.id) AS s
  LEFT JOIN terms AS t ON t.shop_id = s.shop_id AND t.version = s.catalogue_version
  LEFT JOIN free AS f ON f.sale_id = s.id
  LEFT JOIN deposit AS d ON d.sale_id = s.id
  LEFT JOIN earning AS e ON e.sale_id = s.id
  LEFT JOIN chosen AS c ON c.sale_id = s.id
 WHERE s.kind = 1
   AND (t.version IS NULL
        OR s.points_earned <> CASE WHEN s.member_id IS NULL THEN 0
                                   ELSE div(greatest(s.total_minor - coalesce(d.amount_minor, 0), 0)::numeric * t.points_per_unit, t.unit) + coalesce(e.points, 0) END
        OR s.points_spent <> coalesce(f.pieces, 0) * t.reward_cost + coalesce(c.points, 0)
        OR (s.points_spent <> 0 AND s.member_id IS NULL)
        OR s.points_gifted NOT IN (0, CASE WHEN s.member_id IS NULL THEN 0 ELSE t.birthday_points END))
