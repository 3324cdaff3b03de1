-- A member is given a birthday's points at most once a calendar year, and the account names the last year of them, and of who was merged into it.
WITH given AS (
    SELECT e.member_id, extract(year FROM l.origin_day) AS year, count(*) AS times
      FROM points_entry AS e
      JOIN points_lot AS l ON l.id = e.lot_id
     WHERE e.kind IN (3, 14)
     GROUP BY 1, 2
), last_given AS (
    SELECT coalesce(a.merged_into, g.member_id) AS member_id, max(g.year) AS year, max(g.times) AS times
      FROM given AS g
      LEFT JOIN member_account AS a ON a.member_id = g.member_id
     GROUP BY 1
)
SELECT coalesce(a.member_id, g.member_id) AS member, a.birthday_year, g.year AS last_year, g.times AS most_times_a_year
  FROM member_account AS a
  FULL JOIN last_given AS g ON g.member_id = a.member_id
 WHERE a.birthday_year IS DISTINCT FROM coalesce(g.year, 0)
    OR g.times > 1
