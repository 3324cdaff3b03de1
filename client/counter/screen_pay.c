/* The screen of paying: what is due, what is given, notes by a key each, a card by its reference. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

/* What the note keys are worth, in whole units of money; a hundred times that where money has no small units (yen). */
#define NOTE_COUNT 5
static const struct {
    int64_t units;
    const char *label, *label_large;
} notes[NOTE_COUNT] = {
    { 5, "5 cash", "500 cash" },    { 10, "10 cash", "1000 cash" },    { 20, "20 cash", "2000 cash" },
    { 50, "50 cash", "5000 cash" }, { 100, "100 cash", "10000 cash" },
};

static int64_t note_units(const struct counter *c, size_t note)
{
    return counter_exponent(c) == 0 ? 100 * notes[note].units : notes[note].units;
}

/* ---- money ---- */

static bool is_open(const struct counter *c)
{
    return c->pay.state == PAY_OPEN;
}

/* What is typed, or all that is due. */
static bool typed_amount(struct counter *c, int64_t due_minor, int64_t *amount_minor)
{
    *amount_minor = due_minor;
    if (field_is_empty(&c->pay.amount))
        return true;
    if (counter_money_parse(c, c->pay.amount.text, amount_minor) && *amount_minor > 0)
        return true;
    stage_say(&c->stage, MESSAGE_BAD, "that is no amount of money");
    return false;
}

static void enter_reference(struct counter *c)
{
    struct pay_model *m = &c->pay;

    if (field_is_empty(&m->reference)) {
        stage_say(&c->stage, MESSAGE_BAD, "type what the card machine printed as its approval");
        return;
    }
    m->by_card = false;
    pay_add_tender(c, TENDER_CARD, m->card_minor, m->reference.text);
    field_wipe(&m->reference);
}

static void enter(void *model)
{
    struct counter *c = model;
    int64_t amount_minor;

    if (!is_open(c))
        return;
    if (c->pay.by_card)
        enter_reference(c);
    else if (typed_amount(c, pay_due_in_cash(c), &amount_minor))
        pay_add_tender(c, TENDER_CASH, amount_minor, "");
}

static void card(void *model)
{
    struct counter *c = model;
    struct pay_model *m = &c->pay;
    int64_t amount_minor;

    if (!is_open(c) || !typed_amount(c, pay_due_minor(c), &amount_minor))
        return;
    if (amount_minor > pay_due_minor(c)) {
        stage_say(&c->stage, MESSAGE_BAD, "only cash may be more than is due");
        return;
    }
    m->card_minor = amount_minor;
    m->by_card = true;
    field_wipe(&m->amount);
}

static void add_note(struct counter *c, size_t note)
{
    int64_t minor = note_units(c, note);

    if (!is_open(c) || c->pay.by_card)
        return;
    for (unsigned i = 0; i < counter_exponent(c); i++)
        minor *= 10;
    pay_add_tender(c, TENDER_CASH, minor, "");
}

static void note_5(void *model)
{
    add_note(model, 0);
}

static void note_10(void *model)
{
    add_note(model, 1);
}

static void note_20(void *model)
{
    add_note(model, 2);
}

static void note_50(void *model)
{
    add_note(model, 3);
}

static void note_100(void *model)
{
    add_note(model, 4);
}

static const char *when_open(const struct counter *c, const char *label)
{
    return is_open(c) && !c->pay.by_card ? label : NULL;
}

static const char *note_label(const struct counter *c, size_t note)
{
    return when_open(c, counter_exponent(c) == 0 ? notes[note].label_large : notes[note].label);
}

static const char *label_5(const void *model)
{
    return note_label(model, 0);
}

static const char *label_10(const void *model)
{
    return note_label(model, 1);
}

static const char *label_20(const void *model)
{
    return note_label(model, 2);
}

static const char *label_50(const void *model)
{
    return note_label(model, 3);
}

static const char *label_100(const void *model)
{
    return note_label(model, 4);
}

static const char *card_label(const void *model)
{
    return when_open(model, "Card");
}

static const char *enter_label(const void *model)
{
    const struct counter *c = model;

    if (!is_open(c))
        return NULL;
    if (c->pay.by_card)
        return "Approved";
    return field_is_empty(&c->pay.amount) ? "Exact cash" : "Cash";
}

/* ---- back ---- */

static void take_back(void *model)
{
    struct counter *c = model;
    const struct pay_tender *last = &c->pay.tenders[c->pay.tender_count - 1];

    c->pay.tender_count--;
    if (last->kind == TENDER_CARD)
        stage_say(&c->stage, MESSAGE_BAD, "the card machine has charged this: cancel it there (approval %s)",
                  last->reference);
}

static const char *take_back_label(const void *model)
{
    const struct counter *c = model;
    return is_open(c) && c->pay.tender_count > 0 ? "Take back" : NULL;
}
static void back(void *model)
{
    struct counter *c = model;
    struct pay_model *m = &c->pay;

    if (m->state == PAY_SELLING) {
        pay_withdraw(c);
    } else if (m->by_card) {
        m->by_card = false;
        field_wipe(&m->reference);
    } else if (m->tender_count > 0) {
        stage_say(&c->stage, MESSAGE_BAD, "take the payment back first (F4), or take the rest");
    } else {
        pay_leave(c);
    }
}

