-- What a group of sales and refunds loads and stores: one statement a table, whatever the group's size. The shop's
-- advisory lock, which the driver holds, keeps other groups of the shop away.
--
-- Rows come as arrays, one a column, and are read by subscript: unnest() makes a store of tuples of each array first,
-- which took as long as the rows' own insertion. An array of a fixed size without nulls is read at once at any place.

-- name: counter_done
-- Sales and refunds that these commands made already. LIMIT keeps each a look-up of its own by the command's index: left
-- to a join, a server that planned while little had been sold read every sale of the tills for ever after.
SELECT s.command_id, s.id, s.shop_id, d.till_number, s.series, s.number
  FROM unnest($1::bytea[]) AS t (command_id)
 CROSS JOIN LATERAL (SELECT * FROM sale WHERE command_id = t.command_id LIMIT 1) AS s
  JOIN device AS d ON d.id = s.device_id;

-- name: counter_booked
-- What is booked under these numbers that tills gave, and SHA-256 of the till's record of it, which the entry keeps.
SELECT s.device_id, s.number, s.id, d.till_number, substring(j.bytes FROM 197 FOR 32) AS record
  FROM generate_subscripts($1::bigint[], 1) AS i
 CROSS JOIN LATERAL (SELECT * FROM sale WHERE device_id = ($1::bigint[])[i] AND series = 'X' AND number = ($2::bigint[])[i]
                     OFFSET 0) AS s
 CROSS JOIN LATERAL (SELECT till_number FROM device WHERE id = s.device_id OFFSET 0) AS d
 CROSS JOIN LATERAL (SELECT bytes FROM journal WHERE device_id = s.device_id AND kind = 'X' AND number = s.number
                     OFFSET 0) AS j
 ORDER BY i;

-- name: counter_rescued
-- Tills of the shop whose sales another machine brings.
SELECT id
  FROM device
 WHERE id = ANY ($1::bigint[]) AND shop_id = $2 AND till_number IS NOT NULL
 ORDER BY id;

-- name: counter_drawers
-- A till's row, which the driver has locked, guards its drawers: its own, or those of persons that are open. OFFSET 0: each till's
-- are looked up by the key, while there are few of them as well. With them comes from how much on a sale earns a coupon: for all tills
-- together, one look at an index that is empty where none does.
SELECT d.id, d.till_number, w.holder_id, w.shift_id, w.cash_minor, w.sale_count,
       (SELECT min(p.receipt_minor) FROM campaign AS p WHERE p.receipt_minor > 0 AND p.active) AS coupon_from_minor
  FROM device AS d
  LEFT JOIN LATERAL (SELECT * FROM drawer WHERE device_id = d.id AND shift_id IS NOT NULL OFFSET 0) AS w ON true
 WHERE d.id = ANY ($1::bigint[])
 ORDER BY d.id, w.holder_id;

-- name: counter_shifts
-- Shifts that tills say they sold in.
SELECT id, device_id
  FROM shift
 WHERE id = ANY ($1::bigint[])
 ORDER BY id;

-- name: counter_staff
-- Whom tills say sold something while they were offline; who has left since is still there.
SELECT id, role_id
  FROM staff
 WHERE id = ANY ($1::bigint[]) AND shop_id = $2
 ORDER BY id;

-- name: counter_approvals
-- What other persons allowed, by the hashes of the tokens that tills show, and the role that they have now (0: none any
-- more). The shop's lock keeps other groups away.
SELECT a.token_hash, a.device_id, a.asked_by, a.approved_by, a.discount_ppm, a.below_floor, a.deposit_back, a.free_refund, a.expires_at, a.used_sale_id,
       CASE WHEN s.active THEN s.role_id ELSE 0 END::bigint AS approver_role_id
  FROM generate_subscripts($1::bytea[], 1) AS i
  JOIN approval AS a ON a.token_hash = ($1::bytea[])[i]
  JOIN staff AS s ON s.id = a.approved_by
 WHERE a.training_id IS NULL
   FOR NO KEY UPDATE OF a;

-- name: counter_free_refunds
-- The cash that was given back without receipts since this business day, day by day. The shop's lock keeps the next one waiting.
SELECT business_day, (-sum(total_minor + coalesce(rounding_minor, 0)))::bigint AS given_minor
  FROM sale
 WHERE shop_id = $1 AND business_day >= $2::date AND kind = 2 AND refund_of IS NULL
 GROUP BY business_day
 ORDER BY business_day;

-- name: counter_members
-- Members belong to the chain: other shops' groups meet here, in the order of ids. Of who was merged into another, that one as
-- well; who was erased is nobody.
SELECT member_id, points, birthday_blind, birthday_year, avoids, merged_into, tier
  FROM member_account
 WHERE member_id = ANY (ARRAY (SELECT unnest($1::bigint[]) UNION ALL
                               SELECT merged_into FROM member_account
                                WHERE member_id = ANY ($1::bigint[]) AND merged_into IS NOT NULL))
   AND NOT erased
 ORDER BY member_id
   FOR NO KEY UPDATE;

