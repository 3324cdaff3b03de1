-- The papers of an invoice are numbered from 1 without gaps, and as many as were counted.
SELECT invoice_id, c.papers, e.entries, e.first, e.last
  FROM invoice_printed AS c
  FULL JOIN (SELECT invoice_id, count(*) AS entries, min(paper) AS first, max(paper) AS last
               FROM invoice_paper
              GROUP BY invoice_id) AS e USING (invoice_id)
 WHERE c.papers IS NULL OR e.entries IS NULL OR e.first <> 1 OR e.last <> e.entries OR e.entries <> c.papers
