-- A voucher's means of payment was in the catalogue, of its kind, what was forfeited was by its rule, and tips were in cash or by card.
SELECT t.sale_id AS sale, t.position, t.tender_type_id AS tender_type, t.kind, v.kind AS kind_of_type, v.change,
       t.amount_minor, t.forfeited_minor, t.tip_minor
  FROM tender AS t
  JOIN sale AS s ON s.id = t.sale_id
  LEFT JOIN LATERAL (SELECT w.kind, w.change
                       FROM tender_type_version AS w
                      WHERE w.tender_type_id = t.tender_type_id AND w.from_version <= s.catalogue_version
                      ORDER BY w.from_version DESC
                      LIMIT 1) AS v ON true
 WHERE (t.tender_type_id IS NOT NULL OR t.forfeited_minor IS NOT NULL OR t.tip_minor IS NOT NULL)
   AND ((t.tender_type_id IS NOT NULL AND v.kind IS DISTINCT FROM t.kind)
        OR (t.forfeited_minor IS NOT NULL
            AND (v.change IS DISTINCT FROM 3 OR s.kind <> 1 OR t.forfeited_minor >= t.amount_minor))
        OR (t.tip_minor IS NOT NULL AND (t.kind > 2 OR s.kind <> 1 OR t.tip_minor > t.amount_minor - t.change_minor)))
