-- A Z's grand total is what all of its till's shifts have sold that were closed up to it, what was taken back not taken off, as far as it can be counted.
SELECT shift_id AS shift, grand_total_minor, sold_minor
  FROM (SELECT shift_id, grand_total_minor,
               sum(sale_minor - coalesce(deposit_back_minor, 0)) OVER (PARTITION BY device_id ORDER BY closed_at, grand_total_minor) AS sold_minor
          FROM shift_z) AS z
 WHERE grand_total_minor <> least(sold_minor, 9223372036854775807)