-- name: counter_lots
-- The member's account, locked before, guards the lots: those that are open, and those of today ($2) and later.
WITH who AS MATERIALIZED (
    SELECT unnest($1::bigint[]) AS id
     UNION
    SELECT merged_into FROM member_account WHERE member_id = ANY ($1::bigint[]) AND merged_into IS NOT NULL
)
SELECT l.id, l.member_id, l.origin_day, l.expiry_day, l.remaining, l.expired
  FROM who AS w
 CROSS JOIN LATERAL (SELECT * FROM points_lot WHERE member_id = w.id AND open
                      UNION ALL
                     SELECT * FROM points_lot WHERE member_id = w.id AND origin_day >= $2::date AND NOT open) AS l
 ORDER BY l.member_id, l.expiry_day, l.id;

-- name: counter_stock
-- The shop is a column of its own, so that nothing is left but to look each product up by the whole key: given as a
-- value, it had all of the shop's stock read, for as long as little was known of the table.
SELECT s.product_id, s.on_hand_milli
  FROM generate_subscripts($1::bigint[], 1) AS i
  JOIN stock AS s ON s.shop_id = ($1::bigint[])[i] AND s.product_id = ($2::bigint[])[i]
 ORDER BY s.product_id
   FOR NO KEY UPDATE OF s;

-- name: counter_coupons
-- Which coupons are used. They belong to the chain: other shops' groups meet here, in the order of ids, behind the stock.
SELECT id, campaign_id, number,
       coalesce((SELECT coalesce(a.merged_into, a.member_id) FROM member_account AS a WHERE a.member_id = coupon.member_id), 0)::bigint AS member_id,
       uses_max, use_count,
       coupon.sale_id IS NOT NULL
       AND coalesce((SELECT s.total_minor - (SELECT coalesce(sum(x.amount_minor), 0) FROM sale_deposit AS x WHERE x.sale_id = s.id)
                            + (SELECT coalesce(sum(b.total_minor - (SELECT coalesce(sum(x.amount_minor), 0) FROM sale_deposit AS x WHERE x.sale_id = b.id)), 0)
                                 FROM sale AS b
                                WHERE b.refund_of = s.id) <= 0
                       FROM sale AS s
                      WHERE s.id = coupon.sale_id), false) AS returned
  FROM coupon
 WHERE id = ANY ($1::bigint[])
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: counter_campaigns
-- Their campaigns, behind them; how often a member used one (coupon_members) is asked behind this lock.
SELECT id, name, gift, value, coalesce(category_id, 0)::bigint AS category_id, least_minor, weekdays, from_minute, until_minute,
       first_day, last_day, members_only, first_purchase, with_promotions, with_discounts, with_coupons, per_member, uses_max, active,
       coupon_count, use_count, receipt_minor
  FROM campaign
 WHERE id = ANY ($1::bigint[])
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: counter_accounts
-- On whose account something goes. Accounts belong to the chain: other shops' groups meet here, in the order of ids, behind all
-- that they lock else.
SELECT id, number, limit_minor, blocked, balance_minor, entry_count
  FROM account
 WHERE id = ANY ($1::bigint[])
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: counter_gift_cards
-- Which gift cards pay, by their numbers. They belong to the chain, too, and come behind the accounts, in the order of ids.
SELECT id, number, last_four, blocked, moved_to, expiry_day, balance_minor, entry_count
  FROM gift_card
 WHERE number = ANY ($1::bigint[])
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: counter_originals
-- The sales that are to be refunded, by the numbers on their receipts: $1 the shop, then till, series and number. What they
-- earned and how their cash was rounded is asked of the catalogue they were made with. Cash rounding is as it was put right, and
-- whose they are as they were given afterwards.
SELECT t.position, s.id, s.kind, s.device_id, s.shift_id, s.service,
       coalesce(s.member_id, (SELECT x.member_id FROM sale_attach AS x WHERE x.sale_id = s.id)) AS member_id, s.catalogue_version,
       s.total_minor, s.tax_minor,
       (coalesce(s.rounding_minor, 0) + r.rounding_minor)::bigint AS rounding_minor, r.count AS retender_count,
       (SELECT coalesce(max(f.number), 0) FROM sale_refund AS f WHERE f.sale_id = s.id)::bigint AS refund_count,
       v.currency_exponent, v.cash_rounding_minor, v.prices_include_tax,
       coalesce(p.points_per_unit, 0)::bigint AS points_per_unit, i.year AS invoice_year, i.number AS invoice_number
  FROM unnest($2::bigint[], $3::text[], $4::bigint[]) WITH ORDINALITY AS t (till, series, number, position)
  JOIN device AS d ON d.shop_id = $1 AND d.till_number = t.till
  JOIN sale AS s ON s.device_id = d.id AND s.series = t.series::"char" AND s.number = t.number
  JOIN LATERAL (SELECT w.currency_exponent, coalesce(w.cash_rounding_minor, 0)::bigint AS cash_rounding_minor,
                       w.prices_include_tax
                  FROM shop_version AS w
                 WHERE w.shop_id = s.shop_id AND w.from_version <= s.catalogue_version
                 ORDER BY w.from_version DESC
                 LIMIT 1) AS v ON true
  LEFT JOIN LATERAL (SELECT w.points_per_unit
                       FROM programme_version AS w
                      WHERE w.from_version <= s.catalogue_version
                      ORDER BY w.from_version DESC
                      LIMIT 1) AS p ON true
  LEFT JOIN LATERAL (SELECT w.year, w.number FROM invoice AS w WHERE w.sale_id = s.id OFFSET 0) AS i ON true
 CROSS JOIN LATERAL (SELECT count(*) AS count, coalesce(sum(w.rounding_minor), 0) AS rounding_minor
                       FROM sale_retender AS w
                      WHERE w.sale_id = s.id) AS r
 ORDER BY t.position;

