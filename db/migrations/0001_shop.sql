-- The shop from its first day: chain, catalogue, people, devices, sales, ledgers, journal.
--
-- Money is bigint minor units, quantities bigint thousandths, points bigint, rates integer millionths, times timestamptz.
-- Ids are below 2^53 and made by the server. Three kinds of tables:
--   entries   (sale, sale_line, sale_tax, tender, *_entry, journal ...): the server's role may SELECT and INSERT only;
--   balances  (stock, points_lot, member_account, drawer, refunded, device_head ...): made with their entry, locked
--             and updated, equal to the sum of their entries at every COMMIT (db/checks/ says so). A tenth of each
--             page is left free: the new version of a row stays on its page, and no index hears of it;
--   versions  (*_version): the history of the catalogue; a row holds from its from_version on until the next.
-- db/access.sql grants what each role may do.
--
-- What a sale writes has no foreign keys but those of refunds: a reference could only be wrong by being written wrong, for
-- nobody may delete what it points to, and 16 look-ups a sale are a third of its cost. db/checks/ (sale_names, sale_parts,
-- stock_on_hand, points_lots, points_account, drawer_entries, shift_tills) looks for such a reference instead.

CREATE DOMAIN minor    AS bigint CHECK (VALUE BETWEEN -1000000000000000 AND 1000000000000000);
CREATE DOMAIN milli    AS bigint CHECK (VALUE BETWEEN -1000000000000 AND 1000000000000);
CREATE DOMAIN object_id AS bigint CHECK (VALUE > 0 AND VALUE < 9007199254740992);

-- The server's ids: 12 bits of node and 41 from a block that a process reserves here.
CREATE TABLE id_block (
    node       integer PRIMARY KEY CHECK (node BETWEEN 0 AND 4095),
    next_value bigint  NOT NULL CHECK (next_value BETWEEN 1 AND 2199023255552)
);

CREATE TABLE shop (
    id         object_id   PRIMARY KEY,
    created_at timestamptz NOT NULL
);

-- Every version there was. A basket is priced with the one it began with for a while after its shop's next was made.
CREATE TABLE catalogue_version (
    version bigint      PRIMARY KEY CHECK (version >= 1),
    shop_id bigint      NOT NULL,   -- whose catalogue it changed; 0: every shop's
    made_at timestamptz NOT NULL
);

-- One row a shop: the newest version that touches it. A change locks all rows in order, takes the greatest + 1, and
-- writes it to the shops it touches, in its own transaction: versions commit in order and compare across shops.
CREATE TABLE catalogue_head (
    shop_id object_id PRIMARY KEY REFERENCES shop,
    version bigint    NOT NULL REFERENCES catalogue_version
);

CREATE TABLE shop_version (
    shop_id            object_id NOT NULL REFERENCES shop,
    from_version       bigint    NOT NULL,
    name               text      NOT NULL,
    address            text      NOT NULL,
    tax_number         text      NOT NULL,
    receipt_head       text      NOT NULL,
    receipt_foot       text      NOT NULL,
    currency           text      NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    currency_exponent  integer   NOT NULL CHECK (currency_exponent BETWEEN 0 AND 4),
    zone               text      NOT NULL,
    prices_include_tax boolean   NOT NULL,
    day_cutoff_minutes integer   NOT NULL CHECK (day_cutoff_minutes BETWEEN 0 AND 1439),
    PRIMARY KEY (shop_id, from_version)
);

CREATE TABLE category (
    id object_id PRIMARY KEY
);
CREATE TABLE category_version (
    category_id  object_id NOT NULL REFERENCES category,
    from_version bigint    NOT NULL,
    name         text      NOT NULL,
    position     integer   NOT NULL,
    PRIMARY KEY (category_id, from_version)
);

