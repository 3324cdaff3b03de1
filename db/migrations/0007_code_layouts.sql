-- How bar codes that the shop prints itself hold a weight or a price ("20:IIIIICVVVV=price,21:IIIIIVVVVV=weight"); without
-- any, or null as in every shop so far, they are looked up as they are.
ALTER TABLE shop_version ADD COLUMN code_layouts text;
