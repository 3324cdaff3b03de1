-- Customers' invoices. Who makes one holds the shop's lock (group_lock) from before it looks until its COMMIT: no refund of the
-- receipt, no other invoice of it and no other number of the series comes between.

-- name: invoice_of
-- What there is of a receipt, and of a refund's receipt: its own, and its sale's.
SELECT i.id, i.year, i.number, i.document_sealed, o.id AS original_id, o.year AS original_year, o.number AS original_number,
       o.document_sealed AS original_sealed
  FROM sale AS s
  LEFT JOIN invoice AS i ON i.sale_id = s.id
  LEFT JOIN invoice AS o ON o.sale_id = s.refund_of
 WHERE s.id = $1 AND s.shop_id = $2;

-- name: invoice_refunds
-- Refunds of a sale, in their order; those of a sale without an invoice have no credit note.
SELECT refund_id AS id
  FROM sale_refund
 WHERE sale_id = $1
 ORDER BY number
 LIMIT $2;

-- name: invoice_series_raise
-- By so many; the newest number of the year comes back.
INSERT INTO invoice_series (shop_id, year, number)
VALUES ($1, $2::bigint, $3)
    ON CONFLICT (shop_id, year) DO UPDATE
   SET number = invoice_series.number + EXCLUDED.number
RETURNING number;

-- name: invoice_insert
INSERT INTO invoice (id, shop_id, year, number, kind, sale_id, credit_of, device_id, staff_id, total_minor, tax_minor,
                     document_sealed, at)
VALUES ($1, $2, $3::bigint, $4, $5::bigint, $6, $7, $8, $9, $10::bigint, $11::bigint, $12, $13);

-- name: invoice_tax_insert
INSERT INTO invoice_tax (invoice_id, position, code, rate_ppm, net_minor, tax_minor)
SELECT $1, ($2::bigint[])[i], ($3::text[])[i], ($4::bigint[])[i], ($5::bigint[])[i], ($6::bigint[])[i]
  FROM generate_subscripts($2::bigint[], 1) AS i;

-- name: invoice_find_number
SELECT id
  FROM invoice
 WHERE shop_id = $1 AND year = $2::bigint AND number = $3;

-- name: invoice_find_sale
SELECT id
  FROM invoice
 WHERE sale_id = $1 AND shop_id = $2;

-- name: invoice_show
SELECT i.id, i.year, i.number, i.kind, i.sale_id, i.total_minor, i.tax_minor, i.at, i.document_sealed, d.till_number, s.series,
       s.number AS receipt_number, o.id AS original_id, o.year AS original_year, o.number AS original_number
  FROM invoice AS i
  JOIN sale AS s ON s.id = i.sale_id
  JOIN device AS d ON d.id = s.device_id
  LEFT JOIN invoice AS o ON o.id = i.credit_of
 WHERE i.id = $1 AND i.shop_id = $2;

-- name: invoice_show_taxes
SELECT code, rate_ppm, net_minor, tax_minor
  FROM invoice_tax
 WHERE invoice_id = $1
 ORDER BY position;

-- name: invoice_show_notes
-- Its credit notes: the newest hundred, as many as InvoiceShown holds.
SELECT year, number
  FROM (SELECT year, number
          FROM invoice
         WHERE credit_of = $1
         ORDER BY year DESC, number DESC
         LIMIT 100) AS newest
 ORDER BY year, number;

-- name: invoice_print_count
-- Two tills that print the same invoice wait for each other here, and no number is given twice.
INSERT INTO invoice_printed (invoice_id, papers)
VALUES ($1, 1)
    ON CONFLICT (invoice_id) DO UPDATE
   SET papers = invoice_printed.papers + 1
RETURNING papers;

-- name: invoice_print_insert
INSERT INTO invoice_paper (invoice_id, paper, device_id, staff_id, at)
VALUES ($1, $2::bigint, $3, $4, $5);

-- name: invoice_list
-- Of a year, the newest first, in front of a number.
SELECT i.year, i.number, i.kind, i.total_minor, i.tax_minor, i.at, d.till_number, s.series, s.number AS receipt_number,
       o.year AS original_year, o.number AS original_number
  FROM (SELECT *
          FROM invoice
         WHERE shop_id = $1 AND year = $2::bigint AND number < $3
         ORDER BY number DESC
         LIMIT $4) AS i
 CROSS JOIN LATERAL (SELECT * FROM sale WHERE id = i.sale_id OFFSET 0) AS s
 CROSS JOIN LATERAL (SELECT * FROM device WHERE id = s.device_id OFFSET 0) AS d
  LEFT JOIN LATERAL (SELECT * FROM invoice WHERE id = i.credit_of OFFSET 0) AS o ON true
 ORDER BY i.number DESC;

-- name: invoice_wanted
-- Refunds of these invoices' receipts that have no credit note yet; which ones, in numbers of the year.
SELECT i.year, i.number, d.till_number, r.series, r.number AS receipt_number
  FROM (SELECT *
          FROM invoice
         WHERE shop_id = $1 AND year = $2::bigint AND number < $3
         ORDER BY number DESC
         LIMIT $4) AS i
 CROSS JOIN LATERAL (SELECT * FROM sale_refund WHERE sale_id = i.sale_id OFFSET 0) AS f
 CROSS JOIN LATERAL (SELECT * FROM sale WHERE id = f.refund_id OFFSET 0) AS r
 CROSS JOIN LATERAL (SELECT * FROM device WHERE id = r.device_id OFFSET 0) AS d
 WHERE NOT EXISTS (SELECT FROM invoice AS n WHERE n.sale_id = r.id OFFSET 0)
 ORDER BY i.number DESC, f.number
 LIMIT $4;
