/* The table of all ops: the one file that knows every service. A line a service, in the order of their numbers. */
#include "server/service/ops.h"

#include "proto/envelope.pb-c.h"

#define OP_LIST(X)                                                                                                     \
    X(hello)                                                                                                           \
    X(enrol)                                                                                                           \
    X(ping)                                                                                                            \
    X(command_show)                                                                                                    \
    X(session_open)                                                                                                    \
    X(session_resume)                                                                                                  \
    X(session_lock)                                                                                                    \
    X(session_unlock)                                                                                                  \
    X(session_close)                                                                                                   \
    X(approval_open)                                                                                                   \
    X(catalogue_follow)                                                                                                \
    X(product_show)                                                                                                    \
    X(product_list)                                                                                                    \
    X(product_put)                                                                                                     \
    X(product_sold_out)                                                                                                \
    X(category_put)                                                                                                    \
    X(tax_class_put)                                                                                                   \
    X(programme_put)                                                                                                   \
    X(role_put)                                                                                                        \
    X(shop_put)                                                                                                        \
    X(promotion_put)                                                                                                   \
    X(promotion_list)                                                                                                  \
    X(modifier_put)                                                                                                    \
    X(modifier_list)                                                                                                   \
    X(member_create)                                                                                                   \
    X(member_update)                                                                                                   \
    X(member_find)                                                                                                     \
    X(member_show)                                                                                                     \
    X(account_put)                                                                                                     \
    X(account_list)                                                                                                    \
    X(account_receive)                                                                                                 \
    X(account_show)                                                                                                    \
    X(shift_drawers)                                                                                                   \
    X(shift_open)                                                                                                      \
    X(shift_show)                                                                                                      \
    X(shift_move)                                                                                                      \
    X(shift_no_sale)                                                                                                   \
    X(shift_report)                                                                                                    \
    X(shift_close)                                                                                                     \
    X(shift_z_show)                                                                                                    \
    X(training_begin)                                                                                                  \
    X(training_end)                                                                                                    \
    X(invoice_list)                                                                                                    \
    X(sale_quote)                                                                                                      \
    X(sale_ring_up)                                                                                                    \
    X(sale_refund)                                                                                                     \
    X(sale_show)                                                                                                       \
    X(basket_park)                                                                                                     \
    X(basket_parked)                                                                                                   \
    X(basket_resume)                                                                                                   \
    X(invoice_show)                                                                                                    \
    X(receipt_print)                                                                                                   \
    X(tender_type_put)                                                                                                 \
    X(stock_receive)                                                                                                   \
    X(stock_show)                                                                                                      \
    X(sale_offline)                                                                                                    \
    X(sale_exception_list)                                                                                             \
    X(sale_rescue)                                                                                                     \
    X(member_usual)                                                                                                    \
    X(void_report)                                                                                                     \
    X(basket_void)                                                                                                     \
    X(sale_retender)                                                                                                   \
    X(invoice_make)                                                                                                    \
    X(staff_put)                                                                                                       \
    X(staff_list)                                                                                                      \
    X(staff_unlock)                                                                                                    \
    X(member_merge)                                                                                                    \
    X(member_admit)                                                                                                    \
    X(member_sign_up)                                                                                                  \
    X(member_export)                                                                                                   \
    X(member_erase)                                                                                                    \
    X(consent_put)                                                                                                     \
    X(basket_leave)                                                                                                    \
    X(device_invite)                                                                                                   \
    X(device_list)                                                                                                     \
    X(device_revoke)                                                                                                   \
    X(device_renew)                                                                                                    \
    X(gift_card_load)                                                                                                  \
    X(gift_card_show)                                                                                                  \
    X(gift_card_list)                                                                                                  \
    X(gift_card_put)                                                                                                   \
    X(gift_card_move)                                                                                                  \
    X(gift_card_undo)                                                                                                  \
    X(check_run)                                                                                                       \
    X(journal_list)                                                                                                    \
    X(server_show)                                                                                                     \
    X(journal_signature_list)                                                                                          \
    X(coupon_campaign_put)                                                                                             \
    X(coupon_campaign_list)                                                                                            \
    X(coupon_issue)                                                                                                    \
    X(coupon_show)                                                                                                     \
    X(coupon_earn)                                                                                                     \
    X(sale_attach)                                                                                                     \
    X(programme_list)                                                                                                  \
    X(programme_try)                                                                                                   \
    X(sale_explain)                                                                                                    \
    X(kiosk_sign_in)                                                                                                   \
    X(member_code_make)                                                                                                \
    X(self_show)                                                                                                       \
    X(self_sales)                                                                                                      \
    X(self_put)                                                                                                        \
    X(self_export)                                                                                                     \
    X(self_erase)                                                                                                      \
    X(review_put)                                                                                                      \
    X(review_list)                                                                                                     \
    X(review_queue)                                                                                                    \
    X(review_moderate)                                                                                                 \
    X(payment_method_add)                                                                                              \
    X(payment_method_finish)                                                                                           \
    X(payment_method_list)                                                                                             \
    X(payment_method_remove)                                                                                           \
    X(gift_card_charge)                                                                                                \
    X(gift_card_charge_show)                                                                                           \
    X(sale_refund_free)                                                                                                \
    X(printer_put)                                                                                                     \
    X(printer_list)                                                                                                    \
    X(shift_z_print)                                                                                                   \
    X(print_job_change)                                                                                                \
    X(member_card_make)

