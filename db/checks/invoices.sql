-- An invoice is of one sale and a credit note of a refund of its sale, with their totals and taxes to the cent, proved by the entry that its maker left.
SELECT 'invoice' AS what, i.id AS invoice, i.sale_id AS sale, i.credit_of, i.total_minor, i.tax_minor
  FROM invoice AS i
  LEFT JOIN sale AS s ON s.id = i.sale_id
  LEFT JOIN invoice AS o ON o.id = i.credit_of
  LEFT JOIN staff AS p ON p.id = i.staff_id
  LEFT JOIN device AS d ON d.id = i.device_id
 WHERE s.shop_id IS DISTINCT FROM i.shop_id
    OR p.shop_id IS DISTINCT FROM i.shop_id
    OR d.shop_id IS DISTINCT FROM i.shop_id
    OR s.kind IS DISTINCT FROM i.kind
    OR s.total_minor IS DISTINCT FROM i.total_minor
    OR s.tax_minor IS DISTINCT FROM i.tax_minor
    OR (i.kind = 2 AND (o.kind IS DISTINCT FROM 1 OR o.sale_id IS DISTINCT FROM s.refund_of))
    OR NOT EXISTS (SELECT FROM journal AS j
                    WHERE j.device_id = i.device_id AND j.kind = 'L' AND j.at = i.at
                      AND substring(j.bytes FROM 43 FOR 2) = decode('004f', 'hex')
                      AND position(convert_to(encode(sha256(i.document_sealed), 'hex'), 'UTF8') IN j.bytes) > 0)
UNION ALL
-- Empties that were taken back in the sale made it less than what there is to give back.
SELECT 'credited', o.id, o.sale_id, NULL, o.total_minor, sum(n.total_minor)
  FROM invoice AS o
  JOIN invoice AS n ON n.credit_of = o.id
 GROUP BY o.id
HAVING o.total_minor + sum(n.total_minor)
       < coalesce((SELECT sum(least(d.amount_minor, 0)) FROM sale_deposit AS d WHERE d.sale_id = o.sale_id), 0)
    OR o.tax_minor + sum(n.tax_minor)
       < coalesce((SELECT sum(l.tax_minor) FROM sale_line AS l
                    WHERE l.sale_id = o.sale_id AND l.quantity_milli < 0 AND l.flags & 2 = 0), 0)
UNION ALL
SELECT 'tax', coalesce(t.invoice_id, i.id), coalesce(i.sale_id, u.sale_id), NULL, coalesce(t.net_minor, u.net_minor),
       coalesce(t.tax_minor, u.tax_minor)
  FROM invoice AS i
  JOIN sale_tax AS u ON u.sale_id = i.sale_id
  FULL JOIN invoice_tax AS t ON t.invoice_id = i.id AND t.position = u.position
 WHERE (t.code, t.rate_ppm, t.net_minor, t.tax_minor) IS DISTINCT FROM (u.code, u.rate_ppm, u.net_minor, u.tax_minor)
