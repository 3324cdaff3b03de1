-- An entry of points is its lot's member's, or of who was merged into that one, and comes from that member's own joining, birthday or sale, one that was given to them afterwards as well, or from their erasure.
SELECT e.origin_id AS origin, e.lot_id AS lot, e.kind, e.member_id AS member, l.member_id AS lot_member,
       coalesce(s.member_id, x.member_id) AS sale_member
  FROM points_entry AS e
  JOIN points_lot AS l ON l.id = e.lot_id
  LEFT JOIN sale AS s ON s.id = e.origin_id
  LEFT JOIN sale_attach AS x ON x.sale_id = e.origin_id
  LEFT JOIN member_account AS a ON a.member_id = e.member_id
 WHERE coalesce(a.merged_into, e.member_id) <> l.member_id
    OR (e.kind IN (1, 9, 14) AND e.origin_id <> e.member_id)
    OR ((e.kind BETWEEN 2 AND 6 OR e.kind = 13) AND coalesce(s.member_id, x.member_id) IS DISTINCT FROM e.member_id)
