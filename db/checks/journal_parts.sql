-- What a receipt's entry says of its reason, lines, taxes and tenders, of points, discounts and all else is what the rows say.
WITH line AS (
    SELECT sale_id, (max(line) + 1)::smallint AS rows, -- as many as there are, unless a number is left out
           string_agg(int8send(product_id) || int8send(quantity_milli) || int8send(unit_price_minor) || int8send(discount_minor)
                      || int8send(total_minor) || int8send(tax_minor) || substring(int2send(flags) FROM 2)
                      || int2send((CASE WHEN refund_line IS NULL THEN -1 WHEN refund_line >= 0 THEN refund_line ELSE -2 END)::smallint)
                      || int2send(octet_length(coalesce(void_reason, ''))::smallint)
                      || convert_to(coalesce(void_reason, ''), 'UTF8'), '' ORDER BY line) AS bytes
      FROM sale_line
     GROUP BY sale_id
), tax AS (
    SELECT sale_id, (max(position) + 1)::smallint AS rows,
           string_agg(int2send(octet_length(code)::smallint) || convert_to(code, 'UTF8') || int4send(rate_ppm) || int8send(net_minor)
                      || int8send(tax_minor), '' ORDER BY position) AS bytes
      FROM sale_tax
     GROUP BY sale_id
), paid AS (
    -- What a means of payment had to have since layout 3 stands between these two.
    SELECT sale_id, (max(position) + 1)::smallint AS rows,
           string_agg(b.begin || b.rest, '' ORDER BY position) AS bytes_before,
           string_agg(b.begin || int8send(coalesce(tender_type_id, 0)) || int8send(coalesce(forfeited_minor, 0))
                      || int8send(coalesce(tip_minor, 0)) || b.rest, '' ORDER BY position) AS bytes
      FROM tender
     CROSS JOIN LATERAL (SELECT substring(int2send(kind) FROM 2) || int8send(amount_minor) || int8send(change_minor) AS begin,
                                int2send(octet_length(coalesce(reference, ''))::smallint)
                                || convert_to(coalesce(reference, ''), 'UTF8') AS rest) AS b
     GROUP BY sale_id
), part AS (
    -- What has no order among its rows, and may be of any of them.
    SELECT p.origin_id AS sale_id, 1 AS layout, int8send(p.lot_id) || substring(int2send(p.kind) FROM 2) || int8send(p.points) AS bytes
      FROM points_entry AS p
      LEFT JOIN sale_attach AS x ON x.sale_id = p.origin_id -- whose entry was written before
     WHERE (p.kind BETWEEN 2 AND 6 OR p.kind = 13) AND x.sale_id IS NULL
    UNION ALL
    SELECT e.sale_id, 1, substring(int2send(e.kind) FROM 2) || int2send(coalesce(e.line, -1)::smallint)
                         || CASE s.series WHEN 'X' THEN int8send(coalesce(e.said, 0)) || int8send(coalesce(e.found, 0)) ELSE '' END
      FROM sale_exception AS e
      JOIN sale AS s ON s.id = e.sale_id
    UNION ALL
    SELECT sale_id, 2, int2send(line) || substring(int2send(kind) FROM 2)
                       || int4send(coalesce(CASE WHEN kind IN (3, 4, 5) THEN times ELSE rate_ppm END, 0)) || int8send(amount_minor)
                       || int2send(octet_length(coalesce(reason, ''))::smallint) || convert_to(coalesce(reason, ''), 'UTF8')
      FROM sale_discount
    UNION ALL
    SELECT sale_id, 4, int2send(line) || int8send(modifier_id) || substring(int2send(option) FROM 2) || int8send(price_minor)
                       || int2send(octet_length(name)::smallint) || convert_to(name, 'UTF8')
      FROM sale_option
    UNION ALL
    SELECT sale_id, 4, int2send(line) || int8send(price_minor) FROM sale_keyed_price
    UNION ALL
    SELECT sale_id, 5, int2send(line) || int2send(coalesce(goods_line, -1)::smallint) || int8send(amount_minor) FROM sale_deposit
), other AS (
    SELECT sale_id, array_agg(bytes) AS parts, array_agg(layout) AS layouts FROM part GROUP BY sale_id
)
SELECT s.id AS sale, s.device_id AS device, s.series, s.number
  FROM sale AS s
  JOIN journal AS j ON j.device_id = s.device_id AND j.kind = s.series AND j.number = s.number
  LEFT JOIN line AS l ON l.sale_id = s.id
  LEFT JOIN tax AS x ON x.sale_id = s.id
  LEFT JOIN paid AS p ON p.sale_id = s.id
  LEFT JOIN other AS o ON o.sale_id = s.id
 CROSS JOIN LATERAL (SELECT CASE WHEN length(j.bytes) > 0 THEN get_byte(j.bytes, 0) END AS layout) AS e
 CROSS JOIN LATERAL (SELECT int2send(octet_length(coalesce(s.reason, ''))::smallint) || convert_to(coalesce(s.reason, ''), 'UTF8')
                            || int2send(coalesce(l.rows, 0::smallint)) || coalesce(l.bytes, '')
                            || substring(int2send(coalesce(x.rows, 0::smallint)) FROM 2) || coalesce(x.bytes, '')
                            || substring(int2send(coalesce(p.rows, 0::smallint)) FROM 2)
                            || coalesce(CASE WHEN e.layout >= 3 THEN p.bytes ELSE p.bytes_before END, '') AS ordered) AS r
 CROSS JOIN LATERAL (SELECT 172 + CASE WHEN e.layout >= 2 THEN 16 ELSE 0 END + CASE s.series WHEN 'X' THEN 40 ELSE 0 END AS head,
                            -- Lists of those that the layout has.
                            4 + CASE WHEN e.layout >= 2 THEN 2 ELSE 0 END + CASE WHEN e.layout >= 4 THEN 4 ELSE 0 END
                              + CASE WHEN e.layout >= 5 THEN 2 ELSE 0 END AS counts) AS h
 -- What was written before there were such rows has none, and what could say them has to.
 CROSS JOIN LATERAL (SELECT coalesce(sum(length(u.part)), 0) AS size,
                            coalesce(bool_and(position(u.part IN substring(j.bytes FROM (h.head + length(r.ordered) + 1))) > 0), true) AS there
                       FROM unnest(o.parts, o.layouts) AS u (part, layout)
                      WHERE e.layout >= 2 OR u.layout = 1) AS t
 WHERE length(j.bytes) > h.head -- what is shorter says nothing of it, and another check says that
   AND (substring(j.bytes FROM h.head + 1 FOR length(r.ordered)) <> r.ordered
        OR length(j.bytes) <> h.head + length(r.ordered) + h.counts + t.size
        OR NOT t.there)
