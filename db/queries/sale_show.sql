-- A sale as it was, for its receipt.

-- name: sale_show_entry
-- All of it is in its entry in the journal: two pages, where its rows lie on eleven.
SELECT j.bytes, j.hash
  FROM device AS d
  JOIN journal AS j ON j.device_id = d.id AND j.kind = $3::text::"char" AND j.number = $4
 WHERE d.shop_id = $1 AND d.till_number = $2::bigint;

-- name: sale_show_settings
-- What is not in the entry of a sale ($1, of shop $2, priced with version $3): the shop's settings as they were, its invoice, and
-- what of it was given back.
SELECT i.year AS invoice_year, i.number AS invoice_number,
       (SELECT coalesce(-sum(r.total_minor), 0)::bigint FROM sale AS r WHERE r.refund_of = $1) AS refunded_minor,
       v.name, v.address, v.tax_number, v.receipt_head, v.receipt_foot, v.currency, v.currency_exponent, v.zone,
       v.prices_include_tax
  FROM (SELECT *
          FROM shop_version AS w
         WHERE w.shop_id = $2 AND w.from_version <= $3
         ORDER BY w.from_version DESC
         LIMIT 1) AS v
  LEFT JOIN invoice AS i ON i.sale_id = $1;

-- name: sale_show_names
-- Nor what its goods ($1) and means of payment ($2) were called at its version ($3).
SELECT false AS pays, g.id, v.name, v.unit
  FROM unnest($1::bigint[]) AS g (id)
  JOIN LATERAL (SELECT p.name, p.unit
                  FROM product_version AS p
                 WHERE p.product_id = g.id AND p.from_version <= $3
                 ORDER BY p.from_version DESC
                 LIMIT 1) AS v ON true
 UNION ALL
SELECT true, m.id, v.name, 0::smallint
  FROM unnest($2::bigint[]) AS m (id)
  JOIN LATERAL (SELECT t.name
                  FROM tender_type_version AS t
                 WHERE t.tender_type_id = m.id AND t.from_version <= $3
                 ORDER BY t.from_version DESC
                 LIMIT 1) AS v ON true;

-- name: sale_show_number
SELECT s.id
  FROM device AS d
  JOIN sale AS s ON s.device_id = d.id
 WHERE d.shop_id = $1 AND d.till_number = $2::bigint AND s.series = $3::text::"char" AND s.number = $4;

-- name: sale_show_last
-- The newest of each series, and the later of the two.
SELECT l.id
  FROM (VALUES ('T'::"char"), ('X'::"char")) AS t (series)
 CROSS JOIN LATERAL (SELECT s.id, s.at
                       FROM sale AS s
                      WHERE s.device_id = $1 AND s.series = t.series
                      ORDER BY s.number DESC
                      LIMIT 1) AS l
 ORDER BY l.at DESC, l.id DESC
 LIMIT 1;

-- name: sale_show_head
-- With the shop's settings as they were, and what its paper bears: the head of the strand behind it, or, where a till printed it
-- by itself, what it kept of it. Of a refund: was its member erased, and nothing moved for them? That is read from what moved: the instants
-- of two servers, or of a group and what comes between, do not tell which was first.
SELECT s.id, s.series, s.number, s.kind, s.service, s.member_id, s.staff_id, s.catalogue_version, s.total_minor, s.tax_minor,
       s.points_earned, s.points_spent, s.points_gifted, s.points_after,
       CASE s.kind WHEN 2 THEN (SELECT coalesce(sum(e.points), 0)::bigint FROM points_entry AS e WHERE e.origin_id = s.id AND e.kind = 13) ELSE 0 END AS points_gone,
       s.business_day, s.made_at, s.at, d.till_number,
       coalesce(s.rounding_minor, 0)::bigint AS rounding_minor, coalesce(s.approved_by, 0)::bigint AS approved_by,
       o.series AS original_series, o.number AS original_number, od.till_number AS original_till, i.year AS invoice_year,
       i.number AS invoice_number, oi.year AS invoice_of_year, oi.number AS invoice_of_number,
       (SELECT coalesce(-sum(r.total_minor), 0)::bigint FROM sale AS r WHERE r.refund_of = s.id) AS refunded_minor,
       EXISTS (SELECT FROM sale_line AS e WHERE e.sale_id = s.refund_of AND e.quantity_milli < 0) AS empties_stay,
       coalesce(o.catalogue_version, s.catalogue_version) AS priced_version,
       EXISTS (SELECT FROM erasure AS x WHERE x.member_id = s.member_id) AND NOT EXISTS (SELECT FROM points_entry AS e WHERE e.origin_id = s.id) AS member_erased,
       CASE s.series WHEN 'X' THEN substring(j.bytes FROM 197 FOR 32) ELSE j.hash END AS hash, v.name, v.address, v.tax_number, v.receipt_head, v.receipt_foot, v.currency, v.currency_exponent, v.zone,
       v.prices_include_tax, s.reason
  FROM sale AS s
  JOIN device AS d ON d.id = s.device_id
  LEFT JOIN sale AS o ON o.id = s.refund_of
  LEFT JOIN device AS od ON od.id = o.device_id
  LEFT JOIN invoice AS i ON i.sale_id = s.id
  LEFT JOIN invoice AS oi ON oi.sale_id = s.refund_of
  LEFT JOIN journal AS j ON j.device_id = s.device_id AND j.kind = s.series AND j.number = s.number
  JOIN LATERAL (SELECT *
                  FROM shop_version AS w
                 WHERE w.shop_id = s.shop_id AND w.from_version <= s.catalogue_version
                 ORDER BY w.from_version DESC
                 LIMIT 1) AS v ON true
 WHERE s.id = $1 AND s.shop_id = $2;

