"""Every invariant of db/checks/ holds for right books, and sees the wrong row that is planted for it."""

import re
import time

import pytest

import ledger
from cluster import SOURCE, Cluster

CHECKS = {path.stem: path.read_text() for path in sorted((SOURCE / "db" / "checks").glob("*.sql"))}

# A reward of goods that no line has, a rule of earning likewise, and what that gave the first sale.
REWARD = ("INSERT INTO programme_term_version VALUES (40, 1, 2, 7, 0, 'Two off', {gives}, 200, 50, 0, {goods}, 127, 0, 1440, NULL, 109);")
RULE = ("INSERT INTO programme_term_version VALUES (40, 1, 1, 1, 0, 'Rule', {gives}, {value}, 0, 0, {goods}, 127, 0, 1440, NULL, 109);")
EARNING = ("INSERT INTO sale_earning VALUES (500, {rule}, {per}, {value}, {basis}, {points}, decode('{lines}' || repeat('00', 24), 'hex'))")
# Of the sale with a coupon something was a bottle.
BOTTLE = "INSERT INTO sale_deposit VALUES (544, 1, NULL, 25); UPDATE sale_line SET flags = flags | 32 WHERE sale_id = 544 AND line = 1;"
# A cake of it was free, of a campaign of any goods that gives so many pieces.
FREE = ("DELETE FROM campaign_product; UPDATE campaign SET gift = 3, value = {value}; UPDATE coupon_use SET amount_minor = 1000;"
        "UPDATE sale_discount SET amount_minor = 1000 WHERE sale_id = 544 AND kind = 4;"
        "UPDATE sale_line SET discount_minor = 1000, total_minor = 0 WHERE sale_id = 544 AND line = 0")
# Which says so itself, as sales do by now; and what a rule by the piece counted of it, which gives no points.
AVOIDS = "UPDATE member_account SET avoids = decode(repeat('01', 112), 'hex') WHERE member_id = 400"
# A night took nine points, of which four paid what was owed.
NIGHT = "INSERT INTO points_entry VALUES (777, 410, 7, 400, -9, NULL, now()), (777, 413, 8, 400, 4, NULL, now());"
PIECES = ";UPDATE sale_discount SET times = {times} WHERE sale_id = 544 AND kind = 4 AND line = 0"
COUNTED = (";UPDATE sale_attach SET points_earned = 0 WHERE sale_id = 544;" + RULE.format(gives=2, value=0, goods=0) +
           "INSERT INTO sale_earning VALUES (544, 1, 2, 0, {basis}, 0, decode('01' || repeat('00', 24), 'hex'))")

# What somebody past all rights, or a bug, might do. Each is undone again.
PLANTED = {
    "drawer_cash": "UPDATE drawer SET cash_minor = cash_minor + 1 WHERE device_id = 200",
    "drawer_entries": "DELETE FROM drawer_entry WHERE origin_id = 502",
    "drawer_sales": "UPDATE drawer SET sale_count = 9 WHERE device_id = 201",
    "shift_numbers": "UPDATE shift SET number = 4 WHERE id = 301",
    "shift_holders": "UPDATE drawer SET shift_id = 330, number = 1 WHERE device_id = 203 AND holder_id = 62;"
                     "UPDATE drawer SET holder_id = 0 WHERE device_id = 203 AND holder_id = 60",
    "shift_z_numbers": "UPDATE drawer SET cash_minor = 5, shift_id = NULL WHERE device_id = 201",
    "shift_z_sales": "UPDATE shift_z SET sale_minor = 779, grand_total_minor = 779 WHERE shift_id = 300",
    "shift_z_tenders": "UPDATE shift_z_tender SET expected_minor = 781 WHERE shift_id = 300",
    "shift_z_taxes": "UPDATE shift_z_tax SET tax_minor = 129 WHERE shift_id = 300",
    "shift_z_cash": "UPDATE shift_z SET expected_minor = 2481, difference_minor = -21 WHERE shift_id = 300",
    "shift_z_grand": "UPDATE shift_z SET grand_total_minor = 781 WHERE shift_id = 300",
    "shift_tills": "UPDATE sale SET shift_id = 310 WHERE id = 502",
    "stock_on_hand": "UPDATE stock SET on_hand_milli = on_hand_milli - 1000 WHERE product_id = 101 AND shop_id = 10",
    "stock_sales": "UPDATE stock_entry SET quantity_milli = -2000 WHERE origin_id = 500",
    "points_account": "UPDATE member_account SET points = points + 100 WHERE member_id = 400",
    "points_lots": "UPDATE points_lot SET remaining = remaining + 100 WHERE id = 410; UPDATE member_account SET points = points + 100 WHERE member_id = 400",
    "points_lots_expired": "UPDATE points_lot SET expired = 5 WHERE id = 410",
    "points_members": "UPDATE points_entry SET member_id = 401 WHERE kind = 3",
    "points_sales": "UPDATE sale SET points_earned = 7800 WHERE id = 500",
    "points_recomputed": "UPDATE sale SET points_earned = 77 WHERE id = 500; UPDATE points_entry SET points = 77 WHERE origin_id = 500;"
                         "UPDATE points_lot SET remaining = remaining - 1 WHERE id = 410; UPDATE member_account SET points = points - 1 WHERE member_id = 400",
    "points_birthdays": "UPDATE member_account SET birthday_year = 2025 WHERE member_id = 400",
    "referral_marks": "INSERT INTO referral VALUES (400, 401, now(), NULL)",
    "sale_names": "UPDATE sale SET device_id = 201, number = 7 WHERE id = 502",
    "sale_parts": "UPDATE sale_line SET product_id = 109 WHERE sale_id = 503",
    "sale_lines": "UPDATE sale_line SET unit_price_minor = 259 WHERE sale_id = 500 AND line = 0",
    "sale_prices": "UPDATE price_version SET price_minor = 251 WHERE shop_id = 0 AND product_id = 101",
    "sale_options": "UPDATE sale_option SET name = 'Huge'",
    "sale_deposits": "UPDATE sale_deposit SET goods_line = 1 WHERE sale_id = 531 AND line = 2",
    "shift_z_deposits": "UPDATE shift_z SET deposit_out_milli = 1000, deposit_out_minor = 25 WHERE shift_id = 300",
    "shift_z_departments": "UPDATE shift_z_department SET amount_minor = 999",
    "sale_keyed_prices": "UPDATE product_version SET open_max_minor = 399 WHERE product_id = 105",
    "sale_taxes_recomputed": "UPDATE sale_tax SET tax_minor = 75, net_minor = 1473 WHERE sale_id = 504 AND code = 'GST';"
                             "UPDATE sale_tax SET tax_minor = 51, net_minor = 523 WHERE sale_id = 504 AND code = 'QST'",
    "sale_total": "UPDATE sale SET total_minor = total_minor - 1 WHERE id = 503",
    "sale_paid": "UPDATE tender SET change_minor = 221 WHERE sale_id = 500",
    "tender_types": "UPDATE tender SET kind = 3, tender_type_id = 9 WHERE sale_id = 501",
    "sale_taxes": "UPDATE sale_tax SET tax_minor = 131 WHERE sale_id = 500",
    "sale_line_taxes": "UPDATE sale_line SET tax_minor = 42 WHERE sale_id = 501 AND line = 0",
    "sale_discounts": "INSERT INTO sale_discount VALUES (501, 1, 1, 100000, 10, 'day-old')",
    "sale_promotions": "INSERT INTO sale_discount VALUES (501, -1, 3, NULL, 10, 'Dozen', 77, 1)",
    "sale_rewards": "INSERT INTO sale_discount VALUES (501, -1, 5, NULL, 10, 'Two off', 7, 1)",
    "sale_earnings": "INSERT INTO sale_earning VALUES (500, 0, 1, 10, 780, 77, decode(repeat('00', 25), 'hex'))",
    "points_expired": "INSERT INTO points_entry VALUES (777, 410, 7, 400, 5, NULL, now())",
    "sale_floor": "UPDATE product_version SET floor_minor = 1000000;"
                  "INSERT INTO sale_discount VALUES (503, 0, 1, 100000, 10, 'day-old');"
                  "UPDATE sale_line SET discount_minor = discount_minor + 10, total_minor = total_minor - 10"
                  " WHERE sale_id = 503 AND line = 0",
    "coupon_counts": "UPDATE campaign SET use_count = 0",
    "coupon_uses": "DELETE FROM sale_discount WHERE sale_id = 544",
    "coupon_amounts": "UPDATE campaign SET value = 200000",
    "approvals": "UPDATE sale SET approved_by = 61 WHERE id = 501",
    "sale_exceptions": "DELETE FROM sale_exception WHERE kind = 2",
    "sale_rescues": "DELETE FROM sale_exception WHERE kind = 13",
    "sale_commands": "DELETE FROM command WHERE command_id = (SELECT command_id FROM sale WHERE id = 501)",
    "refund_amounts": "UPDATE refunded SET quantity_milli = 4000",
    "refund_numbers": "DELETE FROM sale_refund WHERE refund_id = 502",
    "refund_lines": "UPDATE sale_line SET product_id = 102 WHERE sale_id = 502",
    "refund_taxes": "UPDATE sale_tax SET tax_minor = -15 WHERE sale_id = 507 AND code = 'GST';"
                    "UPDATE sale_tax SET tax_minor = -32 WHERE sale_id = 507 AND code = 'QST'",
    "refund_tenders": "UPDATE tender SET amount_minor = amount_minor - 1 WHERE sale_id = 502",
    "refund_points": "UPDATE sale SET points_earned = -77 WHERE id = 502",
    "refund_free": "DELETE FROM sale_exception WHERE kind = 16",
    "refund_free_days": "UPDATE shop_version SET free_refund_day_minor = 249 WHERE shop_id = 10",
    "receipt_copies": "UPDATE receipt_copied SET copies = 3 WHERE sale_id = 500",
    "print_queues": "UPDATE printer SET waiting = 3 WHERE id = 890",
    "print_jobs": "UPDATE printer SET shop_id = 11 WHERE id = 890",
    "parked_baskets": "UPDATE parked_basket SET shop_id = 11",
    "kiosk_numbers": "UPDATE kiosk_number SET last = 2",
    "member_codes": "UPDATE member_code SET expires_at = expires_at + interval '1 minute'",
    "member_secrets": "UPDATE member_secret SET member_id = 404",
    "member_tickets": "UPDATE member_ticket SET device_id = 200 WHERE id = 850",
    "sale_notes": "UPDATE sale_note SET line = 1",
    "sale_retenders": "UPDATE sale_retender SET number = 3 WHERE id = 831",
    "imports": "UPDATE django_import SET amount = 31 WHERE kind = 1",
    "sale_attaches": "DELETE FROM sale_attach WHERE sale_id = 507",
    "invoices": "UPDATE invoice SET total_minor = 779 WHERE id = 840",
    "invoice_numbers": "UPDATE invoice SET number = 4 WHERE id = 842",
    "invoice_papers": "UPDATE invoice_printed SET papers = 3",
    "account_balances": "UPDATE account SET balance_minor = balance_minor - 1",
    "account_entries": "UPDATE account_entry SET amount_minor = 161, balance_minor = balance_minor + 1 WHERE origin_id = 540;"
                       "UPDATE account_entry SET balance_minor = balance_minor + 1 WHERE number > 2; UPDATE account SET balance_minor = balance_minor + 1",
    "account_payments": "UPDATE shift_z_received SET amount_minor = 501 WHERE shift_id = 300",
    "account_keys": "DELETE FROM account_blind WHERE kind = 1",
    "gift_card_balances": "UPDATE gift_card SET balance_minor = balance_minor + 1 WHERE id = 431",
    "gift_card_entries": "UPDATE gift_card_entry SET at = now() WHERE origin_id = 542",
    "gift_card_payments": "UPDATE shift_z_gift_card SET amount_minor = 901",
    "gift_card_moves": "UPDATE gift_card SET moved_to = NULL WHERE id = 430",
    "gateway_charges": "DELETE FROM gateway_charge_step WHERE charge_id = 870 AND number = 3",
    "gateway_loads": "UPDATE gateway_charge SET amount_minor = 301 WHERE id = 870",
    "payment_methods": "UPDATE payment_method SET member_id = 404",
    "basket_voids": "UPDATE basket_void SET total_minor = 761",
    "receipt_numbers": "UPDATE sale SET number = 19 WHERE id = 502",
    "journal_numbers": "DELETE FROM journal WHERE device_id = 200 AND kind = 'T' AND number = 2",
    "journal_hashes": "UPDATE journal SET bytes = set_byte(bytes, 150, 77) WHERE device_id = 200 AND kind = 'T' AND number = 2",
    "journal_heads": "DELETE FROM journal WHERE device_id = 200 AND kind = 'T' AND number = 15",
    "journal_times": "UPDATE journal SET at = at - interval '1 day' WHERE device_id = 200 AND kind = 'L' AND number = 2",
    "journal_bytes": "UPDATE journal SET device_id = 201, number = number + 1 WHERE device_id = 200 AND kind = 'T'",
    "journal_parts": "UPDATE tender SET reference = '8' WHERE kind = 5 AND sale_id = 540",
    "journal_sales": "UPDATE sale SET staff_id = 61 WHERE id = 501",
    "journal_commands": "DELETE FROM command WHERE op = 50 AND device_id = 201",
    "journal_signatures": "DELETE FROM journal_signature WHERE id = (SELECT max(id) FROM journal_signature)",
    "training_entries": "UPDATE journal SET device_id = 201, number = number + 9 WHERE kind = 'S' AND number = 2",
    "training_approvals": "UPDATE approval SET practised_sale_id = NULL WHERE training_id = 600",
    "catalogue_versions": "UPDATE price_version SET from_version = 4 WHERE shop_id = 10",
    "catalogue_made": "UPDATE catalogue_version SET shop_id = 11 WHERE version = 3",
    "catalogue_products": "DELETE FROM product_barcode WHERE barcode = '4002'",
    "catalogue_ids": "INSERT INTO category VALUES (21)",
    "member_accounts": "INSERT INTO member (id, shop_id, created_at, updated_at) VALUES (402, 10, now(), now())",
    "member_keys": "UPDATE member SET phone_sealed = NULL WHERE id = 400",
    "member_merges": "UPDATE member SET email_sealed = 'x' WHERE id = 403",
    "sale_told": "UPDATE sale_line SET flags = flags | 128 WHERE sale_id = 500 AND line = 0",  # nothing is recorded of cookies
    "erasures": "UPDATE member SET name_sealed = 'sealed' WHERE id = 404",
    "consents": "UPDATE consent_entry SET number = 9 WHERE number = 3",
    "review_ratings": "UPDATE rating_version SET rating_sum = 10 WHERE product_id = 101 AND from_version = 2",
    "review_events": "UPDATE review_event SET number = 3 WHERE review_id = 850 AND number = 2",
    "review_purchases": "UPDATE review SET sale_id = 504 WHERE id = 850",
    "ids_reserved": "UPDATE id_block SET next_value = 500",
    "entries_untouched": "UPDATE sale SET total_minor = total_minor",
}

