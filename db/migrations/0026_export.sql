-- Whom a member brought, for a copy of all that is kept of them.
CREATE INDEX referral_referrer ON referral (referrer_id);
