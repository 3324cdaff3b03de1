-- Which country's numbers are dialled at a shop: a member's phone is found however it is written, with the code or without.

-- As ITU-T E.164 assigns it; empty: a number without + is kept and looked for as dialled.
ALTER TABLE shop_version ADD COLUMN calling_code text NOT NULL DEFAULT '' CHECK (calling_code ~ '^([1-9][0-9]{0,2})?$');
