-- Where the numbers of a sale come from, beside what sale_show.sql has of it, counter_group.sql of its original, and catalogue.sql of the
-- version that it was priced with.

-- name: sale_explain_whose
-- A sale of a member, given to them afterwards too, or of who was merged into them ($2), in whichever shop.
SELECT s.id, s.shop_id
  FROM sale AS s
  LEFT JOIN sale_attach AS t ON t.sale_id = s.id
  JOIN member_account AS a ON a.member_id = coalesce(s.member_id, t.member_id)
 WHERE s.id = $1 AND coalesce(a.merged_into, a.member_id) = $2;

-- name: sale_explain_exceptions
SELECT kind, line
  FROM sale_exception
 WHERE sale_id = $1
 ORDER BY kind, line;

-- name: sale_explain_points
-- The entries of the ledger, with their lots' days.
SELECT e.kind, e.points, l.origin_day, l.expiry_day
  FROM points_entry AS e
  JOIN points_lot AS l ON l.id = e.lot_id
 WHERE e.origin_id = $1 AND (e.kind BETWEEN 2 AND 6 OR e.kind = 13)
 ORDER BY e.lot_id, e.kind;

-- name: sale_explain_prices
-- Whose list the price of each good stood on, and since which version; a refund's as it was sold.
SELECT l.product_id AS id, p.shop_id <> 0 AS own, p.from_version AS version
  FROM (SELECT s.shop_id, coalesce(o.catalogue_version, s.catalogue_version) AS version
          FROM sale AS s
          LEFT JOIN sale AS o ON o.id = s.refund_of
         WHERE s.id = $1) AS s
 CROSS JOIN (SELECT DISTINCT product_id FROM sale_line WHERE sale_id = $1) AS l
 CROSS JOIN LATERAL (SELECT v.shop_id, v.from_version
                       FROM price_version AS v
                      WHERE v.product_id = l.product_id AND v.shop_id IN (0, s.shop_id) AND v.from_version <= s.version
                      ORDER BY v.shop_id DESC, v.from_version DESC
                      LIMIT 1) AS p
 ORDER BY l.product_id;

-- name: sale_explain_back
-- Of a refund: how much of each line of its sale had come back before, by the order in which they were booked.
SELECT l.refund_line AS line, (-sum(l.quantity_milli))::bigint AS quantity_milli
  FROM sale_refund AS s
  JOIN sale_refund AS r ON r.sale_id = s.sale_id AND r.number < s.number
  JOIN sale_line AS l ON l.sale_id = r.refund_id
 WHERE s.refund_id = $1
 GROUP BY l.refund_line
 ORDER BY l.refund_line;

-- name: sale_explain_staff
-- What those of a shop are called who gave, allowed or changed something.
SELECT id, name_sealed
  FROM staff
 WHERE id = ANY ($1::bigint[]) AND shop_id = $2
 ORDER BY id;

-- name: sale_explain_versions
-- When versions of the catalogue were made, and by whom.
SELECT version, made_at, coalesce(staff_id, 0)::bigint AS staff_id
  FROM catalogue_version
 WHERE version = ANY ($1::bigint[])
 ORDER BY version;
