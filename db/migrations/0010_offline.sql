-- Sales that tills made while they were offline: a strand of their own, and what had changed when they were booked.

-- kind X: receipts that the till numbered by itself.
ALTER TABLE device_head DROP CONSTRAINT device_head_kind_check;
ALTER TABLE device_head ADD CONSTRAINT device_head_kind_check CHECK (kind IN ('T', 'L', 'X'));
ALTER TABLE journal DROP CONSTRAINT journal_kind_check;
ALTER TABLE journal ADD CONSTRAINT journal_kind_check CHECK (kind IN ('T', 'L', 'X'));

-- Who was signed in when it was booked; staff_id is who made it. Null: of series T.
ALTER TABLE sale ADD COLUMN brought_by object_id;

-- kind: 3 the price has changed, 4 the total is not what its catalogue gives, 5 member gone, 6 catalogue unknown, 7 product no
-- longer sold, 8 discount beyond the person's right, 9 a time that cannot be, 10 shift unknown, 11 person unknown. said: on the
-- paper; found: by the books.
ALTER TABLE sale_exception DROP CONSTRAINT sale_exception_kind_check;
ALTER TABLE sale_exception ADD CONSTRAINT sale_exception_kind_check CHECK (kind BETWEEN 1 AND 11);
ALTER TABLE sale_exception ADD COLUMN said bigint, ADD COLUMN found bigint;
