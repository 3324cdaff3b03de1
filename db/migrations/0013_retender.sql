-- What paid a sale, put right after it: the sale's tenders stay as they were rung up, and what is taken off one and put to
-- another are entries of their own, in the shift in which the sale counts.

CREATE TABLE sale_retender (
    id                object_id   PRIMARY KEY,
    sale_id           object_id   NOT NULL REFERENCES sale,
    number            smallint    NOT NULL CHECK (number >= 1),    -- of its sale, without gaps
    shop_id           object_id   NOT NULL REFERENCES shop,
    device_id         object_id   NOT NULL REFERENCES device,
    shift_id          object_id   NOT NULL REFERENCES shift,
    staff_id          object_id   NOT NULL REFERENCES staff,
    catalogue_version bigint      NOT NULL,                        -- what the means of payment were called then
    rounding_minor    minor       NOT NULL,                        -- by which the sale's cash rounding changed
    reason            text        NOT NULL,
    entry_number      bigint      NOT NULL,                        -- of its entry in the device's strand L
    at                timestamptz NOT NULL,
    UNIQUE (sale_id, number)
);
CREATE INDEX sale_retender_shift ON sale_retender (shift_id);

-- Two each: off one tender, and what it was in truth. position: of the sale's tenders, or 9 and the number of who put it in. An
-- amount is what stays of it, its tip included; tender_count: how many tenders there are more, or less, for it.
CREATE TABLE retender_entry (
    retender_id    object_id NOT NULL REFERENCES sale_retender,
    position       smallint  NOT NULL CHECK (position >= 0),
    kind           smallint  NOT NULL CHECK (kind BETWEEN 1 AND 4),
    tender_type_id object_id,                                      -- null: cash or card, as the kind says
    tender_count   smallint  NOT NULL CHECK (tender_count BETWEEN -1 AND 1),
    amount_minor   minor     NOT NULL CHECK (amount_minor <> 0),
    tip_minor      minor     NOT NULL,
    reference      text,
    PRIMARY KEY (retender_id, position),
    CHECK ((kind <= 2) = (tender_type_id IS NULL))
);

-- kind: 7 what was put right is more cash, or less; the origin is a sale_retender.
ALTER TABLE drawer_entry DROP CONSTRAINT drawer_entry_kind_check;
ALTER TABLE drawer_entry ADD CONSTRAINT drawer_entry_kind_check CHECK (kind BETWEEN 1 AND 7);
