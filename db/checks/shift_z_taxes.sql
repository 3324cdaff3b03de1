-- A Z's taxes are the sums of its shift's sales' taxes, code by code and rate by rate, and where there are more than 500, those beyond 499 as one.
WITH taxed AS (
    SELECT t.shift_id, t.code, t.rate_ppm, least(greatest(sum(t.net_minor), -9223372036854775807), 9223372036854775807) AS net_minor,
           least(greatest(sum(t.tax_minor), -9223372036854775807), 9223372036854775807) AS tax_minor
      FROM (SELECT p.shift_id, CASE WHEN p.places <= 500 OR p.place < 500 THEN p.code ELSE '?' END AS code,
                   CASE WHEN p.places <= 500 OR p.place < 500 THEN p.rate_ppm ELSE 0 END AS rate_ppm, p.net_minor, p.tax_minor
              FROM (SELECT s.shift_id, t.code, t.rate_ppm, sum(t.net_minor) AS net_minor, sum(t.tax_minor) AS tax_minor,
                           row_number() OVER (PARTITION BY s.shift_id ORDER BY t.code COLLATE "C", t.rate_ppm) AS place,
                           count(*) OVER (PARTITION BY s.shift_id) AS places
                      FROM shift_z AS z
                      JOIN sale AS s ON s.shift_id = z.shift_id
                      JOIN sale_tax AS t ON t.sale_id = s.id
                     GROUP BY s.shift_id, t.code, t.rate_ppm) AS p) AS t
     GROUP BY t.shift_id, t.code, t.rate_ppm
)
SELECT coalesce(t.shift_id, z.shift_id) AS shift, coalesce(t.code, z.code) AS code, coalesce(t.rate_ppm, z.rate_ppm) AS rate_ppm,
       z.net_minor AS z_net_minor, t.net_minor, z.tax_minor AS z_tax_minor, t.tax_minor
  FROM taxed AS t
  FULL JOIN shift_z_tax AS z ON z.shift_id = t.shift_id AND z.code = t.code AND z.rate_ppm = t.rate_ppm
 WHERE z.net_minor IS DISTINCT FROM t.net_minor
    OR z.tax_minor IS DISTINCT FROM t.tax_minor
