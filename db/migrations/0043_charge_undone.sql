-- What a stored card paid for a gift card may be taken off it again: the charge stays the one that paid, and goes on from succeeded (8) to
-- refunding (7), as long as it takes, and refunded (10). Its token may be gone by then: it is given back by the gateway's own id of it.
ALTER TABLE gateway_charge ADD COLUMN undo_id object_id UNIQUE REFERENCES gift_card_payment;  -- that took it off the gift card again

ALTER TABLE gateway_charge DROP CONSTRAINT gateway_charge_check;
ALTER TABLE gateway_charge DROP CONSTRAINT gateway_charge_check1;
ALTER TABLE gateway_charge DROP CONSTRAINT gateway_charge_check2;
ALTER TABLE gateway_charge DROP CONSTRAINT gateway_charge_check3;
ALTER TABLE gateway_charge ADD CONSTRAINT gateway_charge_payment_check
    CHECK ((state = 8 OR undo_id IS NOT NULL) = (payment_id IS NOT NULL));
ALTER TABLE gateway_charge ADD CONSTRAINT gateway_charge_undo_check CHECK (undo_id IS NULL OR state IN (7, 10));
ALTER TABLE gateway_charge ADD CONSTRAINT gateway_charge_captured_check CHECK (state < 5 OR state IN (9, 11) OR reference IS NOT NULL);
ALTER TABLE gateway_charge ADD CONSTRAINT gateway_charge_next_check CHECK (state > 7 OR next_at IS NOT NULL);
ALTER TABLE gateway_charge ADD CONSTRAINT gateway_charge_token_check
    CHECK (next_at IS NULL OR token_sealed IS NOT NULL OR undo_id IS NOT NULL);
