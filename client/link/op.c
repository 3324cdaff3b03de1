/* The client's table of ops. */
#include "client/link/op.h"

#include <stddef.h>

#include "proto/account.pb-c.h"
#include "proto/catalogue.pb-c.h"
#include "proto/consent.pb-c.h"
#include "proto/coupon.pb-c.h"
#include "proto/device.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/explain.pb-c.h"
#include "proto/gift_card.pb-c.h"
#include "proto/invoice.pb-c.h"
#include "proto/kiosk.pb-c.h"
#include "proto/member.pb-c.h"
#include "proto/printer.pb-c.h"
#include "proto/privacy.pb-c.h"
#include "proto/review.pb-c.h"
#include "proto/sale.pb-c.h"
#include "proto/session.pb-c.h"
#include "proto/shop.pb-c.h"
#include "proto/staff.pb-c.h"

#define NUMBER(OP)    CAROLINE__V1__OP__OP_##OP
#define MESSAGE(name) &caroline__v1__##name##__descriptor
#define READS(OP, name, request, reply)                                                                                \
    {                                                                                                                  \
        NUMBER(OP), name, MESSAGE(request), MESSAGE(reply), false, false, false                                        \
    }
#define COMMAND(OP, name, request, reply)                                                                              \
    {                                                                                                                  \
        NUMBER(OP), name, MESSAGE(request), MESSAGE(reply), true, false, false                                         \
    }
#define SECRET(OP, name, request, reply)                                                                               \
    {                                                                                                                  \
        NUMBER(OP), name, MESSAGE(request), MESSAGE(reply), true, true, false                                          \
    }
#define PERSONAL(OP, name, request, reply)                                                                             \
    {                                                                                                                  \
        NUMBER(OP), name, MESSAGE(request), MESSAGE(reply), true, true, true                                           \
    }

