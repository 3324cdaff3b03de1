-- The invoices and credit notes of a shop's year are numbered from 1 without gaps, as many as its series has given.
SELECT coalesce(s.shop_id, i.shop_id) AS shop, coalesce(s.year, i.year) AS year, s.number AS given, i.count, i.first, i.last
  FROM invoice_series AS s
  FULL JOIN (SELECT shop_id, year, count(*) AS count, min(number) AS first, max(number) AS last
               FROM invoice
              GROUP BY shop_id, year) AS i USING (shop_id, year)
 WHERE s.number IS NULL OR i.count IS NULL OR i.first <> 1 OR i.last <> i.count OR i.count <> s.number
