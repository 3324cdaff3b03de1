-- A day's numbers are given out once more when all were: then what waits may have one above the last.
ALTER TABLE kiosk_number ADD COLUMN again boolean NOT NULL DEFAULT false;
