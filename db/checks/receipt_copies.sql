-- The copies of a receipt are numbered from 1 without gaps, and as many as were counted.
SELECT sale_id, c.copies, e.entries, e.first, e.last
  FROM receipt_copied AS c
  FULL JOIN (SELECT sale_id, count(*) AS entries, min(copy) AS first, max(copy) AS last FROM receipt_copy GROUP BY sale_id) AS e
       USING (sale_id)
 WHERE c.copies IS NULL OR e.entries IS NULL OR e.first <> 1 OR e.last <> e.entries OR e.entries <> c.copies
