-- What was practised is of a training that its person began at that till, gives back nothing but what was practised there, and is in no books.
WITH begun AS MATERIALIZED (
    SELECT device_id, substring(bytes FROM 35 FOR 8) AS staff, substring(bytes FROM 110 FOR 8) AS training
      FROM journal
     WHERE kind = 'L' AND substring(bytes FROM 43 FOR 2) = int2send(57::smallint)
), practised AS MATERIALIZED (
    SELECT j.device_id, j.number, get_byte(j.bytes, 0) > 1 AS sold, substring(j.bytes FROM 35 FOR 8) AS staff,
           CASE WHEN get_byte(j.bytes, 0) > 1 THEN substring(j.bytes FROM 88 FOR 8)
                ELSE substring(j.bytes FROM 96 + get_byte(j.bytes, 44) FOR 8) END AS training,
           substring(j.bytes FROM 43 FOR 1) AS kind, substring(j.bytes FROM 44 FOR 16) AS command_id,
           substring(j.bytes FROM 60 FOR 8) AS sale, substring(j.bytes FROM 80 FOR 8) AS original,
           ('x' || encode(substring(j.bytes FROM 60 FOR 8), 'hex'))::bit(64)::bigint AS sale_id,
           substring(j.bytes FROM 68 FOR 4) = int4send(d.till_number) AS is_the_tills
      FROM (SELECT * FROM journal WHERE kind = 'S' AND length(bytes) > 95) AS j
      LEFT JOIN device AS d ON d.id = j.device_id
)
SELECT p.device_id AS device, p.number, p.sold, p.sale_id
  FROM practised AS p
 WHERE NOT EXISTS (SELECT FROM begun AS b WHERE (b.device_id, b.staff, b.training) = (p.device_id, p.staff, p.training))
    OR (p.sold
        AND (p.is_the_tills IS NOT TRUE
             OR CASE WHEN get_byte(p.kind, 0) = 1 THEN p.original <> int8send(0::bigint)
                     ELSE p.original <> int8send(0::bigint) -- else it had no receipt
                          AND NOT EXISTS (SELECT FROM practised AS o
                                           WHERE o.sold AND o.kind = '\x01' AND o.number < p.number
                                             AND (o.device_id, o.training, o.sale) = (p.device_id, p.training, p.original)) END
             OR EXISTS (SELECT FROM sale AS s WHERE s.id = p.sale_id OR (s.command_id = p.command_id AND s.device_id = p.device_id))
             OR EXISTS (SELECT FROM sale AS s WHERE s.refund_of = p.sale_id)
             OR EXISTS (SELECT FROM points_entry AS e WHERE e.origin_id = p.sale_id)
             OR EXISTS (SELECT FROM stock_entry AS e WHERE e.origin_id = p.sale_id)
             OR EXISTS (SELECT FROM drawer_entry AS e WHERE e.origin_id = p.sale_id OR e.shift_id = p.sale_id)
             OR EXISTS (SELECT FROM receipt_copied AS c WHERE c.sale_id = p.sale_id)))
