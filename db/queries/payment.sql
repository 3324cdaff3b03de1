-- Stored payment methods, what is being added, charges, and what is to be gone at the gateway. Members' rows are locked by member_lock.

-- name: payment_held
-- Of a member: how many methods there are, how many are being added, and how many charges are under way. What was loaded and goes back asks
-- nothing of theirs any more.
SELECT (SELECT count(*) FROM payment_method WHERE member_id = $1) AS methods,
       (SELECT count(*) FROM payment_setup WHERE member_id = $1 AND state < 3) AS setups,
       (SELECT count(*) FROM gateway_charge WHERE member_id = $1 AND state < 8 AND undo_id IS NULL) AS charges;

-- name: payment_unsettled
-- Of a member and of who was merged into them, locked until the end of the transaction: the charges that are under way, and those that are over of which
-- it is still looked whether something turns up. What was loaded and goes back is none of them.
SELECT c.id, c.state, c.made_at
  FROM member_account AS a
  JOIN gateway_charge AS c ON c.member_id = a.member_id
 WHERE (a.member_id = $1 OR a.merged_into = $1) AND c.next_at IS NOT NULL AND c.undo_id IS NULL
 ORDER BY c.id
   FOR NO KEY UPDATE OF c;

-- name: payment_methods
-- The oldest first, as many as a list shows; of who was merged into another, theirs.
SELECT p.id, p.member_id, p.token_sealed, p.brand, p.last_four, p.expiry_month, p.expiry_year, p.added_at
  FROM member_account AS w
  JOIN payment_method AS p ON p.member_id = coalesce(w.merged_into, w.member_id)
 WHERE w.member_id = $1
 ORDER BY p.id
 LIMIT 50;

-- name: payment_method_find
SELECT id, member_id, token_sealed, brand, last_four, expiry_month, expiry_year, added_at
  FROM payment_method
 WHERE id = $1 AND member_id = $2;

-- name: payment_method_charges
-- How many charges by the method are under way.
SELECT count(*) AS charges FROM gateway_charge WHERE member_id = $1 AND method_id = $2 AND state < 8 AND undo_id IS NULL;

-- name: payment_method_remove
DELETE FROM payment_method WHERE id = $1;

-- name: payment_method_reseal
-- It goes over to whom its member is merged into.
UPDATE payment_method SET member_id = $2::bigint, token_sealed = $3 WHERE id = $1;

-- name: payment_method_remove_all
DELETE FROM payment_method WHERE member_id = $1;

-- name: payment_setups_lock
-- What a member is adding stays so until the end of the transaction: no method comes of it that is not among those read behind this.
SELECT id FROM payment_setup WHERE member_id = $1 AND state < 3 ORDER BY id FOR NO KEY UPDATE;

-- name: payment_setups_end
-- What a member was adding comes to nothing, and what the gateway made for it goes (kind 3).
WITH ended AS (
    UPDATE payment_setup
       SET state = 4, problem = $2, next_at = NULL, url = NULL, customer_sealed = NULL
     WHERE member_id = $1 AND state < 3
    RETURNING id, made_at
)
INSERT INTO gateway_detach (id, kind, token, tries, made_at, next_at, since)
SELECT id, 3, '', 0, made_at, $3, $3 FROM ended
    ON CONFLICT (id) DO NOTHING;

-- name: payment_setups_erase
-- And what it made for all that they added before, as themselves or as who was merged into them: behind payment_setups_end.
INSERT INTO gateway_detach (id, kind, token, tries, made_at, next_at, since)
SELECT s.id, 3, '', 0, s.made_at, $2, s.made_at
  FROM member_account AS a
  JOIN payment_setup AS s ON s.member_id = a.member_id
 WHERE (a.member_id = $1 OR a.merged_into = $1) AND s.state > 2
    ON CONFLICT (id) DO NOTHING;

-- name: payment_charges_end
-- The gateway is not asked any more what may turn up late of charges that are over, of who was merged into the member as well. What goes
-- back needs no token.
UPDATE gateway_charge AS c
   SET next_at = CASE WHEN c.state > 7 THEN NULL ELSE c.next_at END, token_sealed = NULL
  FROM member_account AS a
 WHERE (a.member_id = $1 OR a.merged_into = $1) AND c.member_id = a.member_id
   AND (c.state > 7 OR c.undo_id IS NOT NULL) AND c.token_sealed IS NOT NULL;

-- name: gateway_detach_write
INSERT INTO gateway_detach (id, kind, token, tries, made_at, next_at)
VALUES ($1, $2::bigint, $3, 0, $4, $4);

-- name: payment_setup_write
INSERT INTO payment_setup (id, member_id, shop_id, device_id, staff_id, state, customer_sealed, tries, attempt, made_at, next_at)
VALUES ($1, $2, $3, $4, $5, 1, $6, 0, 0, $7, $7);

