-- Coupons: campaigns, found by the keyed hash of their codes, issued in batches. Sales take them in counter_group.sql.

-- name: coupon_campaign_insert
INSERT INTO campaign (id, name, gift, value, category_id, least_minor, weekdays, from_minute, until_minute, first_day, last_day,
                             members_only, first_purchase, with_promotions, with_discounts, with_coupons, per_member, uses_max,
                             active, coupon_count, use_count, created_at, updated_at, receipt_minor)
VALUES ($1, $2, $3::bigint, $4, nullif($5::bigint, 0), $6::bigint, $7::bigint, $8::bigint, $9::bigint, $10, $11, $12, $13, $14, $15, $16,
        $17, $18, $19, 0, 0, $20, $20, $21::bigint);

-- name: coupon_campaign_product_insert
INSERT INTO campaign_product (campaign_id, product_id)
SELECT $1::bigint, ($2::bigint[])[i]
  FROM generate_subscripts($2::bigint[], 1) AS i;

-- name: coupon_campaign_stop
UPDATE campaign
   SET active = $2, updated_at = $3
 WHERE id = $1;

-- name: coupon_campaign_by_name
SELECT id FROM campaign WHERE name = $1;

-- name: coupon_campaign_lock
SELECT id, name, gift, value, coalesce(category_id, 0)::bigint AS category_id, least_minor, weekdays, from_minute, until_minute,
       first_day, last_day, members_only, first_purchase, with_promotions, with_discounts, with_coupons, per_member, uses_max, active,
       coupon_count, use_count, receipt_minor
  FROM campaign
 WHERE id = $1
   FOR NO KEY UPDATE;

-- name: coupon_campaign_list_page
-- One more than are shown.
SELECT id, name, gift, value, coalesce(category_id, 0)::bigint AS category_id, least_minor, weekdays, from_minute, until_minute,
       first_day, last_day, members_only, first_purchase, with_promotions, with_discounts, with_coupons, per_member, uses_max, active,
       coupon_count, use_count, receipt_minor
  FROM campaign
 WHERE id > $1
 ORDER BY id
 LIMIT 21;

-- name: coupon_campaign_products
SELECT campaign_id, product_id
  FROM campaign_product
 WHERE campaign_id = ANY ($1::bigint[])
 ORDER BY campaign_id, product_id;

-- name: coupon_issue_members
-- Members who joined before a day, have been in the shop so often, and not since then; null: whenever. Who has a coupon of the campaign
-- already gets no other. What was of who was merged into them is theirs. All members may have to be looked at: so nothing is locked for it.
-- A segment is issued to page by page, in the order of ids: first those behind who got the last one, and only where they are too few, those
-- before; else each page would begin with everybody who has one.
WITH last AS MATERIALIZED (
    SELECT coalesce((SELECT c.member_id FROM coupon AS c WHERE c.campaign_id = $1::bigint ORDER BY c.number DESC LIMIT 1), 0)::bigint AS id
)
SELECT m.id
  FROM (VALUES (1), (2)) AS p (part)
 CROSS JOIN last AS l
 CROSS JOIN LATERAL (
    SELECT m.id
      FROM member AS m
      JOIN member_account AS o ON o.member_id = m.id
     CROSS JOIN LATERAL (SELECT ARRAY (SELECT m.id UNION ALL SELECT f.member_id FROM member_account AS f WHERE f.merged_into = m.id) AS ids) AS w
     WHERE m.id > CASE p.part WHEN 1 THEN l.id ELSE 0 END AND m.id <= CASE p.part WHEN 1 THEN 9007199254740992 ELSE l.id END
       AND o.merged_into IS NULL AND NOT o.erased
       AND ($2::timestamptz IS NULL OR m.created_at < $2::timestamptz)
       AND NOT EXISTS (SELECT FROM coupon AS c WHERE c.member_id = ANY (w.ids) AND c.campaign_id = $1::bigint)
       AND ($3::timestamptz IS NULL
            OR NOT (EXISTS (SELECT FROM sale AS s WHERE s.member_id = ANY (w.ids) AND s.kind = 1 AND s.at >= $3::timestamptz)
                    OR EXISTS (SELECT FROM sale_attach AS x
                                WHERE x.member_id = ANY (w.ids) AND x.sale_id = x.attached_id AND x.sold_at >= $3::timestamptz)))
       AND ($4::bigint = 0
            OR $4::bigint <= (SELECT count(*)
                                FROM (SELECT FROM sale AS s WHERE s.member_id = ANY (w.ids) AND s.kind = 1 LIMIT greatest($4::bigint, 0)) AS v)
                             + (SELECT count(*) FROM sale_attach AS x WHERE x.member_id = ANY (w.ids) AND x.sale_id = x.attached_id))
     ORDER BY m.id
     LIMIT $5::bigint) AS m
 LIMIT $5::bigint;

-- name: coupon_issue_taken
-- Behind the campaign's lock: who of these has one of it by now.
SELECT o.member_id AS id
  FROM member_account AS o
 CROSS JOIN LATERAL (SELECT ARRAY (SELECT o.member_id UNION ALL SELECT f.member_id FROM member_account AS f WHERE f.merged_into = o.member_id)
                            AS ids) AS w
 WHERE o.member_id = ANY ($2::bigint[])
   AND EXISTS (SELECT FROM coupon AS c WHERE c.member_id = ANY (w.ids) AND c.campaign_id = $1::bigint)
 ORDER BY o.member_id;

-- name: coupon_issue_insert
INSERT INTO coupon (id, campaign_id, number, code_blind, member_id, uses_max, use_count, created_at)
SELECT ($2::bigint[])[i], $1::bigint, ($3::bigint[])[i], ($4::bytea[])[i], ($5::bigint[])[i], $6::bigint, 0, $7::timestamptz
  FROM generate_subscripts($2::bigint[], 1) AS i;

