-- Members who were merged before the consent to keeping what they avoid (kind 4) went over with what it is about: what merging does
-- today is done for them now. Whose last word among those who are one is that they agree has agreed, with that text, at that time and
-- place; who took theirs back since has nothing kept of what they avoid, whichever of them they were when they did.

WITH word AS (
    SELECT DISTINCT ON (e.member_id) coalesce(a.merged_into, a.member_id) AS survivor_id, a.merged_into IS NULL AS own, e.*
      FROM consent_entry AS e
      JOIN member_account AS a ON a.member_id = e.member_id
     WHERE e.kind = 4 AND NOT a.erased
     ORDER BY e.member_id, e.number DESC
), brought AS (
    SELECT DISTINCT ON (survivor_id) *
      FROM word
     WHERE NOT own
     ORDER BY survivor_id, at DESC, member_id
)
INSERT INTO consent_entry (member_id, kind, number, given, text_version, shop_id, device_id, staff_id, at)
SELECT s.member_id, 4, coalesce(o.number, 0) + 1, true, b.text_version, b.shop_id, b.device_id, b.staff_id, b.at
  FROM member_account AS s
  JOIN brought AS b ON b.survivor_id = s.member_id AND b.given
  LEFT JOIN word AS o ON o.own AND o.member_id = s.member_id
 WHERE s.avoids IS NOT NULL AND (o.number IS NULL OR (NOT o.given AND o.at < b.at));

WITH taken_back AS (
    UPDATE member_account AS s
       SET avoids = NULL
     WHERE s.avoids IS NOT NULL
       AND NOT coalesce((SELECT e.given FROM consent_entry AS e WHERE e.member_id = s.member_id AND e.kind = 4 ORDER BY e.number DESC LIMIT 1),
                        (SELECT w.given
                           FROM member_account AS f
                           JOIN LATERAL (SELECT e.given, e.at
                                           FROM consent_entry AS e
                                          WHERE e.member_id = f.member_id AND e.kind = 4
                                          ORDER BY e.number DESC
                                          LIMIT 1) AS w ON true
                          WHERE f.merged_into = s.member_id
                          ORDER BY w.at DESC, f.member_id
                          LIMIT 1),
                        true)
    RETURNING s.member_id
)
UPDATE member AS m
   SET avoids_sealed = NULL
  FROM taken_back AS t
 WHERE m.id = t.member_id;

-- All payments by a member's stored cards, for their copy of everything: not only what is under way.
DROP INDEX gateway_charge_member;
CREATE INDEX gateway_charge_member ON gateway_charge (member_id, id);
