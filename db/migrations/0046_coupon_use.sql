-- How often a campaign was used is asked by db/checks alone, of all campaigns at once: each sale with a coupon wrote into this index for nothing.
DROP INDEX coupon_use_campaign;
