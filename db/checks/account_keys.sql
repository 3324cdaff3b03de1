-- An account is found by its whole name, once, and by words of it, and nothing is found that is no account.
SELECT coalesce(a.id, b.account_id) AS account, b.names
  FROM account AS a
  FULL JOIN (SELECT account_id, count(*) FILTER (WHERE kind = 1) AS names FROM account_blind GROUP BY account_id) AS b ON b.account_id = a.id
 WHERE a.id IS NULL
    OR b.names IS DISTINCT FROM 1
