-- Training: what a session practises at its till is entries of a strand of its own, and no row of any sale. So nothing that
-- counts sales can count one of these, whatever it asks.

-- kind S: practice.
ALTER TABLE device_head DROP CONSTRAINT device_head_kind_check;
ALTER TABLE device_head ADD CONSTRAINT device_head_kind_check CHECK (kind IN ('T', 'L', 'X', 'S'));
ALTER TABLE journal DROP CONSTRAINT journal_kind_check;
ALTER TABLE journal ADD CONSTRAINT journal_kind_check CHECK (kind IN ('T', 'L', 'X', 'S'));

-- The training that a session is in, and the number of its first entry in the device's strand S. Null: in none.
ALTER TABLE session ADD COLUMN training_id object_id, ADD COLUMN training_from bigint CHECK (training_from >= 1);
ALTER TABLE session ADD CONSTRAINT session_training_check CHECK ((training_id IS NULL) = (training_from IS NULL));

-- What was allowed in a training is good there alone: for one practised sale, and never for a real one.
ALTER TABLE approval ADD COLUMN training_id object_id, ADD COLUMN practised_sale_id object_id;
ALTER TABLE approval ADD CONSTRAINT approval_practised_check CHECK (training_id IS NOT NULL OR practised_sale_id IS NULL);
ALTER TABLE approval ADD CONSTRAINT approval_training_check CHECK (training_id IS NULL OR used_sale_id IS NULL);
