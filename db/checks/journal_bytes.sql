-- What an entry says of itself in its bytes is where it stands.
SELECT device_id AS device, kind, number, at
  FROM journal
 WHERE length(bytes) < 42
    OR get_byte(bytes, 0) NOT BETWEEN 1 AND CASE kind WHEN 'L' THEN 1 ELSE 5 END
    OR (kind = 'X' AND get_byte(bytes, 0) NOT IN (3, 4, 5))
    OR get_byte(bytes, 1) <> ascii(kind::text)
    OR substring(bytes FROM 3 FOR 24) <> int8send(device_id) || int8send(number)
                                          || int8send((extract(epoch FROM at) * 1000000)::bigint)