# More ways to be wrong that one planted row does not show.
ALSO = [
    ("review_ratings", "UPDATE rating_version SET rating_count = 3 WHERE product_id = 101 AND from_version = 2"),
    ("review_ratings", "UPDATE review SET rating = 5 WHERE id = 850"),
    ("review_ratings", "DELETE FROM rating_version WHERE product_id = 101"),
    ("review_ratings", "UPDATE review SET state = 2, reason = 0, text_sealed = NULL WHERE id = 851"),  # hidden, and shown all the same
    ("review_ratings", "DELETE FROM review WHERE id = 850"),
    ("review_events", "DELETE FROM review_event WHERE review_id = 850 AND number = 1"),
    ("review_events", "DELETE FROM review_event WHERE review_id = 850 AND number = 2"),
    ("review_events", "DELETE FROM review_event WHERE review_id = 852"),
    ("review_events", "DELETE FROM review WHERE id = 852"),
    ("review_events", "UPDATE review_event SET at = at - interval '1 day' WHERE review_id = 850 AND number = 2"),
    ("review_events", "UPDATE review_event SET reason = 3 WHERE review_id = 851 AND number = 3"),
    ("review_events", "UPDATE review_event SET staff_id = 62 WHERE review_id = 851 AND number = 3"),
    ("review_events", "UPDATE review_event SET state = 2 WHERE review_id = 850 AND number = 1"),
    ("review_events", "UPDATE review SET created_at = created_at - interval '1 day' WHERE id = 852"),
    ("review_events", "UPDATE review SET changed_at = changed_at + interval '1 day' WHERE id = 850"),
    ("review_purchases", "UPDATE review SET product_id = 103 WHERE id = 850"),
    ("review_purchases", "UPDATE review SET member_id = 404 WHERE id = 850"),
    ("review_purchases", "UPDATE review SET shop_id = 11 WHERE id = 850"),
    ("review_purchases", "UPDATE review SET sale_id = 502 WHERE id = 850"),  # a refund
    ("review_purchases", "UPDATE review SET sale_id = 9 WHERE id = 850"),
    ("review_purchases", "UPDATE sale_line SET flags = flags | 2 WHERE sale_id = 500 AND line = 0"),
    ("catalogue_made", "UPDATE rating_version SET from_version = 4 WHERE product_id = 101 AND from_version = 2"),
    ("catalogue_versions", "UPDATE rating_version SET from_version = 9 WHERE product_id = 101 AND from_version = 2"),
    ("erasures", "UPDATE review SET member_id = 404, sale_id = 520 WHERE id = 853"),
    ("gateway_charges", "UPDATE gateway_charge SET state = 10, payment_id = NULL WHERE id = 870"),
    ("gateway_charges", "UPDATE gateway_charge_step SET state = 4 WHERE charge_id = 870 AND number = 5"),
    ("gateway_charges", "UPDATE gateway_charge_step SET state = 2 WHERE charge_id = 870 AND number = 1"),
    ("gateway_charges", "INSERT INTO gateway_charge_step VALUES (870, 7, 10, now()); UPDATE gateway_charge SET step_count = 7, state = 10, payment_id = NULL WHERE id = 870"),
    ("gateway_charges", "INSERT INTO gateway_charge_step VALUES (871, 4, 2, now()); UPDATE gateway_charge SET step_count = 4, state = 2, token_sealed = 'x', next_at = now() WHERE id = 871"),
    ("gateway_charges", "UPDATE gateway_charge_step SET at = at + interval '1 hour' WHERE charge_id = 870 AND number = 2"),
    ("gateway_charges", "UPDATE gateway_charge SET made_at = made_at - interval '2 days' WHERE id = 872"),
    ("gateway_charges", "INSERT INTO gateway_charge_step VALUES (999, 1, 1, now())"),
    ("gateway_loads", "UPDATE gateway_charge SET state = 11, payment_id = NULL WHERE id = 870"),         # loaded, and nothing was paid
    ("gateway_loads", "UPDATE gift_card_payment SET means = 2, shift_id = 301 WHERE id = 876"),                            # paid, and loaded by another means
    ("gateway_loads", "UPDATE gateway_charge SET card_id = 430 WHERE id = 870"),
    ("gateway_loads", "UPDATE gateway_charge SET reference = 'pi_2' WHERE id = 870"),
    ("gateway_loads", "UPDATE gateway_charge SET staff_id = 61 WHERE id = 870"),
    ("gateway_charges", "UPDATE gateway_charge SET undo_id = NULL, payment_id = NULL WHERE id = 873"),     # given back, and nobody undid it
    ("gateway_charges", "UPDATE gateway_charge_step SET state = 7 WHERE charge_id = 873 AND number = 6"),  # undone, and it never succeeded
    ("gateway_charges", "UPDATE gateway_charge_step SET state = 11 WHERE charge_id = 873 AND number = 7"),
    ("gateway_charges", "UPDATE gateway_charge_step SET state = 7 WHERE charge_id = 873 AND number = 8;"   # on its way back for two days
                        "UPDATE gateway_charge SET state = 7, next_at = now() WHERE id = 873; UPDATE gift_card_payment SET at = at - interval '2 days' WHERE id = 878"),
    ("gateway_loads", "UPDATE gateway_charge SET undo_id = NULL, state = 8 WHERE id = 873"),               # off the card, and never given back
    ("gateway_loads", "UPDATE gateway_charge SET undo_id = 868 WHERE id = 873"),
    ("gateway_loads", "UPDATE gift_card_payment SET undoes = 876 WHERE id = 878"),
    ("gateway_loads", "UPDATE gateway_charge SET card_id = 430 WHERE id = 873"),
    ("gateway_loads", "UPDATE gift_card_payment SET amount_minor = -201 WHERE id = 878"),
    ("gateway_loads", "UPDATE gift_card_payment SET reference = 'pi_2' WHERE id = 878"),
    ("gateway_loads", "UPDATE gift_card_payment SET means = 2, shift_id = 301 WHERE id = 878"),
    ("gateway_loads", "DELETE FROM gift_card_payment WHERE id = 878"),
    ("payment_methods", "UPDATE payment_setup SET member_id = 404"),
    ("payment_methods", "UPDATE gateway_charge SET member_id = 404 WHERE id = 872"),
    ("payment_methods", "UPDATE member_account SET merged_into = 401 WHERE member_id = 400"),
    ("gift_card_payments", "UPDATE gift_card_payment SET shift_id = 310 WHERE id = 876"),
    ("erasures", "UPDATE member_account SET erased = false WHERE member_id = 404"),
    ("erasures", "UPDATE member_account SET erased = true WHERE member_id = 400"),
    ("erasures", "DELETE FROM erasure"),
    ("erasures", "UPDATE member_account SET birthday_blind = decode(repeat('06', 16), 'hex') WHERE member_id = 404"),
    ("erasures", "INSERT INTO member_blind VALUES (4, decode(repeat('06', 16), 'hex'), 404)"),
    ("erasures", "UPDATE member_account SET avoids = decode(repeat('01', 112), 'hex') WHERE member_id = 404"),
    ("erasures", "UPDATE member SET language_sealed = 'sealed' WHERE id = 404"),
    ("erasures", "UPDATE member_account SET erased = false WHERE member_id = 405; DELETE FROM erasure WHERE member_id = 405"),  # one of both
    ("erasures", "UPDATE member_merge SET reason = 'her name' WHERE from_id = 405"),
    ("erasures", "UPDATE points_lot SET remaining = 5 WHERE member_id = 404"),
    ("erasures", "UPDATE erasure SET points = 19"),
    ("consents", "DELETE FROM consent_entry WHERE number = 1"),
    ("consents", "UPDATE consent_entry SET at = at - interval '1 day' WHERE number = 3"),
    ("consents", "UPDATE consent_entry SET given = true WHERE number = 2"),
    ("consents", "UPDATE consent_entry SET given = false WHERE number = 3"),
    ("consents", "UPDATE consent_entry SET text_version = 2 WHERE number = 2"),
    ("consents", "INSERT INTO consent_entry SELECT member_id, 4, number, given, text_version, shop_id, device_id, staff_id, at"
                 " FROM consent_entry WHERE number < 3;" + AVOIDS),  # taken back
    ("consents", "INSERT INTO consent_entry SELECT 403, 4, 1, given, text_version, shop_id, device_id, staff_id, at"
                 " FROM consent_entry WHERE number = 1;" + AVOIDS),  # agreed to as who was merged
    ("shift_holders", "UPDATE drawer SET holder_id = 0 WHERE device_id = 203 AND holder_id = 60"),
    ("shift_holders", "UPDATE drawer SET device_id = 201 WHERE device_id = 203 AND holder_id = 60"),
    ("shift_holders", "UPDATE shift SET holder_id = 62 WHERE id = 330"),                     # and opened by another
    ("shift_holders", "UPDATE shift SET holder_id = 9, opened_by = 9 WHERE id = 331"),
    ("shift_holders", "UPDATE sale SET staff_id = 62 WHERE id = 551"),
    ("shift_holders", "UPDATE drawer_move SET staff_id = 60 WHERE shift_id = 331"),
    ("shift_holders", "UPDATE no_sale SET staff_id = 62 WHERE shift_id = 332"),
    ("shift_numbers", "UPDATE drawer SET number = 2 WHERE device_id = 203 AND holder_id = 60"),
    ("shift_numbers", "UPDATE shift SET holder_id = 0 WHERE id = 330"),
    ("shift_numbers", "UPDATE drawer SET shift_id = 330 WHERE device_id = 203 AND holder_id = 60"),
    ("shift_numbers", "DELETE FROM drawer WHERE device_id = 203 AND holder_id = 62"),
    ("shift_z_numbers", "UPDATE drawer SET shift_id = NULL WHERE device_id = 203"),
    ("shift_z_sales", "UPDATE sale SET shift_id = 330 WHERE id = 552"),
    ("shift_z_sales", "UPDATE shift_z SET t_last = 3 WHERE shift_id = 330"),
    ("shift_z_cash", "UPDATE drawer_entry SET shift_id = 330 WHERE origin_id = 550"),
    ("shift_z_grand", "UPDATE shift_z SET grand_total_minor = 2000 WHERE shift_id = 330"),    # the later was closed before
    ("drawer_cash", "UPDATE drawer SET cash_minor = 99 WHERE device_id = 203 AND holder_id = 60"),
    ("drawer_entries", "UPDATE drawer_entry SET amount_minor = 999 WHERE origin_id = 300"),
    ("drawer_entries", "DELETE FROM drawer_move WHERE kind = 5"),
    ("drawer_entries", "UPDATE drawer_move SET kind = 6 WHERE kind = 5"),
    ("shift_z_numbers", "DELETE FROM shift_z WHERE shift_id = 300"),
    ("shift_z_numbers", "UPDATE shift_z SET number = 3 WHERE shift_id = 300"),
    ("shift_z_numbers", "UPDATE shift_z SET device_id = 201 WHERE shift_id = 300"),
    ("shift_z_numbers", "DELETE FROM shift WHERE id = 300"),
    ("shift_z_numbers", "UPDATE drawer SET shift_id = 300 WHERE device_id = 200"),
    ("shift_z_sales", "UPDATE sale SET shift_id = 300 WHERE id = 501"),
    ("shift_z_sales", "UPDATE sale SET shift_id = 301 WHERE id = 500"),
    ("shift_z_sales", "UPDATE shift_z SET t_last = 2 WHERE shift_id = 300"),
    ("shift_z_sales", "UPDATE shift_z SET x_first = 1, x_last = 1 WHERE shift_id = 300"),
    ("shift_z_tenders", "DELETE FROM shift_z_tender WHERE shift_id = 300"),
    ("shift_z_tenders", "INSERT INTO shift_z_tender VALUES (300, 4, 1, 0)"),
    ("shift_z_tenders", "DELETE FROM retender_entry WHERE retender_id = 831"),
    ("shift_z_tenders", "UPDATE retender_entry SET tender_count = 0 WHERE retender_id = 830 AND position = 0"),
    ("drawer_entries", "DELETE FROM retender_entry WHERE retender_id = 832 AND kind = 1"),
    ("drawer_entries", "DELETE FROM drawer_entry WHERE origin_id = 832"),
    ("drawer_cash", "UPDATE drawer_entry SET amount_minor = 601 WHERE origin_id = 832"),
    ("refund_tenders", "UPDATE retender_entry SET amount_minor = 779 WHERE retender_id = 831 AND kind = 1"),
    ("shift_z_taxes", "DELETE FROM shift_z_tax WHERE shift_id = 300"),
    ("shift_z_taxes", "INSERT INTO shift_z_tax VALUES (300, 'VAT7', 70000, 0, 0)"),
    ("shift_z_cash", "UPDATE shift_z SET no_sale_count = 2 WHERE shift_id = 300"),
    ("shift_z_cash", "DELETE FROM no_sale"),
    ("shift_z_cash", "UPDATE shift_z SET in_minor = 4999 WHERE shift_id = 300"),
    ("shift_z_cash", "UPDATE shift_z_count SET pieces = pieces + 1 WHERE denomination_minor = 20"),
    ("drawer_entries", "INSERT INTO drawer_entry VALUES (999, 2, 301, -5000, now())"),
    ("stock_sales", "INSERT INTO stock_entry VALUES (999, 0, 1, 10, 101, -1000, now())"),
    ("stock_sales", "DELETE FROM stock_entry WHERE origin_id = 502"),
    ("points_members", "INSERT INTO points_entry VALUES (503, 410, 2, 400, 5, NULL, now())"),
    ("points_lots", "INSERT INTO points_entry VALUES (501, 410, 8, 400, 5, NULL, now())"),
    ("sale_names", "UPDATE sale SET device_id = 209 WHERE id = 503"),
    ("sale_names", "UPDATE sale SET shop_id = 19 WHERE id = 503"),
    ("sale_names", "UPDATE sale SET staff_id = 69 WHERE id = 503"),
    ("sale_names", "UPDATE sale SET member_id = 409 WHERE id = 503"),
    ("sale_parts", "INSERT INTO sale_line VALUES (509, 0, 101, 1000, 0, 0, 0, 0, 0, 0)"),
    ("sale_parts", "INSERT INTO sale_tax VALUES (509, 0, 'VAT20', 200000, 0, 0)"),
    ("sale_parts", "INSERT INTO tender VALUES (509, 0, 1, 0, 0)"),
    ("shift_tills", "UPDATE sale SET shift_id = 309 WHERE id = 503"),
    ("drawer_entries", "UPDATE drawer_entry SET shift_id = 309 WHERE origin_id = 300"),
    ("stock_on_hand", "INSERT INTO stock_entry VALUES (709, 0, 3, 10, 109, 1000, now())"),
    ("points_lots", "INSERT INTO points_entry VALUES (709, 419, 8, 400, 5, NULL, now())"),
    ("points_account", "INSERT INTO points_lot VALUES (419, 409, '2026-03-14', '2026-03-14', 0)"),
    ("sale_paid", "UPDATE tender SET amount_minor = amount_minor + 5, change_minor = 5 WHERE sale_id = 503"),
    ("sale_paid", "UPDATE tender SET forfeited_minor = 5 WHERE sale_id = 503"),
    ("shift_z_tenders", "UPDATE shift_z_tender SET forfeited_minor = 1 WHERE shift_id = 300"),
    ("shift_z_tenders", "UPDATE shift_z_tender SET tender_type_id = 9, kind = 3 WHERE kind = 1"),
    ("tender_types", "UPDATE tender SET forfeited_minor = 5 WHERE sale_id = 503"),
    ("tender_types", "UPDATE tender SET tip_minor = amount_minor + 1 WHERE sale_id = 503"),
    ("sale_paid", "UPDATE tender SET tip_minor = 5 WHERE sale_id = 503"),
    ("shift_z_tenders", "UPDATE shift_z_tender SET tip_minor = 1 WHERE shift_id = 300"),
    ("sale_discounts", "INSERT INTO sale_discount VALUES (501, -1, 2, NULL, 10, 'goodwill')"),
    ("sale_discounts", "INSERT INTO sale_discount VALUES (501, 9, 1, NULL, 10, 'goodwill')"),
    ("sale_discounts", "INSERT INTO sale_discount VALUES (501, 0, 2, NULL, 10, NULL)"),
    ("sale_discounts", "INSERT INTO sale_discount VALUES (501, 0, 3, NULL, 10, 'Dozen', 77, NULL)"),
    ("sale_discounts", "INSERT INTO sale_discount VALUES (501, -1, 3, NULL, 10, 'Dozen', 0, 1)"),
    ("sale_discounts", "INSERT INTO sale_discount VALUES (501, -1, 2, NULL, 10, 'goodwill', 0, 1)"),
    ("catalogue_ids", "INSERT INTO promotion VALUES (77)"),
    ("catalogue_ids", "INSERT INTO modifier VALUES (77)"),
    ("catalogue_versions", "INSERT INTO modifier VALUES (77); INSERT INTO modifier_version VALUES (77, 9, 'Milk', 0, 1, true)"),
    ("catalogue_products", "UPDATE product_version SET modifiers = '95 96' WHERE product_id = 104"),
    ("sale_prices", "UPDATE sale_option SET price_minor = 40"),
    ("sale_prices", "UPDATE sale_keyed_price SET price_minor = 401"),
    ("sale_prices", "DELETE FROM sale_keyed_price"),
    ("sale_options", "DELETE FROM sale_option"),
    ("sale_options", "UPDATE sale_option SET option = 1"),
    ("sale_options", "UPDATE sale_option SET modifier_id = 96"),
    ("sale_options", "UPDATE sale_option SET line = 1"),
    ("sale_options", "UPDATE sale_option SET sale_id = 509"),
    ("sale_options", "INSERT INTO sale_option VALUES (530, 0, 1, 95, 1, 'Small', -30)"),
    ("sale_options", "UPDATE modifier_option_version SET active = false"),
    ("sale_options", "UPDATE product_version SET modifiers = '' WHERE product_id = 104"),
    ("sale_deposits", "DELETE FROM sale_deposit WHERE sale_id = 531 AND line = 1"),
    ("sale_deposits", "DELETE FROM sale_deposit WHERE sale_id = 531 AND line = 2"),
    ("sale_deposits", "DELETE FROM sale_deposit WHERE sale_id = 532"),
    ("sale_deposits", "INSERT INTO sale_deposit VALUES (509, 0, NULL, 25)"),
    ("sale_deposits", "INSERT INTO sale_deposit VALUES (531, 0, NULL, 400)"),
    ("sale_deposits", "UPDATE sale_deposit SET amount_minor = 101 WHERE line = 2"),
    ("sale_deposits", "UPDATE sale_deposit SET goods_line = NULL WHERE line = 2"),
    ("sale_deposits", "UPDATE sale_deposit SET goods_line = 0 WHERE sale_id = 531 AND line = 1"),
    ("sale_deposits", "UPDATE sale_line SET quantity_milli = 3000 WHERE sale_id = 531 AND line = 2"),
    ("sale_deposits", "UPDATE sale_line SET quantity_milli = -2000 WHERE sale_id = 531 AND line = 0"),
    ("sale_deposits", "UPDATE sale_line SET flags = 64 WHERE sale_id = 531 AND line = 2"),
    ("sale_deposits", "UPDATE sale_line SET flags = 96 WHERE sale_id = 531 AND line = 2"),
    ("sale_deposits", "UPDATE sale_line SET flags = 0 WHERE sale_id = 531 AND line = 1"),
    ("sale_deposits", "UPDATE sale_line SET flags = 2 WHERE sale_id = 531 AND line = 0"),
    ("sale_deposits", "UPDATE sale_line SET product_id = 101 WHERE sale_id = 531 AND line = 2"),
    ("sale_deposits", "UPDATE product_version SET deposit_count = 3 WHERE product_id = 107"),
    ("sale_deposits", "UPDATE product_version SET deposit_kind = 2 WHERE product_id = 106"),
    ("sale_deposits", "UPDATE product_version SET deposit_product_id = 106, deposit_count = 1 WHERE product_id = 105"),
    ("catalogue_products", "UPDATE product_version SET deposit_product_id = 108 WHERE product_id = 107"),
    ("shift_z_deposits", "UPDATE sale SET shift_id = 300 WHERE id = 531"),
    ("shift_z_deposits", "UPDATE shift_z SET deposit_back_minor = -25 WHERE shift_id = 300"),
    ("shift_z_deposits", "UPDATE shift_z SET charge_minor = 20 WHERE shift_id = 300"),
    ("shift_z_departments", "DELETE FROM shift_z_department"),
    ("shift_z_departments", "DELETE FROM shift_z_department; UPDATE shift_z SET department_count = 0 WHERE shift_id = 331"),
    ("shift_z_departments", "UPDATE shift_z_department SET line_count = 2"),
    ("shift_z_departments", "UPDATE shift_z_department SET quantity_milli = 999"),
    ("shift_z_departments", "UPDATE shift_z_department SET name = 'Grift'"),
    ("shift_z_departments", "UPDATE shift_z_department SET name = ''"),
    ("shift_z_departments", "UPDATE shift_z_department SET product_id = 0, name = ''"),
    ("shift_z_departments", "UPDATE shift_z_department SET shift_id = 330; UPDATE shift_z SET department_count = 1 WHERE shift_id = 330"),
    ("shift_z_departments", "UPDATE shift_z SET department_count = NULL WHERE shift_id = 331"),
    ("shift_z_departments", "UPDATE shift_z SET department_count = 1 WHERE shift_id = 300"),
    ("shift_z_departments", "INSERT INTO shift_z_department VALUES (300, 105, 'Gift', 1, 1000, 1000)"),
    ("shift_z_departments", "UPDATE sale SET shift_id = 331 WHERE id = 530"),
    ("sale_line_taxes", "UPDATE sale_line SET tax_minor = -12 WHERE sale_id = 531 AND line = 1"),
    ("sale_keyed_prices", "UPDATE product_version SET open_min_minor = 401 WHERE product_id = 105"),
    ("sale_keyed_prices", "UPDATE product_version SET open_price = false WHERE product_id = 105"),
    ("sale_keyed_prices", "UPDATE sale_keyed_price SET line = 0"),
    ("sale_keyed_prices", "UPDATE sale_keyed_price SET sale_id = 509"),
    ("sale_keyed_prices", "UPDATE sale_keyed_price SET sale_id = 502, line = 0 WHERE sale_id = 530"),
    ("sale_keyed_prices", "DELETE FROM sale_keyed_price"),
    ("catalogue_versions", "INSERT INTO promotion VALUES (77);"
                           "INSERT INTO promotion_version VALUES (77, 9, 'Dozen', 4, 1, 127, 0, 1440, NULL, NULL, false, true)"),
    ("sale_promotions", "INSERT INTO promotion VALUES (77);"
                        "INSERT INTO promotion_version VALUES (77, 1, 'Dozen', 4, 1, 127, 0, 1440, NULL, NULL, false, true);"
                        "INSERT INTO promotion_part_version VALUES (77, 1, 0, 0, 2, NULL, 103);"
                        "INSERT INTO sale_discount VALUES (501, -1, 3, NULL, 10, 'Dozen', 77, 1), (501, 0, 3, NULL, 10, 'Dozen', 77, NULL)"),
    ("sale_floor", "UPDATE product_version SET floor_minor = 1000000;"
                   "INSERT INTO sale_discount VALUES (503, -1, 2, NULL, 10, 'goodwill'), (503, 0, 2, NULL, 10, NULL);"
                   "UPDATE sale_line SET discount_minor = discount_minor + 10, total_minor = total_minor - 10"
                   " WHERE sale_id = 503 AND line = 0"),
    ("approvals", "INSERT INTO approval VALUES (sha256('x'), 200, 60, 61, 0, true, now(), now(), 501)"),
    ("approvals", "UPDATE sale SET approved_by = 61 WHERE id = 501;"
                  "INSERT INTO approval VALUES (sha256('x'), 201, 60, 61, 0, true, now(), now(), 501)"),
    ("sale_paid", "UPDATE sale SET rounding_minor = 1 WHERE id = 503"),
    ("journal_sales", "UPDATE sale SET rounding_minor = 1 WHERE id = 503"),
    ("journal_sales", "UPDATE sale SET approved_by = 61 WHERE id = 503"),
    ("sale_exceptions", "UPDATE sale_line SET flags = 16 WHERE sale_id = 503"),
    ("sale_exceptions", "UPDATE sale_exception SET said = 251 WHERE kind = 3"),
    ("sale_exceptions", "UPDATE sale_exception SET said = 251 WHERE kind = 4"),
    ("sale_exceptions", "UPDATE sale_exception SET found = NULL WHERE kind = 5"),
    ("sale_exceptions", "UPDATE sale_exception SET line = -1 WHERE kind = 3"),
    ("sale_exceptions", "UPDATE sale_exception SET line = 0 WHERE kind = 5"),
    ("sale_exceptions", "INSERT INTO sale_exception VALUES (521, 6, -1, 9, 2)"),
    ("sale_exceptions", "INSERT INTO sale_exception VALUES (521, 11, -1, 9, 61)"),
    ("sale_exceptions", "INSERT INTO sale_exception VALUES (501, 9, -1, 1, 2)"),
    ("sale_rescues", "DELETE FROM sale_rescue"),
    ("sale_rescues", "UPDATE sale_rescue SET device_id = 201"),
    ("sale_rescues", "UPDATE sale_rescue SET sale_id = 502"),
    ("sale_rescues", "UPDATE sale_exception SET found = 201 WHERE kind = 13"),
    ("sale_rescues", "UPDATE sale_exception SET said = NULL WHERE kind = 13"),
    ("sale_rescues", "INSERT INTO sale_exception VALUES (501, 13, -1, NULL, NULL)"),
    ("sale_commands", "UPDATE sale_rescue SET command_id = substring(sha256('9') FOR 16)"),
    ("journal_commands", "DELETE FROM sale_rescue"),
    ("sale_prices", "DELETE FROM sale_exception WHERE kind = 4"),
    ("sale_taxes_recomputed", "DELETE FROM sale_exception WHERE kind = 4"),
    ("journal_sales", "UPDATE sale SET made_at = made_at + interval '1 second' WHERE id = 501"),
    ("journal_parts", "UPDATE sale SET reason = 'fresh' WHERE id = 553"),
    ("journal_parts", "UPDATE sale_line SET void_reason = 'dropped' WHERE sale_id = 500 AND line = 1"),
    ("journal_parts", "UPDATE sale_line SET product_id = 103 WHERE sale_id = 501 AND line = 0"),
    ("journal_parts", "UPDATE sale_line SET flags = flags | 1 WHERE sale_id = 501 AND line = 0"),
    ("journal_parts", "UPDATE sale_line SET line = 7 - line WHERE sale_id = 505"),
    ("journal_parts", "UPDATE sale_line SET line = 2 WHERE sale_id = 504 AND line = 1"),
    ("journal_parts", "UPDATE tender SET position = 1 WHERE sale_id = 504"),
    ("journal_parts", "DELETE FROM sale_line WHERE sale_id = 501 AND line = 1"),
    ("journal_parts", "UPDATE sale_tax SET code = 'VAT21' WHERE sale_id = 501"),
    ("journal_parts", "UPDATE tender SET tip_minor = 1 WHERE sale_id = 521"),
    ("journal_parts", "UPDATE tender SET reference = 'A1' WHERE sale_id = 504"),
    ("journal_parts", "INSERT INTO tender (sale_id, position, kind, amount_minor, change_minor) VALUES (504, 1, 1, 0, 0)"),
    ("journal_parts", "UPDATE points_entry SET lot_id = 411 WHERE origin_id = 501 AND kind = 2"),
    ("journal_parts", "DELETE FROM points_entry WHERE origin_id = 501 AND kind = 3"),
    ("journal_parts", "INSERT INTO points_entry VALUES (502, 410, 5, 400, 1, NULL, now())"),
    ("journal_parts", "UPDATE sale_exception SET said = 261 WHERE sale_id = 520 AND kind = 4"),
    ("journal_parts", "INSERT INTO sale_exception VALUES (521, 9, -1, 1, 2)"),
    ("journal_parts", "INSERT INTO sale_discount VALUES (521, 0, 1, NULL, 1, 'x')"),
    ("journal_parts", "INSERT INTO sale_option VALUES (521, 0, 0, 95, 2, 'Large', 50)"),
    ("journal_parts", "INSERT INTO sale_keyed_price VALUES (521, 0, 260)"),
    ("journal_sales", "UPDATE sale SET brought_by = 61 WHERE id = 521"),
    ("journal_sales", "UPDATE sale SET brought_by = 60 WHERE id = 501"),
    ("journal_sales", "DELETE FROM journal WHERE kind = 'X'"),
    ("journal_bytes", "UPDATE journal SET bytes = set_byte(bytes, 0, 2) WHERE kind = 'X'"),
    ("journal_bytes", "UPDATE journal SET bytes = set_byte(bytes, 0, 2) WHERE kind = 'S' AND number = 2"),
    ("journal_commands", "DELETE FROM command WHERE op = 61 AND command_id = (SELECT substring(bytes FROM 44 FOR 16) FROM journal"
                         " WHERE kind = 'S' AND number = 2)"),
    ("journal_commands", "DELETE FROM journal WHERE kind = 'S' AND number = 2"),
    ("journal_commands", "DELETE FROM journal WHERE kind = 'S' AND number = 1"),
    ("training_entries", "DELETE FROM journal WHERE kind = 'L' AND substring(bytes FROM 43 FOR 2) = int2send(57::smallint)"),
    ("training_entries", "UPDATE journal SET bytes = set_byte(bytes, 41, 61) WHERE kind = 'S' AND number = 1"),       # another person
    ("training_entries", "UPDATE journal SET bytes = set_byte(bytes, 41, 61) WHERE kind = 'S' AND number = 2"),
    ("training_entries", "UPDATE journal SET bytes = set_byte(bytes, 94, 7) WHERE kind = 'S' AND number = 2"),        # another training
    ("training_entries", "UPDATE journal SET bytes = set_byte(bytes, 70, 2) WHERE kind = 'S' AND number = 2"),        # another till's
    ("training_entries", "UPDATE journal SET bytes = set_byte(set_byte(bytes, 85, 1), 86, 244) WHERE kind = 'S' AND number = 3"),
    ("training_entries", "DELETE FROM journal WHERE kind = 'S' AND number = 2"),                                      # what came back was never sold
    ("training_entries", "UPDATE sale SET id = 601 WHERE id = 505"),
    ("training_entries", "UPDATE sale SET refund_of = 601 WHERE id = 502"),
    ("training_entries", "UPDATE sale SET command_id = (SELECT substring(bytes FROM 44 FOR 16) FROM journal"
                         " WHERE kind = 'S' AND number = 2) WHERE id = 500"),
    ("training_entries", "INSERT INTO points_entry VALUES (601, 410, 2, 400, 5, NULL, now())"),
    ("training_entries", "INSERT INTO stock_entry VALUES (601, 0, 1, 10, 101, -1000, now())"),
    ("training_entries", "INSERT INTO drawer_entry VALUES (601, 2, 301, 260, now())"),
    ("training_entries", "INSERT INTO receipt_copied VALUES (601, 1)"),
    ("training_approvals", "UPDATE approval SET practised_sale_id = 602 WHERE training_id = 600"),
    ("training_approvals", "UPDATE approval SET training_id = 604 WHERE training_id = 600"),
    ("training_approvals", "UPDATE approval SET asked_by = 61 WHERE training_id = 600"),
    ("training_approvals", "UPDATE approval SET device_id = 201 WHERE training_id = 600"),
    ("training_approvals", "UPDATE journal SET bytes = set_byte(bytes, 187, 61) WHERE kind = 'S' AND number = 4"),
    ("refund_amounts", "DELETE FROM refunded"),
    ("refund_amounts", "UPDATE sale_line SET quantity_milli = 1000 WHERE sale_id = 500 AND line = 0"),
    ("refund_numbers", "UPDATE sale_refund SET number = 2 WHERE refund_id = 502"),                    # without a first
    ("refund_numbers", "UPDATE sale_refund SET sale_id = 501 WHERE refund_id = 502"),
    ("refund_numbers", "INSERT INTO sale_refund VALUES (501, 500, 2)"),                                # a sale
    ("refund_numbers", "INSERT INTO sale_refund VALUES (553, 500, 2)"),                                # a refund without a receipt
    ("refund_numbers", "INSERT INTO sale_refund VALUES (999, 500, 2)"),
    ("refund_numbers", "UPDATE sale SET refund_of = 500 WHERE id = 541; UPDATE sale_refund SET sale_id = 500, number = 2 WHERE refund_id = 502;"
                       "UPDATE sale_refund SET sale_id = 500, number = 1 WHERE refund_id = 541"),      # of one till, in the other order
    ("refund_lines", "UPDATE sale SET refund_of = 502 WHERE id = 502"),
    ("refund_lines", "UPDATE sale SET member_id = 409 WHERE id = 502"),
    ("refund_taxes", "UPDATE sale_tax SET net_minor = -312 WHERE sale_id = 507 AND code = 'QST'"),
    ("refund_taxes", "UPDATE sale_tax SET code = 'HST' WHERE sale_id = 507 AND code = 'QST'"),
    ("refund_taxes", "UPDATE sale_tax SET rate_ppm = 99751 WHERE sale_id = 507 AND code = 'QST'"),
    ("refund_taxes", "INSERT INTO sale_tax VALUES (507, 2, 'ZERO', 0, 0, 0)"),
    ("refund_taxes", "INSERT INTO sale_tax VALUES (507, 2, 'GST', 50000, 0, 0)"),
    ("refund_taxes", "UPDATE sale_line SET tax_minor = -47 - tax_minor WHERE sale_id = 507"),
    ("refund_taxes", "UPDATE sale_tax SET tax_minor = 1 WHERE sale_id = 507 AND code = 'GST';"
                     "UPDATE sale_tax SET tax_minor = -48 WHERE sale_id = 507 AND code = 'QST'"),
    ("refund_tenders", "UPDATE tender SET amount_minor = -359 WHERE sale_id = 507"),
    ("refund_tenders", "UPDATE tender SET kind = 1 WHERE sale_id = 507"),
    ("refund_tenders", "INSERT INTO tender VALUES (507, 7, 2, 1, 0)"),
    ("refund_points", "UPDATE sale SET points_spent = -1 WHERE id = 502"),
    ("refund_free", "INSERT INTO sale_exception VALUES (500, 16, -1)"),
    ("refund_free", "INSERT INTO sale_exception VALUES (502, 16, -1)"),                                                    # a refund of a sale
    ("refund_free", "UPDATE sale_line SET unit_price_minor = 261, gross_minor = -261, total_minor = -261 WHERE sale_id = 553"),
    ("refund_free", "UPDATE sale_line SET quantity_milli = 1000 WHERE sale_id = 553"),
    ("refund_free", "UPDATE sale_line SET refund_line = 0 WHERE sale_id = 553"),
    ("refund_free", "UPDATE sale_line SET discount_minor = -10, total_minor = -240 WHERE sale_id = 553"),
    ("refund_free", "UPDATE sale_line SET flags = 48 WHERE sale_id = 553"),
    ("refund_free", "DELETE FROM sale_line WHERE sale_id = 553"),
    ("refund_free", "UPDATE tender SET kind = 2 WHERE sale_id = 553"),
    ("refund_free", "UPDATE sale SET points_after = 7 WHERE id = 553"),
    ("refund_free", "UPDATE sale SET reason = '' WHERE id = 553"),
    ("refund_free", "UPDATE sale SET total_minor = 0 WHERE id = 553"),
    ("refund_free_days", "UPDATE sale SET total_minor = -5001 WHERE id = 553"),
    ("sale_taxes_recomputed", "UPDATE sale_tax SET tax_minor = -41, net_minor = -209 WHERE sale_id = 553"),
    ("sale_total", "UPDATE sale SET total_minor = -249 WHERE id = 553"),
    ("refund_points", "UPDATE sale SET points_spent = 1 WHERE id = 502"),
    ("receipt_numbers", "DELETE FROM sale WHERE id = 500"),
    ("sale_notes", "UPDATE sale_note SET line = 7"),
    ("sale_notes", "UPDATE sale_note SET sale_id = 509"),
    ("sale_notes", "UPDATE sale_note SET sale_id = 502"),
    ("imports", "UPDATE django_import SET amount = 999 WHERE kind = 2"),
    ("imports", "UPDATE django_import SET object_id = 999 WHERE kind = 2"),
    ("imports", "UPDATE django_import SET object_id = 999, amount = 0 WHERE kind = 1"),
    ("imports", "DELETE FROM django_import WHERE kind = 1"),
    ("points_members", "UPDATE points_entry SET origin_id = 403 WHERE kind = 9"),
    ("sale_attaches", "UPDATE sale_attach SET sale_id = 500, attached_id = 500 WHERE sale_id = 544"),     # it had a member
    ("sale_attaches", "UPDATE sale_attach SET sale_id = 532, attached_id = 532 WHERE sale_id = 544"),     # a refund
    ("sale_attaches", "UPDATE sale_attach SET attached_id = 544 WHERE sale_id = 507"),                    # of another sale
    ("sale_attaches", "UPDATE sale_attach SET attached_id = 504 WHERE sale_id = 507"),
    ("sale_attaches", "UPDATE sale_attach SET member_id = 403 WHERE sale_id = 507"),
    ("sale_attaches", "UPDATE sale_attach SET points_after = 1 WHERE sale_id = 507"),
    ("sale_attaches", "UPDATE sale_attach SET sold_at = sold_at + interval '1 second' WHERE sale_id = 544"),
    ("sale_attaches", "UPDATE sale_attach SET shop_id = 11 WHERE sale_id = 544"),
    ("sale_attaches", "UPDATE sale_attach SET device_id = 201 WHERE sale_id = 544"),
    ("sale_attaches", "UPDATE sale_attach SET staff_id = 69 WHERE sale_id = 544"),
    ("sale_attaches", "UPDATE sale_attach SET at = sold_at WHERE sale_id = 544"),                          # no entry of then
    ("sale_attaches", "UPDATE sale_attach SET at = at - interval '1 day' WHERE attached_id = 506"),
    ("sale_attaches", "UPDATE sale_attach SET at = at + interval '369 days' WHERE sale_id = 544"),
    ("sale_attaches", "UPDATE sale SET member_id = 400 WHERE id = 544"),
    ("sale_attaches", "UPDATE sale SET points_gifted = 100 WHERE id = 544"),
    ("points_members", "DELETE FROM sale_attach WHERE sale_id = 544"),
    ("points_sales", "UPDATE sale_attach SET points_earned = 115 WHERE sale_id = 544"),
    ("points_sales", "UPDATE sale_attach SET points_gifted = 100 WHERE sale_id = 544"),
    ("points_recomputed", "UPDATE sale_attach SET points_earned = 117 WHERE sale_id = 544; UPDATE points_entry SET points = 117 WHERE origin_id = 544;"
                          "UPDATE points_lot SET remaining = remaining + 1 WHERE id = 410; UPDATE member_account SET points = points + 1 WHERE member_id = 400"),
    ("points_recomputed", "DELETE FROM sale_attach WHERE sale_id = 544; INSERT INTO sale_attach SELECT 544, 544, 400, at, 0, 5, 0, 10, 200, 60, at FROM sale WHERE id = 544"),
    ("refund_points", "UPDATE sale_attach SET points_earned = -35 WHERE sale_id = 507"),
    ("refund_lines", "UPDATE sale_attach SET member_id = 404 WHERE sale_id = 507"),
    ("sale_earnings", "INSERT INTO sale_earning VALUES (544, 0, 1, 10, 1160, 115, decode(repeat('00', 25), 'hex'))"),
    ("sale_retenders", "UPDATE sale_retender SET sale_id = 503 WHERE id = 832"),
    ("sale_retenders", "UPDATE sale_retender SET sale_id = 502 WHERE id = 832"),
    ("sale_retenders", "UPDATE sale_retender SET sale_id = 999 WHERE id = 832"),
    ("sale_retenders", "UPDATE sale_retender SET shift_id = 300 WHERE id = 832"),
    ("sale_retenders", "UPDATE sale_retender SET device_id = 201 WHERE id = 832"),
    ("sale_retenders", "UPDATE sale_retender SET shop_id = 11 WHERE id = 832"),
    ("sale_retenders", "UPDATE sale_retender SET staff_id = 69 WHERE id = 832"),
    ("sale_retenders", "UPDATE sale_retender SET entry_number = 1 WHERE id = 832"),
    ("sale_retenders", "UPDATE sale_retender SET rounding_minor = 2 WHERE id = 832"),
    ("sale_retenders", "UPDATE sale_retender SET at = at - interval '1 day' WHERE id = 832"),
    ("sale_retenders", "UPDATE sale_retender SET at = now() WHERE id = 831"),                   # its shift was closed by then
    ("sale_retenders", "DELETE FROM sale_retender WHERE id = 830"),
    ("sale_retenders", "DELETE FROM sale_retender WHERE id = 832"),
    ("sale_retenders", "DELETE FROM retender_entry WHERE retender_id = 832 AND kind = 2"),
    ("sale_retenders", "UPDATE retender_entry SET amount_minor = -1700 WHERE retender_id = 832 AND kind = 2"),
    ("sale_retenders", "UPDATE retender_entry SET position = 12 WHERE retender_id = 832 AND kind = 1"),
    ("sale_retenders", "UPDATE retender_entry SET reference = 'A1' WHERE retender_id = 832 AND kind = 2"),
    ("sale_retenders", "UPDATE retender_entry SET kind = 1 WHERE retender_id = 832 AND kind = 2"),
    ("sale_retenders", "UPDATE retender_entry SET tip_minor = 5 WHERE retender_id = 832 AND kind = 1"),
    ("sale_retenders", "UPDATE retender_entry SET tender_count = 0 WHERE retender_id = 832 AND kind = 1"),
    ("sale_retenders", "UPDATE retender_entry SET tender_count = 1 WHERE retender_id = 832 AND kind = 2"),
    ("sale_retenders", "UPDATE sale SET total_minor = total_minor - 1 WHERE id = 504"),
    ("invoices", "UPDATE invoice SET tax_minor = 131 WHERE id = 840"),
    ("invoices", "UPDATE invoice SET shop_id = 11 WHERE id = 842"),
    ("invoices", "UPDATE invoice SET staff_id = 69 WHERE id = 842"),
    ("invoices", "UPDATE invoice SET device_id = 201 WHERE id = 842"),
    ("invoices", "UPDATE invoice SET sale_id = 999 WHERE id = 842"),
    ("invoices", "UPDATE invoice SET sale_id = 502 + 5 WHERE id = 841"),
    ("invoices", "UPDATE invoice SET kind = 1, credit_of = NULL WHERE id = 841"),
    ("invoices", "UPDATE invoice SET credit_of = 842 WHERE id = 841"),
    ("invoices", "UPDATE invoice SET credit_of = 849 WHERE id = 841"),
    ("invoices", "UPDATE invoice SET document_sealed = 'another' WHERE id = 842"),
    ("invoices", "UPDATE invoice SET at = at + interval '1 second' WHERE id = 842"),
    ("invoices", "UPDATE invoice SET total_minor = -781 WHERE id = 841; UPDATE sale SET total_minor = -781 WHERE id = 502"),
    ("invoices", "UPDATE invoice SET tax_minor = -131 WHERE id = 841; UPDATE sale SET tax_minor = -131 WHERE id = 502"),
    ("invoices", "UPDATE invoice_tax SET tax_minor = 44 WHERE invoice_id = 842"),
    ("invoices", "UPDATE invoice_tax SET net_minor = 216 WHERE invoice_id = 842"),
    ("invoices", "UPDATE invoice_tax SET code = 'VAT21' WHERE invoice_id = 842"),
    ("invoices", "UPDATE invoice_tax SET rate_ppm = 1 WHERE invoice_id = 842"),
    ("invoices", "UPDATE invoice_tax SET position = 1 WHERE invoice_id = 842"),
    ("invoices", "UPDATE invoice_tax SET invoice_id = 849 WHERE invoice_id = 842"),
    ("invoices", "DELETE FROM invoice_tax WHERE invoice_id = 842"),
    ("invoices", "INSERT INTO invoice_tax VALUES (842, 1, 'ZERO', 0, 0, 0)"),
    ("invoice_numbers", "UPDATE invoice_series SET number = 4"),
    ("invoice_numbers", "DELETE FROM invoice_series"),
    ("invoice_numbers", "DELETE FROM invoice"),
    ("invoice_numbers", "DELETE FROM invoice WHERE id = 840"),
    ("invoice_numbers", "UPDATE invoice SET year = 2025 WHERE id = 842"),
    ("invoice_papers", "DELETE FROM invoice_paper WHERE paper = 1"),
    ("invoice_papers", "DELETE FROM invoice_printed"),
    ("invoice_papers", "INSERT INTO invoice_printed VALUES (841, 1)"),
    ("invoice_papers", "UPDATE invoice_paper SET paper = 3 WHERE paper = 2"),
    ("basket_voids", "UPDATE basket_void SET shop_id = 11"),
    ("basket_voids", "UPDATE basket_void SET staff_id = 69"),
    ("basket_voids", "UPDATE basket_void SET device_id = 201"),
    ("basket_voids", "UPDATE basket_void SET shift_id = 310"),
    ("basket_voids", "DELETE FROM basket_void_line WHERE line = 1"),
    ("basket_voids", "UPDATE basket_void_line SET product_id = 109 WHERE line = 0"),
    ("basket_voids", "UPDATE basket_void_line SET quantity_milli = 2000 WHERE line = 0"),
    ("basket_voids", "DELETE FROM basket_void"),
    ("parked_baskets", "UPDATE parked_basket SET staff_id = 69 WHERE id = 800"),
    ("parked_baskets", "UPDATE parked_basket SET device_id = 200 WHERE id = 801"),
    ("parked_baskets", "UPDATE parked_basket SET device_id = 204 WHERE id = 800"),
    ("kiosk_numbers", "UPDATE kiosk_number SET business_day = business_day - 1"),
    ("kiosk_numbers", "DELETE FROM kiosk_number"),
    ("kiosk_numbers", "UPDATE member_ticket SET number = 1 WHERE id = 850"),  # the basket's
    ("kiosk_numbers", "UPDATE parked_basket SET number = 4 WHERE id = 801"),
    ("member_codes", "UPDATE member_code SET staff_id = 69"),
    ("member_codes", "UPDATE member_code SET shop_id = 11"),
    ("member_codes", "UPDATE member_code SET used_device_id = 200"),
    ("member_codes", "UPDATE member_code SET member_id = 404"),
    ("member_codes", "UPDATE member_code SET member_id = 403"),
    ("member_secrets", "UPDATE member_secret SET member_id = 403"),
    ("member_secrets", "UPDATE member_secret SET member_id = 409"),
    ("member_tickets", "UPDATE member_ticket SET shop_id = 11, business_day = business_day - 9 WHERE id = 850"),
    ("member_tickets", "UPDATE member_ticket SET member_id = 403 WHERE id = 851"),
    ("member_tickets", "UPDATE member_ticket SET id = 400 WHERE id = 850"),  # who was admitted
    ("parked_baskets", "UPDATE parked_basket SET device_id = 201"),
    ("parked_baskets", "INSERT INTO parked_basket SELECT id + 100 + i, shop_id, staff_id, device_id, parked_at, 1, first_product_id, basket"
                       " FROM parked_basket, generate_series(1, 20) AS i WHERE parked_basket.id = 800"),
    ("print_queues", "UPDATE printer SET job_count = 3 WHERE id = 890"),
    ("print_queues", "UPDATE printer SET waiting = 0, due_at = NULL WHERE id = 890"),
    ("print_queues", "UPDATE printer SET removed = true WHERE id = 890"),
    ("print_queues", "UPDATE print_job SET state = 1 WHERE number = 3; UPDATE print_job SET state = 2, tries = 1, begun_at = now() WHERE number = 4"),
    ("print_queues", "UPDATE print_job SET state = 3, tries = 1, begun_at = now(), ended_at = now() WHERE number = 4; UPDATE printer SET waiting = 1 WHERE id = 890"),
    ("print_jobs", "UPDATE print_job SET kind = 2 WHERE number = 1"),
    ("print_jobs", "UPDATE print_job SET copy = 3 WHERE number = 1"),
    ("print_jobs", "UPDATE print_job SET shift_id = 310 WHERE number = 3"),
    ("print_jobs", "UPDATE print_job SET sale_id = 503 WHERE number = 1"),
    ("receipt_copies", "DELETE FROM receipt_copy WHERE copy = 1"),
    ("receipt_copies", "DELETE FROM receipt_copied"),
    ("receipt_copies", "INSERT INTO receipt_copied VALUES (501, 1)"),
    ("receipt_copies", "UPDATE receipt_copy SET copy = 3 WHERE copy = 2"),
    ("journal_hashes", "UPDATE journal SET hash = sha256('x') WHERE device_id = 201 AND kind = 'T'"),
    ("journal_sales", "DELETE FROM journal WHERE device_id = 201 AND kind = 'T'"),
    ("journal_sales", "DELETE FROM sale WHERE id = 502"),
    ("journal_sales", "UPDATE sale SET total_minor = 1 WHERE id = 500"),
    ("journal_signatures", "UPDATE journal_signature SET heads = set_byte(heads, 30, 1 + get_byte(heads, 30) % 200) WHERE id = 901"),
    ("journal_signatures", "UPDATE journal_signature SET heads = substring(heads FROM 1 FOR 48) WHERE id = 901"),
    ("catalogue_made", "UPDATE catalogue_version SET shop_id = 10 WHERE version = 1"),
    ("catalogue_made", "INSERT INTO catalogue_version VALUES (4, 0, now())"),
    ("catalogue_made", "DELETE FROM catalogue_version WHERE version = 3"),
    ("catalogue_products", "UPDATE product SET plu = 2 WHERE id = 101"),
    ("catalogue_products", "DELETE FROM price_version WHERE product_id = 102"),
    ("catalogue_versions", "UPDATE sale SET catalogue_version = 3 WHERE id = 503"),
    ("member_keys", "DELETE FROM member_blind WHERE kind = 1"),
    ("member_keys", "UPDATE member_blind SET merged_from = 0 WHERE kind = 3"),
    ("member_merges", "UPDATE member_account SET points = 1 WHERE member_id = 403"),
    ("member_merges", "UPDATE member_account SET birthday_year = 2024 WHERE member_id = 403"),
    ("member_merges", "UPDATE member_account SET tier = 1 WHERE member_id = 403"),
    ("member_merges", "UPDATE member_account SET tier_minor = 1 WHERE member_id = 403"),
    ("member_merges", "UPDATE member_account SET avoids = decode(repeat('01', 112), 'hex') WHERE member_id = 403"),
    ("member_merges", "UPDATE member_account SET merged_into = NULL WHERE member_id = 403"),
    ("member_merges", "UPDATE member_account SET merged_into = 409 WHERE member_id = 403"),
    ("member_merges", "UPDATE member_account SET merged_into = 403 WHERE member_id = 400"),  # in a circle
    ("member_merges", "DELETE FROM member_account WHERE member_id = 403"),
    ("member_merges", "DELETE FROM member_merge"),
    ("member_merges", "UPDATE member_merge SET into_id = 409"),
    ("member_merges", "UPDATE points_lot SET member_id = 403 WHERE id = 413"),
    ("member_merges", "UPDATE points_lot SET merged_from = 409 WHERE id = 413"),
    ("member_merges", "UPDATE member_blind SET member_id = 403 WHERE kind = 3"),
    ("member_merges", "UPDATE member_blind SET merged_from = 409 WHERE kind = 3"),
    ("points_members", "UPDATE points_lot SET member_id = 409 WHERE id = 413"),
    ("points_members", "UPDATE points_entry SET member_id = 409 WHERE lot_id = 413"),
    ("sale_told", "UPDATE product_version SET contains = 2; UPDATE sale_line SET flags = flags | 128 WHERE sale_id = 503"),  # nobody
    ("sale_told", "UPDATE product_version SET contains = 2; UPDATE sale_line SET flags = flags | 128 WHERE sale_id = 502"),  # a refund
    ("sale_exceptions", "INSERT INTO sale_exception VALUES (500, 15, -1, NULL, NULL)"),
    ("sale_exceptions", "INSERT INTO sale_exception VALUES (503, 15, 0, NULL, NULL)"),
    ("account_balances", "UPDATE account SET entry_count = 9"),
    ("account_balances", "DELETE FROM account_entry WHERE number = 5"),
    ("account_balances", "UPDATE account_entry SET number = 9 WHERE number = 5"),
    ("account_balances", "UPDATE account_entry SET balance_minor = 0 WHERE number = 2"),
    ("account_balances", "DELETE FROM account"),
    ("account_balances", "DELETE FROM account_entry"),
    ("account_entries", "DELETE FROM account_entry WHERE origin_id = 541"),
    ("account_entries", "DELETE FROM tender WHERE sale_id = 540 AND kind = 5"),
    ("account_entries", "UPDATE tender SET reference = '8' WHERE sale_id = 540 AND kind = 5"),
    ("account_entries", "UPDATE tender SET reference = NULL WHERE sale_id = 540 AND kind = 5"),
    ("account_entries", "UPDATE account SET number = 8"),
    ("account_entries", "UPDATE account_entry SET kind = 3 WHERE origin_id = 541"),
    ("account_entries", "UPDATE account_entry SET position = 0 WHERE origin_id = 540"),
    ("account_entries", "UPDATE account_entry SET at = now() WHERE origin_id = 540"),
    ("account_entries", "UPDATE account_payment SET amount_minor = 301 WHERE id = 861"),
    ("account_entries", "UPDATE account_payment SET account_id = 421 WHERE id = 861"),
    ("account_entries", "DELETE FROM account_payment WHERE id = 840"),
    ("account_payments", "DELETE FROM shift_z_received WHERE shift_id = 300"),
    ("account_payments", "UPDATE shift_z_received SET payment_count = 2 WHERE shift_id = 300"),
    ("account_payments", "UPDATE shift_z_received SET means = 3 WHERE shift_id = 300"),
    ("account_payments", "INSERT INTO shift_z_received VALUES (300, 1, 1, 5)"),
    ("account_payments", "UPDATE account_payment SET device_id = 201 WHERE id = 861"),
    ("account_payments", "UPDATE account_payment SET shop_id = 11 WHERE id = 861"),
    ("account_payments", "UPDATE account_payment SET shift_id = 399 WHERE id = 861"),
    ("account_payments", "UPDATE account_payment SET at = now() WHERE id = 840"),     # its shift was closed by then
    ("account_keys", "DELETE FROM account_blind"),
    ("account_keys", "INSERT INTO account_blind VALUES (1, decode(repeat('09', 16), 'hex'), 420)"),
    ("account_keys", "INSERT INTO account_blind VALUES (2, decode(repeat('09', 16), 'hex'), 429)"),
    ("gift_card_balances", "UPDATE gift_card SET entry_count = 9 WHERE id = 431"),
    ("gift_card_balances", "DELETE FROM gift_card_entry WHERE card_id = 431 AND number = 2"),
    ("gift_card_balances", "UPDATE gift_card_entry SET number = 9 WHERE card_id = 431 AND number = 2"),
    ("gift_card_balances", "UPDATE gift_card_entry SET balance_minor = 0 WHERE card_id = 430 AND number = 2"),
    ("gift_card_balances", "DELETE FROM gift_card"),
    ("gift_card_balances", "DELETE FROM gift_card_entry"),
    # The sale took more than there was: the sums are right, and the card was below nothing.
    ("gift_card_balances", "ALTER TABLE gift_card_entry DROP CONSTRAINT gift_card_entry_balance_minor_check;"
                           "UPDATE gift_card_entry SET amount_minor = -1060, balance_minor = -60 WHERE origin_id = 542;"
                           "UPDATE gift_card_entry SET kind = 2, amount_minor = 60, balance_minor = 0 WHERE card_id = 430 AND kind = 6"),
    ("gift_card_entries", "DELETE FROM gift_card_entry WHERE origin_id = 543"),
    ("coupon_counts", "UPDATE coupon SET use_count = 0 WHERE id = 441"),
    ("coupon_counts", "DELETE FROM coupon_use"),
    ("coupon_counts", "UPDATE coupon_use SET number = 2"),
    ("coupon_counts", "UPDATE coupon_use SET coupon_id = 449"),
    ("coupon_counts", "UPDATE coupon_use SET campaign_id = 449"),
    ("coupon_counts", "UPDATE campaign SET coupon_count = 4"),
    ("coupon_counts", "UPDATE coupon SET number = 5 WHERE id = 442"),
    # Used twice: the counts are right, and it was good for one.
    ("coupon_counts", "ALTER TABLE coupon DROP CONSTRAINT coupon_check; INSERT INTO coupon_use VALUES (441, 2, 440, 543, NULL, 5, now());"
                      "UPDATE coupon SET use_count = 2 WHERE id = 441; UPDATE campaign SET use_count = 2"),
    ("coupon_counts", "ALTER TABLE campaign DROP CONSTRAINT campaign_check2; INSERT INTO coupon_use VALUES (442, 1, 440, 543, NULL, 5, now());"
                      "UPDATE coupon SET use_count = 1 WHERE id = 442; UPDATE campaign SET use_count = 2, uses_max = 1"),
    ("coupon_uses", "DELETE FROM coupon_use"),
    ("coupon_uses", "UPDATE coupon_use SET amount_minor = 99"),
    ("coupon_uses", "UPDATE coupon_use SET sale_id = 543"),
    ("coupon_uses", "UPDATE coupon_use SET member_id = 400"),
    ("coupon_uses", "UPDATE coupon_use SET at = now()"),
    ("coupon_uses", "UPDATE campaign SET name = 'Eleventh'"),
    ("coupon_uses", "UPDATE campaign SET members_only = true"),
    ("coupon_uses", "UPDATE coupon SET member_id = 400 WHERE id = 441"),
    ("coupon_uses", "UPDATE coupon SET member_id = 403 WHERE id = 441; UPDATE coupon_use SET member_id = 404; UPDATE sale SET member_id = 404 WHERE id = 544"),
    ("coupon_uses", "UPDATE campaign SET per_member = 1; UPDATE coupon_use SET member_id = 400; UPDATE sale SET member_id = 400 WHERE id IN (543, 544);"
                    "INSERT INTO coupon_use VALUES (442, 1, 440, 543, 400, 5, now())"),
    ("coupon_uses", "UPDATE campaign SET receipt_minor = 1161"),
    ("coupon_uses", "UPDATE campaign SET receipt_minor = 0"),
    ("coupon_uses", "UPDATE coupon SET goods_minor = (SELECT total_minor - 1 FROM sale WHERE id = 544) WHERE id = 443"),
    # A bottle of what was paid is no goods: a coupon of before counted it, and one that says what the goods came to does not.
    ("coupon_uses", BOTTLE + "UPDATE coupon SET goods_minor = (SELECT total_minor FROM sale WHERE id = 544) WHERE id = 443"),
    ("coupon_uses", BOTTLE + "UPDATE coupon SET goods_minor = (SELECT total_minor - 25 FROM sale WHERE id = 544) WHERE id = 443;"
                             "UPDATE campaign SET receipt_minor = (SELECT total_minor FROM sale WHERE id = 544)"),
    ("coupon_uses", "UPDATE campaign SET created_at = now()"),
    ("coupon_uses", "UPDATE coupon SET sale_id = 543 WHERE id = 443"),
    ("coupon_amounts", "UPDATE campaign SET least_minor = 1261"),
    ("coupon_amounts", "DELETE FROM campaign_product; INSERT INTO campaign_product VALUES (440, 101)"),
    ("coupon_amounts", "DELETE FROM campaign_product"),
    ("coupon_amounts", "UPDATE campaign SET gift = 2, value = 101"),
    ("coupon_amounts", "UPDATE campaign SET gift = 3, value = 1"),  # a cake free is ten of it
    ("coupon_amounts", FREE.format(value=2)),                       # two are free, and one was taken off
    ("coupon_amounts", FREE.format(value=1) + PIECES.format(times=2)),
    ("coupon_amounts", FREE.format(value=2) + PIECES.format(times=1) + ";UPDATE coupon_use SET amount_minor = 1260;"  # it says so of one line alone
                       "UPDATE sale_discount SET amount_minor = 1260 WHERE sale_id = 544 AND kind = 4 AND line = -1;"
                       "UPDATE sale_line SET discount_minor = 260, total_minor = 0 WHERE sale_id = 544 AND line = 1;"
                       "INSERT INTO sale_discount VALUES (544, 1, 4, NULL, 260, 'Tenth', 440, NULL)"),
    ("coupon_amounts", "UPDATE sale_discount SET times = 1 WHERE sale_id = 544 AND kind = 4 AND line = 0"),  # a tenth off is no piece
    ("sale_discounts", "UPDATE sale_discount SET times = 1 WHERE sale_id = 544 AND kind = 4 AND line = -1"),
    ("sale_earnings", FREE.format(value=1) + PIECES.format(times=1) + COUNTED.format(basis=1000)),
    ("sale_earnings", FREE.format(value=1) + COUNTED.format(basis=0)),
    ("coupon_amounts", "UPDATE campaign SET category_id = 20"),
    ("coupon_amounts", "UPDATE campaign SET with_promotions = false; INSERT INTO sale_discount VALUES (544, 0, 3, NULL, 1, 'Dozen', 77, NULL)"),
    ("gift_card_entries", "DELETE FROM tender WHERE sale_id = 542 AND kind = 6"),
    ("gift_card_entries", "UPDATE tender SET reference = '4' WHERE sale_id = 542 AND kind = 6"),  # the heir had not paid it
    ("gift_card_entries", "UPDATE tender SET reference = '5' WHERE sale_id IN (542, 543) AND kind = 6"),
    ("gift_card_entries", "UPDATE tender SET reference = NULL WHERE sale_id = 543 AND kind = 6"),
    ("gift_card_entries", "UPDATE gift_card SET number = 8 WHERE id = 430"),
    ("gift_card_entries", "UPDATE gift_card_entry SET kind = 2 WHERE origin_id = 543"),
    ("gift_card_entries", "UPDATE gift_card_entry SET position = 1 WHERE origin_id = 542"),
    ("gift_card_entries", "UPDATE gift_card_payment SET amount_minor = 101 WHERE id = 865"),
    ("gift_card_entries", "UPDATE gift_card_payment SET card_id = 432 WHERE id = 865"),
    ("gift_card_entries", "DELETE FROM gift_card_payment WHERE id = 845"),
    ("gift_card_entries", "UPDATE gift_card_move SET amount_minor = 739"),
    ("gift_card_entries", "UPDATE gift_card_move SET to_id = 432"),
    ("gift_card_entries", "DELETE FROM gift_card_move"),
    ("gift_card_payments", "DELETE FROM shift_z_gift_card"),
    ("gift_card_payments", "UPDATE shift_z_gift_card SET payment_count = 2"),
    ("gift_card_payments", "UPDATE shift_z_gift_card SET means = 3"),
    ("gift_card_payments", "UPDATE shift_z_gift_card SET kind = 2"),
    ("gift_card_payments", "INSERT INTO shift_z_gift_card VALUES (300, 2, 1, 1, 5)"),
    ("gift_card_payments", "UPDATE gift_card_payment SET device_id = 201 WHERE id = 865"),
    ("gift_card_payments", "UPDATE gift_card_payment SET shop_id = 11 WHERE id = 865"),
    ("gift_card_payments", "UPDATE gift_card_payment SET shift_id = 399 WHERE id = 865"),
    ("gift_card_payments", "UPDATE gift_card_payment SET at = now() WHERE id = 845"),     # its shift was closed by then
    ("gift_card_payments", "UPDATE gift_card_payment SET kind = 1 WHERE id = 865"),       # issued twice
    ("gift_card_payments", "UPDATE gift_card_payment SET kind = 2 WHERE id = 867"),       # and never
    ("gift_card_payments", "UPDATE gift_card_payment SET undoes = 865 WHERE id = 868"),   # another card's
    ("gift_card_payments", "UPDATE gift_card_payment SET undoes = 868 WHERE id = 868"),
    ("gift_card_payments", "UPDATE gift_card_payment SET amount_minor = 51 WHERE id = 867"),
    ("gift_card_payments", "UPDATE gift_card_payment SET means = 3, reference = 'R' WHERE id = 868"),
    ("gift_card_payments", "UPDATE gift_card_payment SET at = now() WHERE id = 867"),     # given back before
    # What was paid for a card that has paid is given back.
    ("gift_card_payments", "INSERT INTO gift_card_payment SELECT 869, card_id, shop_id, device_id, 301, staff_id, 3, means, -amount_minor, 'R',"
                           " 'why', id, now() FROM gift_card_payment WHERE id = 845;"
                           "INSERT INTO gift_card_entry VALUES (430, 5, 5, 869, 0, -900, 0, now())"),
    ("gift_card_moves", "UPDATE gift_card SET moved_to = 432 WHERE id = 430"),
    ("gift_card_moves", "UPDATE gift_card SET balance_minor = 0, moved_to = 431 WHERE id = 432"),
    ("gift_card_moves", "DELETE FROM gift_card_move"),
    ("gift_card_moves", "UPDATE gift_card_move SET from_id = 439"),
    ("gift_card_moves", "INSERT INTO gift_card_move SELECT 870, 431, 432, shop_id, device_id, staff_id, 1, 'lost', at FROM gift_card_move"),
    ("gift_card_moves", "UPDATE gift_card_entry SET kind = 4 WHERE card_id = 432 AND number = 1"),
    ("drawer_entries", "DELETE FROM drawer_entry WHERE origin_id = 865"),
    ("drawer_entries", "UPDATE gift_card_payment SET means = 1, reference = NULL WHERE id = 845"),
    ("refund_tenders", "UPDATE tender SET reference = '4' WHERE sale_id = 543 AND kind = 6"),
    ("drawer_entries", "DELETE FROM drawer_entry WHERE origin_id = 861"),
    ("drawer_entries", "UPDATE account_payment SET means = 1, reference = NULL WHERE id = 840"),
    ("drawer_cash", "UPDATE drawer_entry SET amount_minor = 301 WHERE origin_id = 861"),
    ("shift_z_tenders", "INSERT INTO shift_z_tender VALUES (300, 5, 1, 0, 96)"),
    ("refund_tenders", "UPDATE tender SET reference = '8' WHERE sale_id = 541 AND kind = 5"),
    ("sale_total", "DELETE FROM sale_line WHERE sale_id = 501 AND line = 1"),
    ("sale_prices", "UPDATE sale_line SET unit_price_minor = 250 WHERE sale_id = 500 AND line = 0"),  # the chain's
    ("sale_prices", "UPDATE sale_line SET unit_price_minor = 110 WHERE sale_id = 504 AND line = 0"),  # the version before
    ("sale_prices", "UPDATE price_version SET from_version = 4 WHERE product_id = 103 AND from_version = 2"),
    ("sale_prices", "UPDATE sale SET catalogue_version = 2 WHERE id = 500"),
    ("sale_taxes_recomputed", "DELETE FROM sale_tax WHERE sale_id = 505"),
    ("sale_taxes_recomputed", "INSERT INTO sale_tax VALUES (505, 1, 'NONE', 0, 0, 0)"),
    ("sale_taxes_recomputed", "UPDATE sale_tax SET net_minor = 719 WHERE sale_id = 505"),
    ("sale_taxes_recomputed", "UPDATE sale_tax SET code = 'VAT21' WHERE sale_id = 500"),
    ("sale_taxes_recomputed", "UPDATE sale SET service = 1 WHERE id = 504"),
    ("sale_taxes_recomputed", "UPDATE sale_line SET flags = 0 WHERE sale_id = 504 AND line = 1"),    # cold
    ("sale_taxes_recomputed", "UPDATE sale_line SET flags = 2 WHERE sale_id = 505 AND line = 1"),    # four rolls are no box
    ("sale_taxes_recomputed", "UPDATE sale_line SET quantity_milli = 1000 WHERE sale_id = 505 AND line = 1"),
    ("sale_taxes_recomputed", "UPDATE sale_line SET quantity_milli = 6000 WHERE sale_id = 504 AND line = 0"),
    ("sale_taxes_recomputed", "UPDATE product_version SET unit = 1 WHERE product_id = 103"),         # weighed: not counted
    ("sale_taxes_recomputed", "UPDATE tax_class_version SET switch_at_count = 5 WHERE tax_class_id = 31 AND from_version = 2"),
    ("sale_taxes_recomputed", "UPDATE sale SET catalogue_version = 1 WHERE id = 504"),
    ("sale_taxes_recomputed", "UPDATE shop_version SET prices_include_tax = true WHERE shop_id = 11"),
    ("points_recomputed", "UPDATE sale SET total_minor = 790 WHERE id = 500"),
    ("points_recomputed", "UPDATE programme_version SET reward_cost = 99"),
    ("points_recomputed", "UPDATE programme_version SET birthday_points = 50"),
    ("points_recomputed", "UPDATE programme_version SET from_version = 4"),
    ("points_recomputed", "UPDATE sale SET points_earned = 0 WHERE id = 501"),
    ("points_recomputed", "UPDATE sale SET points_gifted = 100 WHERE id = 503"),
    ("points_recomputed", "UPDATE sale_line SET discount_minor = 520, total_minor = 0 WHERE sale_id = 501 AND line = 0"),
    ("points_recomputed", "UPDATE sale SET member_id = NULL WHERE id = 501"),
    ("points_recomputed", REWARD.format(gives=2, goods=0) + "INSERT INTO sale_discount VALUES (500, -1, 5, NULL, 10, 'Two off', 7, 1)"),
    ("sale_rewards", REWARD.format(gives=2, goods=0) + "INSERT INTO sale_discount VALUES (500, -1, 5, NULL, 10, 'Three off', 7, 1)"),
    ("sale_rewards", REWARD.format(gives=2, goods=1) + "INSERT INTO sale_discount VALUES (500, 0, 5, NULL, 10, 'Two off', 7, NULL)"),
    ("sale_rewards", REWARD.format(gives=1, goods=2) + "INSERT INTO sale_discount VALUES (500, 0, 5, NULL, 10, 'Two off', 7, NULL)"),
    ("sale_rewards", REWARD.format(gives=1, goods=2) + "INSERT INTO sale_discount VALUES (500, 0, 5, NULL, 11, 'Two off', 7, 1)"),
    ("sale_discounts", REWARD.format(gives=2, goods=0) + "INSERT INTO sale_discount VALUES (500, -1, 5, NULL, 10, 'Two off', 7, NULL)"),
    ("sale_earnings", EARNING.format(rule=1, per=3, value=78, basis=1, points=78, lines="01")),     # there is no such rule
    ("sale_earnings", RULE.format(gives=3, value=78, goods=1) + EARNING.format(rule=1, per=3, value=78, basis=1, points=78, lines="01")),
    ("sale_earnings", RULE.format(gives=3, value=39, goods=0) + EARNING.format(rule=1, per=3, value=39, basis=2, points=78, lines="01")),
    ("sale_earnings", RULE.format(gives=1, value=10, goods=0) + EARNING.format(rule=1, per=1, value=10, basis=789, points=78, lines="01")),
    ("sale_earnings", RULE.format(gives=2, value=39, goods=0) + EARNING.format(rule=1, per=2, value=39, basis=2000, points=78, lines="01")),
    ("sale_earnings", EARNING.format(rule=0, per=1, value=10, basis=780, points=79, lines="01")),
    ("sale_earnings", EARNING.format(rule=0, per=1, value=10, basis=-1, points=0, lines="01")),
    ("points_recomputed", RULE.format(gives=3, value=5, goods=0) + EARNING.format(rule=1, per=3, value=5, basis=1, points=5, lines="01")),
    ("points_expired", "INSERT INTO points_entry VALUES (777, 410, 7, 400, -5, NULL, '2000-01-01')"),
    ("points_expired", "INSERT INTO points_entry VALUES (777, 410, 7, 400, -5, NULL, now()), (777, 413, 8, 400, 6, NULL, now())"),
    ("points_expired", "INSERT INTO points_entry VALUES (777, 410, 11, 400, 5, NULL, now())"),
    ("points_lots_expired", "INSERT INTO points_entry VALUES (777, 410, 7, 400, -5, NULL, now())"),
    ("points_lots_expired", NIGHT + "UPDATE points_lot SET expired = 9 WHERE id = 410"),  # of it 4 paid
    ("points_lots_expired", NIGHT + "UPDATE points_lot SET expired = 4 WHERE id = 410"),
    ("points_lots_expired", NIGHT + "UPDATE points_lot SET expired = 5 WHERE id = 410; INSERT INTO points_entry VALUES (502, 410, 13, 400, 1, NULL, now())"),
    ("points_lots_expired", NIGHT + "INSERT INTO points_entry VALUES (502, 410, 13, 400, 5, NULL, now()); UPDATE points_entry SET points = -4 WHERE origin_id = 502 AND kind = 6"),
    ("points_members", "INSERT INTO points_entry VALUES (777, 410, 13, 400, 5, NULL, now())"),
    ("journal_parts", "INSERT INTO points_entry VALUES (502, 410, 13, 400, 1, NULL, now())"),
    ("points_expired", "INSERT INTO referral VALUES (400, 401, now(), NULL); INSERT INTO points_entry VALUES (400, 410, 12, 400, 5, NULL, now())"),
    ("referral_marks", "INSERT INTO referral VALUES (400, 401, now(), NULL); UPDATE member_account SET friend = 1 WHERE member_id = 400"),
    ("referral_marks", "INSERT INTO referral VALUES (403, 401, now(), NULL); UPDATE member_account SET friend = 2 WHERE member_id = 403"),  # merged into 400
    ("referral_marks", "INSERT INTO member_account (member_id, points) VALUES (406, 0); INSERT INTO referral VALUES (406, 400, now(), NULL)"),
    ("points_birthdays", "INSERT INTO points_entry VALUES (500, 410, 3, 400, 100, NULL, now())"),
    ("points_birthdays", "DELETE FROM points_entry WHERE kind = 3"),
    ("points_birthdays", "INSERT INTO points_entry VALUES (400, 410, 14, 400, 100, NULL, now())"),  # and by a sale
    ("points_members", "INSERT INTO points_entry VALUES (500, 410, 14, 400, 100, NULL, now())"),
    ("points_birthdays", "DELETE FROM member_account"),
    ("journal_commands", "DELETE FROM journal WHERE device_id = 201 AND kind = 'L'"),
    ("journal_commands", "UPDATE command SET reply = decode('12020864', 'hex') WHERE op = 50 AND device_id = 201"),
    ("journal_commands", "UPDATE command SET device_id = 202 WHERE op = 50 AND device_id = 201"),
    ("journal_commands", "INSERT INTO command VALUES (200, decode(repeat('77', 16), 'hex'), 70, sha256(''), decode('1a00', 'hex'), now())"),
    ("journal_commands", "INSERT INTO command VALUES (200, decode(repeat('77', 16), 'hex'), 61, sha256(''), decode('1a00', 'hex'), now())"),
    ("sale_commands", "UPDATE command SET reply = decode('12020864', 'hex') WHERE op = 61"),
    ("sale_commands", "UPDATE command SET reply = '' WHERE op = 62"),
]


