/* How paying looks: what is due, what has been given, what is asked. */
#include "client/counter/screen_pay.h"

#include <stdio.h>

static void draw_big(const struct counter *c, struct area area, int row, const char *label, int64_t minor)
{
    char text[NUMBER_TEXT];
    const struct shop *shop = counter_shop(c);

    counter_money(c, text, minor);
    paint_format(area, row, 0, 24, ALIGN_LEFT, STYLE_STRONG, "%s %s", label, shop == NULL ? "" : shop->currency);
    paint_digits(area, row, 24, area.columns - 24, ALIGN_RIGHT, STYLE_TOTAL, text);
}

static int draw_tenders(const struct counter *c, struct area area, int row)
{
    char text[NUMBER_TEXT], sum[NUMBER_TEXT];

    for (size_t i = 0; i < c->pay.tender_count; i++) {
        const struct pay_tender *tender = &c->pay.tenders[i];
        paint_format(area, row, 0, area.columns - 12, ALIGN_LEFT, STYLE_PLAIN, "%s %s", tender->name,
                     tender->account_id != 0 || tender->gift_card != 0 ? tender->account : tender->reference);
        paint_text(area, row++, area.columns - 12, 12, ALIGN_RIGHT, STYLE_PLAIN,
                   counter_money(c, text, tender->amount_minor));
        if (tender->tip_minor != 0)
            paint_format(area, row++, 2, area.columns - 2, ALIGN_LEFT, STYLE_DIM, "of it a tip of %s",
                         counter_money(c, text, tender->tip_minor));
    }
    if (c->pay.tip_minor != 0)
        paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "And a tip of %s: %s in all",
                     counter_money(c, text, c->pay.tip_minor),
                     counter_money(c, sum, pay_due_minor(c) + c->pay.tip_minor));
    return row;
}

/* What is typed is a tip here, and what it makes of the whole is said before it is one. */
static void draw_tip(struct counter *c, struct area area, int row)
{
    int64_t tip_minor = 0;
    char text[NUMBER_TEXT], sum[NUMBER_TEXT];

    paint_text(area, row, 0, 24, ALIGN_LEFT, STYLE_STRONG, "A tip of:");
    paint_field(area, row, 25, 16, &c->pay.amount, true);
    if (field_is_empty(&c->pay.amount) || counter_money_parse(c, c->pay.amount.text, &tip_minor))
        paint_format(area, row + 1, 25, area.columns - 25, ALIGN_LEFT, STYLE_STRONG, "beside %s: %s in all",
                     counter_money(c, text, pay_due_minor(c)), counter_money(c, sum, pay_due_minor(c) + tip_minor));
}

/* A voucher's number; what of it is lost, before it is. */
static void draw_other(struct counter *c, struct area area, int row)
{
    const struct tender_type *type =
        tender_type_of(counter_catalogue(c), c->basket.catalogue_version, c->pay.ask_type_id);
    int64_t over_minor = c->pay.ask_minor - pay_rest_minor(c);
    char text[NUMBER_TEXT];

    paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "%s %s", type == NULL ? "" : type->name,
                 counter_money(c, text, c->pay.ask_minor));
    if (c->pay.ask == PAY_ASKS_NUMBER) {
        paint_text(area, row + 1, 0, 24, ALIGN_LEFT, STYLE_PLAIN, "Its number:");
        paint_field(area, row + 1, 25, area.columns - 25, &c->pay.reference, true);
        row++;
    }
    if (c->pay.ask == PAY_ASKS_HOUSE)
        paint_text(area, row + 1, 0, area.columns, ALIGN_LEFT, STYLE_WARN,
                   "The house pays this, and nobody is charged.");
    if (over_minor > 0)
        paint_format(area, row + 1, 0, area.columns, ALIGN_LEFT, STYLE_BAD,
                     "There is no change: %s of it is forfeited.", counter_money(c, text, over_minor));
}

#define SALE_KEPT                                                                                                      \
    "The sale is kept on this till and is booked once, as soon as the connection is back. Do not take the money "      \
    "twice."
#define SALE_WAITS                                                                                                     \
    "The sale is kept on this till and is booked once, as soon as the connection is back. Do not take the money "      \
    "twice; the next customer need not wait (F2)."

#define SLOW "The server takes its time. The sale is booked once, whatever comes; the next customer need not wait (F2)."
#define SLOW_REFUSABLE                                                                                                 \
    "The server takes its time. It books the sale once, or refuses it for the account or the gift card: ask the "      \
    "customer to wait, if they can."

/* What an account or a gift card pays, the server may refuse. */
static bool is_refusable(const struct counter *c)
{
    for (size_t i = 0; i < c->pay.tender_count; i++)
        if (c->pay.tenders[i].account_id != 0 || c->pay.tenders[i].gift_card != 0)
            return true;
    return false;
}

