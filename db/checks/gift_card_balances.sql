-- What is left on a gift card is the sum of its entries and never below nothing, and they are numbered without gaps, each saying what was left behind it.
SELECT coalesce(g.id, e.card_id) AS card, g.balance_minor, e.sum_minor, g.entry_count, e.count, e.first, e.last, e.misstated
  FROM gift_card AS g
  FULL JOIN (SELECT card_id, sum(amount_minor)::bigint AS sum_minor, count(*) AS count, min(number) AS first, max(number) AS last,
                    count(*) FILTER (WHERE balance_minor <> running_minor OR running_minor < 0) AS misstated
               FROM (SELECT card_id, number, amount_minor, balance_minor,
                            sum(amount_minor) OVER (PARTITION BY card_id ORDER BY number) AS running_minor
                       FROM gift_card_entry) AS r
              GROUP BY card_id) AS e ON e.card_id = g.id
 WHERE g.id IS NULL
    OR g.balance_minor < 0
    OR g.balance_minor <> coalesce(e.sum_minor, 0)
    OR g.entry_count <> coalesce(e.count, 0)
    OR e.first <> 1
    OR e.last <> e.count
    OR e.misstated <> 0