# And ways to be right that look wrong.
# 403 agreed, and 407, by now the same, agreed behind that and took it back.
TWO_WORDS = ("INSERT INTO member_account (member_id, points, merged_into, erased) VALUES (407, 0, 400, false);"
             "INSERT INTO consent_entry SELECT 407, 4, number, given, text_version, shop_id, device_id, staff_id, at + interval '{later}'"
             " FROM consent_entry WHERE kind <> 4 AND number < 3;"
             "INSERT INTO consent_entry SELECT 403, 4, 1, given, text_version, shop_id, device_id, staff_id, at"
             " FROM consent_entry WHERE kind <> 4 AND number = 1;" + AVOIDS)
RIGHT = [
    ("consents", TWO_WORDS.format(later="1 day")),
    # Of who was merged into another, which that one used.
    ("coupon_uses", "UPDATE coupon SET member_id = 403 WHERE id = 441; UPDATE coupon_use SET member_id = 400; UPDATE sale SET member_id = 400 WHERE id = 544"),
    # Of before, when deposits counted, and of since.
    ("coupon_uses", BOTTLE + "UPDATE campaign SET receipt_minor = (SELECT total_minor FROM sale WHERE id = 544)"),
    ("coupon_uses", BOTTLE + "UPDATE coupon SET goods_minor = (SELECT total_minor - 25 FROM sale WHERE id = 544) WHERE id = 443"),
    ("coupon_amounts", FREE.format(value=1)),
    ("coupon_amounts", FREE.format(value=1) + PIECES.format(times=1)),
    ("sale_discounts", FREE.format(value=1) + PIECES.format(times=1)),
    # The free piece earned nothing; and something, before it was kept which pieces are free.
    ("sale_earnings", FREE.format(value=1) + PIECES.format(times=1) + COUNTED.format(basis=0)),
    ("sale_earnings", FREE.format(value=1) + COUNTED.format(basis=1000)),
    ("points_expired", "INSERT INTO points_entry VALUES (777, 410, 7, 400, -5, NULL, now()), (777, 413, 8, 400, 5, NULL, now())"),
    ("points_lots_expired", NIGHT + "UPDATE points_lot SET expired = 5 WHERE id = 410"),
    ("points_lots_expired", NIGHT + "UPDATE points_lot SET expired = 3 WHERE id = 410; INSERT INTO points_entry VALUES (502, 410, 13, 400, 2, NULL, now())"),
    # Two lots of a night: the one that would have been spent first paid all that was owed.
    ("points_lots_expired", "INSERT INTO points_entry VALUES (777, 410, 7, 400, -5, NULL, now()), (777, 413, 7, 400, -6, NULL, now()), (777, 410, 8, 400, 7, NULL, now());"
                            "UPDATE points_lot SET expired = 4 WHERE id = 413"),
    ("referral_marks", "UPDATE member_account SET friend = 2 WHERE member_id = 400; INSERT INTO referral VALUES (403, 401, now(), NULL)"),
    # A friend is paid for once, whomever they were merged with; who was erased never is; who bought nothing waits.
    ("referral_marks", "INSERT INTO referral VALUES (400, 401, now(), now()), (403, 402, now(), NULL)"),
    ("referral_marks", "INSERT INTO referral VALUES (404, 401, now(), NULL), (405, 401, now(), NULL)"),
    ("referral_marks", "INSERT INTO member_account (member_id, points, friend) VALUES (406, 0, 1); INSERT INTO referral VALUES (406, 400, now(), NULL)"),
]


