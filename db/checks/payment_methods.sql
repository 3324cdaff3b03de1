-- A stored card is of a living member who was not merged into another, and what is being added or charged ends with its member, but for what was loaded and goes back without them.
SELECT 'method' AS what, p.id, p.member_id AS member, a.merged_into, a.erased
  FROM payment_method AS p
  LEFT JOIN member_account AS a ON a.member_id = p.member_id
 WHERE a.erased IS DISTINCT FROM false
    OR a.merged_into IS NOT NULL
UNION ALL
SELECT 'setup', s.id, s.member_id, a.merged_into, a.erased
  FROM payment_setup AS s
  LEFT JOIN member_account AS a ON a.member_id = s.member_id
 WHERE s.state < 3
   AND (a.erased IS DISTINCT FROM false OR a.merged_into IS NOT NULL)
UNION ALL
SELECT 'charge', c.id, c.member_id, a.merged_into, a.erased
  FROM gateway_charge AS c
  LEFT JOIN member_account AS a ON a.member_id = c.member_id
 WHERE c.state < 8 AND c.undo_id IS NULL
   AND (a.erased IS DISTINCT FROM false OR a.merged_into IS NOT NULL)
