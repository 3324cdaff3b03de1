-- No object has an id that its node has not yet reserved.
WITH newest AS (
    SELECT id >> 41 AS node, max(id & ((1::bigint << 41) - 1)) AS value
      FROM (SELECT id FROM sale UNION ALL SELECT id FROM member UNION ALL SELECT id FROM product UNION ALL
            SELECT id FROM shift UNION ALL SELECT id FROM points_lot UNION ALL SELECT id FROM journal_signature) AS o
     GROUP BY id >> 41
)
SELECT n.node, n.value AS newest, b.next_value AS reserved_below
  FROM newest AS n
  LEFT JOIN id_block AS b USING (node)
 WHERE n.value >= coalesce(b.next_value, 0)
