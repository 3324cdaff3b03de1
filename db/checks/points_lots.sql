-- What remains of a lot is the sum of its entries, and no entry is without its lot.
SELECT coalesce(l.id, e.lot_id) AS lot, l.member_id AS member, l.remaining, coalesce(e.points, 0) AS entries
  FROM points_lot AS l
  FULL JOIN (SELECT lot_id, sum(points) AS points FROM points_entry GROUP BY lot_id) AS e ON e.lot_id = l.id
 WHERE l.remaining IS DISTINCT FROM coalesce(e.points, 0)