-- name: counter_original_lines
-- As they were sold, and how much of each has come back. Which goods a line names is what they were called then. Of a line's
-- discount, what no discount took off are its free pieces, and those of rewards; what other rewards took off is apart. What coupons
-- made free of its quantity stands in their parts, of older sales in none.
SELECT t.position, l.line, l.product_id, l.quantity_milli, l.unit_price_minor, l.gross_minor, l.discount_minor,
       l.total_minor, l.tax_minor, l.flags, p.name, p.unit,
       CASE WHEN l.flags & 4 <> 0
            THEN l.discount_minor - (SELECT coalesce(sum(x.amount_minor), 0)::bigint
                                       FROM sale_discount AS x
                                      WHERE x.sale_id = l.sale_id AND x.line = l.line
                                        AND (x.kind <> 5 OR x.times IS NULL))
            ELSE 0
       END AS free_minor,
       (SELECT coalesce(sum(x.amount_minor), 0)::bigint
          FROM sale_discount AS x
         WHERE x.sale_id = l.sale_id AND x.line = l.line AND x.kind = 5 AND x.times IS NULL) AS reward_minor,
       (SELECT coalesce(1000 * sum(x.times), 0)::bigint
          FROM sale_discount AS x
         WHERE x.sale_id = l.sale_id AND x.line = l.line AND x.kind = 4) AS coupon_milli,
       coalesce(r.quantity_milli, 0)::bigint AS back_milli, coalesce(g.goods_line, -1)::bigint AS goods_line
  FROM unnest($2::bigint[], $3::text[], $4::bigint[]) WITH ORDINALITY AS t (till, series, number, position)
  JOIN device AS d ON d.shop_id = $1 AND d.till_number = t.till
  JOIN sale AS s ON s.device_id = d.id AND s.series = t.series::"char" AND s.number = t.number
  JOIN sale_line AS l ON l.sale_id = s.id
  JOIN LATERAL (SELECT v.name, v.unit
                  FROM product_version AS v
                 WHERE v.product_id = l.product_id AND v.from_version <= s.catalogue_version
                 ORDER BY v.from_version DESC
                 LIMIT 1) AS p ON true
  LEFT JOIN refunded AS r ON r.sale_id = l.sale_id AND r.line = l.line
  LEFT JOIN sale_deposit AS g ON l.flags & 96 <> 0 AND g.sale_id = l.sale_id AND g.line = l.line
 WHERE l.flags & 2 = 0
 ORDER BY t.position, l.line;

