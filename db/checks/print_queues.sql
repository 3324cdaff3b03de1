-- A printer has as many papers waiting as it says, and none once it is removed, none above its last number, what is printed went before what waits, and what is begun is the first of it.
SELECT p.id AS printer, p.waiting, j.waiting AS jobs, p.job_count, j.last, j.first, j.begun, j.printed
  FROM printer AS p
  LEFT JOIN (SELECT printer_id, max(number) AS last,
                    count(*) FILTER (WHERE state < 3) AS waiting,
                    min(number) FILTER (WHERE state < 3) AS first,
                    max(number) FILTER (WHERE state = 2) AS begun,
                    max(number) FILTER (WHERE state = 3) AS printed
               FROM print_job
              GROUP BY printer_id) AS j ON j.printer_id = p.id
 WHERE p.waiting <> coalesce(j.waiting, 0)
    OR j.last > p.job_count
    OR j.begun <> j.first
    OR j.printed > j.first
    OR p.removed AND p.waiting > 0