CREATE TABLE tax_class (
    id object_id PRIMARY KEY
);
CREATE TABLE tax_class_version (
    tax_class_id    object_id NOT NULL REFERENCES tax_class,
    from_version    bigint    NOT NULL,
    name            text      NOT NULL,
    switch_at_count integer   NOT NULL DEFAULT 0 CHECK (switch_at_count >= 0),
    switch_to_id    object_id REFERENCES tax_class,
    PRIMARY KEY (tax_class_id, from_version)
);
-- All rates of a class are written anew with each version of the class.
CREATE TABLE tax_rate_version (
    tax_class_id object_id NOT NULL,
    from_version bigint    NOT NULL,
    service      smallint  NOT NULL CHECK (service IN (0, 1)),
    hot          boolean   NOT NULL,
    code         text      NOT NULL CHECK (length(code) BETWEEN 1 AND 12),
    rate_ppm     integer   NOT NULL CHECK (rate_ppm BETWEEN 0 AND 1000000),
    PRIMARY KEY (tax_class_id, from_version, service, hot, code),
    FOREIGN KEY (tax_class_id, from_version) REFERENCES tax_class_version
);

-- A product, and the keys it is found by now: rewritten in place, guarded by their own uniqueness.
CREATE TABLE product (
    id  object_id PRIMARY KEY,
    sku text      UNIQUE CHECK (length(sku) BETWEEN 1 AND 40),
    plu integer   UNIQUE CHECK (plu BETWEEN 1 AND 999999)
);
CREATE TABLE product_barcode (
    barcode    text      PRIMARY KEY CHECK (length(barcode) BETWEEN 1 AND 40),
    product_id object_id NOT NULL REFERENCES product
);
CREATE INDEX product_barcode_product ON product_barcode (product_id);

CREATE TABLE product_version (
    product_id    object_id NOT NULL REFERENCES product,
    from_version  bigint    NOT NULL,
    name          text      NOT NULL,
    sku           text,
    plu           integer,
    barcodes      text[]    NOT NULL,
    category_id   object_id REFERENCES category,
    unit          smallint  NOT NULL CHECK (unit BETWEEN 0 AND 2),
    tax_class_id  object_id NOT NULL REFERENCES tax_class,
    contains      integer   NOT NULL CHECK (contains BETWEEN 0 AND 32767),     -- bit n: allergen n (1 to 14)
    may_contain   integer   NOT NULL CHECK (may_contain BETWEEN 0 AND 32767),
    allergen_note text      NOT NULL,
    active        boolean   NOT NULL,
    stock_policy  smallint  NOT NULL CHECK (stock_policy BETWEEN 0 AND 2),
    PRIMARY KEY (product_id, from_version)
);
-- shop_id 0 is the chain's price; a shop's own overrides it.
CREATE TABLE price_version (
    shop_id      bigint    NOT NULL CHECK (shop_id >= 0),
    product_id   object_id NOT NULL REFERENCES product,
    from_version bigint    NOT NULL,
    price_minor  minor     NOT NULL CHECK (price_minor >= 0),
    PRIMARY KEY (shop_id, product_id, from_version)
);
CREATE TABLE sold_out_version (
    shop_id      object_id NOT NULL REFERENCES shop,
    product_id   object_id NOT NULL REFERENCES product,
    from_version bigint    NOT NULL,
    sold_out     boolean   NOT NULL,
    PRIMARY KEY (shop_id, product_id, from_version)
);

CREATE TABLE programme_version (
    programme_id       object_id NOT NULL,
    from_version       bigint    NOT NULL,
    name               text      NOT NULL,
    sign_up_points     bigint    NOT NULL CHECK (sign_up_points >= 0),
    birthday_points    bigint    NOT NULL CHECK (birthday_points >= 0),
    points_per_unit    bigint    NOT NULL CHECK (points_per_unit >= 0),
    lot_days           integer   NOT NULL CHECK (lot_days BETWEEN 1 AND 36500),
    reward_cost        bigint    NOT NULL CHECK (reward_cost > 0),
    reward_category_id object_id REFERENCES category,
    reward_name        text      NOT NULL,
    PRIMARY KEY (programme_id, from_version)
);