-- name: counter_original_line_taxes
-- Which of a sale's taxes each line bears: those of its goods' class, or of the one that the basket switched it to.
WITH line AS (
    SELECT t.position, s.id AS sale_id, s.catalogue_version AS version, s.service, l.line, l.flags & 1 = 1 AS hot,
           CASE WHEN c.switch_at_count > 0 AND c.switch_to_id IS NOT NULL
                 AND 1000 * c.switch_at_count::bigint <=
                     (SELECT sum(o.quantity_milli)
                        FROM sale_line AS o
                       WHERE o.sale_id = s.id
                         AND o.flags & 98 = 0
                         AND (0, g.tax_class_id) = (SELECT v.unit, v.tax_class_id
                                                      FROM product_version AS v
                                                     WHERE v.product_id = o.product_id AND v.from_version <= s.catalogue_version
                                                     ORDER BY v.from_version DESC
                                                     LIMIT 1))
                THEN c.switch_to_id
                ELSE g.tax_class_id
           END AS tax_class_id
      FROM unnest($2::bigint[], $3::text[], $4::bigint[]) WITH ORDINALITY AS t (till, series, number, position)
      JOIN device AS d ON d.shop_id = $1 AND d.till_number = t.till
      JOIN sale AS s ON s.device_id = d.id AND s.series = t.series::"char" AND s.number = t.number
      JOIN sale_line AS l ON l.sale_id = s.id
      CROSS JOIN LATERAL (SELECT v.tax_class_id
                            FROM product_version AS v
                           WHERE v.product_id = l.product_id AND v.from_version <= s.catalogue_version
                           ORDER BY v.from_version DESC
                           LIMIT 1) AS g
      CROSS JOIN LATERAL (SELECT v.switch_at_count, v.switch_to_id
                            FROM tax_class_version AS v
                           WHERE v.tax_class_id = g.tax_class_id AND v.from_version <= s.catalogue_version
                           ORDER BY v.from_version DESC
                           LIMIT 1) AS c
     WHERE s.kind = 1 AND l.flags & 2 = 0 AND l.total_minor <> 0
)
SELECT l.position, l.line, x.position AS tax
  FROM line AS l
  CROSS JOIN LATERAL (SELECT v.from_version
                        FROM tax_class_version AS v
                       WHERE v.tax_class_id = l.tax_class_id AND v.from_version <= l.version
                       ORDER BY v.from_version DESC
                       LIMIT 1) AS c
  JOIN tax_rate_version AS r ON r.tax_class_id = l.tax_class_id AND r.from_version = c.from_version
                            AND r.service = l.service AND r.hot = l.hot
  JOIN sale_tax AS x ON x.sale_id = l.sale_id AND x.code = r.code AND x.rate_ppm = r.rate_ppm
 ORDER BY l.position, l.line, x.position;

-- name: counter_original_taxes
SELECT t.position, x.code, x.rate_ppm, x.net_minor, x.tax_minor
  FROM unnest($2::bigint[], $3::text[], $4::bigint[]) WITH ORDINALITY AS t (till, series, number, position)
  JOIN device AS d ON d.shop_id = $1 AND d.till_number = t.till
  JOIN sale AS s ON s.device_id = d.id AND s.series = t.series::"char" AND s.number = t.number
  JOIN sale_tax AS x ON x.sale_id = s.id
 ORDER BY t.position, x.position;

-- name: counter_original_tenders
-- As they were put right, with their names as they were: of each position what is left there.
SELECT t.position, x.position AS tender, x.kind, coalesce(x.tender_type_id, 0)::bigint AS tender_type_id,
       coalesce(n.name, '') AS name, x.stayed_minor, x.tip_minor, x.forfeited_minor, x.reference
  FROM unnest($2::bigint[], $3::text[], $4::bigint[]) WITH ORDINALITY AS t (till, series, number, position)
  JOIN device AS d ON d.shop_id = $1 AND d.till_number = t.till
  JOIN sale AS s ON s.device_id = d.id AND s.series = t.series::"char" AND s.number = t.number
 CROSS JOIN LATERAL (
    SELECT p.position, p.kind, p.tender_type_id, p.reference, min(p.version) AS version,
           sum(p.stayed_minor)::bigint AS stayed_minor, sum(p.tip_minor)::bigint AS tip_minor,
           sum(p.forfeited_minor)::bigint AS forfeited_minor
      FROM (SELECT w.position, w.kind, w.tender_type_id, w.reference, s.catalogue_version AS version,
                   w.amount_minor - w.change_minor - coalesce(w.forfeited_minor, 0) - coalesce(w.tip_minor, 0) AS stayed_minor,
                   coalesce(w.tip_minor, 0)::bigint AS tip_minor, coalesce(w.forfeited_minor, 0)::bigint AS forfeited_minor
              FROM tender AS w
             WHERE w.sale_id = s.id
             UNION ALL
            SELECT e.position, e.kind, e.tender_type_id, e.reference, r.catalogue_version, e.amount_minor - e.tip_minor,
                   e.tip_minor, 0
              FROM sale_retender AS r
             CROSS JOIN LATERAL (SELECT * FROM retender_entry WHERE retender_id = r.id OFFSET 0) AS e
             WHERE r.sale_id = s.id) AS p
     GROUP BY p.position, p.kind, p.tender_type_id, p.reference
    HAVING sum(p.stayed_minor) <> 0 OR sum(p.tip_minor) <> 0
    OFFSET 0) AS x
  LEFT JOIN LATERAL (SELECT v.name
                       FROM tender_type_version AS v
                      WHERE v.tender_type_id = coalesce(x.tender_type_id, x.kind) AND v.from_version <= x.version
                      ORDER BY v.from_version DESC
                      LIMIT 1) AS n ON true
 ORDER BY t.position, x.position, x.kind, x.tender_type_id, x.reference COLLATE "C";