#define TOPIC_LIST(X) X(catalogue_topic)

#define X(name) extern const struct op name;
OP_LIST(X)
#undef X

#define X(name) &name,
const struct op *const all_ops[] = { OP_LIST(X) NULL };
#undef X

#define X(name) extern const struct topic_class name;
TOPIC_LIST(X)
#undef X

#define X(name) &name,
const struct topic_class *const all_topics[] = { TOPIC_LIST(X) NULL };
#undef X

static char kind_letter(const struct op *op)
{
    switch (op->kind) {
    case OP_READS:
        return 'R';
    case OP_ACTS:
        return 'A';
    case OP_CHANGES:
    case OP_GROUPED:
        return 'C';
    }
    return '?';
}

static void print_needs(FILE *out, const struct op *op)
{
    static const char *const kiosk[] = {
        [KIOSK_NOBODY] = "", [KIOSK_MEMBER] = "; at a kiosk member", [KIOSK_ANYBODY] = "; at a kiosk anybody"
    };

    switch (op->needs) {
    case NEEDS_NOTHING:
        fputs("nothing", out);
        return;
    case NEEDS_DEVICE:
        fputs("device", out);
        return;
    case NEEDS_SESSION:
        fputs("person", out);
        if (op->permission != PERMISSION_NONE)
            fprintf(out, ": %s", permission_name(op->permission));
        fputs(kiosk[op->kiosk], out);
        return;
    case NEEDS_MEMBER:
        fputs("member", out);
        return;
    }
}

static void print_clients(FILE *out, const struct op *op)
{
    static const char letters[] = { 'c', 'k', 'a', 'l' }; /* in the order of ClientKind, from 1 */
    const char *between = "";

    for (unsigned kind = 1; kind <= sizeof letters; kind++) {
        if (op->clients & CLIENT_BIT(kind)) {
            fprintf(out, "%s%c", between, letters[kind - 1]);
            between = " ";
        }
    }
}

void ops_dump(FILE *out)
{
    for (const struct op *const *at = all_ops; *at; at++) {
        const struct op *op = *at;

        fprintf(out, "| %u | %s | %c | ", op->number, op->name, kind_letter(op));
        print_needs(out, op);
        fputs(" | ", out);
        print_clients(out, op);
        fprintf(out, " | %u |\n", op->body_max ? op->body_max : OP_BODY_MAX);
    }
}
