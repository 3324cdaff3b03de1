-- A sale that comes back when what it earned has expired takes those points no second time: kind 13 puts back into the lot what the refund took
-- back (kind 6) and had expired before.
ALTER TABLE points_entry DROP CONSTRAINT points_entry_kind_check;
ALTER TABLE points_entry ADD CONSTRAINT points_entry_kind_check CHECK (kind BETWEEN 1 AND 13);

-- How much expired out of a lot, that is: paid nothing that its member owed (of what one night took, the lots that would have been spent first
-- pay), less what refunds found gone (db/checks/points_lots_expired.sql). What older refunds took a second time stays owed.
ALTER TABLE points_lot ADD COLUMN expired bigint NOT NULL DEFAULT 0 CHECK (expired >= 0);
WITH paid AS (
    SELECT origin_id, member_id, sum(points) AS points FROM points_entry WHERE kind = 8 GROUP BY origin_id, member_id
), gone AS (
    SELECT e.lot_id, -e.points AS points, coalesce(p.points, 0) AS paid,
           sum(-e.points) OVER (PARTITION BY e.origin_id, e.member_id ORDER BY l.expiry_day, e.lot_id) AS up_to
      FROM points_entry AS e
      JOIN points_lot AS l ON l.id = e.lot_id
      LEFT JOIN paid AS p ON p.origin_id = e.origin_id AND p.member_id = e.member_id
     WHERE e.kind = 7
), lot AS (
    SELECT lot_id, sum(least(points, greatest(0, up_to - paid))) AS points FROM gone GROUP BY lot_id
)
UPDATE points_lot AS l SET expired = o.points FROM lot AS o WHERE l.id = o.lot_id AND o.points > 0;
