-- A birthday's points are given at the first sign-in at a kiosk of that day as well: kind 14, whose origin is the member, for no sale is.
ALTER TABLE points_entry DROP CONSTRAINT points_entry_kind_check;
ALTER TABLE points_entry ADD CONSTRAINT points_entry_kind_check CHECK (kind BETWEEN 1 AND 14);
