-- Each receipt has its entry in the strand of its series, under its number and saying the same, and each entry its receipt.
SELECT coalesce(s.device_id, j.device_id) AS device, coalesce(s.series, j.kind) AS series, coalesce(s.number, j.number) AS number, s.id AS sale,
       s.total_minor, s.at, j.at AS entry_at
  FROM sale AS s
  FULL JOIN (SELECT * FROM journal WHERE kind IN ('T', 'X')) AS j
    ON j.device_id = s.device_id AND j.kind = s.series AND j.number = s.number
 WHERE s.id IS NULL
    OR j.bytes IS NULL
    OR s.at <> j.at
    OR substring(j.bytes FROM 27 FOR 41) <> int8send(s.shop_id) || int8send(s.staff_id) || substring(int2send(s.kind) FROM 2)
                                            || s.command_id || int8send(s.id)
    OR substring(j.bytes FROM 72 FOR 32) <> int8send(coalesce(s.member_id, 0)) || int8send(coalesce(s.refund_of, 0))
                                            || int8send(s.shift_id) || int8send(coalesce(s.made_shift_id, 0))
    OR substring(j.bytes FROM 104 FOR 8) <> int8send((extract(epoch FROM s.made_at) * 1000000)::bigint)
    OR substring(j.bytes FROM 112 FOR 61) <> int4send(s.business_day - date '1970-01-01') || substring(int2send(s.service) FROM 2)
                                             || int8send(s.catalogue_version) || int8send(s.total_minor) || int8send(s.tax_minor)
                                             || int8send(s.points_earned) || int8send(s.points_spent)
                                             || int8send(s.points_gifted) || int8send(s.points_after)
    OR CASE get_byte(j.bytes, 0)
           WHEN 1 THEN s.rounding_minor IS NOT NULL OR s.approved_by IS NOT NULL
           ELSE substring(j.bytes FROM 173 FOR 16) <> int8send(coalesce(s.rounding_minor, 0)) || int8send(coalesce(s.approved_by, 0))
       END
    OR CASE s.series
           WHEN 'X' THEN substring(j.bytes FROM 189 FOR 8) <> int8send(coalesce(s.brought_by, 0))
           ELSE s.brought_by IS NOT NULL
       END
