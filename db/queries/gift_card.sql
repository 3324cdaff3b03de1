-- Gift cards: found by the keyed hash of their code, the ledger, what moves from a lost one to another. Sales take them in
-- counter_group.sql.

-- name: gift_card_issue_lock
-- Numbers are given out, and codes looked for, behind this lock, one after the other. (3 is the accounts'.)
SELECT pg_advisory_xact_lock(4, 0);

-- name: gift_card_next_number
SELECT coalesce(max(number), 0)::bigint + 1 AS number FROM gift_card;

-- name: gift_card_by_code
SELECT id, number, last_four, blocked, moved_to, expiry_day, balance_minor, entry_count
  FROM gift_card
 WHERE code_blind = $1;

-- name: gift_card_by_number
SELECT id, number, last_four, blocked, moved_to, expiry_day, balance_minor, entry_count
  FROM gift_card
 WHERE number = $1::bigint;

-- name: gift_card_heir
-- Of a card that was moved: the number of the one that has its money.
SELECT h.number
  FROM gift_card AS g
  JOIN gift_card AS h ON h.id = g.moved_to
 WHERE g.id = $1;

-- name: gift_card_list_page
-- One more than are shown.
SELECT id, number, last_four, blocked, moved_to, expiry_day, balance_minor, entry_count
  FROM gift_card
 WHERE number > $1::bigint
 ORDER BY number
 LIMIT 51;

-- name: gift_card_entries
-- The newest before a number, one more than are shown: of a sale or refund its receipt, of a payment how it was made and whether it
-- was given back, of a move the number of the other card.
SELECT e.number, e.kind, e.at, e.amount_minor, e.balance_minor, s.till_number, s.series, s.number AS receipt, p.means, p.reference,
       coalesce(p.reason, m.reason) AS reason, m.other_number, coalesce(s.shop_id, p.shop_id, m.shop_id) AS shop_id,
       coalesce(p.undone, false) AS undone
  FROM gift_card_entry AS e
  LEFT JOIN LATERAL (SELECT r.series, r.number, r.shop_id, (SELECT d.till_number FROM device AS d WHERE d.id = r.device_id) AS till_number
                       FROM sale AS r
                      WHERE r.id = e.origin_id
                     OFFSET 0) AS s ON true
  LEFT JOIN LATERAL (SELECT l.means, l.reference, l.reason, l.shop_id,
                            EXISTS (SELECT FROM gift_card_payment AS u WHERE u.undoes = l.id) AS undone
                       FROM gift_card_payment AS l
                      WHERE l.id = e.origin_id
                     OFFSET 0) AS p ON true
  LEFT JOIN LATERAL (SELECT v.reason, v.shop_id,
                            (SELECT g.number FROM gift_card AS g
                              WHERE g.id = CASE WHEN e.position = 0 THEN v.to_id ELSE v.from_id END) AS other_number
                       FROM gift_card_move AS v
                      WHERE v.id = e.origin_id
                     OFFSET 0) AS m ON true
 WHERE e.card_id = $1 AND e.number < $2::bigint
 ORDER BY e.number DESC
 LIMIT 51;

-- name: gift_card_lock
-- By its number.
SELECT id, number, last_four, blocked, moved_to, expiry_day, balance_minor, entry_count
  FROM gift_card
 WHERE number = $1::bigint
   FOR NO KEY UPDATE;

-- name: gift_card_move_lock
-- The card and those that were moved to it before, in the order of ids.
SELECT id, number, last_four, blocked, moved_to, expiry_day, balance_minor, entry_count
  FROM gift_card
 WHERE number = $1::bigint
    OR moved_to = (SELECT g.id FROM gift_card AS g WHERE g.number = $1::bigint)
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: gift_card_insert
INSERT INTO gift_card (id, number, code_blind, last_four, shop_id, blocked, expiry_day, balance_minor, entry_count, created_at,
                       updated_at)
VALUES ($1, $2::bigint, $3, $4, $5, false, $6, $7::bigint, $8, $9, $9);

-- name: gift_card_update
UPDATE gift_card
   SET blocked = $2, expiry_day = $3, balance_minor = $4::bigint, entry_count = $5, updated_at = $6
 WHERE id = $1;

-- name: gift_card_payment_insert
INSERT INTO gift_card_payment (id, card_id, shop_id, device_id, shift_id, staff_id, kind, means, amount_minor, reference, reason,
                               undoes, at)
VALUES ($1, $2, $3, $4, $5, $6, $7::bigint, $8::bigint, $9::bigint, $10, $11, $12, $13);

-- name: gift_card_entry_insert
INSERT INTO gift_card_entry (card_id, number, kind, origin_id, position, amount_minor, balance_minor, at)
VALUES ($1, $2, $3::bigint, $4, $5::bigint, $6::bigint, $7::bigint, $8);

-- name: gift_card_loading
-- What was paid for a card (by its number) in that entry of it, and where; whether it was given back, and whether the card has ever
-- paid.
SELECT p.id, p.kind, p.means, p.amount_minor, p.shop_id, p.at, EXISTS (SELECT FROM gift_card_payment AS u WHERE u.undoes = p.id) AS undone,
       EXISTS (SELECT FROM gift_card_entry AS s WHERE s.card_id = g.id AND s.kind = 3) AS used
  FROM gift_card AS g
  JOIN gift_card_entry AS e ON e.card_id = g.id AND e.number = $2::bigint
  JOIN gift_card_payment AS p ON p.id = e.origin_id
 WHERE g.number = $1::bigint;

-- name: gift_card_loaded_by
-- Who issued a card by that payment, if that is its code's hash: a top-up, and a card with a code of its own, have none that was made.
SELECT p.staff_id
  FROM gift_card_payment AS p
  JOIN gift_card AS g ON g.id = p.card_id
 WHERE p.id = $1 AND p.kind = 1 AND g.code_blind = $2;

-- name: gift_card_moved_by
-- Of the card that has a lost one's money: who moved it, if that is its code's hash.
SELECT m.staff_id
  FROM gift_card_move AS m
  JOIN gift_card AS g ON g.id = m.to_id
 WHERE m.to_id = $1 AND g.code_blind = $2;

-- name: gift_card_move_insert
INSERT INTO gift_card_move (id, from_id, to_id, shop_id, device_id, staff_id, amount_minor, reason, at)
VALUES ($1, $2, $3, $4, $5, $6, $7::bigint, $8, $9);

-- name: gift_card_moved
-- Whatever was moved to the one before is the new one's.
UPDATE gift_card
   SET moved_to = $2, updated_at = $3
 WHERE id = $1 OR moved_to = $1;
