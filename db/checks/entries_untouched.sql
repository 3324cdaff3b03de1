-- No row of an entry or of the catalogue's history was ever changed or removed, as far as the database's own counts go back.
SELECT relname AS "table", n_tup_upd AS updated, n_tup_del AS deleted
  FROM pg_stat_user_tables
 WHERE schemaname = 'public'
   AND relname IN ('sale', 'sale_line', 'sale_tax', 'sale_discount', 'sale_note', 'sale_option', 'sale_keyed_price', 'sale_deposit', 'sale_earning', 'tender', 'sale_exception', 'sale_rescue', 'sale_refund', 'receipt_copy', 'points_entry', 'drawer_entry',
                   'stock_entry', 'shift', 'drawer_move', 'no_sale', 'basket_void', 'basket_void_line', 'sale_retender', 'retender_entry', 'sale_attach', 'django_import', 'invoice', 'invoice_tax', 'invoice_paper', 'account_entry', 'account_payment', 'gift_card_entry', 'gift_card_payment', 'gift_card_move', 'shift_z_gift_card', 'shift_z_department', 'campaign_product', 'coupon_use', 'consent_entry', 'review_event', 'gateway_charge_step',
                   'shift_z', 'shift_z_tender', 'shift_z_tax', 'shift_z_count', 'shift_z_received', 'journal', 'journal_signature', 'catalogue_version', 'shop', 'shop_version', 'category', 'category_version',
                   'tax_class', 'tax_class_version', 'tax_rate_version', 'product_version', 'price_version', 'sold_out_version', 'rating_version',
                   'programme_version', 'programme_term_version', 'role', 'role_version', 'promotion', 'promotion_version', 'promotion_part_version', 'modifier', 'modifier_version',
                   'modifier_option_version',
                   'tender_type', 'tender_type_version')
   AND n_tup_upd + n_tup_del > 0
