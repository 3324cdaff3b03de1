-- Make the points programme, or change the one in force. All is asked behind catalogue_lock.

-- name: programme_put_now
SELECT programme_id AS id, name, sign_up_points, birthday_points, points_per_unit, lot_days, reward_cost,
       coalesce(reward_category_id, 0)::bigint AS reward_category_id, reward_name, tier_months, referrer_points,
       friend_points, from_version AS version
  FROM programme_version
 ORDER BY from_version DESC
 LIMIT 1;

-- name: programme_put_terms
-- Of the one in force, as catalogue_programme_terms has them.
SELECT t.from_version AS version, t.kind, t.number, t.name, t.gives, t.value, t.cost, t.tier, t.goods, t.weekdays,
       t.from_minute, t.until_minute, coalesce(t.category_id, 0)::bigint AS category_id,
       coalesce(t.product_id, 0)::bigint AS product_id
  FROM programme_term_version AS t
 WHERE t.from_version = (SELECT max(v.from_version) FROM programme_version AS v)
 ORDER BY t.kind, t.number, t.position;

-- name: programme_put_version
-- Behind catalogue_raise: the greatest version is the new one.
INSERT INTO programme_version (programme_id, from_version, name, sign_up_points, birthday_points, points_per_unit,
                               lot_days, reward_cost, reward_category_id, reward_name, tier_months, referrer_points,
                               friend_points)
SELECT $1::bigint, max(version), $2::text, $3::bigint, $4::bigint, $5::bigint, $6::bigint, $7::bigint,
       nullif($8::bigint, 0), $9::text, $10::bigint, $11::bigint, $12::bigint
  FROM catalogue_head;

-- name: programme_put_term_versions
INSERT INTO programme_term_version (programme_id, from_version, kind, number, position, name, gives, value, cost, tier,
                                    goods, weekdays, from_minute, until_minute, category_id, product_id)
SELECT $1::bigint, (SELECT max(version) FROM catalogue_head), kind, number, position, name, gives, value, cost, tier, goods,
       weekdays, from_minute, until_minute, nullif(category_id, 0), nullif(product_id, 0)
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
              $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[])
       AS t (kind, number, position, name, gives, value, cost, tier, goods, weekdays, from_minute, until_minute,
             category_id, product_id);

-- name: programme_try_members
SELECT member_id AS id, tier
  FROM member_account
 WHERE member_id > $1::bigint AND merged_into IS NULL
 ORDER BY member_id
 LIMIT $2::bigint;

-- name: programme_try_lines
-- Lines of goods that these members, and who was merged into them, bought in the shop from $3 to before $4, what came back taken off, free pieces not counted, and what
-- each sale gave them.
SELECT coalesce(w.merged_into, w.member_id) AS member_id, s.id AS sale_id, s.at,
       (s.points_earned + coalesce((SELECT sum(b.points_earned) FROM sale AS b WHERE b.refund_of = s.id), 0)
                        + coalesce((SELECT sum(x.points_earned) FROM sale_attach AS x WHERE x.attached_id = s.id), 0))::bigint AS points_then,
       l.line, l.product_id,
       greatest(l.quantity_milli - coalesce(r.quantity_milli, 0)
                - CASE WHEN l.flags & 4 <> 0 AND l.unit_price_minor > 0
                       THEN 1000 * ((l.discount_minor - (SELECT coalesce(sum(x.amount_minor), 0)::bigint
                                                           FROM sale_discount AS x
                                                          WHERE x.sale_id = l.sale_id AND x.line = l.line
                                                            AND (x.kind <> 5 OR x.times IS NULL))) / l.unit_price_minor)
                       ELSE 0
                  END
                - 1000 * (SELECT coalesce(sum(x.times), 0)::bigint
                            FROM sale_discount AS x
                           WHERE x.sale_id = l.sale_id AND x.line = l.line AND x.kind = 4), 0)::bigint AS paid_milli,
       l.total_minor, l.tax_minor, coalesce(r.total_minor, 0)::bigint AS back_minor
  FROM member_account AS w
 CROSS JOIN LATERAL (SELECT x.id FROM sale AS x
                      WHERE x.member_id = w.member_id AND x.kind = 1 AND x.at >= $3::timestamptz AND x.at < $4::timestamptz
                      UNION ALL
                     SELECT x.sale_id FROM sale_attach AS x
                      WHERE x.member_id = w.member_id AND x.sale_id = x.attached_id AND x.sold_at >= $3::timestamptz
                        AND x.sold_at < $4::timestamptz) AS o
  JOIN sale AS s ON s.id = o.id
  JOIN sale_line AS l ON l.sale_id = s.id
  LEFT JOIN refunded AS r ON r.sale_id = l.sale_id AND r.line = l.line
 WHERE (w.member_id = ANY ($1::bigint[]) OR w.merged_into = ANY ($1::bigint[])) AND s.shop_id = $2::bigint
   AND l.flags & 98 = 0
 ORDER BY 1, s.id, l.line
 LIMIT $5::bigint;
