-- A receipt is given to a member afterwards. What it was is read as for a refund (counter_group.sql); here, what only its points ask:
-- how things stood then. All behind the shop's lock. $1 to $4: the shop, and the receipt's till, series and number.

-- name: attach_sale
-- When it was, and the programme then; version 0: there was none.
SELECT s.id, s.at, s.made_at, coalesce(p.from_version, 0)::bigint AS version, coalesce(p.lot_days, 0)::bigint AS lot_days,
       coalesce(p.birthday_points, 0)::bigint AS birthday_points, coalesce(p.tier_months, 0)::bigint AS tier_months
  FROM device AS d
  JOIN sale AS s ON s.device_id = d.id
  LEFT JOIN LATERAL (SELECT v.from_version, v.lot_days, v.birthday_points, v.tier_months
                       FROM programme_version AS v
                      WHERE v.from_version <= s.catalogue_version
                      ORDER BY v.from_version DESC
                      LIMIT 1) AS p ON true
 WHERE d.shop_id = $1 AND d.till_number = $2::bigint AND s.series = $3::text::"char" AND s.number = $4;

-- name: attach_terms
-- Its rules of earning and its tiers, as catalogue_programme_terms has them.
SELECT t.from_version AS version, t.kind, t.number, t.name, t.gives, t.value, t.cost, t.tier, t.goods, t.weekdays,
       t.from_minute, t.until_minute, coalesce(t.category_id, 0)::bigint AS category_id,
       coalesce(t.product_id, 0)::bigint AS product_id
  FROM device AS d
  JOIN sale AS s ON s.device_id = d.id
  JOIN programme_term_version AS t ON t.from_version = (SELECT max(v.from_version)
                                                          FROM programme_version AS v
                                                         WHERE v.from_version <= s.catalogue_version)
 WHERE d.shop_id = $1 AND d.till_number = $2::bigint AND s.series = $3::text::"char" AND s.number = $4 AND t.kind IN (1, 3)
 ORDER BY t.kind, t.number, t.position;

-- name: attach_lines
-- In which category each line's goods were.
SELECT l.line, coalesce(p.category_id, 0)::bigint AS category_id
  FROM device AS d
  JOIN sale AS s ON s.device_id = d.id
  JOIN sale_line AS l ON l.sale_id = s.id
  JOIN LATERAL (SELECT v.category_id
                  FROM product_version AS v
                 WHERE v.product_id = l.product_id AND v.from_version <= s.catalogue_version
                 ORDER BY v.from_version DESC
                 LIMIT 1) AS p ON true
 WHERE d.shop_id = $1 AND d.till_number = $2::bigint AND s.series = $3::text::"char" AND s.number = $4
 ORDER BY l.line;

-- name: attach_backs
-- What came back of it, refund by refund, as they came.
SELECT b.id, b.at, l.refund_line AS line, (-l.quantity_milli)::bigint AS quantity_milli
  FROM device AS d
  JOIN sale AS s ON s.device_id = d.id
  JOIN sale_refund AS f ON f.sale_id = s.id
  JOIN sale AS b ON b.id = f.refund_id
  JOIN sale_line AS l ON l.sale_id = b.id
 WHERE d.shop_id = $1 AND d.till_number = $2::bigint AND s.series = $3::text::"char" AND s.number = $4
   AND l.refund_line IS NOT NULL
 ORDER BY f.number, l.line;

-- name: attach_member
-- Since when the member is one; and ($4) what they, and who was merged into them, had spent from $2 to before $3, as it stood then.
SELECT m.created_at,
       CASE WHEN $4::boolean
            THEN (SELECT least(greatest(coalesce(sum(s.total_minor - d.minor + r.minor), 0), 0), 9223372036854775807)::bigint
                    FROM member_account AS w
                   CROSS JOIN LATERAL (SELECT x.id FROM sale AS x
                                        WHERE x.member_id = w.member_id AND x.kind = 1 AND x.at >= $2::timestamptz AND x.at < $3::timestamptz
                                        UNION ALL
                                       SELECT x.sale_id FROM sale_attach AS x
                                        WHERE x.member_id = w.member_id AND x.sale_id = x.attached_id AND x.sold_at >= $2::timestamptz
                                          AND x.sold_at < $3::timestamptz) AS b
                    JOIN sale AS s ON s.id = b.id
                   CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount_minor), 0) AS minor
                                         FROM sale_deposit AS x
                                        WHERE x.sale_id = s.id) AS d
                   CROSS JOIN LATERAL (SELECT coalesce(sum(b.total_minor - (SELECT coalesce(sum(x.amount_minor), 0)
                                                                              FROM sale_deposit AS x
                                                                             WHERE x.sale_id = b.id)), 0) AS minor
                                         FROM sale AS b
                                        WHERE b.refund_of = s.id AND b.at < $3::timestamptz) AS r
                   WHERE w.member_id = m.id OR w.merged_into = m.id)
            ELSE 0
       END::bigint AS spent_minor
  FROM member AS m
 WHERE m.id = $1;

-- name: attach_insert
INSERT INTO sale_attach (sale_id, attached_id, member_id, sold_at, points_earned, points_gifted, points_after, shop_id, device_id,
                         staff_id, at)
SELECT ($2::bigint[])[i], $1::bigint, $3::bigint, ($4::timestamptz[])[i], ($5::bigint[])[i], ($6::bigint[])[i], $7::bigint,
       $8::bigint, $9::bigint, $10::bigint, $11::timestamptz
  FROM generate_subscripts($2::bigint[], 1) AS i;

-- name: attach_show
-- To whom a sale, or with it a refund that had come before, was given, and what its own points are since then.
SELECT member_id, at, points_earned, points_gifted, points_after
  FROM sale_attach
 WHERE sale_id = $1;