-- name: payment_setup_show
-- Whose the method is now may be who they were merged into since.
SELECT s.id, s.member_id, s.state, s.url, s.problem, s.method_id, p.brand, p.last_four, p.expiry_month, p.expiry_year, p.added_at,
       p.member_id AS owner_id
  FROM payment_setup AS s
  LEFT JOIN payment_method AS p ON p.id = s.method_id
 WHERE s.id = $1;

-- name: gateway_charge_write
INSERT INTO gateway_charge (id, kind, shop_id, device_id, staff_id, member_id, method_id, card_id, amount_minor, currency, token_sealed,
                            state, answer, step_count, tries, attempt, made_at, next_at)
VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8::bigint, $9, $10, 1, 0, 1, 0, 0, $11, $11);

-- name: gateway_charge_step_write
INSERT INTO gateway_charge_step (charge_id, number, state, at)
VALUES ($1, $2::bigint, $3::bigint, $4);

-- name: gateway_charge_show
-- With its card as it is now, and of a loaded one the entry there.
SELECT c.id AS charge_id, c.member_id, c.state, c.amount_minor, c.reference, c.problem, c.payment_id, c.undo_id,
       g.id, g.number, g.last_four, g.blocked, g.moved_to, g.expiry_day, g.balance_minor, g.entry_count,
       e.number AS entry, e.balance_minor AS entry_balance_minor, e.at AS loaded_at, d.till_number
  FROM gateway_charge AS c
  JOIN gift_card AS g ON g.id = c.card_id
  JOIN device AS d ON d.id = c.device_id
  LEFT JOIN gift_card_entry AS e ON e.origin_id = c.payment_id AND e.position = 0
 WHERE c.id = $1;

-- ---- what the server does behind them: server/jobs/payments.c ----

-- name: payment_take_up_charges
-- What an earlier run of this server had in hand is to be looked at at once.
UPDATE gateway_charge SET next_at = $2, node = NULL WHERE node = $1::bigint AND next_at IS NOT NULL;

-- name: payment_take_up_setups
UPDATE payment_setup SET next_at = $2, node = NULL WHERE node = $1::bigint AND next_at IS NOT NULL;

-- name: gateway_charge_due
-- A few that are to be looked at, and nobody else's for a while: those that are under way before those that are over. It waits for
-- nobody who writes one of them: that is looked at the next time, and two who take several of them never wait for each other.
WITH due AS (
    SELECT id FROM gateway_charge WHERE next_at <= $1::timestamptz ORDER BY state > 7, next_at, id LIMIT 8 FOR NO KEY UPDATE SKIP LOCKED
), taken AS (
    UPDATE gateway_charge AS c
       SET next_at = $2::timestamptz, node = $3::bigint
      FROM due AS d
     WHERE c.id = d.id
    RETURNING c.id, c.shop_id, c.member_id, c.amount_minor, c.currency, c.token_sealed, c.state, c.answer,
              coalesce(c.reference, '') AS reference, c.step_count, c.tries, c.attempt, c.made_at, c.undo_id
)
SELECT id, shop_id, member_id, amount_minor, currency, token_sealed, state, answer, reference, step_count, tries, attempt, made_at,
       (SELECT u.at FROM gift_card_payment AS u WHERE u.id = undo_id) AS undone_at
  FROM taken
 ORDER BY id;

-- name: gateway_charge_note
-- A step, if nobody has gone on meanwhile, and if it may be looked at again: whose member was erased while the gateway was asked has no
-- token any more, and nothing behind it. What is null stays as it was.
WITH noted AS (
    UPDATE gateway_charge
       SET state = $3::bigint, answer = $4::bigint, step_count = step_count + 1, tries = $5::bigint, next_at = $6,
           reference = coalesce($7, reference), problem = coalesce($8, problem), attempt = attempt + $9::bigint,
           node = $11::bigint
     WHERE id = $1 AND step_count = $2::bigint AND ($6::timestamptz IS NULL OR token_sealed IS NOT NULL OR undo_id IS NOT NULL)
    RETURNING step_count
)
INSERT INTO gateway_charge_step (charge_id, number, state, at)
SELECT $1, n.step_count, $3::bigint, $10 FROM noted AS n
RETURNING number;

-- name: gateway_charge_answer
-- What came of what was asked, and when to look again ($5 null: never); nothing, likewise, of whose member was erased meanwhile.
UPDATE gateway_charge
   SET answer = $3::bigint, tries = $4::bigint, next_at = $5::timestamptz, problem = coalesce($6, problem), attempt = attempt + $7::bigint,
       token_sealed = CASE WHEN $5::timestamptz IS NULL THEN NULL ELSE token_sealed END, node = NULL
 WHERE id = $1 AND step_count = $2::bigint AND ($5::timestamptz IS NULL OR token_sealed IS NOT NULL OR undo_id IS NOT NULL)
RETURNING id;

-- name: gateway_charge_device
-- The till that asked for it, locked as all that goes into its shift locks it.
SELECT id FROM device WHERE id = (SELECT c.device_id FROM gateway_charge AS c WHERE c.id = $1) FOR NO KEY UPDATE;