-- name: counter_original_points
-- What they earned and spent, lot by lot, in the order in which lots are spent (points_spend()): what was taken last comes back first.
SELECT t.position, e.lot_id, e.kind, e.points
  FROM unnest($2::bigint[], $3::text[], $4::bigint[]) WITH ORDINALITY AS t (till, series, number, position)
  JOIN device AS d ON d.shop_id = $1 AND d.till_number = t.till
  JOIN sale AS s ON s.device_id = d.id AND s.series = t.series::"char" AND s.number = t.number
  JOIN points_entry AS e ON e.origin_id = s.id
  JOIN points_lot AS l ON l.id = e.lot_id
 WHERE e.kind IN (2, 4)
 ORDER BY t.position, l.expiry_day, e.lot_id, e.kind;

-- name: counter_original_earnings
-- What each rule of earning gave for them.
SELECT t.position, e.rule, e.per, e.value, e.basis, e.points, e.lines, e.tier, e.week_minute
  FROM unnest($2::bigint[], $3::text[], $4::bigint[]) WITH ORDINALITY AS t (till, series, number, position)
  JOIN device AS d ON d.shop_id = $1 AND d.till_number = t.till
  JOIN sale AS s ON s.device_id = d.id AND s.series = t.series::"char" AND s.number = t.number
  JOIN sale_earning AS e ON e.sale_id = s.id
 ORDER BY t.position, e.rule;

-- name: counter_cards
-- Whose cards tills noted while they were offline.
SELECT blind, member_id
  FROM member_blind
 WHERE kind = 3 AND blind = ANY ($1::bytea[])
 ORDER BY member_id, blind;

-- name: counter_refund_members
-- counter_members, with those of the sales that are to be refunded ($2 to $5: shop, till, series, number), and of cards ($6).
WITH named AS (
    SELECT unnest($1::bigint[]) AS id
     UNION
    SELECT coalesce(s.member_id, (SELECT x.member_id FROM sale_attach AS x WHERE x.sale_id = s.id))
      FROM unnest($3::bigint[], $4::text[], $5::bigint[]) AS t (till, series, number)
      JOIN device AS d ON d.shop_id = $2 AND d.till_number = t.till
      JOIN sale AS s ON s.device_id = d.id AND s.series = t.series::"char" AND s.number = t.number
     UNION
    SELECT member_id FROM member_blind WHERE kind = 3 AND blind = ANY ($6::bytea[])
), wanted AS (
    SELECT id FROM named
     UNION
    SELECT merged_into FROM member_account WHERE member_id = ANY (ARRAY (SELECT id FROM named))
)
SELECT member_id, points, birthday_blind, birthday_year, avoids, merged_into, tier
  FROM member_account
 WHERE member_id = ANY (ARRAY (SELECT id FROM wanted)) AND NOT erased
 ORDER BY member_id
   FOR NO KEY UPDATE;

-- name: counter_refund_lots
-- counter_lots, with every lot that those sales touched, whatever has become of it, and those of cards ($7).
WITH original AS (
    SELECT s.id, coalesce(s.member_id, (SELECT x.member_id FROM sale_attach AS x WHERE x.sale_id = s.id)) AS member_id
      FROM unnest($4::bigint[], $5::text[], $6::bigint[]) AS t (till, series, number)
      JOIN device AS d ON d.shop_id = $3 AND d.till_number = t.till
      JOIN sale AS s ON s.device_id = d.id AND s.series = t.series::"char" AND s.number = t.number
), named AS (
    SELECT unnest($1::bigint[]) AS id
     UNION
    SELECT member_id FROM original
     UNION
    SELECT member_id FROM member_blind WHERE kind = 3 AND blind = ANY ($7::bytea[])
), who AS MATERIALIZED (
    SELECT id FROM named
     UNION
    SELECT merged_into FROM member_account WHERE member_id = ANY (ARRAY (SELECT id FROM named))
)
SELECT l.id, l.member_id, l.origin_day, l.expiry_day, l.remaining, l.expired
  FROM who AS w
 CROSS JOIN LATERAL (SELECT * FROM points_lot WHERE member_id = w.id AND open
                      UNION ALL
                     SELECT * FROM points_lot WHERE member_id = w.id AND origin_day >= $2::date AND NOT open) AS l
 UNION
SELECT l.id, l.member_id, l.origin_day, l.expiry_day, l.remaining, l.expired
  FROM points_lot AS l
 WHERE l.id = ANY (ARRAY (SELECT e.lot_id FROM original AS o JOIN points_entry AS e ON e.origin_id = o.id))
   AND l.member_id = ANY (ARRAY (SELECT id FROM who))
 ORDER BY member_id, expiry_day, id;

