-- Of who was erased nothing is left but a number: no field, no look-up key, no birthday, no allergens, no points, no review. And nobody is half erased, nor one of two who were merged.
SELECT coalesce(a.member_id, x.member_id) AS member, a.erased, x.at, a.points
  FROM member_account AS a
  FULL JOIN erasure AS x ON x.member_id = a.member_id
  LEFT JOIN member AS m ON m.id = coalesce(a.member_id, x.member_id)
  LEFT JOIN member_account AS i ON i.member_id = a.merged_into
  LEFT JOIN member_merge AS g ON g.from_id = a.member_id
 WHERE coalesce(a.erased, false) <> (x.member_id IS NOT NULL)
    OR i.erased <> a.erased
    OR (a.erased
        AND (a.points <> 0 OR a.birthday_blind IS NOT NULL OR a.avoids IS NOT NULL OR m.name_sealed IS NOT NULL OR m.phone_sealed IS NOT NULL
             OR m.email_sealed IS NOT NULL OR m.birthday_sealed IS NOT NULL OR m.card_sealed IS NOT NULL
             OR m.avoids_sealed IS NOT NULL OR m.language_sealed IS NOT NULL OR g.reason <> ''
             OR EXISTS (SELECT FROM member_blind AS b WHERE b.member_id = a.member_id)
             OR EXISTS (SELECT FROM review AS r WHERE r.member_id = a.member_id)
             OR EXISTS (SELECT FROM points_lot AS l WHERE l.member_id = a.member_id AND l.remaining <> 0)
             OR x.points <> (SELECT coalesce(-sum(e.points), 0)
                               FROM points_entry AS e
                              WHERE e.origin_id = a.member_id AND e.kind = 8)))