-- name: coupon_issue_count
UPDATE campaign
   SET coupon_count = $2, updated_at = $3
 WHERE id = $1;

-- name: coupon_by_code
-- A coupon of who was merged into another is that one's. returned: of the sale that earned it nothing is left, deposits aside; here and below.
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
 WHERE code_blind = $1;

-- name: coupon_by_number
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
 WHERE campaign_id = $1 AND number = $2;

-- name: coupon_campaigns
SELECT id, name, gift, value, coalesce(category_id, 0)::bigint AS category_id, least_minor, weekdays, from_minute, until_minute,
       first_day, last_day, members_only, first_purchase, with_promotions, with_discounts, with_coupons, per_member, uses_max, active,
       coupon_count, use_count, receipt_minor
  FROM campaign
 WHERE id = ANY ($1::bigint[])
 ORDER BY id;

-- name: coupon_coupons
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
 ORDER BY id;

-- name: coupon_uses
-- The newest, with the receipts that they stand on.
SELECT u.number, u.at, u.amount_minor, s.series, s.number AS receipt, s.shop_id,
       (SELECT d.till_number FROM device AS d WHERE d.id = s.device_id) AS till_number
  FROM coupon_use AS u
  JOIN sale AS s ON s.id = u.sale_id
 WHERE u.coupon_id = $1
 ORDER BY u.number DESC
 LIMIT 10;

-- name: coupon_members
-- How often a member used a campaign ($1, $2 side by side), and whether they ever bought anything, where its terms ask for one of these;
-- with those who were merged into the same as they. A member's uses are few, a campaign's are not: OFFSET 0 has them looked up by the member, while little is known of the
-- table, too. Where no terms ask for it, as most do not, one look tells so for all.
SELECT ($1::bigint[])[i] AS campaign_id, ($2::bigint[])[i] AS member_id,
       (SELECT count(*)
          FROM (SELECT x.campaign_id FROM coupon_use AS x WHERE x.member_id = ANY (w.ids) OFFSET 0) AS u
         WHERE u.campaign_id = ($1::bigint[])[i]) AS use_count,
       EXISTS (SELECT FROM unnest(w.ids) AS t (id)
                CROSS JOIN LATERAL (SELECT FROM sale AS s WHERE s.member_id = t.id AND s.kind = 1 ORDER BY s.at LIMIT 1) AS b)
       OR EXISTS (SELECT FROM unnest(w.ids) AS t (id)
                   CROSS JOIN LATERAL (SELECT FROM sale_attach AS x WHERE x.member_id = t.id AND x.sale_id = x.attached_id
                                        ORDER BY x.sold_at LIMIT 1) AS b) AS bought
  FROM generate_subscripts($1::bigint[], 1) AS i
 CROSS JOIN LATERAL (SELECT FROM campaign WHERE id = ($1::bigint[])[i] AND (per_member > 0 OR first_purchase) OFFSET 0) AS p
 CROSS JOIN LATERAL (SELECT (SELECT coalesce(o.merged_into, o.member_id)
                               FROM member_account AS o
                              WHERE o.member_id = ($2::bigint[])[i]) AS id
                     OFFSET 0) AS n
 CROSS JOIN LATERAL (SELECT ARRAY (SELECT n.id UNION ALL SELECT f.member_id FROM member_account AS f WHERE f.merged_into = n.id)
                            AS ids) AS w
 WHERE EXISTS (SELECT FROM campaign WHERE id = ANY ($1::bigint[]) AND (per_member > 0 OR first_purchase));

-- name: coupon_earn_sale
-- Of the shop, by its receipt's number.
SELECT s.id, s.kind, s.total_minor, s.at,
       coalesce((SELECT sum(x.amount_minor) FROM sale_deposit AS x WHERE x.sale_id = s.id), 0)::bigint AS deposit_minor, EXISTS (SELECT FROM sale AS b WHERE b.refund_of = s.id) AS came_back,
       EXISTS (SELECT FROM tender AS t WHERE t.sale_id = s.id AND t.kind = 4) AS house_paid
  FROM device AS d
  JOIN sale AS s ON s.device_id = d.id
 WHERE d.shop_id = $1 AND d.till_number = $2::bigint AND s.series = $3::text::"char" AND s.number = $4;

-- name: coupon_earn_campaigns
-- Of which a sale of such goods ($1) earns a coupon: campaigns that there were when it was made, and of which it ($4) has earned one
-- before, by whatever measure that was.
SELECT id, name, gift, value, coalesce(category_id, 0)::bigint AS category_id, least_minor, weekdays, from_minute, until_minute,
       first_day, last_day, members_only, first_purchase, with_promotions, with_discounts, with_coupons, per_member, uses_max, active,
       coupon_count, use_count, receipt_minor
  FROM campaign
 WHERE receipt_minor > 0 AND active AND created_at <= $2::timestamptz
   AND (receipt_minor <= $1::bigint OR id IN (SELECT campaign_id FROM coupon WHERE sale_id = $4::bigint))
   AND (last_day IS NULL OR last_day >= $3::date)
 ORDER BY id
 LIMIT 5
   FOR NO KEY UPDATE;

-- name: coupon_earned
-- Behind the campaigns' lock: what the sale has earned before.
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
 WHERE sale_id = $1::bigint
 ORDER BY campaign_id;

-- name: coupon_earn_insert
INSERT INTO coupon (id, campaign_id, number, code_blind, uses_max, use_count, created_at, sale_id, goods_minor)
VALUES ($1, $2, $3, $4, 1, 0, $5, $6, $7);
