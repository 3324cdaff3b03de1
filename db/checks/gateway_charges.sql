-- Each charge of a stored card has its states one after the other, the last is the one that it is in, and no charge is under way, nor what was undone on its way back, for longer than a day.
WITH steps AS (
    SELECT s.charge_id, s.number, s.state, s.at,
           lag(s.number) OVER w AS before_number, lag(s.state) OVER w AS before_state, lag(s.at) OVER w AS before_at
      FROM gateway_charge_step AS s
    WINDOW w AS (PARTITION BY s.charge_id ORDER BY s.number)
)
SELECT 'step' AS what, s.charge_id AS charge, s.number, s.state, s.before_state, s.at
  FROM steps AS s
  LEFT JOIN gateway_charge AS c ON c.id = s.charge_id
 WHERE s.number <> coalesce(s.before_number, 0) + 1
    OR (s.number = 1) <> (s.state = 1)
    OR s.at < s.before_at
    OR s.before_state = 8 AND s.state <> 8 AND (s.state <> 7 OR c.undo_id IS NULL)  -- what succeeded stays so, or was undone
    OR s.before_state = 10 AND s.state <> 10                                        -- what was refunded stays so
    OR s.before_state IN (9, 11) AND s.state NOT IN (s.before_state, 7)             -- what failed is refunded at most
    OR s.before_state = 7 AND s.state NOT IN (7, 10, 11)
    OR s.before_state < 5 AND s.state = 8                                           -- nothing is loaded that was not captured
UNION ALL
SELECT 'charge', c.id, c.step_count, c.state, s.state, c.made_at
  FROM gateway_charge AS c
  LEFT JOIN gateway_charge_step AS s ON s.charge_id = c.id AND s.number = c.step_count
  LEFT JOIN gift_card_payment AS u ON u.id = c.undo_id
 WHERE s.state IS DISTINCT FROM c.state
    OR c.step_count <> (SELECT count(*) FROM gateway_charge_step AS n WHERE n.charge_id = c.id)
    OR (c.state < 8 AND coalesce(u.at, c.made_at) < (SELECT max(at) FROM journal) - interval '24 hours')
    OR (c.undo_id IS NOT NULL AND NOT EXISTS (SELECT FROM gateway_charge_step AS n WHERE n.charge_id = c.id AND n.state = 8))
UNION ALL
SELECT 'no charge', s.charge_id, s.number, s.state, NULL, s.at
  FROM gateway_charge_step AS s
 WHERE NOT EXISTS (SELECT FROM gateway_charge AS c WHERE c.id = s.charge_id)
