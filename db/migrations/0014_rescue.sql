-- Sales out of the spool of a till that is dead, booked by another machine's command.

-- Whose command booked a sale, where that is not the till's own: the sale bears the id of the till's command.
CREATE TABLE sale_rescue (
    sale_id    object_id PRIMARY KEY REFERENCES sale,
    device_id  object_id NOT NULL,
    command_id bytea     NOT NULL CHECK (length(command_id) = 16),
    UNIQUE (device_id, command_id)
);

-- kind: 13 brought by another machine; of series X said: the till's device, found: whose command booked it.
ALTER TABLE sale_exception DROP CONSTRAINT sale_exception_kind_check;
ALTER TABLE sale_exception ADD CONSTRAINT sale_exception_kind_check CHECK (kind BETWEEN 1 AND 13);
