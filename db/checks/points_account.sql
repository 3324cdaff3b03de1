-- A member's points are the sum of their lots.
SELECT a.member_id AS member, a.points, coalesce(l.remaining, 0) AS lots
  FROM member_account AS a
  FULL JOIN (SELECT member_id, sum(remaining) AS remaining FROM points_lot GROUP BY member_id) AS l USING (member_id)
 WHERE a.points IS DISTINCT FROM coalesce(l.remaining, 0)
