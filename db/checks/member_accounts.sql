-- Every member has an account.
SELECT m.id AS member
  FROM member AS m
 WHERE NOT EXISTS (SELECT FROM member_account AS a WHERE a.member_id = m.id)
