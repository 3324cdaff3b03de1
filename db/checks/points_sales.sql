-- What a sale says it earned, spent and gave of points, or what is said of it since it was given to a member, is what its entries say.
SELECT s.id AS sale, s.points_earned + coalesce(x.points_earned, 0) AS points_earned, s.points_spent,
       s.points_gifted + coalesce(x.points_gifted, 0) AS points_gifted,
       coalesce(e.earned, 0) AS entries_earned, coalesce(e.spent, 0) AS entries_spent, coalesce(e.gifted, 0) AS entries_gifted
  FROM sale AS s
  LEFT JOIN sale_attach AS x ON x.sale_id = s.id
  LEFT JOIN (SELECT origin_id,
                    sum(points) FILTER (WHERE kind IN (2, 6)) AS earned,
                    -sum(points) FILTER (WHERE kind IN (4, 5)) AS spent,
                    sum(points) FILTER (WHERE kind = 3) AS gifted
               FROM points_entry
              WHERE kind BETWEEN 2 AND 6
              GROUP BY origin_id) AS e ON e.origin_id = s.id
 WHERE s.points_earned + coalesce(x.points_earned, 0) <> coalesce(e.earned, 0)
    OR s.points_spent <> coalesce(e.spent, 0)
    OR s.points_gifted + coalesce(x.points_gifted, 0) <> coalesce(e.gifted, 0)
