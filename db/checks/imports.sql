-- What was taken over from the shop before is here, at the price and with the points that it came with, and no points came so by any other way.
SELECT i.kind, i.pk, i.object_id AS object, i.amount, coalesce(e.points, p.price_minor) AS found
  FROM django_import AS i
  LEFT JOIN member AS m ON i.kind = 1 AND m.id = i.object_id
  LEFT JOIN LATERAL (SELECT coalesce(sum(points), 0) AS points FROM points_entry WHERE origin_id = i.object_id AND kind = 9) AS e ON i.kind = 1
  LEFT JOIN LATERAL (SELECT price_minor
                       FROM price_version
                      WHERE shop_id = 0 AND product_id = i.object_id
                      ORDER BY from_version
                      LIMIT 1) AS p ON i.kind = 2
 WHERE (i.kind = 1 AND m.id IS NULL)
    OR coalesce(e.points, p.price_minor) IS DISTINCT FROM i.amount
 UNION ALL
SELECT 0, NULL, e.origin_id, e.points, NULL
  FROM points_entry AS e
 WHERE e.kind = 9
   AND NOT EXISTS (SELECT FROM django_import AS i WHERE i.kind = 1 AND i.object_id = e.origin_id)
