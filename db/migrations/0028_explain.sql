-- Where a sale's numbers come from: what no version of the catalogue says, and nobody could tell afterwards.

-- By what rules of earning were held against a sale: the member's tier as of the night before, and the minute of the shop's week (0: Monday,
-- 00:00). The same in all of a sale's rows; null: of a refund, or it was sold before this was kept.
ALTER TABLE sale_earning ADD COLUMN tier smallint CHECK (tier BETWEEN 0 AND 20),
                         ADD COLUMN week_minute smallint CHECK (week_minute BETWEEN 0 AND 10079);

-- Who changed the catalogue. Null: nobody of the staff, or before this was kept.
ALTER TABLE catalogue_version ADD COLUMN staff_id bigint CHECK (staff_id > 0);