@pytest.fixture(scope="module")
def books():
    with Cluster() as cluster:
        owner = cluster.connect("owner")
        with owner, owner.cursor() as cursor:
            cursor.execute("CREATE TABLE schema_migration (version integer)")
            for path in sorted((SOURCE / "db" / "migrations").glob("*.sql")):
                cursor.execute(path.read_text())
            cursor.execute((SOURCE / "db" / "access.sql").read_text())
        owner.close()
        admin = cluster.connect("admin")
        ledger.write(admin)
        yield admin
        admin.close()


def prepare(cursor):
    """Planned once a connection: planning is most of what a check costs in books as small as these."""
    cursor.execute("SELECT name FROM pg_prepared_statements")
    known = {name for name, in cursor.fetchall()}
    for name, text in CHECKS.items():
        if name not in known:
            cursor.execute(f"PREPARE {name} AS WITH wrong AS MATERIALIZED (\n{text}\n) SELECT * FROM wrong LIMIT 1")


def red(cursor, names=CHECKS):
    """Those of the checks that return a row, as the reading role sees it, each with its first row."""
    found = {}
    prepare(cursor)
    cursor.execute("SET LOCAL ROLE caroline_read")
    for name in names:
        cursor.execute(f"EXECUTE {name}")
        row = cursor.fetchone()
        if row is not None:
            found[name] = dict(zip([column.name for column in cursor.description], row))
    cursor.execute("RESET ROLE")
    return found


