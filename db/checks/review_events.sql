-- A review's events are numbered without gaps and in time, each changes its state, and the newest is how it stands.
SELECT coalesce(r.id, e.review_id) AS review, e.number, e.state, e.at, r.state AS stands, r.changed_at
  FROM review AS r
  FULL JOIN (SELECT v.*, row_number() OVER w AS place, lag(v.at) OVER w AS at_before, lag(v.state) OVER w AS state_before,
                    lead(v.number) OVER w AS following
               FROM review_event AS v
             WINDOW w AS (PARTITION BY v.review_id ORDER BY v.number)) AS e ON e.review_id = r.id
 WHERE r.id IS NULL
    OR e.review_id IS NULL
    OR e.number <> e.place
    OR e.at < e.at_before
    OR e.state = e.state_before
    OR (e.number = 1) <> (e.state = 1)
    OR (e.following IS NULL
        AND (e.state <> r.state OR e.reason <> r.reason OR e.at <> r.changed_at OR e.staff_id IS DISTINCT FROM r.changed_by))
    OR (e.number = 1 AND e.at <> r.created_at)
