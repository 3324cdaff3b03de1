-- Each charge of a stored card has its states one after the other, the last is the one that it is in, and no charge is under way for longer than a day.
WITH steps AS (
    SELECT s.charge_id, s.number, s.state, s.at,
           lag(s.number) OVER w AS before_number, lag(s.state) OVER w AS before_state, lag(s.at) OVER w AS before_at
      FROM gateway_charge_step AS s
    WINDOW w AS (PARTITION BY s.charge_id ORDER BY s.number)
)
SELECT 'step' AS what, charge_id AS charge, number, state, before_state, at
  FROM steps
 WHERE number <> coalesce(before_number, 0) + 1
    OR (number = 1) <> (state = 1)
    OR at < before_at
    OR before_state IN (8, 10) AND state <> before_state                  -- what succeeded, or was refunded, stays so
    OR before_state IN (9, 11) AND state NOT IN (before_state, 7)         -- what failed is refunded at most
    OR before_state = 7 AND state NOT IN (7, 10, 11)
    OR before_state < 5 AND state = 8                                     -- nothing is loaded that was not captured
UNION ALL
SELECT 'charge', c.id, c.step_count, c.state, s.state, c.made_at
  FROM gateway_charge AS c
  LEFT JOIN gateway_charge_step AS s ON s.charge_id = c.id AND s.number = c.step_count
 WHERE s.state IS DISTINCT FROM c.state
    OR c.step_count <> (SELECT count(*) FROM gateway_charge_step AS n WHERE n.charge_id = c.id)
    OR (c.state < 8 AND c.made_at < (SELECT max(at) FROM journal) - interval '24 hours')
UNION ALL
SELECT 'no charge', s.charge_id, s.number, s.state, NULL, s.at
  FROM gateway_charge_step AS s
 WHERE NOT EXISTS (SELECT FROM gateway_charge AS c WHERE c.id = s.charge_id)