def red_after(admin, wrong, names=CHECKS):
    with admin.cursor() as cursor:
        try:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no foreign keys, no triggers
            cursor.execute(wrong)
            assert cursor.rowcount != 0, "nothing was planted"
            return red(cursor, names)
        finally:
            admin.rollback()


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_is_a_sentence_and_one_query(name):
    first, rest = CHECKS[name].split("\n", 1)
    assert re.fullmatch(r"-- [A-Z].{10,280}\.", first), first
    assert rest.startswith(("SELECT", "WITH")) and ";" not in CHECKS[name]


def test_each_check_has_its_planted_row():
    assert set(PLANTED) == set(CHECKS)


def test_right_books_are_green(books):
    with books.cursor() as cursor:
        found = red(cursor)
    books.rollback()
    # The books were written by hand, balances and all; entries among them by INSERT alone.
    assert found == {}


@pytest.mark.parametrize("name", [name for name in PLANTED if name != "entries_untouched"])
def test_the_planted_row_is_seen(books, name):
    assert red_after(books, PLANTED[name], [name])[name], "the row says where"


@pytest.mark.parametrize("name, wrong", ALSO)
def test_this_is_seen_as_well(books, name, wrong):
    assert name in red_after(books, wrong, [name])


@pytest.mark.parametrize("size", (0, 1, 44, 45, 95, 96))
def test_A26_no_check_fails_at_an_entry_that_is_cut(books, size):
    """Of whatever kind: it is named, and what cannot be read in it ends nothing."""
    assert "journal_bytes" in red_after(books, f"UPDATE journal SET bytes = substring(bytes FROM 1 FOR {size})") or size > 42