CREATE TABLE role (
    id object_id PRIMARY KEY
);
CREATE TABLE role_version (
    role_id      object_id NOT NULL REFERENCES role,
    from_version bigint    NOT NULL,
    name         text      NOT NULL,
    permissions  text[]    NOT NULL,
    PRIMARY KEY (role_id, from_version)
);

-- What came after a version: how a server that holds one learns the rest.
CREATE INDEX shop_version_new      ON shop_version (from_version);
CREATE INDEX category_version_new  ON category_version (from_version);
CREATE INDEX tax_class_version_new ON tax_class_version (from_version);
CREATE INDEX product_version_new   ON product_version (from_version);
CREATE INDEX price_version_new     ON price_version (from_version);
CREATE INDEX sold_out_version_new  ON sold_out_version (from_version);
CREATE INDEX programme_version_new ON programme_version (from_version);
CREATE INDEX role_version_new      ON role_version (from_version);

-- People. Every personal field is ciphertext under the person's own key, which lives outside this database; *_blind
-- columns are keyed hashes. `person` numbers staff and members alike, for the key store.
CREATE TABLE staff (
    id          object_id   PRIMARY KEY,
    shop_id     object_id   NOT NULL REFERENCES shop,
    role_id     object_id   NOT NULL REFERENCES role,
    name_sealed bytea       NOT NULL,
    name_blind  bytea       NOT NULL CHECK (length(name_blind) = 16),
    badge_blind bytea       CHECK (length(badge_blind) = 16),
    pin_hash    text        NOT NULL,
    pin_once    boolean     NOT NULL DEFAULT false,     -- given out by --init: it allows nothing but choosing another
    active      boolean     NOT NULL,
    locked      boolean     NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL,
    UNIQUE (shop_id, name_blind),
    UNIQUE (shop_id, badge_blind)
);

CREATE TABLE device (
    id                 object_id   PRIMARY KEY,
    shop_id            object_id   NOT NULL REFERENCES shop,
    kind               smallint    NOT NULL CHECK (kind BETWEEN 1 AND 4),
    name               text        NOT NULL,
    till_number        integer     CHECK (till_number BETWEEN 1 AND 9999),
    key_hash           bytea       NOT NULL UNIQUE CHECK (length(key_hash) = 32),  -- SHA-256 of the public key (SPKI)
    certificate_expiry timestamptz NOT NULL,
    -- Renewed: the new key, which takes the old one's place when the device first shows it; until then both are good.
    renewed_key_hash   bytea       UNIQUE CHECK (length(renewed_key_hash) = 32),
    renewed_expiry     timestamptz,
    revoked_at         timestamptz,
    created_at         timestamptz NOT NULL,
    seen_at            timestamptz,
    UNIQUE (shop_id, till_number)
);

CREATE TABLE device_invite (
    id          object_id   PRIMARY KEY,
    shop_id     object_id   NOT NULL REFERENCES shop,
    kind        smallint    NOT NULL CHECK (kind BETWEEN 1 AND 4),
    name        text        NOT NULL,
    till_number integer     CHECK (till_number BETWEEN 1 AND 9999),
    selector    integer     NOT NULL CHECK (selector BETWEEN 0 AND 65535),         -- the secret's first 16 bits: which
                                                                                   -- code a wrong try was meant for
    secret_hash bytea       NOT NULL UNIQUE CHECK (length(secret_hash) = 32),      -- keyed hash of the 40-bit secret
    tries       integer     NOT NULL DEFAULT 0,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    device_id   object_id   REFERENCES device,
    command_id  bytea       UNIQUE,                        -- of the invitation: sent again, it gets a new code
    created_at  timestamptz NOT NULL
);
CREATE INDEX device_invite_selector ON device_invite (selector);
CREATE UNIQUE INDEX device_invite_till ON device_invite (shop_id, till_number) WHERE used_at IS NULL;

