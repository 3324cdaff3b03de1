-- A paper that a printer was given is of its own shop: a copy of a receipt, with or without prices as it was counted, or a Z.
SELECT j.printer_id AS printer, j.number, j.kind
  FROM print_job AS j
  LEFT JOIN printer AS p ON p.id = j.printer_id
  LEFT JOIN sale AS s ON s.id = j.sale_id
  LEFT JOIN receipt_copy AS c ON c.sale_id = j.sale_id AND c.copy = j.copy
  LEFT JOIN shift_z AS z ON z.shift_id = j.shift_id
 WHERE p.id IS NULL
    OR j.kind < 3 AND (s.shop_id IS DISTINCT FROM p.shop_id OR c.gift IS DISTINCT FROM (j.kind = 2))
    OR j.kind = 3 AND z.shop_id IS DISTINCT FROM p.shop_id
