-- A member is found by a phone, e-mail or card as long as it is kept, and by no other but those of who was merged into them.
SELECT m.id AS member, m.phone_sealed IS NOT NULL AS phone, m.email_sealed IS NOT NULL AS email, m.card_sealed IS NOT NULL AS card,
       b.kinds AS found_by
  FROM member AS m
  CROSS JOIN LATERAL (SELECT coalesce(array_agg(kind ORDER BY kind), '{}') AS kinds
                        FROM member_blind
                       WHERE member_id = m.id AND kind < 4 AND merged_from = 0) AS b
 WHERE (m.phone_sealed IS NOT NULL) <> (1 = ANY (b.kinds))
    OR (m.email_sealed IS NOT NULL) <> (2 = ANY (b.kinds))
    OR (m.card_sealed IS NOT NULL) <> (3 = ANY (b.kinds))
