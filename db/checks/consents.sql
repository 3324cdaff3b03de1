-- What a member agreed to or took back is numbered by kind without gaps, in time.
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
