-- What the night and the ten-second sweeps look for is found by an index of that alone.

-- A lot that is open: what a sale reads of a member, and what expires. A column, so that a sale that only changes what is left of a lot
-- writes no index for it (an index's own WHERE would name `remaining`).
ALTER TABLE points_lot ADD COLUMN open boolean NOT NULL GENERATED ALWAYS AS (remaining <> 0) STORED;
CREATE INDEX points_lot_open ON points_lot (member_id, expiry_day, id) WHERE open;

-- Of whom points for a friend are open: 1 they did not buy anything yet, 2 they did, and are looked at. A sale raises it in the row that
-- it writes anyway; of who was merged into another the survivor's is looked at.
ALTER TABLE member_account ADD COLUMN friend smallint NOT NULL DEFAULT 0 CHECK (friend BETWEEN 0 AND 2);
CREATE INDEX member_account_friend ON member_account (member_id) WHERE friend = 2;
WITH open AS (
    SELECT DISTINCT coalesce(a.merged_into, a.member_id) AS id
      FROM referral AS r
      JOIN member_account AS a ON a.member_id = r.friend_id
     WHERE r.paid_at IS NULL AND NOT a.erased
)
UPDATE member_account AS a
   SET friend = CASE WHEN EXISTS (SELECT FROM member_account AS w
                                   CROSS JOIN LATERAL (SELECT FROM sale AS s WHERE s.member_id = w.member_id AND s.kind = 1
                                                        UNION ALL
                                                       SELECT FROM sale_attach AS x WHERE x.member_id = w.member_id) AS b
                                   WHERE w.member_id = a.member_id OR w.merged_into = a.member_id)
                     THEN 2 ELSE 1 END
  FROM open AS o
 WHERE a.member_id = o.id;
