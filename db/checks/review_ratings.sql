-- What a product's rating says, by sum and count, is what its accepted reviews come to.
WITH kept AS (
    SELECT DISTINCT ON (product_id) product_id, rating_sum, rating_count FROM rating_version ORDER BY product_id, from_version DESC
), found AS (
    SELECT product_id, sum(rating)::bigint AS rating_sum, count(*) AS rating_count FROM review WHERE state = 2 GROUP BY product_id
)
SELECT coalesce(k.product_id, f.product_id) AS product, k.rating_sum, f.rating_sum AS found_sum, k.rating_count, f.rating_count AS found_count
  FROM kept AS k
  FULL JOIN found AS f ON f.product_id = k.product_id
 WHERE coalesce(k.rating_sum, 0) <> coalesce(f.rating_sum, 0)
    OR coalesce(k.rating_count, 0) <> coalesce(f.rating_count, 0)