-- The head of each strand of a device: kind T (receipts given a number by the server) or L (everything else it did).
-- device 0 is no device: the servers' own jobs have a strand under the id of their node + 1.
CREATE TABLE device_head (
    device_id bigint      NOT NULL CHECK (device_id > 0),
    kind      "char"      NOT NULL CHECK (kind IN ('T', 'L')),
    number    bigint      NOT NULL CHECK (number >= 0),
    hash      bytea       NOT NULL CHECK (length(hash) = 32),
    at        timestamptz NOT NULL,
    PRIMARY KEY (device_id, kind)
) WITH (fillfactor = 90);

CREATE TABLE session (
    token_hash bytea       PRIMARY KEY CHECK (length(token_hash) = 32),
    device_id  object_id   NOT NULL REFERENCES device,
    staff_id   object_id   NOT NULL REFERENCES staff,
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    locked     boolean     NOT NULL DEFAULT false,
    closed_at  timestamptz
);
CREATE INDEX session_open ON session (staff_id) WHERE closed_at IS NULL;

-- Wrong PINs: of one person on one device (5, then locked for 5 minutes, doubling to an hour), and over all (100 a day).
-- Nobody's are counted as well, so that a lock does not tell who works here.
CREATE TABLE sign_in_failure (
    shop_id      object_id   NOT NULL REFERENCES shop,
    person       bytea       NOT NULL CHECK (length(person) = 16), -- eight zeros and the id; of nobody: the blind index
                                                                   -- of the name or badge that was tried
    device_id    bigint      NOT NULL,                             -- 0: over all devices
    failures     integer     NOT NULL,
    lock_count   integer     NOT NULL,
    locked_until timestamptz NOT NULL,
    since        timestamptz NOT NULL,
    PRIMARY KEY (shop_id, person, device_id)
);
CREATE INDEX sign_in_failure_since ON sign_in_failure (since);

CREATE TABLE member (
    id              object_id   PRIMARY KEY,
    shop_id         object_id   NOT NULL REFERENCES shop,   -- where they joined
    name_sealed     bytea,
    phone_sealed    bytea,
    email_sealed    bytea,
    birthday_sealed bytea,
    card_sealed     bytea,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL
);
-- kind: 1 phone, 2 e-mail, 3 card (one member each), 4 prefix of a word of the name.
CREATE TABLE member_blind (
    kind      smallint  NOT NULL CHECK (kind BETWEEN 1 AND 4),
    blind     bytea     NOT NULL CHECK (length(blind) = 16),
    member_id object_id NOT NULL REFERENCES member,
    PRIMARY KEY (kind, blind, member_id)
);
CREATE UNIQUE INDEX member_blind_one ON member_blind (kind, blind) WHERE kind < 4;
CREATE INDEX member_blind_member ON member_blind (member_id);

CREATE TABLE member_account (
    member_id      object_id PRIMARY KEY REFERENCES member,
    points         bigint    NOT NULL,
    birthday_blind bytea     CHECK (length(birthday_blind) = 16),  -- keyed hash of person and month-day
    birthday_year  integer   NOT NULL DEFAULT 0                     -- in which it was last given
) WITH (fillfactor = 90);

-- What has not been spent of one origin day. A debt is a lot with negative remaining.
CREATE TABLE points_lot (
    id         object_id PRIMARY KEY,
    member_id  object_id NOT NULL,
    origin_day date      NOT NULL,
    expiry_day date      NOT NULL,       -- the last day on which it can be spent
    remaining  bigint    NOT NULL,
    UNIQUE (member_id, origin_day)
) WITH (fillfactor = 90);
-- kind: 1 sign-up, 2 earned, 3 birthday, 4 spent, 5 given back by a refund, 6 taken back by a refund, 7 expired, 8 adjusted.
CREATE TABLE points_entry (
    origin_id object_id   NOT NULL,      -- the sale, the member (sign-up) or the adjustment it comes from
    lot_id    object_id   NOT NULL,
    kind      smallint    NOT NULL CHECK (kind BETWEEN 1 AND 8),
    member_id object_id   NOT NULL,
    points    bigint      NOT NULL CHECK (points <> 0),
    staff_id  object_id,
    at        timestamptz NOT NULL,
    PRIMARY KEY (origin_id, lot_id, kind)
);

