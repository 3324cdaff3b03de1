-- Each amount that a stored card paid for a gift card has exactly one charge that succeeded, of that card, member's shop and sum, and each such charge has its amount there, and each that was taken off again has that charge given back, or on its way, and no other is.
SELECT coalesce(p.id, c.payment_id) AS payment, c.id AS charge, c.state, p.means, p.amount_minor, c.amount_minor AS charge_minor
  FROM (SELECT id, kind, means, card_id, amount_minor, shop_id, device_id, staff_id, reference
          FROM gift_card_payment
         WHERE means = 4 AND kind <> 3) AS p
  FULL JOIN (SELECT id, state, payment_id, card_id, amount_minor, shop_id, device_id, staff_id, reference
               FROM gateway_charge
              WHERE state = 8 OR payment_id IS NOT NULL) AS c ON c.payment_id = p.id
 WHERE p.id IS NULL
    OR c.id IS NULL
    OR p.kind <> 2
    OR p.card_id <> c.card_id
    OR p.amount_minor <> c.amount_minor
    OR p.shop_id <> c.shop_id
    OR p.device_id <> c.device_id
    OR p.staff_id IS DISTINCT FROM c.staff_id
    OR p.reference IS DISTINCT FROM c.reference
UNION ALL
SELECT coalesce(u.id, c.undo_id), c.id, c.state, u.means, u.amount_minor, c.amount_minor
  FROM (SELECT id, means, card_id, amount_minor, reference, undoes FROM gift_card_payment WHERE means = 4 AND kind = 3) AS u
  FULL JOIN (SELECT id, state, payment_id, undo_id, card_id, amount_minor, reference FROM gateway_charge WHERE undo_id IS NOT NULL) AS c
    ON c.undo_id = u.id
 WHERE u.id IS NULL
    OR c.id IS NULL
    OR c.state NOT IN (7, 10)
    OR u.undoes IS DISTINCT FROM c.payment_id
    OR u.card_id <> c.card_id
    OR u.amount_minor <> -c.amount_minor
    OR u.reference IS DISTINCT FROM c.reference
