-- What a member usually takes is read from their newest sales: found by this index, in this order. Sales without a member
-- do not pay for it.
CREATE INDEX sale_member ON sale (member_id, at, id) WHERE member_id IS NOT NULL AND kind = 1;

-- Baskets that were thrown away before they were paid: entries, with what was in them and why. A basket that waited and that
-- nobody could read any more has no lines.
CREATE TABLE basket_void (
    id           object_id   PRIMARY KEY,
    shop_id      object_id   NOT NULL REFERENCES shop,
    device_id    object_id   NOT NULL REFERENCES device,
    shift_id     object_id   REFERENCES shift,                        -- open then; null: none was
    staff_id     object_id   NOT NULL REFERENCES staff,
    business_day date        NOT NULL,
    line_count   integer     NOT NULL CHECK (line_count BETWEEN 0 AND 200),
    total_minor  minor       NOT NULL CHECK (total_minor >= 0),       -- of all its lines, before anything was taken off
    reason       text        NOT NULL CHECK (length(reason) > 0),
    at           timestamptz NOT NULL
);
CREATE INDEX basket_void_day   ON basket_void (shop_id, business_day);
CREATE INDEX basket_void_shift ON basket_void (shift_id);
CREATE TABLE basket_void_line (
    void_id          object_id NOT NULL REFERENCES basket_void,
    line             smallint  NOT NULL CHECK (line >= 0),
    product_id       object_id NOT NULL,
    quantity_milli   milli     NOT NULL,
    unit_price_minor minor     NOT NULL,
    gross_minor      minor     NOT NULL,
    before           boolean   NOT NULL,      -- taken back before the whole basket was
    reason           text,                    -- of that, where one was given
    PRIMARY KEY (void_id, line)
);
-- Lines of sales that were taken back before they were paid: few, and asked for by the report of voids alone.
CREATE INDEX sale_line_voided ON sale_line (sale_id) WHERE flags & 2 <> 0;

-- What was noted to a line, and stands below it on the receipt. A sale without one, nearly every sale, writes nothing.
CREATE TABLE sale_note (
    sale_id object_id NOT NULL,
    line    smallint  NOT NULL CHECK (line >= 0),
    note    text      NOT NULL CHECK (length(note) > 0),
    PRIMARY KEY (sale_id, line)
);
