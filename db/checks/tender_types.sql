-- A voucher's means of payment was in the catalogue, of its kind, and what was forfeited of a sale's was by its rule, and not all of it.
SELECT t.sale_id AS sale, t.position, t.tender_type_id AS tender_type, t.kind, v.kind AS kind_of_type, v.change,
       t.amount_minor, t.forfeited_minor
  FROM tender AS t
  JOIN sale AS s ON s.id = t.sale_id
  LEFT JOIN LATERAL (SELECT w.kind, w.change
                       FROM tender_type_version AS w
                      WHERE w.tender_type_id = t.tender_type_id AND w.from_version <= s.catalogue_version
                      ORDER BY w.from_version DESC
                      LIMIT 1) AS v ON true
 WHERE (t.tender_type_id IS NOT NULL OR t.forfeited_minor IS NOT NULL)
   AND (v.kind IS DISTINCT FROM t.kind
        OR (t.forfeited_minor IS NOT NULL AND (v.change <> 3 OR s.kind <> 1 OR t.forfeited_minor >= t.amount_minor)))