CREATE TABLE shift (
    id          object_id   PRIMARY KEY,
    shop_id     object_id   NOT NULL REFERENCES shop,
    device_id   object_id   NOT NULL REFERENCES device,
    number      integer     NOT NULL CHECK (number >= 1),
    opened_at   timestamptz NOT NULL,
    opened_by   object_id   NOT NULL REFERENCES staff,
    float_minor minor       NOT NULL CHECK (float_minor >= 0),
    UNIQUE (device_id, number)
);
-- The drawer of a till: which shift is open, and what should be in it.
CREATE TABLE drawer (
    device_id  object_id PRIMARY KEY REFERENCES device,
    shift_id   object_id REFERENCES shift,      -- null: closed
    number     integer   NOT NULL DEFAULT 0,    -- of the newest shift
    cash_minor minor     NOT NULL DEFAULT 0,
    sale_count bigint    NOT NULL DEFAULT 0     -- in the shift, refunds too
) WITH (fillfactor = 90);
-- kind: 1 float, 2 cash of a sale (what stayed), 3 cash of a refund.
CREATE TABLE drawer_entry (
    origin_id    object_id   NOT NULL,          -- the sale, or the shift (float)
    kind         smallint    NOT NULL CHECK (kind BETWEEN 1 AND 3),
    shift_id     object_id   NOT NULL,
    amount_minor minor       NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (origin_id, kind)
);

CREATE TABLE sale (
    id                object_id   PRIMARY KEY,
    shop_id           object_id   NOT NULL,
    device_id         object_id   NOT NULL,
    series            "char"      NOT NULL CHECK (series IN ('T', 'X')),
    number            bigint      NOT NULL CHECK (number >= 1),
    kind              smallint    NOT NULL CHECK (kind IN (1, 2)),    -- 1 sale, 2 refund
    refund_of         object_id   REFERENCES sale,
    shift_id          object_id   NOT NULL,                           -- open when it was committed
    made_shift_id     object_id,                                      -- in which it was made, where the till says another
    staff_id          object_id   NOT NULL,
    member_id         object_id,
    command_id        bytea       NOT NULL UNIQUE CHECK (length(command_id) = 16),
    service           smallint    NOT NULL CHECK (service IN (0, 1)),
    catalogue_version bigint      NOT NULL,
    total_minor       minor       NOT NULL,                           -- what was to pay; negative for a refund
    tax_minor         minor       NOT NULL,
    points_earned     bigint      NOT NULL,
    points_spent      bigint      NOT NULL,
    points_gifted     bigint      NOT NULL,
    points_after      bigint      NOT NULL,                           -- what the member could spend then
    reason            text,                                           -- of a refund
    business_day      date        NOT NULL,
    made_at           timestamptz NOT NULL,                           -- the till's claim
    at                timestamptz NOT NULL,
    UNIQUE (device_id, series, number),
    CHECK ((kind = 2) = (refund_of IS NOT NULL))
);
CREATE INDEX sale_refund_of ON sale (refund_of) WHERE refund_of IS NOT NULL;

CREATE TABLE sale_line (
    sale_id          object_id NOT NULL,
    line             smallint  NOT NULL CHECK (line >= 0),
    product_id       object_id NOT NULL,
    quantity_milli   milli     NOT NULL,
    unit_price_minor minor     NOT NULL,
    gross_minor      minor     NOT NULL,
    discount_minor   minor     NOT NULL,
    total_minor      minor     NOT NULL CHECK (total_minor = gross_minor - discount_minor),
    tax_minor        minor     NOT NULL,     -- its part of the sale's taxes
    flags            smallint  NOT NULL,     -- 1 hot, 2 voided, 4 reward taken, 8 sold below zero, 16 moved the stock
    refund_line      smallint,               -- of a refund: the original's line
    void_reason      text,
    PRIMARY KEY (sale_id, line)
);

