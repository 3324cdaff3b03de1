-- A Z expects the cash that went through its drawer, names what was put in and taken out, and counts what its pieces are worth.
SELECT z.shift_id AS shift, z.expected_minor, e.sum_minor AS entries_minor, z.in_minor, z.out_minor, z.drop_minor,
       z.no_sale_count, z.counted_minor, c.sum_minor AS pieces_minor
  FROM shift_z AS z
  LEFT JOIN (SELECT shift_id, sum(amount_minor) AS sum_minor,
                    coalesce(sum(amount_minor) FILTER (WHERE kind = 4), 0) AS in_minor,
                    coalesce(sum(amount_minor) FILTER (WHERE kind = 5), 0) AS out_minor,
                    coalesce(sum(amount_minor) FILTER (WHERE kind = 6), 0) AS drop_minor
               FROM drawer_entry
              GROUP BY shift_id) AS e USING (shift_id)
  LEFT JOIN (SELECT shift_id, count(*) AS count FROM no_sale GROUP BY shift_id) AS n USING (shift_id)
  LEFT JOIN (SELECT shift_id, sum(denomination_minor * pieces) AS sum_minor FROM shift_z_count GROUP BY shift_id) AS c
      USING (shift_id)
 WHERE z.expected_minor IS DISTINCT FROM e.sum_minor
    OR z.in_minor <> e.in_minor
    OR z.out_minor <> e.out_minor
    OR z.drop_minor <> e.drop_minor
    OR z.no_sale_count <> coalesce(n.count, 0)
    OR z.counted_minor <> coalesce(c.sum_minor, z.counted_minor)
