-- Of who was erased nothing is left but a number: no field, no look-up key, no birthday, no points. And nobody is half erased.
SELECT coalesce(a.member_id, x.member_id) AS member, a.erased, x.at, a.points
  FROM member_account AS a
  FULL JOIN erasure AS x ON x.member_id = a.member_id
  LEFT JOIN member AS m ON m.id = coalesce(a.member_id, x.member_id)
 WHERE coalesce(a.erased, false) <> (x.member_id IS NOT NULL)
    OR (a.erased
        AND (a.points <> 0 OR a.birthday_blind IS NOT NULL OR m.name_sealed IS NOT NULL OR m.phone_sealed IS NOT NULL
             OR m.email_sealed IS NOT NULL OR m.birthday_sealed IS NOT NULL OR m.card_sealed IS NOT NULL
             OR EXISTS (SELECT FROM member_blind AS b WHERE b.member_id = a.member_id)
             OR EXISTS (SELECT FROM points_lot AS l WHERE l.member_id = a.member_id AND l.remaining <> 0)
             OR x.points <> (SELECT coalesce(-sum(e.points), 0)
                               FROM points_entry AS e
                              WHERE e.origin_id = a.member_id AND e.kind = 8)))