-- name: sale_show_lines
-- The goods as they were called when they were sold, in the receipt of a refund too.
SELECT l.product_id, l.quantity_milli, l.unit_price_minor, l.gross_minor, l.discount_minor, l.total_minor, l.tax_minor,
       l.flags, coalesce(l.refund_line, -1) AS refund_line, l.void_reason, p.name, p.unit
  FROM sale_line AS l
  JOIN sale AS s ON s.id = l.sale_id
  LEFT JOIN sale AS o ON o.id = s.refund_of
  JOIN LATERAL (SELECT v.name, v.unit
                  FROM product_version AS v
                 WHERE v.product_id = l.product_id
                   AND v.from_version <= coalesce(o.catalogue_version, s.catalogue_version)
                 ORDER BY v.from_version DESC
                 LIMIT 1) AS p ON true
 WHERE l.sale_id = $1
 ORDER BY l.line;

-- name: sale_show_taxes
SELECT code, rate_ppm, net_minor, tax_minor
  FROM sale_tax
 WHERE sale_id = $1
 ORDER BY position;

-- name: sale_show_tenders
-- With their names as they were, in a refund those of its sale's day.
SELECT t.kind, coalesce(t.tender_type_id, 0)::bigint AS tender_type_id, coalesce(n.name, '') AS name, t.amount_minor,
       t.change_minor, coalesce(t.forfeited_minor, 0)::bigint AS forfeited_minor,
       coalesce(t.tip_minor, 0)::bigint AS tip_minor, t.reference, coalesce(a.account_id, 0)::bigint AS account_id,
       coalesce(g.card_id, 0)::bigint AS gift_card_id, coalesce(g.last_four, '') AS last_four,
       coalesce(g.balance_minor, 0)::bigint AS left_minor
  FROM tender AS t
  JOIN sale AS s ON s.id = t.sale_id
  LEFT JOIN sale AS o ON o.id = s.refund_of
  LEFT JOIN LATERAL (SELECT v.name
                       FROM tender_type_version AS v
                      WHERE v.tender_type_id = coalesce(t.tender_type_id, t.kind)
                        AND v.from_version <= coalesce(o.catalogue_version, s.catalogue_version)
                      ORDER BY v.from_version DESC
                      LIMIT 1) AS n ON true
  LEFT JOIN LATERAL (SELECT account_id FROM account_entry WHERE origin_id = t.sale_id AND position = t.position
                     OFFSET 0) AS a ON true
  LEFT JOIN LATERAL (SELECT e.card_id, e.balance_minor,
                            (SELECT c.last_four FROM gift_card AS c WHERE c.id = e.card_id) AS last_four
                       FROM gift_card_entry AS e
                      WHERE e.origin_id = t.sale_id AND e.position = t.position
                     OFFSET 0) AS g ON true
 WHERE t.sale_id = $1
 ORDER BY t.position;

-- name: sale_show_notes
SELECT line, note
  FROM sale_note
 WHERE sale_id = $1
 ORDER BY line;

-- name: sale_show_options
SELECT line, modifier_id, option, name, price_minor
  FROM sale_option
 WHERE sale_id = $1
 ORDER BY line, position;

-- name: sale_show_deposits
SELECT line, coalesce(goods_line, -1)::bigint AS goods_line, amount_minor
  FROM sale_deposit
 WHERE sale_id = $1
 ORDER BY line;

-- name: sale_show_keyed
SELECT line, price_minor
  FROM sale_keyed_price
 WHERE sale_id = $1
 ORDER BY line;

-- name: sale_show_discounts
SELECT line, kind, coalesce(rate_ppm, 0) AS rate_ppm, amount_minor, reason, promotion_id, coalesce(times, 0) AS times
  FROM sale_discount
 WHERE sale_id = $1
 ORDER BY line, kind, promotion_id;

-- name: sale_show_refunded
SELECT line, quantity_milli, total_minor
  FROM refunded
 WHERE sale_id = $1
 ORDER BY line;
