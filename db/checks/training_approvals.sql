-- A practised sale that somebody approved has used an approval of theirs that was given in its training, and no other has one.
SELECT coalesce(p.sale_id, a.practised_sale_id) AS sale, p.device_id AS device, a.device_id AS given_on, a.asked_by, a.approved_by
  FROM (SELECT device_id, ('x' || encode(substring(bytes FROM 60 FOR 8), 'hex'))::bit(64)::bigint AS sale_id,
               substring(bytes FROM 35 FOR 8) AS staff, substring(bytes FROM 88 FOR 8) AS training,
               substring(bytes FROM 181 FOR 8) AS approved_by
          FROM journal
         WHERE kind = 'S' AND substring(bytes FROM 1 FOR 1) > '\x01'::bytea AND substring(bytes FROM 181 FOR 8) <> int8send(0::bigint)) AS p
  FULL JOIN (SELECT device_id, asked_by, approved_by, training_id, practised_sale_id
               FROM approval WHERE practised_sale_id IS NOT NULL) AS a ON a.practised_sale_id = p.sale_id
 WHERE p.sale_id IS NULL
    OR a.practised_sale_id IS NULL
    OR (p.device_id, p.staff, p.training, p.approved_by)
       <> (a.device_id, int8send(a.asked_by), int8send(a.training_id), int8send(a.approved_by))
