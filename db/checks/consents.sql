-- What a member agreed to or took back is numbered by kind without gaps, in time, nobody avoids anything who took it back that this is kept, and who became one with somebody whose last word is that they agree has agreed (kind 4 without a number: ask that member anew).
SELECT c.member_id AS member, c.kind, c.number, c.at, c.given
  FROM (SELECT e.*, row_number() OVER w AS place, lag(e.at) OVER w AS at_before, lag(e.given) OVER w AS given_before,
               lag(e.text_version) OVER w AS version_before
          FROM consent_entry AS e
        WINDOW w AS (PARTITION BY e.member_id, e.kind ORDER BY e.number)) AS c
 WHERE c.number <> c.place
    OR c.at < c.at_before
    OR (c.place = 1 AND NOT c.given)
    OR (NOT c.given AND (NOT c.given_before OR c.text_version <> c.version_before))
    OR (c.given AND c.given_before AND c.text_version <= c.version_before)
UNION ALL
SELECT a.member_id, 4, NULL, NULL, o.given
  FROM member_account AS a
  LEFT JOIN LATERAL (SELECT e.given
                       FROM consent_entry AS e
                      WHERE e.member_id = a.member_id AND e.kind = 4
                      ORDER BY e.number DESC
                      LIMIT 1) AS o ON true
 WHERE a.avoids IS NOT NULL
   AND NOT coalesce(o.given, (SELECT NOT w.given
                                FROM member_account AS f
                                JOIN LATERAL (SELECT e.given, e.at
                                                FROM consent_entry AS e
                                               WHERE e.member_id = f.member_id AND e.kind = 4
                                               ORDER BY e.number DESC
                                               LIMIT 1) AS w ON true
                               WHERE f.merged_into = a.member_id
                               ORDER BY w.at DESC, f.member_id
                               LIMIT 1), true)
