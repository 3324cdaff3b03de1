-- A drawer a person: at one till several shifts may be open, one of each person who sells there, where the shop wants it so.
-- What was there before is the till's.

-- Whose drawer it is: a person of the staff, or 0, the till's own.
ALTER TABLE shift ADD COLUMN holder_id bigint NOT NULL DEFAULT 0 CHECK (holder_id >= 0);
ALTER TABLE drawer ADD COLUMN holder_id bigint NOT NULL DEFAULT 0 CHECK (holder_id >= 0);
ALTER TABLE drawer DROP CONSTRAINT drawer_pkey;
ALTER TABLE drawer ADD PRIMARY KEY (device_id, holder_id);

-- The later of two that are open may be closed first: what a till sold so far stands in the Z that was written last.
CREATE INDEX shift_z_closed ON shift_z (device_id, closed_at);

-- Whose drawer is opened by who opens one. What is open already stays whose it is.
ALTER TABLE shop_version ADD COLUMN drawer_per_person boolean NOT NULL DEFAULT false;