static const struct client_op ops[] = {
    READS(HELLO, "hello", hello, helloed),
    SECRET(ENROL, "enrol", enrol, enrolled),
    READS(PING, "ping", ping, pong),
    READS(COMMAND_SHOW, "command_show", command_show, command_shown),

    READS(SESSION_OPEN, "session_open", session_open, session_opened),
    READS(SESSION_RESUME, "session_resume", session_resume, session_opened),
    READS(SESSION_LOCK, "session_lock", session_lock, session_state),
    READS(SESSION_UNLOCK, "session_unlock", session_unlock, session_state),
    READS(SESSION_CLOSE, "session_close", session_close, session_state),
    READS(APPROVAL_OPEN, "approval_open", approval_open, approval_opened),

    READS(CATALOGUE_FOLLOW, "catalogue_follow", catalogue_follow, catalogue_followed),
    READS(PRODUCT_SHOW, "product_show", product_show, product_shown),
    READS(PRODUCT_LIST, "product_list", product_list, product_listed),
    COMMAND(PRODUCT_PUT, "product_put", product_put, product_put_done),
    COMMAND(PRODUCT_SOLD_OUT, "product_sold_out", product_sold_out, product_put_done),
    COMMAND(CATEGORY_PUT, "category_put", category_put, catalogue_put_done),
    COMMAND(TAX_CLASS_PUT, "tax_class_put", tax_class_put, catalogue_put_done),
    COMMAND(PROGRAMME_PUT, "programme_put", programme_put, catalogue_put_done),
    COMMAND(ROLE_PUT, "role_put", role_put, role_put_done),
    COMMAND(TENDER_TYPE_PUT, "tender_type_put", tender_type_put, catalogue_put_done),
    COMMAND(SHOP_PUT, "shop_put", shop_put, shop_put_done),
    COMMAND(PROMOTION_PUT, "promotion_put", promotion_put, catalogue_put_done),
    READS(PROGRAMME_LIST, "programme_list", programme_list, programme_listed),
    READS(PROGRAMME_TRY, "programme_try", programme_try, programme_tried),
    READS(PROMOTION_LIST, "promotion_list", promotion_list, promotion_listed),
    COMMAND(MODIFIER_PUT, "modifier_put", modifier_put, catalogue_put_done),
    READS(MODIFIER_LIST, "modifier_list", modifier_list, modifier_listed),

    SECRET(MEMBER_CREATE, "member_create", member_create, member_done),
    SECRET(MEMBER_UPDATE, "member_update", member_update, member_done),
    READS(MEMBER_FIND, "member_find", member_find, member_found),
    READS(MEMBER_SHOW, "member_show", member_show, member_shown),
    READS(MEMBER_EXPORT, "member_export", member_export, member_exported),
    COMMAND(MEMBER_ERASE, "member_erase", member_erase, member_erased),
    COMMAND(CONSENT_PUT, "consent_put", consent_put, consent_put_done),
    SECRET(ACCOUNT_PUT, "account_put", account_put, account_put_done),
    /* What a member wrote does not stay on a till's disk. */
    SECRET(REVIEW_PUT, "review_put", review_put, review_put_done),
    /* A kiosk's: what members are and do is on no disk of it. */
    SECRET(BASKET_LEAVE, "basket_leave", basket_leave, basket_left),
    SECRET(MEMBER_SIGN_UP, "member_sign_up", member_sign_up, member_signed_up),
    READS(KIOSK_SIGN_IN, "kiosk_sign_in", kiosk_sign_in, kiosk_signed_in),
    READS(SELF_SHOW, "self_show", self_show, self_shown),
    READS(SELF_SALES, "self_sales", self_sales, self_sales_shown),
    SECRET(SELF_PUT, "self_put", self_put, self_put_done),
    READS(SELF_EXPORT, "self_export", self_export, member_exported),
    SECRET(SELF_ERASE, "self_erase", self_erase, member_erased),
    READS(REVIEW_LIST, "review_list", review_list, review_listed),
    READS(REVIEW_QUEUE, "review_queue", review_queue, review_queued),
    COMMAND(REVIEW_MODERATE, "review_moderate", review_moderate, review_moderated),
    READS(ACCOUNT_LIST, "account_list", account_list, account_listed),
    COMMAND(ACCOUNT_RECEIVE, "account_receive", account_receive, account_received),
    READS(ACCOUNT_SHOW, "account_show", account_show, account_shown),
    PERSONAL(GIFT_CARD_LOAD, "gift_card_load", gift_card_load, gift_card_loaded), /* a code, in or out */
    READS(GIFT_CARD_SHOW, "gift_card_show", gift_card_show, gift_card_shown),
    READS(GIFT_CARD_LIST, "gift_card_list", gift_card_list, gift_card_listed),
    COMMAND(GIFT_CARD_PUT, "gift_card_put", gift_card_put, gift_card_put_done),
    PERSONAL(GIFT_CARD_MOVE, "gift_card_move", gift_card_move, gift_card_moved),
    COMMAND(GIFT_CARD_UNDO, "gift_card_undo", gift_card_undo, gift_card_undone),
    COMMAND(COUPON_CAMPAIGN_PUT, "coupon_campaign_put", coupon_campaign_put, coupon_campaign_put_done),
    READS(COUPON_CAMPAIGN_LIST, "coupon_campaign_list", coupon_campaign_list, coupon_campaign_listed),
    SECRET(COUPON_ISSUE, "coupon_issue", coupon_issue, coupon_issued), /* codes, out */
    READS(COUPON_SHOW, "coupon_show", coupon_show, coupon_shown),
    SECRET(COUPON_EARN, "coupon_earn", coupon_earn, coupon_earned), /* likewise */

    READS(SHIFT_DRAWERS, "shift_drawers", shift_drawers, shift_drawers_shown),
    COMMAND(SHIFT_OPEN, "shift_open", shift_open, shift_shown),
    READS(SHIFT_SHOW, "shift_show", shift_show, shift_shown),
    COMMAND(SHIFT_MOVE, "shift_move", shift_move, shift_shown),
    COMMAND(SHIFT_NO_SALE, "shift_no_sale", shift_no_sale, shift_shown),
    READS(SHIFT_REPORT, "shift_report", shift_report, shift_reported),
    COMMAND(SHIFT_CLOSE, "shift_close", shift_close, shift_reported),
    READS(SHIFT_Z_SHOW, "shift_z_show", shift_zshow, shift_reported),

    /* Of this session alone: not sent again by another run of the program. */
    SECRET(TRAINING_BEGIN, "training_begin", training_begin, training_state),
    SECRET(TRAINING_END, "training_end", training_end, training_state),

    READS(SALE_QUOTE, "sale_quote", sale_quote, sale_quoted),
    COMMAND(SALE_RING_UP, "sale_ring_up", sale_ring_up, sale_rung_up),
    COMMAND(SALE_REFUND, "sale_refund", sale_refund, sale_rung_up),
    COMMAND(SALE_REFUND_FREE, "sale_refund_free", sale_refund_free, sale_rung_up),
    READS(SALE_SHOW, "sale_show", sale_show, sale_shown),
    READS(SALE_EXPLAIN, "sale_explain", sale_explain, sale_explained),
    COMMAND(BASKET_PARK, "basket_park", basket_park, basket_park_done),
    READS(BASKET_PARKED, "basket_parked", basket_parked, parked_baskets),
    COMMAND(BASKET_RESUME, "basket_resume", basket_resume, basket_resumed),
    COMMAND(RECEIPT_PRINT, "receipt_print", receipt_print, receipt_printed),
    COMMAND(PRINTER_PUT, "printer_put", printer_put, printer_put_done),
    READS(PRINTER_LIST, "printer_list", printer_list, printer_listed),
    COMMAND(SHIFT_Z_PRINT, "shift_z_print", shift_zprint, print_job_put),
    COMMAND(PRINT_JOB_CHANGE, "print_job_change", print_job_change, print_job_put),

    COMMAND(STOCK_RECEIVE, "stock_receive", stock_receive, stock_shown),
    READS(STOCK_SHOW, "stock_show", stock_show, stock_shown),
    COMMAND(SALE_OFFLINE, "sale_offline", sale_offline, sale_offline_booked),
    READS(SALE_EXCEPTION_LIST, "sale_exception_list", sale_exception_list, sale_exception_listed),
    /* It may name a member's card, and the file that it is out of is there for another try. */
    SECRET(SALE_RESCUE, "sale_rescue", sale_rescue, sale_rescued),

    COMMAND(MEMBER_ADMIT, "member_admit", member_admit, member_admitted),
    SECRET(MEMBER_CODE_MAKE, "member_code_make", member_code_make, member_code_made), /* a code, out */
    SECRET(MEMBER_CARD_MAKE, "member_card_make", member_card_make, member_card_made), /* likewise */
    /* Why they are one is typed, and may name them. */
    SECRET(MEMBER_MERGE, "member_merge", member_merge, member_merged),
    READS(MEMBER_USUAL, "member_usual", member_usual, member_usual_shown),
    READS(VOID_REPORT, "void_report", void_report, void_reported),
    COMMAND(BASKET_VOID, "basket_void", basket_void, basket_voided),
    COMMAND(SALE_RETENDER, "sale_retender", sale_retender, sale_retendered),
    COMMAND(SALE_ATTACH, "sale_attach", sale_attach, sale_attached),

    SECRET(INVOICE_MAKE, "invoice_make", invoice_make, invoice_made),
    READS(INVOICE_SHOW, "invoice_show", invoice_show, invoice_shown),
    READS(INVOICE_LIST, "invoice_list", invoice_list, invoice_listed),

    SECRET(STAFF_PUT, "staff_put", staff_put, staff_put_done),
    READS(STAFF_LIST, "staff_list", staff_list, staff_listed),
    COMMAND(STAFF_UNLOCK, "staff_unlock", staff_unlock, staff_put_done),

    /* Its answer holds a one-time code. */
    SECRET(DEVICE_INVITE, "device_invite", device_invite, device_invited),
    READS(DEVICE_LIST, "device_list", device_list, device_listed),
    COMMAND(DEVICE_REVOKE, "device_revoke", device_revoke, device_revoked),
    COMMAND(DEVICE_RENEW, "device_renew", device_renew, enrolled),

    COMMAND(PAYMENT_METHOD_ADD, "payment_method_add", payment_method_add, payment_method_adding),
    READS(PAYMENT_METHOD_FINISH, "payment_method_finish", payment_method_finish, payment_method_finished),
    READS(PAYMENT_METHOD_LIST, "payment_method_list", payment_method_list, payment_method_listed),
    COMMAND(PAYMENT_METHOD_REMOVE, "payment_method_remove", payment_method_remove, payment_method_removed),
    COMMAND(GIFT_CARD_CHARGE, "gift_card_charge", gift_card_charge, gift_card_charging),
    READS(GIFT_CARD_CHARGE_SHOW, "gift_card_charge_show", gift_card_charge_show, gift_card_charged),

    READS(CHECK_RUN, "check_run", check_run, check_ran),
    READS(JOURNAL_LIST, "journal_list", journal_list, journal_listed),
    READS(SERVER_SHOW, "server_show", server_show, server_shown),
    READS(JOURNAL_SIGNATURE_LIST, "journal_signature_list", journal_signature_list, journal_signature_listed),
};

const struct client_op *client_op(unsigned number)
{
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (ops[i].number == number)
            return &ops[i];
    return NULL;
}
