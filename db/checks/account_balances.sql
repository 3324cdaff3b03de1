-- What is owed on an account is the sum of its entries, which are numbered without gaps, each saying what was owed behind it.
SELECT coalesce(a.id, e.account_id) AS account, a.balance_minor, e.sum_minor, a.entry_count, e.count, e.first, e.last, e.misstated
  FROM account AS a
  FULL JOIN (SELECT account_id, sum(amount_minor)::bigint AS sum_minor, count(*) AS count, min(number) AS first, max(number) AS last,
                    count(*) FILTER (WHERE balance_minor <> running_minor) AS misstated
               FROM (SELECT account_id, number, amount_minor, balance_minor,
                            sum(amount_minor) OVER (PARTITION BY account_id ORDER BY number) AS running_minor
                       FROM account_entry) AS r
              GROUP BY account_id) AS e ON e.account_id = a.id
 WHERE a.id IS NULL
    OR a.balance_minor <> coalesce(e.sum_minor, 0)
    OR a.entry_count <> coalesce(e.count, 0)
    OR e.first <> 1
    OR e.last <> e.count
    OR e.misstated <> 0