@pytest.mark.parametrize("name, right", RIGHT)
def test_this_is_right(books, name, right):
    assert name not in red_after(books, right, [name])


@pytest.mark.parametrize("wrong", [PLANTED["refund_taxes"], *(wrong for name, wrong in ALSO if name == "refund_taxes")])
def test_a_refunds_wrong_tax_is_seen_by_one_check_alone(books, wrong):
    """The sums are right and the sale is: whoever writes its entry likewise is found by this check alone. (The database counts what was
    undone, too.)"""
    assert set(red_after(books, wrong)) - {"entries_untouched"} == {"refund_taxes", "journal_parts"}


def test_the_server_cannot_delete_what_the_ledgers_refer_to(books):
    """Why they need no foreign keys: see db/migrations/0001_shop.sql."""
    named = ["shop", "staff", "device", "product", "shift", "sale", "member", "points_lot", "stock"]
    with books, books.cursor() as cursor:
        cursor.execute("SELECT t FROM unnest(%s) AS t WHERE has_table_privilege('caroline_app', t, 'DELETE, TRUNCATE')", (named,))
        assert cursor.fetchall() == []


def red_once(admin, wanted):
    """Counts come in within a second of what they count."""
    deadline = time.monotonic() + 20
    while True:
        with admin, admin.cursor() as cursor:
            found = red(cursor)
        if set(found) == wanted or time.monotonic() > deadline:
            return found


def test_a_changed_entry_is_seen_by_the_databases_own_counts(books):
    """What the tests above planted was counted as well, although it was undone: the counts begin anew."""
    with books, books.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
    with books, books.cursor() as cursor:
        cursor.execute("SELECT pg_stat_reset()")
    assert red_once(books, set()) == {}
    with books, books.cursor() as cursor:
        cursor.execute(PLANTED["entries_untouched"])
    found = red_once(books, {"entries_untouched"})
    assert found["entries_untouched"] == {"table": "sale", "updated": 22, "deleted": 0}
