-- The peer's own tills, one for each of pgbench's clients, so that none of them waits for another's till.
INSERT INTO device (id, shop_id, kind, name, till_number, key_hash, certificate_expiry, created_at)
SELECT {{peer}} + i, {{shop}}, 1, 'peer ' || i, 9000 + i, sha256(i::text::bytea), now() + interval '1 year', now()
  FROM generate_series(0, {{clients}} - 1) AS i;
INSERT INTO shift (id, shop_id, device_id, number, opened_at, opened_by, float_minor)
SELECT {{peer}} + i, {{shop}}, {{peer}} + i, 1, now(), {{staff}}, 10000 FROM generate_series(0, {{clients}} - 1) AS i;
INSERT INTO drawer (device_id, shift_id, number, cash_minor)
SELECT {{peer}} + i, {{peer}} + i, 1, 10000 FROM generate_series(0, {{clients}} - 1) AS i;
INSERT INTO device_head (device_id, kind, number, hash, at)
SELECT {{peer}} + i, 'T', 0, sha256(''), now() FROM generate_series(0, {{clients}} - 1) AS i;
ANALYZE device, shift, drawer, device_head;