-- name: counter_refund_stock
-- counter_stock, with the goods of those sales.
WITH wanted AS (
    SELECT unnest($2::bigint[]) AS id
     UNION
    SELECT l.product_id
      FROM unnest($3::bigint[], $4::text[], $5::bigint[]) AS t (till, series, number)
      JOIN device AS d ON d.shop_id = $1 AND d.till_number = t.till
      JOIN sale AS s ON s.device_id = d.id AND s.series = t.series::"char" AND s.number = t.number
      JOIN sale_line AS l ON l.sale_id = s.id
)
SELECT product_id, on_hand_milli
  FROM stock
 WHERE shop_id = $1 AND product_id = ANY (ARRAY (SELECT id FROM wanted))
 ORDER BY product_id
   FOR NO KEY UPDATE;

-- name: counter_refund_accounts
-- counter_accounts, with those that the sales that are to be refunded ($2 to $5: shop, till, series, number) went on.
WITH wanted AS (
    SELECT unnest($1::bigint[]) AS id
     UNION
    SELECT e.account_id
      FROM unnest($3::bigint[], $4::text[], $5::bigint[]) AS t (till, series, number)
      JOIN device AS d ON d.shop_id = $2 AND d.till_number = t.till
      JOIN sale AS s ON s.device_id = d.id AND s.series = t.series::"char" AND s.number = t.number
      JOIN account_entry AS e ON e.origin_id = s.id
)
SELECT id, number, limit_minor, blocked, balance_minor, entry_count
  FROM account
 WHERE id = ANY (ARRAY (SELECT id FROM wanted))
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: counter_refund_gift_cards
-- counter_gift_cards, with those that paid the sales that are to be refunded ($2 to $5: shop, till, series, number), and where these
-- were lost, those that have their money since.
WITH paid AS (
    SELECT e.card_id AS id
      FROM unnest($3::bigint[], $4::text[], $5::bigint[]) AS t (till, series, number)
      JOIN device AS d ON d.shop_id = $2 AND d.till_number = t.till
      JOIN sale AS s ON s.device_id = d.id AND s.series = t.series::"char" AND s.number = t.number
      JOIN gift_card_entry AS e ON e.origin_id = s.id
), wanted AS (
    SELECT id FROM gift_card WHERE number = ANY ($1::bigint[])
     UNION
    SELECT id FROM paid
     UNION
    SELECT g.moved_to FROM paid AS p JOIN gift_card AS g ON g.id = p.id WHERE g.moved_to IS NOT NULL
)
SELECT id, number, last_four, blocked, moved_to, expiry_day, balance_minor, entry_count
  FROM gift_card
 WHERE id = ANY (ARRAY (SELECT id FROM wanted))
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: counter_sale_insert
INSERT INTO sale (id, shop_id, device_id, series, number, kind, refund_of, shift_id, made_shift_id, staff_id, member_id,
                  command_id, service, catalogue_version, total_minor, tax_minor, points_earned, points_spent,
                  points_gifted, points_after, reason, business_day, made_at, at, rounding_minor, approved_by, brought_by)
SELECT ($3::bigint[])[i], $1, ($4::bigint[])[i], ($26::text[])[i]::"char", ($5::bigint[])[i], ($6::bigint[])[i], ($7::bigint[])[i],
       ($8::bigint[])[i], ($9::bigint[])[i], ($10::bigint[])[i], ($11::bigint[])[i], ($12::bytea[])[i],
       ($13::bigint[])[i], ($14::bigint[])[i], ($15::bigint[])[i], ($16::bigint[])[i], ($17::bigint[])[i],
       ($18::bigint[])[i], ($19::bigint[])[i], ($20::bigint[])[i], ($21::text[])[i], ($22::date[])[i],
       ($23::timestamptz[])[i], $2::timestamptz, ($24::bigint[])[i], ($25::bigint[])[i], ($27::bigint[])[i]
  FROM generate_subscripts($3::bigint[], 1) AS i;

-- name: counter_line_insert
INSERT INTO sale_line (sale_id, line, product_id, quantity_milli, unit_price_minor, gross_minor, discount_minor,
                       total_minor, tax_minor, flags, refund_line, void_reason)