-- name: gateway_charge_lock
-- For whoever books what it is for.
SELECT c.id, c.device_id, c.staff_id, c.shop_id, c.member_id, c.card_id, c.amount_minor, c.state, c.reference, c.step_count,
       (SELECT g.number FROM gift_card AS g WHERE g.id = c.card_id) AS number
  FROM gateway_charge AS c
 WHERE c.id = $1
   FOR NO KEY UPDATE OF c;

-- name: gateway_charge_booked
-- What was paid is on the card; it is looked at once more, later.
UPDATE gateway_charge
   SET state = 8, payment_id = $2::bigint, step_count = step_count + 1, tries = 0, next_at = $3, node = NULL
 WHERE id = $1;

-- name: gateway_charge_unbooked
-- The card cannot take it: it is given back.
UPDATE gateway_charge
   SET state = 7, problem = $2, step_count = step_count + 1, tries = 0, next_at = $3, node = NULL
 WHERE id = $1;

-- name: gateway_charge_of_entry
-- That paid what is in that entry of a gift card (by its number), for who takes it off again; locked before the card, as by who books it.
SELECT c.id, c.state, c.reference, c.step_count
  FROM gateway_charge AS c
 WHERE c.payment_id = (SELECT e.origin_id
                         FROM gift_card AS g
                         JOIN gift_card_entry AS e ON e.card_id = g.id AND e.number = $2::bigint
                        WHERE g.number = $1::bigint)
   FOR NO KEY UPDATE OF c;

-- name: gateway_charge_undone
-- It is off the card again: it is given back.
UPDATE gateway_charge
   SET state = 7, answer = 0, undo_id = $2::bigint, step_count = step_count + 1, tries = 0, next_at = $3, node = NULL
 WHERE id = $1;

-- name: payment_setup_due
WITH due AS (
    SELECT id FROM payment_setup WHERE next_at <= $1::timestamptz ORDER BY next_at, id LIMIT 8 FOR NO KEY UPDATE SKIP LOCKED
), taken AS (
    UPDATE payment_setup AS s
       SET next_at = $2::timestamptz, node = $3::bigint
      FROM due AS d
     WHERE s.id = d.id
    RETURNING s.id, s.member_id, s.state, s.customer_sealed, s.page, s.tries, s.attempt, s.made_at
)
SELECT id, member_id, state, customer_sealed, page, tries, attempt, made_at FROM taken ORDER BY id;

-- name: payment_setup_opened
UPDATE payment_setup
   SET state = 2, customer_sealed = $2, page = $3, url = $4, tries = 0, next_at = $5, node = NULL
 WHERE id = $1 AND state = 1
RETURNING id;

-- name: payment_setup_wait
-- Nothing came of it yet.
UPDATE payment_setup
   SET customer_sealed = coalesce($2, customer_sealed), tries = $3::bigint, next_at = $4, attempt = attempt + $5::bigint, node = NULL
 WHERE id = $1 AND state < 3
RETURNING id;

-- name: payment_setup_failed
-- And what the gateway made for it goes.
WITH ended AS (
    UPDATE payment_setup
       SET state = 4, problem = $2, next_at = NULL, url = NULL, customer_sealed = NULL
     WHERE id = $1 AND state < 3
    RETURNING id, made_at
)
INSERT INTO gateway_detach (id, kind, token, tries, made_at, next_at, since)
SELECT id, 3, '', 0, made_at, $3, $3 FROM ended
    ON CONFLICT (id) DO NOTHING;

-- name: payment_setup_done
-- The method is the member's who asked for it, and who was not merged into another since: that ends what was being added.
WITH done AS (
    UPDATE payment_setup
       SET state = 3, method_id = $2::bigint, next_at = NULL, url = NULL, customer_sealed = NULL
     WHERE id = $1 AND state = 2
    RETURNING member_id
)
INSERT INTO payment_method (id, member_id, token_sealed, brand, last_four, expiry_month, expiry_year, added_at)
SELECT $2::bigint, d.member_id, $3, $4, $5, $6::bigint, $7::bigint, $8 FROM done AS d
RETURNING id;

-- name: gateway_detach_due
WITH due AS (
    SELECT id FROM gateway_detach WHERE next_at <= $1::timestamptz ORDER BY next_at, id LIMIT 8 FOR NO KEY UPDATE SKIP LOCKED
), taken AS (
    UPDATE gateway_detach AS x
       SET next_at = $2::timestamptz
      FROM due AS d
     WHERE x.id = d.id
    RETURNING x.id, x.kind, x.token, x.tries, x.made_at, x.since
)
SELECT id, kind, token, tries, made_at, since FROM taken ORDER BY id;

-- name: gateway_detach_done
DELETE FROM gateway_detach WHERE id = $1;

-- name: gateway_detach_now
-- Something was made there for a setup that is over.
UPDATE gateway_detach SET next_at = $2 WHERE id = $1 AND next_at > $2;

-- name: gateway_detach_wait
UPDATE gateway_detach SET tries = $2::bigint, next_at = $3 WHERE id = $1;
