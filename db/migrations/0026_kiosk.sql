-- Customers at a kiosk: what lets a member in, baskets that the counter calls up by a number, and what waits there to be admitted.

-- What a member signs in with at a kiosk. scheme: 1 Argon2id over the peppered PIN, as encoded by libsodium; 2 of the shop before this one:
-- pbkdf2_sha256$iterations$salt$base64, as Django has it, until it was right once. changed_at: when the member chose it; sessions of
-- before have ended. Wrong ones are counted in sign_in_failure, as the staff's, under 1 and the id, each in eight bytes.
CREATE TABLE member_secret (
    member_id  object_id   PRIMARY KEY REFERENCES member,
    scheme     smallint    NOT NULL CHECK (scheme IN (1, 2)),
    hash       text        NOT NULL CHECK (length(hash) BETWEEN 1 AND 300),
    changed_at timestamptz NOT NULL
);
CREATE INDEX member_secret_old ON member_secret (member_id) WHERE scheme = 2;

-- A code from the counter: signs a member in once. The row stays for a day, so that no code comes twice in it. Only its keyed hash is
-- known here.
CREATE TABLE member_code (
    hash           bytea       PRIMARY KEY CHECK (length(hash) = 32),
    member_id      object_id   NOT NULL REFERENCES member,
    shop_id        object_id   NOT NULL REFERENCES shop,
    device_id      object_id   NOT NULL REFERENCES device,
    staff_id       object_id   NOT NULL REFERENCES staff,
    made_at        timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL CHECK (expires_at > made_at),
    used_at        timestamptz CHECK (used_at BETWEEN made_at AND expires_at),
    used_device_id object_id   REFERENCES device,
    CHECK ((used_at IS NULL) = (used_device_id IS NULL))
);
CREATE UNIQUE INDEX member_code_open ON member_code (member_id) WHERE used_at IS NULL;
CREATE INDEX member_code_member ON member_code (member_id);
CREATE INDEX member_code_made ON member_code (made_at);

-- The last number that a kiosk of the shop gave out on its newest day: baskets and what waits to be admitted are called up by them.
CREATE TABLE kiosk_number (
    shop_id      object_id PRIMARY KEY REFERENCES shop,
    business_day date      NOT NULL,
    last         integer   NOT NULL CHECK (last BETWEEN 1 AND 9999)
);

-- Somebody who signed up (member_id null; id: who they will be), or a member's other phone or e-mail: until the counter admits it or the
-- night clears it away. Sealed under the key of who they will be, or are. consents: of kind n the bit n.
CREATE TABLE member_ticket (
    id              object_id   PRIMARY KEY,
    shop_id         object_id   NOT NULL REFERENCES shop,
    device_id       object_id   NOT NULL REFERENCES device,
    business_day    date        NOT NULL,
    number          integer     NOT NULL CHECK (number BETWEEN 1 AND 9999),
    member_id       bigint      REFERENCES member,
    made_at         timestamptz NOT NULL,
    name_sealed     bytea,
    phone_sealed    bytea,
    email_sealed    bytea,
    birthday_sealed bytea,
    avoids_sealed   bytea,
    language_sealed bytea,
    secret          text,                              -- of who signed up: scheme 1
    consents        integer     NOT NULL DEFAULT 0 CHECK (consents >= 0),
    UNIQUE (shop_id, business_day, number),
    CHECK ((member_id IS NULL) = (secret IS NOT NULL)),
    CHECK (member_id IS NULL OR phone_sealed IS NOT NULL OR email_sealed IS NOT NULL)
);
CREATE INDEX member_ticket_device ON member_ticket (device_id);
CREATE INDEX member_ticket_member ON member_ticket (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX member_ticket_made ON member_ticket (made_at);

-- What members see of themselves: whom they brought.
CREATE INDEX referral_referrer ON referral (referrer_id);

-- A basket is a person's, or a kiosk's, which has a number.
ALTER TABLE parked_basket ALTER COLUMN staff_id DROP NOT NULL;
ALTER TABLE parked_basket ADD COLUMN business_day date, ADD COLUMN number integer CHECK (number BETWEEN 1 AND 9999);
ALTER TABLE parked_basket ADD CONSTRAINT parked_basket_whose CHECK ((staff_id IS NULL) = (number IS NOT NULL));
ALTER TABLE parked_basket ADD CONSTRAINT parked_basket_day CHECK ((number IS NULL) = (business_day IS NULL));
CREATE UNIQUE INDEX parked_basket_number ON parked_basket (shop_id, business_day, number) WHERE number IS NOT NULL;
CREATE INDEX parked_basket_kiosk ON parked_basket (device_id) WHERE number IS NOT NULL;
CREATE INDEX parked_basket_left ON parked_basket (parked_at) WHERE number IS NOT NULL;

-- What members do at a kiosk nobody of the staff does: they agree, and are forgotten, by themselves.
ALTER TABLE consent_entry ALTER COLUMN staff_id DROP NOT NULL;
ALTER TABLE erasure DROP CONSTRAINT erasure_check;
ALTER TABLE erasure DROP CONSTRAINT erasure_check1;
ALTER TABLE erasure DROP CONSTRAINT erasure_check2;
ALTER TABLE erasure ADD CONSTRAINT erasure_where CHECK ((reason = 4) = (device_id IS NULL) AND (shop_id IS NULL) = (device_id IS NULL));
ALTER TABLE erasure ADD CONSTRAINT erasure_who CHECK (staff_id IS NULL OR device_id IS NOT NULL);