SELECT ($1::bigint[])[i], ($2::bigint[])[i], ($3::bigint[])[i], ($4::bigint[])[i], ($5::bigint[])[i],
       ($6::bigint[])[i], ($7::bigint[])[i], ($8::bigint[])[i], ($9::bigint[])[i], ($10::bigint[])[i],
       ($11::bigint[])[i], ($12::text[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: counter_tax_insert
INSERT INTO sale_tax (sale_id, position, code, rate_ppm, net_minor, tax_minor)
SELECT ($1::bigint[])[i], ($2::bigint[])[i], ($3::text[])[i], ($4::bigint[])[i], ($5::bigint[])[i], ($6::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: counter_note_insert
INSERT INTO sale_note (sale_id, line, note)
SELECT ($1::bigint[])[i], ($2::bigint[])[i], ($3::text[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: counter_option_insert
INSERT INTO sale_option (sale_id, line, position, modifier_id, option, name, price_minor)
SELECT ($1::bigint[])[i], ($2::bigint[])[i], ($3::bigint[])[i], ($4::bigint[])[i], ($5::bigint[])[i], ($6::text[])[i],
       ($7::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: counter_keyed_insert
INSERT INTO sale_keyed_price (sale_id, line, price_minor)
SELECT ($1::bigint[])[i], ($2::bigint[])[i], ($3::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: counter_deposit_insert
INSERT INTO sale_deposit (sale_id, line, goods_line, amount_minor)
SELECT ($1::bigint[])[i], ($2::bigint[])[i], ($3::bigint[])[i], ($4::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: counter_discount_insert
INSERT INTO sale_discount (sale_id, line, kind, rate_ppm, amount_minor, reason, promotion_id, times)
SELECT ($1::bigint[])[i], ($2::bigint[])[i], ($3::bigint[])[i], ($4::bigint[])[i], ($5::bigint[])[i], ($6::text[])[i],
       ($7::bigint[])[i], ($8::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: counter_earning_insert
INSERT INTO sale_earning (sale_id, rule, per, value, basis, points, lines, tier, week_minute)
SELECT ($1::bigint[])[i], ($2::bigint[])[i], ($3::bigint[])[i], ($4::bigint[])[i], ($5::bigint[])[i], ($6::bigint[])[i],
       ($7::bytea[])[i], ($8::bigint[])[i], ($9::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: counter_approval_use
UPDATE approval AS a
   SET used_sale_id = ($2::bigint[])[i]
  FROM generate_subscripts($1::bytea[], 1) AS i
 WHERE a.token_hash = ($1::bytea[])[i];

-- name: counter_tender_insert
INSERT INTO tender (sale_id, position, kind, amount_minor, change_minor, reference, tender_type_id, forfeited_minor,
                    tip_minor)
SELECT ($1::bigint[])[i], ($2::bigint[])[i], ($3::bigint[])[i], ($4::bigint[])[i], ($5::bigint[])[i], ($6::text[])[i],
       ($7::bigint[])[i], ($8::bigint[])[i], ($9::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: counter_refund_insert
-- Which of its sale's refunds each is, behind the shop's lock.
INSERT INTO sale_refund (refund_id, sale_id, number)
SELECT ($1::bigint[])[i], ($2::bigint[])[i], ($3::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: counter_refunded_add
-- What came back of lines, once each: of some a part had come before. A group may give back two parts of one line.
INSERT INTO refunded AS r (sale_id, line, quantity_milli, total_minor)
SELECT ($1::bigint[])[i], ($2::bigint[])[i], sum(($3::bigint[])[i])::bigint, sum(($4::bigint[])[i])::bigint
  FROM generate_subscripts($1::bigint[], 1) AS i
 GROUP BY 1, 2
 ORDER BY 1, 2
    ON CONFLICT (sale_id, line) DO UPDATE
   SET quantity_milli = r.quantity_milli + excluded.quantity_milli,
       total_minor = r.total_minor + excluded.total_minor;

-- name: counter_exception_insert
INSERT INTO sale_exception (sale_id, kind, line, said, found)
SELECT ($1::bigint[])[i], ($2::bigint[])[i], ($3::bigint[])[i], ($4::bigint[])[i], ($5::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: counter_rescue_insert
INSERT INTO sale_rescue (sale_id, device_id, command_id)
SELECT ($1::bigint[])[i], ($2::bigint[])[i], ($3::bytea[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: counter_stock_insert
-- What moves for the first time in this shop. A delivery may have made the row since it was looked for.
INSERT INTO stock (shop_id, product_id, on_hand_milli)
SELECT $1, product_id, change_milli
  FROM unnest($2::bigint[], $3::bigint[]) AS t (product_id, change_milli)
    ON CONFLICT (shop_id, product_id) DO UPDATE SET on_hand_milli = stock.on_hand_milli + EXCLUDED.on_hand_milli;

-- name: counter_stock_update
UPDATE stock AS s
   SET on_hand_milli = s.on_hand_milli + ($3::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i
 WHERE s.shop_id = ($1::bigint[])[i] AND s.product_id = ($2::bigint[])[i];

-- name: counter_stock_entry_insert
INSERT INTO stock_entry (origin_id, line, kind, shop_id, product_id, quantity_milli, at)
SELECT ($3::bigint[])[i], ($4::bigint[])[i], ($5::bigint[])[i], $1, ($6::bigint[])[i], ($7::bigint[])[i],
       $2::timestamptz
  FROM generate_subscripts($3::bigint[], 1) AS i;

-- name: counter_drawer_update
UPDATE drawer AS w
   SET cash_minor = ($3::bigint[])[i], sale_count = ($4::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i
 WHERE w.device_id = ($1::bigint[])[i] AND w.holder_id = ($2::bigint[])[i];

-- name: counter_drawer_entry_insert
INSERT INTO drawer_entry (origin_id, kind, shift_id, amount_minor, at)
SELECT ($2::bigint[])[i], ($3::bigint[])[i], ($4::bigint[])[i], ($5::bigint[])[i], $1::timestamptz
  FROM generate_subscripts($2::bigint[], 1) AS i;

-- name: counter_member_update
-- Somebody's friend who bought something is looked at by sweep_referrals_look.
UPDATE member_account AS a
   SET points = ($2::bigint[])[i], birthday_year = ($3::bigint[])[i], friend = CASE WHEN a.friend > 0 THEN 2 ELSE 0 END
  FROM generate_subscripts($1::bigint[], 1) AS i
 WHERE a.member_id = ($1::bigint[])[i];

-- name: counter_coupon_update
-- Mostly one: joined to the array, the table would be made a hash of for it.
UPDATE coupon
   SET use_count = ($2::bigint[])[array_position($1::bigint[], id::bigint)]
 WHERE id = ANY ($1::bigint[]);

-- name: counter_campaign_update
UPDATE campaign
   SET use_count = ($2::bigint[])[array_position($1::bigint[], id::bigint)]
 WHERE id = ANY ($1::bigint[]);

-- name: counter_coupon_use_insert
INSERT INTO coupon_use (coupon_id, number, campaign_id, sale_id, member_id, amount_minor, at)
SELECT ($2::bigint[])[i], ($3::bigint[])[i], ($4::bigint[])[i], ($5::bigint[])[i], ($6::bigint[])[i], ($7::bigint[])[i],
       $1::timestamptz
  FROM generate_subscripts($2::bigint[], 1) AS i;

-- name: counter_account_update
UPDATE account AS a
   SET balance_minor = ($2::bigint[])[i], entry_count = ($3::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i
 WHERE a.id = ($1::bigint[])[i];

-- name: counter_account_entry_insert
INSERT INTO account_entry (account_id, number, kind, origin_id, position, amount_minor, balance_minor, at)
SELECT ($2::bigint[])[i], ($3::bigint[])[i], ($4::bigint[])[i], ($5::bigint[])[i], ($6::bigint[])[i], ($7::bigint[])[i],
       ($8::bigint[])[i], $1::timestamptz
  FROM generate_subscripts($2::bigint[], 1) AS i;

-- name: counter_gift_card_update
UPDATE gift_card AS g
   SET balance_minor = ($2::bigint[])[i], entry_count = ($3::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i
 WHERE g.id = ($1::bigint[])[i];

-- name: counter_gift_card_entry_insert
INSERT INTO gift_card_entry (card_id, number, kind, origin_id, position, amount_minor, balance_minor, at)
SELECT ($2::bigint[])[i], ($3::bigint[])[i], ($4::bigint[])[i], ($5::bigint[])[i], ($6::bigint[])[i], ($7::bigint[])[i],
       ($8::bigint[])[i], $1::timestamptz
  FROM generate_subscripts($2::bigint[], 1) AS i;

-- name: counter_lot_insert
INSERT INTO points_lot (id, member_id, origin_day, expiry_day, remaining)
SELECT ($1::bigint[])[i], ($2::bigint[])[i], ($3::date[])[i], ($4::date[])[i], ($5::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i;

-- name: counter_lot_update
UPDATE points_lot AS l
   SET remaining = ($2::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i
 WHERE l.id = ($1::bigint[])[i];

-- name: counter_lot_expired
-- What expired out of them, less what of it a refund found gone.
UPDATE points_lot AS l
   SET expired = ($2::bigint[])[i]
  FROM generate_subscripts($1::bigint[], 1) AS i
 WHERE l.id = ($1::bigint[])[i];

-- name: counter_points_insert
INSERT INTO points_entry (origin_id, lot_id, kind, member_id, points, staff_id, at)
SELECT ($2::bigint[])[i], ($3::bigint[])[i], ($4::bigint[])[i], ($5::bigint[])[i], ($6::bigint[])[i],
       ($7::bigint[])[i], $1::timestamptz
  FROM generate_subscripts($2::bigint[], 1) AS i;