static const char *back_label(const void *model)
{
    const struct counter *c = model;

    if (c->pay.state == PAY_SELLING)
        return !c->stage.status.connected && link_can_withdraw(c->link, c->errand_id) ? "Withdraw" : NULL;
    return "Back";
}

static void next_customer(void *model)
{
    struct counter *c = model;

    if (offline_can_put_aside(c))
        offline_put_aside(c);
}

static const char *next_label(const void *model)
{
    return offline_can_put_aside(model) ? "Next customer" : NULL;
}

static struct field *field(void *model)
{
    struct counter *c = model;

    if (!is_open(c))
        return NULL;
    return c->pay.by_card ? &c->pay.reference : &c->pay.amount;
}

/* ---- drawing ---- */

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
    char text[NUMBER_TEXT];

    for (size_t i = 0; i < c->pay.tender_count; i++) {
        const struct pay_tender *tender = &c->pay.tenders[i];
        paint_format(area, row, 0, area.columns - 12, ALIGN_LEFT, STYLE_PLAIN, "%s %s",
                     tender->kind == TENDER_CARD ? "Card" : "Cash", tender->reference);
        paint_text(area, row++, area.columns - 12, 12, ALIGN_RIGHT, STYLE_PLAIN,
                   counter_money(c, text, tender->amount_minor));
    }
    return row;
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
                      c->stage.status.connected ? "The server is booking this sale."
                                                : "The sale is kept on this till and is booked once, as soon as the "
                                                  "connection is back. Do not take the money twice.");
    } else if (c->pay.by_card) {
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Charge %s on the card machine.",
                     counter_money(c, text, c->pay.card_minor));
        paint_text(area, row + 1, 0, 24, ALIGN_LEFT, STYLE_PLAIN, "Its approval reference:");
        paint_field(area, row + 1, 25, area.columns - 25, &c->pay.reference, true);
    } else {
        paint_text(area, row, 0, 24, ALIGN_LEFT, STYLE_PLAIN, "Cash given:");
        paint_field(area, row, 25, 16, &c->pay.amount, true);
        if (!field_is_empty(&c->pay.amount) && counter_money_parse(c, c->pay.amount.text, &amount_minor) &&
            amount_minor > pay_due_in_cash(c))
            paint_format(area, row + 1, 25, area.columns - 25, ALIGN_LEFT, STYLE_GOOD, "change %s",
                         counter_money(c, text, amount_minor - pay_due_in_cash(c)));
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
        row += paint_wrapped(area, row, 0, area.columns, STYLE_STRONG,
                             "OFFLINE: this till sells by itself, and the sale is booked when the server is back.");
    if ((c->basket.member_id == 0 && c->basket.member_card[0] == 0) || m->state != PAY_OPEN)
        return row;
    if (m->offline) {
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN,
                   "The member is noted: the points come when it is booked.");
        return row;
    }
    snprintf(text, sizeof(text), "%s: earns %lld, spends %lld, has %lld after", c->basket.member_name,
             (long long)m->points_earned, (long long)m->points_spent, (long long)m->points_after);
    row += paint_wrapped(area, row, 0, area.columns, STYLE_PLAIN, text);
    if (m->points_gifted > 0)
        paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_GOOD, "Happy birthday: %s as a gift",
                     counter_points(points, m->points_gifted));
    return row;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 3, area.columns - 6);
    bool begun = c->pay.tender_count > 0 && c->pay.state == PAY_OPEN;
    int row = 7;

    draw_big(c, inner, 1, begun ? "Still to pay" : "To pay", begun ? pay_due_minor(c) : c->pay.total_minor);
    row = draw_points(c, inner, row);
    row = draw_tenders(c, inner, row + 1);
    draw_question(c, inner, row + 1);
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, enter, "Take what is typed as cash; nothing typed: exactly what is due", enter_label },
    { KEY_F(2), NULL, next_customer,
      "Its answer does not come: the next customer; its receipt is printed when it is booked", next_label },
    { KEY_F(3), NULL, card, "The amount typed, or all that is due, by the card machine", card_label },
    { KEY_F(4), NULL, take_back, "Take the last part of the payment back", take_back_label },
    { KEY_F(5), NULL, note_5, "A note of 5", label_5 },
    { KEY_F(6), NULL, note_10, "A note of 10", label_10 },
    { KEY_F(7), NULL, note_20, "A note of 20", label_20 },
    { KEY_F(8), NULL, note_50, "A note of 50", label_50 },
    { KEY_F(9), NULL, note_100, "A note of 100", label_100 },
    { KEY_ESCAPE, NULL, back, "Back to the sale; while it waits for a connection: take it back", back_label },
    { 0 },
};

const struct screen pay_screen = {
    .title = "Pay",
    .about = "Type what the customer gives, or press a note key for each note. The change is shown large.",
    .keys = keys,
    .draw = draw,
    .field = field,
};
