-- Of who was merged no field, point, lot or tier is left, nor what they were found by, and who has it now was never merged.
SELECT a.member_id AS member, a.merged_into, g.into_id AS merge_into, a.points, i.merged_into AS into_merged
  FROM member_account AS a
  FULL JOIN member_merge AS g ON g.from_id = a.member_id
  LEFT JOIN member AS m ON m.id = a.member_id
  LEFT JOIN member_account AS i ON i.member_id = a.merged_into
  LEFT JOIN member_account AS t ON t.member_id = g.into_id
 WHERE (a.merged_into IS NOT NULL OR g.from_id IS NOT NULL)
   AND (a.merged_into IS NULL
        OR g.into_id IS NULL
        OR i.member_id IS NULL
        OR i.merged_into IS NOT NULL
        OR coalesce(t.merged_into, t.member_id) IS DISTINCT FROM a.merged_into
        OR a.points <> 0
        OR a.birthday_year <> 0
        OR a.tier <> 0
        OR a.tier_minor <> 0
        OR a.birthday_blind IS NOT NULL
        OR a.avoids IS NOT NULL
        OR coalesce(m.name_sealed, m.phone_sealed, m.email_sealed, m.birthday_sealed, m.card_sealed, m.avoids_sealed,
                    m.language_sealed) IS NOT NULL
        OR EXISTS (SELECT FROM points_lot AS l WHERE l.member_id = a.member_id)
        OR EXISTS (SELECT FROM member_blind AS b WHERE b.member_id = a.member_id))
UNION ALL
SELECT l.member_id, l.merged_from, NULL, l.remaining, NULL
  FROM points_lot AS l
  LEFT JOIN member_account AS w ON w.member_id = l.merged_from
 WHERE l.merged_from <> 0 AND w.merged_into IS DISTINCT FROM l.member_id
UNION ALL
SELECT b.member_id, b.merged_from, NULL, NULL, NULL
  FROM member_blind AS b
  LEFT JOIN member_account AS w ON w.member_id = b.merged_from
 WHERE b.merged_from <> 0 AND w.merged_into IS DISTINCT FROM b.member_id
