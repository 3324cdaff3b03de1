-- What each role may do. Run after every migration by the owner; whole, so that what is not granted here is not granted.
-- A table that is not named in one of the lists below fails a test.
DO $$
BEGIN
    IF to_regrole('caroline_app') IS NULL OR to_regrole('caroline_read') IS NULL THEN
        RAISE EXCEPTION 'the roles caroline_app and caroline_read are missing: an administrator makes them by '
                        'CREATE ROLE caroline_app LOGIN; CREATE ROLE caroline_read LOGIN';
    END IF;
END
$$;

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, caroline_app, caroline_read;
REVOKE CREATE ON SCHEMA public FROM PUBLIC, caroline_app, caroline_read;
GRANT USAGE ON SCHEMA public TO caroline_app, caroline_read;

-- Entries and history: added, never changed or removed, and without the right to UPDATE not even locked.
GRANT SELECT, INSERT ON
    sale, sale_line, sale_tax, sale_discount, sale_note, sale_option, sale_keyed_price, sale_deposit, sale_earning, tender, sale_exception, sale_rescue, sale_refund, receipt_copy,
    points_entry, member_merge, drawer_entry, stock_entry, shift,
    drawer_move, no_sale, basket_void, basket_void_line, sale_retender, retender_entry, sale_attach, django_import, invoice, invoice_tax, invoice_paper, account_entry, account_payment,
    gift_card_entry, gift_card_payment, gift_card_move, shift_z_gift_card, shift_z_department, campaign_product, coupon_use, consent_entry, review_event, gateway_charge_step,
    shift_z, shift_z_tender, shift_z_tax, shift_z_count, shift_z_received,
    journal, journal_signature,
    catalogue_version, shop, shop_version, category, category_version, tax_class, tax_class_version, tax_rate_version,
    promotion, promotion_version, promotion_part_version, modifier, modifier_version, modifier_option_version, tender_type, tender_type_version, product_version, price_version,
    sold_out_version, rating_version, programme_version, programme_term_version, role, role_version
    TO caroline_app;
-- But why members were merged, a text that somebody typed, is struck out when they are erased.
GRANT UPDATE (reason) ON member_merge TO caroline_app;

-- Balances, and rows that say how things stand now: locked and updated, never removed.
GRANT SELECT, INSERT, UPDATE ON
    id_block, catalogue_head, product,
    staff, device, device_invite, device_head, kiosk_number, printer,
    member, member_account, erasure, points_lot, referral, account, gift_card, payment_setup, gateway_charge, coupon, campaign, review, drawer, refunded, receipt_copied, invoice_series, invoice_printed, stock, approval
    TO caroline_app;

-- What ends: sessions and counts of wrong PINs change and go; look-up keys go when a value does; answers after 90 days;
-- parked baskets when they are taken up, and what somebody entered at a kiosk when the counter has admitted it.
GRANT SELECT, INSERT, UPDATE, DELETE ON payment_method, gateway_detach, print_job, session, sign_in_failure, member_secret, member_code TO caroline_app;
GRANT SELECT, INSERT, DELETE ON product_barcode, member_blind, account_blind, command, parked_basket, member_ticket TO caroline_app;

GRANT SELECT ON schema_migration TO caroline_app;

-- Reports and checks read everything but what lets somebody in.
GRANT SELECT ON
    schema_migration,
    sale, sale_line, sale_tax, sale_discount, sale_note, sale_option, sale_keyed_price, sale_deposit, sale_earning, tender, sale_exception, sale_rescue, sale_refund, receipt_copy,
    points_entry, member_merge, drawer_entry, stock_entry, shift,
    drawer_move, no_sale, basket_void, basket_void_line, sale_retender, retender_entry, sale_attach, django_import, invoice, invoice_tax, invoice_paper, account_entry, account_payment,
    gift_card_entry, gift_card_payment, gift_card_move, shift_z_gift_card, shift_z_department, campaign_product, coupon_use, consent_entry, review_event, gateway_charge_step,
    shift_z, shift_z_tender, shift_z_tax, shift_z_count, shift_z_received,
    journal, journal_signature,
    catalogue_version, shop, shop_version, category, category_version, tax_class, tax_class_version, tax_rate_version,
    promotion, promotion_version, promotion_part_version, modifier, modifier_version, modifier_option_version, tender_type, tender_type_version, product_version, price_version,
    sold_out_version, rating_version, programme_version, programme_term_version, role, role_version,
    id_block, catalogue_head, product, product_barcode,
    device, device_head,
    member, member_account, member_blind, erasure, referral, account, account_blind, gift_card, coupon, campaign, review, points_lot, drawer, refunded, receipt_copied, invoice_series, invoice_printed, stock,
    command, parked_basket, kiosk_number, printer, print_job
    TO caroline_read;
GRANT SELECT (id, member_id, brand, last_four, expiry_month, expiry_year, added_at) ON payment_method TO caroline_read;
GRANT SELECT (id, member_id, shop_id, device_id, staff_id, state, method_id, problem, tries, attempt, made_at, next_at, node)
    ON payment_setup TO caroline_read;
GRANT SELECT (id, kind, shop_id, device_id, staff_id, member_id, method_id, card_id, amount_minor, currency, state, answer, reference,
              payment_id, undo_id, problem, step_count, tries, attempt, made_at, next_at, node)
    ON gateway_charge TO caroline_read;
GRANT SELECT (id, kind, tries, made_at, next_at, since) ON gateway_detach TO caroline_read;
GRANT SELECT (member_id, scheme, changed_at) ON member_secret TO caroline_read;
GRANT SELECT (member_id, shop_id, device_id, staff_id, made_at, expires_at, used_at, used_device_id) ON member_code TO caroline_read;
GRANT SELECT (id, shop_id, device_id, business_day, number, member_id, made_at, consents) ON member_ticket TO caroline_read;
GRANT SELECT (id, shop_id, role_id, name_sealed, active, locked, created_at) ON staff TO caroline_read;
GRANT SELECT (device_id, asked_by, approved_by, discount_ppm, below_floor, created_at, expires_at, used_sale_id, training_id,
              practised_sale_id)
    ON approval TO caroline_read;