CREATE TABLE sale_tax (
    sale_id   object_id NOT NULL,
    position  smallint  NOT NULL CHECK (position >= 0),   -- on the receipt
    code      text      NOT NULL,
    rate_ppm  integer   NOT NULL,
    net_minor minor     NOT NULL,
    tax_minor minor     NOT NULL,
    PRIMARY KEY (sale_id, position)
);

CREATE TABLE tender (
    sale_id      object_id NOT NULL,
    position     smallint  NOT NULL CHECK (position >= 0),
    kind         smallint  NOT NULL CHECK (kind IN (1, 2)),
    amount_minor minor     NOT NULL,       -- handed over
    change_minor minor     NOT NULL CHECK (change_minor >= 0),
    reference    text,
    PRIMARY KEY (sale_id, position)
);

-- How much of a line has come back: made by the first refund of it.
CREATE TABLE refunded (
    sale_id        object_id NOT NULL,
    line           smallint  NOT NULL,
    quantity_milli milli     NOT NULL CHECK (quantity_milli > 0),
    total_minor    minor     NOT NULL CHECK (total_minor >= 0),
    PRIMARY KEY (sale_id, line),
    FOREIGN KEY (sale_id, line) REFERENCES sale_line
);

-- kind: 1 oversold (a card was charged), 2 made in another shift.
CREATE TABLE sale_exception (
    sale_id object_id NOT NULL REFERENCES sale,
    kind    smallint  NOT NULL CHECK (kind IN (1, 2)),
    line    smallint  NOT NULL DEFAULT -1,
    PRIMARY KEY (sale_id, kind, line)
);

CREATE TABLE stock (
    shop_id       object_id NOT NULL REFERENCES shop,
    product_id    object_id NOT NULL REFERENCES product,
    on_hand_milli milli     NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, product_id)
) WITH (fillfactor = 90);
-- kind: 1 sold, 2 refunded, 3 received, 4 counted away.
CREATE TABLE stock_entry (
    origin_id      object_id   NOT NULL,     -- the sale or the delivery
    line           smallint    NOT NULL,
    kind           smallint    NOT NULL CHECK (kind BETWEEN 1 AND 4),
    shop_id        object_id   NOT NULL,
    product_id     object_id   NOT NULL,
    quantity_milli milli       NOT NULL CHECK (quantity_milli <> 0),
    at             timestamptz NOT NULL,
    PRIMARY KEY (origin_id, line)
);

-- Every command's answer, refusals included, kept for 90 days. Not partitioned by day: a look-up by (device, command)
-- would probe every day's index; the purge deletes by the time-ordered BRIN index instead.
CREATE TABLE command (
    device_id  bigint      NOT NULL,
    command_id bytea       NOT NULL CHECK (length(command_id) = 16),
    op         smallint    NOT NULL,
    body_hash  bytea       NOT NULL CHECK (length(body_hash) = 32),
    reply      bytea       NOT NULL,         -- the Reply message, its id 0
    at         timestamptz NOT NULL,
    PRIMARY KEY (device_id, command_id)
);
CREATE INDEX command_at ON command USING brin (at);

-- The strands: the bytes that were hashed, hash = SHA-256(previous hash || bytes). A sale's entry is its audit entry.
CREATE TABLE journal (
    device_id bigint      NOT NULL,
    kind      "char"      NOT NULL CHECK (kind IN ('T', 'L')),
    number    bigint      NOT NULL CHECK (number >= 1),
    at        timestamptz NOT NULL,
    bytes     bytea       NOT NULL,
    hash      bytea       NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (device_id, kind, number)
);
-- Once a group: an Ed25519 signature over the heads it advanced, sorted.
CREATE TABLE journal_signature (
    id        object_id   PRIMARY KEY,
    at        timestamptz NOT NULL,
    heads     bytea       NOT NULL,
    signature bytea       NOT NULL CHECK (length(signature) = 64),
    key_id    bytea       NOT NULL CHECK (length(key_id) = 8)
);