static void draw_question(struct counter *c, struct area area, int row)
{
    char text[NUMBER_TEXT];
    int64_t amount_minor;

    if (c->pay.state == PAY_QUOTING) {
        paint_text(area, row, 0, area.columns, ALIGN_LEFT, STYLE_DIM, "Asking the server what is to pay ...");
    } else if (c->pay.state == PAY_SELLING) {
        paint_text(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Ringing up ...");
        paint_wrapped(area, row + 1, 0, area.columns, STYLE_PLAIN,
                      !c->stage.status.connected ? (offline_can_put_aside(c) ? SALE_WAITS : SALE_KEPT)
                      : c->pay.slow              ? is_refusable(c) ? SLOW_REFUSABLE : SLOW
                                                 : "The server is booking this sale.");
        if (!field_is_empty(&c->sale.entry)) {
            paint_text(area, row + 4, 0, 24, ALIGN_LEFT, STYLE_PLAIN, "The next customer's:");
            paint_field(area, row + 4, 25, area.columns - 25, &c->sale.entry, true);
        }
    } else if (pay_is_out(c)) {
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG,
                     "Give %s out of the drawer, in cash (Enter).", counter_money(c, text, -pay_due_in_cash(c)));
    } else if (c->pay.ask == PAY_ASKS_TIP) {
        draw_tip(c, area, row);
    } else if (c->pay.ask != PAY_ASKS_NOTHING && c->pay.ask != PAY_ASKS_CARD) {
        draw_other(c, area, row);
    } else if (c->pay.ask == PAY_ASKS_CARD) {
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Charge %s on the card machine.",
                     counter_money(c, text, c->pay.ask_minor));
        paint_text(area, row + 1, 0, 24, ALIGN_LEFT, STYLE_PLAIN, "Its approval reference:");
        paint_field(area, row + 1, 25, area.columns - 25, &c->pay.reference, true);
    } else if (c->pay.total_minor == 0 && pay_is_even(c) && field_is_empty(&c->pay.amount)) {
        paint_text(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Nothing is to pay: Enter sells it.");
    } else {
        paint_text(area, row, 0, 24, ALIGN_LEFT, STYLE_PLAIN, c->pay.takes_cash ? "Cash given:" : "Amount:");
        paint_field(area, row, 25, 16, &c->pay.amount, true);
        if (c->pay.takes_cash && !field_is_empty(&c->pay.amount) && !(c->pay.total_minor == 0 && pay_is_even(c)) &&
            counter_money_parse(c, c->pay.amount.text, &amount_minor) &&
            amount_minor > pay_due_in_cash(c) + c->pay.tip_minor)
            paint_format(area, row + 1, 25, area.columns - 25, ALIGN_LEFT, STYLE_GOOD, "change %s",
                         counter_money(c, text, amount_minor - pay_due_in_cash(c) - c->pay.tip_minor));
        else if (pay_due_in_cash(c) != pay_due_minor(c))
            paint_format(area, row + 1, 25, area.columns - 25, ALIGN_LEFT, STYLE_STRONG, "in cash %s, rounded",
                         counter_money(c, text, pay_due_in_cash(c)));
    }
}

static int draw_points(const struct counter *c, struct area area, int row)
{
    const struct pay_model *m = &c->pay;
    char text[MEMBER_NAME_SIZE + 100], points[NUMBER_TEXT];

    if (m->offline)
        row += paint_wrapped(
            area, row, 0, area.columns, STYLE_STRONG,
            m->back ? "The server is back: this till still sells this one by itself, and it is booked then."
                    : "OFFLINE: this till sells by itself, and the sale is booked when the server is back.");
    if ((c->basket.member_id == 0 && c->basket.member_card[0] == 0) || m->state != PAY_OPEN)
        return row;
    if (m->offline) {
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN,
                   "The member is noted: the points come when it is booked.");
        return row;
    }
    snprintf(text, sizeof(text), "%s: earns %lld, spends %lld, %s %lld after", c->basket.member_name,
             (long long)m->points_earned, (long long)m->points_spent, m->points_after < 0 ? "owes" : "has",
             (long long)(m->points_after < 0 ? -m->points_after : m->points_after));
    row += paint_wrapped(area, row, 0, area.columns, STYLE_PLAIN, text);
    if (m->points_gifted > 0)
        paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_GOOD, "Happy birthday: %s as a gift",
                     counter_points(points, m->points_gifted));
    return row;
}

void pay_draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 3, area.columns - 6);
    bool begun = c->pay.tender_count > 0 && c->pay.state == PAY_OPEN;
    int64_t change_minor = 0;
    bool paid = (c->pay.slow || !c->stage.status.connected) && pay_change(c, &change_minor);
    char text[NUMBER_TEXT];
    int row = 7;

    if (pay_is_out(c))
        draw_big(c, inner, 1, "To pay out", -c->pay.total_minor);
    else if (paid)
        draw_big(c, inner, 1, "Change", change_minor);
    else
        draw_big(c, inner, 1, begun ? "Still to pay" : "To pay", begun ? pay_due_minor(c) : c->pay.total_minor);
    row = draw_points(c, inner, row);
    if (paid) {
        paint_text(inner, ++row, 0, inner.columns - 12, ALIGN_LEFT, STYLE_PLAIN, "To pay");
        paint_text(inner, row, inner.columns - 12, 12, ALIGN_RIGHT, STYLE_PLAIN,
                   counter_money(c, text, c->pay.total_minor));
    }
    row = draw_tenders(c, inner, row + 1);
    draw_question(c, inner, row + 1);
}
