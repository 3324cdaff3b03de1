-- Nobody signs in as a member who was erased, or was merged into another.
SELECT s.member_id AS member, s.scheme, a.erased, a.merged_into
  FROM member_secret AS s
  LEFT JOIN member_account AS a ON a.member_id = s.member_id
 WHERE a.member_id IS NULL OR a.erased OR a.merged_into IS NOT NULL
