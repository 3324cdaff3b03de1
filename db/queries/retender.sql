-- What paid a sale, put right after it. The sale with its tenders is read as for a refund (counter_group.sql): both of a shop go
-- in groups, behind the shop's lock, so that none sees the other half done.

-- name: retender_insert
INSERT INTO sale_retender (id, sale_id, number, shop_id, device_id, shift_id, staff_id, catalogue_version, rounding_minor,
                           reason, entry_number, at)
VALUES ($1, $2, $3::bigint, $4, $5, $6, $7, $8, $9::bigint, $10, $11, $12);

-- name: retender_entry_insert
INSERT INTO retender_entry (retender_id, position, kind, tender_type_id, tender_count, amount_minor, tip_minor, reference)
SELECT $1, ($2::bigint[])[i], ($3::bigint[])[i], ($4::bigint[])[i], ($5::bigint[])[i], ($6::bigint[])[i], ($7::bigint[])[i],
       ($8::text[])[i]
  FROM generate_subscripts($2::bigint[], 1) AS i;

-- name: retender_show
-- How a sale was put right, with the names of then, for its receipt.
SELECT r.number, r.at, r.rounding_minor, e.position, e.kind, coalesce(e.tender_type_id, 0)::bigint AS tender_type_id,
       coalesce(n.name, '') AS name, e.amount_minor, e.tip_minor, e.reference
  FROM sale_retender AS r
 CROSS JOIN LATERAL (SELECT * FROM retender_entry WHERE retender_id = r.id OFFSET 0) AS e
  LEFT JOIN LATERAL (SELECT v.name
                       FROM tender_type_version AS v
                      WHERE v.tender_type_id = coalesce(e.tender_type_id, e.kind) AND v.from_version <= r.catalogue_version
                      ORDER BY v.from_version DESC
                      LIMIT 1) AS n ON true
 WHERE r.sale_id = $1
 ORDER BY r.number, e.position;
