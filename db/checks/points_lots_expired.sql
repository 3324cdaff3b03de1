-- What expired out of a lot is what nights took off it, less what of that paid what its member owed, and less what refunds found gone, which took back at least as much of it.
WITH paid AS (
    SELECT origin_id, member_id, sum(points) AS points FROM points_entry WHERE kind = 8 GROUP BY origin_id, member_id
), entry AS (
    SELECT e.lot_id, least(-e.points::numeric, greatest(0, sum(-e.points::numeric) OVER (PARTITION BY e.origin_id, e.member_id ORDER BY l.expiry_day, e.lot_id)
                                                 - coalesce(p.points, 0))) AS points
      FROM points_entry AS e
      JOIN points_lot AS l ON l.id = e.lot_id
      LEFT JOIN paid AS p ON p.origin_id = e.origin_id AND p.member_id = e.member_id
     WHERE e.kind = 7
     UNION ALL
    SELECT lot_id, -points::numeric FROM points_entry WHERE kind = 13
)
SELECT l.id AS lot, l.member_id AS member, l.expired, coalesce(e.points, 0) AS entries
  FROM points_lot AS l
  LEFT JOIN (SELECT lot_id, sum(points) AS points FROM entry GROUP BY lot_id) AS e ON e.lot_id = l.id
 WHERE l.expired <> coalesce(e.points, 0)
UNION ALL
SELECT g.lot_id, g.member_id, g.points, coalesce(t.points, 0)
  FROM points_entry AS g
  LEFT JOIN points_entry AS t ON t.origin_id = g.origin_id AND t.lot_id = g.lot_id AND t.kind = 6
 WHERE g.kind = 13 AND (g.points < 0 OR g.points::numeric + coalesce(t.points, 0) > 0)
