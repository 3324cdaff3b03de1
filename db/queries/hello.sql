-- name: hello_device
SELECT d.id, d.shop_id, d.kind, d.name, d.till_number, d.revoked_at IS NOT NULL AS revoked, r.renewed,
       CASE WHEN r.renewed THEN d.renewed_expiry ELSE d.certificate_expiry END AS certificate_expiry
  FROM device AS d, LATERAL (SELECT d.key_hash <> $1 AS renewed) AS r
 WHERE d.key_hash = $1 OR d.renewed_key_hash = $1;

-- name: hello_seen
-- At most once a minute: a till that flaps writes no more.
UPDATE device
   SET seen_at = $2
 WHERE id = $1 AND (seen_at IS NULL OR seen_at < $2::timestamptz - interval '1 minute');
