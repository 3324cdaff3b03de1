-- What a member usually takes is read from their newest sales: found by this index, in this order. Sales without a member
-- do not pay for it.
CREATE INDEX sale_member ON sale (member_id, at, id) WHERE member_id IS NOT NULL AND kind = 1;
