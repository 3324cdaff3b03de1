-- Of a card that was being added and came to nothing, and of all that were ever added by who is erased, what the gateway has goes too:
-- kind 3. Its id and made_at are the setup's, by which the gateway knows what was made for it, so nothing that is sealed is opened for it.
-- since: when the setup was over. What the gateway was asked before may be done a while later: it is looked at once more.
ALTER TABLE gateway_detach DROP CONSTRAINT gateway_detach_kind_check;
ALTER TABLE gateway_detach ADD CONSTRAINT gateway_detach_kind_check CHECK (kind BETWEEN 1 AND 3);
ALTER TABLE gateway_detach ADD COLUMN since timestamptz;
ALTER TABLE gateway_detach ADD CONSTRAINT gateway_detach_since_check CHECK ((kind = 3) = (since IS NOT NULL));

-- The whole of a member's, not only what is under way.
DROP INDEX payment_setup_member;
CREATE INDEX payment_setup_member ON payment_setup (member_id);

WITH left_there AS (
    SELECT s.id, s.made_at
      FROM payment_setup AS s
      JOIN member_account AS a ON a.member_id = s.member_id
     WHERE s.state = 4 OR (s.state = 3 AND a.erased)
)
INSERT INTO gateway_detach (id, kind, token, tries, made_at, next_at, since)
SELECT id, 3, '', 0, made_at, now(), made_at FROM left_there;
