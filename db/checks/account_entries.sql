-- Each tender that went on an account, or came back to it, and each payment has its entry there, of its amount and time, and there are no others.
WITH owed AS (
    SELECT s.id AS origin_id, t.position, CASE WHEN s.kind = 1 THEN 1 ELSE 2 END AS kind, t.amount_minor - t.change_minor AS amount_minor,
           s.at, t.reference
      FROM tender AS t
      JOIN sale AS s ON s.id = t.sale_id
     WHERE t.kind = 5
     UNION ALL
    SELECT id, 0, CASE WHEN amount_minor > 0 THEN 3 ELSE 4 END, -amount_minor, at, NULL
      FROM account_payment
)
SELECT coalesce(o.origin_id, e.origin_id) AS origin, coalesce(o.position, e.position) AS position, e.account_id AS account, o.kind,
       e.kind AS entry_kind, o.amount_minor, e.amount_minor AS entry_minor, o.reference, a.number
  FROM owed AS o
  FULL JOIN account_entry AS e ON e.origin_id = o.origin_id AND e.position = o.position
  LEFT JOIN account AS a ON a.id = e.account_id
  LEFT JOIN account_payment AS p ON p.id = e.origin_id
 WHERE o.kind IS DISTINCT FROM e.kind
    OR o.amount_minor IS DISTINCT FROM e.amount_minor
    OR o.at IS DISTINCT FROM e.at
    OR o.reference IS DISTINCT FROM CASE WHEN e.kind <= 2 THEN a.number::text END
    OR (p.id IS NOT NULL AND p.account_id IS DISTINCT FROM e.account_id)
