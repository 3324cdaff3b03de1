/* Paying: the server is asked what is to pay, money is taken, the sale is rung up. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/wire/walker.h"

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

static int64_t paid_minor(const struct counter *c)
{
    int64_t sum = 0;

    for (size_t i = 0; i < c->pay.tender_count; i++)
        sum += c->pay.tenders[i].amount_minor;
    return sum;
}

static int64_t due_minor(const struct counter *c)
{
    return c->pay.total_minor - paid_minor(c);
}

static void to_sale(struct counter *c)
{
    if (stage_has(&c->stage, &sale_screen) && stage_has(&c->stage, &pay_screen))
        stage_pop_to(&c->stage, &sale_screen);
}

/* ---- the quote ---- */

static void take_totals(struct counter *c, const Caroline__V1__SaleQuoted *quoted)
{
    struct pay_model *m = &c->pay;

    m->total_minor = quoted->total_minor;
    m->tax_minor = quoted->tax_minor;
    m->points_earned = quoted->points_earned;
    m->points_spent = quoted->points_spent;
    m->points_gifted = quoted->points_gifted;
    m->points_after = quoted->points_after;
    m->catalogue_version = quoted->catalogue_version;
}

static void say_what_is_short(struct counter *c, const Caroline__V1__SaleQuoted *quoted)
{
    for (size_t i = 0; i < quoted->n_lines; i++) {
        if (!quoted->lines[i]->stock_low || i >= c->basket.line_count)
            continue;
        const struct product *product =
            catalogue_product(counter_catalogue(c), c->basket.catalogue_version, c->basket.lines[i].product_id);
        stage_say(&c->stage, MESSAGE_PLAIN, "line %zu, %s: the shelf should hold no more of it", i + 1,
                  product == NULL ? "?" : product->name);
        return;
    }
}

static void on_quoted(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    if (c->pay.state != PAY_QUOTING || !stage_has(&c->stage, &pay_screen))
        return;
    if (answer->outcome != LINK_OK) {
        to_sale(c);
        counter_refused(c, answer);
        sale_select_field(c, answer->error);
        if (answer->code == CAROLINE__V1__ERROR_CODE__SHIFT_NOT_OPEN)
            shift_ask(c);
        return;
    }
    const Caroline__V1__SaleQuoted *quoted = (const Caroline__V1__SaleQuoted *)answer->reply;
    int64_t shown = c->basket.rows.total_minor;
    take_totals(c, quoted);
    c->pay.state = PAY_OPEN;
    c->basket.quoted = true;
    say_what_is_short(c, quoted);
    if (c->pay.total_minor != shown)
        stage_say(&c->stage, MESSAGE_PLAIN, "the server's total differs from the one shown before: this one holds");
    c->stage.dirty = true;
}

void pay_begin(struct counter *c)
{
    struct pay_model *m = &c->pay;
    Caroline__V1__SaleQuote message;

    if (c->selling) {
        pay_resume(c);
        return;
    }
    if (c->basket.verdict != SALE_OK) {
        stage_say(&c->stage, MESSAGE_BAD, "%s",
                  c->basket.verdict == SALE_BASKET_EMPTY ? "there is nothing to pay" : c->basket.rows.sentence);
        return;
    }
    if (c->shift.known && !c->shift.open) {
        shift_ask(c);
        return;
    }
    if (!c->stage.status.connected) {
        stage_say(&c->stage, MESSAGE_BAD, "no connection: the basket is kept, and can be paid once it is back");
        link_retry(c->link);
        return;
    }
    memset(m, 0, sizeof(*m));
    field_init(&m->amount, FIELD_NUMBER, 14);
    field_init(&m->reference, FIELD_TEXT, 40);
    m->total_minor = c->basket.rows.total_minor;
    stage_push(&c->stage, &pay_screen);
    caroline__v1__sale_quote__init(&message);
    message.basket = open_basket_message(&c->basket, c->scratch);
    counter_call(c, CAROLINE__V1__OP__OP_SALE_QUOTE, &message.base, on_quoted);
}

void pay_resume(struct counter *c)
{
    memset(&c->pay, 0, sizeof(c->pay));
    c->pay.state = PAY_SELLING;
    c->pay.total_minor = c->basket.rows.total_minor;
    if (!stage_has(&c->stage, &pay_screen))
        stage_push(&c->stage, &pay_screen);
}

/* ---- ringing up ---- */

static void take_other_total(struct counter *c, const Caroline__V1__Error *error)
{
    struct arena *arena = arena_create(0);
    struct bytes detail = bytes_of(error->detail.data, error->detail.len);
    const Caroline__V1__SaleQuoted *quoted =
        (const Caroline__V1__SaleQuoted *)message_decode(&caroline__v1__sale_quoted__descriptor, detail, arena);

    if (quoted != NULL) {
        char total[NUMBER_TEXT];
        take_totals(c, quoted);
        stage_say(&c->stage, MESSAGE_BAD, "the total is %s now, and nothing was sold: take the payment again",
                  counter_money(c, total, c->pay.total_minor));
    }
    arena_destroy(arena);
}

static void refused(struct counter *c, const struct link_answer *answer)
{
    bool paying = stage_has(&c->stage, &pay_screen);

    c->selling = false;
    c->pay.state = PAY_OPEN;
    counter_refused(c, answer);
    if (answer->code == CAROLINE__V1__ERROR_CODE__CARD_CHARGED) {
        c->pay.tender_count = 0;
        to_sale(c);
    } else if (answer->code == CAROLINE__V1__ERROR_CODE__TOTAL_DIFFERS && paying) {
        c->pay.tender_count = 0;
        take_other_total(c, answer->error);
    } else if (answer->code != CAROLINE__V1__ERROR_CODE__UNDERPAID &&
               answer->code != CAROLINE__V1__ERROR_CODE__OVERPAID &&
               answer->code != CAROLINE__V1__ERROR_CODE__BAD_TENDER) {
        to_sale(c);
        sale_select_field(c, answer->error);
        if (answer->code == CAROLINE__V1__ERROR_CODE__SHIFT_NOT_OPEN && stage_top(&c->stage) == &sale_screen)
            shift_ask(c);
    } else {
        c->pay.tender_count = 0;
    }
    sale_changed(c);
    member_refresh(c);
    /* What was scanned meanwhile was meant for the next customer; this one is still here. */
    if (c->queued_count > 0) {
        stage_say(&c->stage, MESSAGE_BAD, "%s; %zu scans meanwhile were not taken", answer->sentence, c->queued_count);
        c->queued_count = 0;
    }
}

void pay_answered(struct counter *c, const struct link_answer *answer)
{
    if (answer->outcome == LINK_FAILED) { /* not known yet: it is sent again by itself */
        counter_refused(c, answer);
        return;
    }
    if (answer->outcome == LINK_REFUSED) {
        refused(c, answer);
        return;
    }
    const Caroline__V1__SaleRungUp *sale = (const Caroline__V1__SaleRungUp *)answer->reply;
    size_t waited = c->queued_count;
    to_sale(c);
    sale_next(c);
    if (waited > 0)
        stage_say(&c->stage, MESSAGE_PLAIN, "%zu scans of the next customer are in the basket", waited);
    if (stage_has(&c->stage, &sale_screen) && !stage_has(&c->stage, &lock_screen))
        receipt_show(c, RECEIPT_SOLD, sale);
}

static void on_rung_up(void *owner, const struct link_answer *answer)
{
    pay_answered(owner, answer);
}

static void ring_up(struct counter *c)
{
    struct pay_model *m = &c->pay;
    Caroline__V1__SaleRingUp message;
    Caroline__V1__Tender tenders[TENDERS_MAX], *pointers[TENDERS_MAX];

    caroline__v1__sale_ring_up__init(&message);
    message.basket = open_basket_message(&c->basket, c->scratch);
    message.n_tenders = m->tender_count;
    message.tenders = pointers;
    for (size_t i = 0; i < m->tender_count; i++) {
        Caroline__V1__Tender *tender = pointers[i] = &tenders[i];
        caroline__v1__tender__init(tender);
        tender->has_kind = tender->has_amount_minor = true;
        tender->kind = (Caroline__V1__TenderKind)m->tenders[i].kind;
        tender->amount_minor = m->tenders[i].amount_minor;
        tender->has_reference = m->tenders[i].kind == TENDER_CARD;
        tender->reference = counter_text(m->tenders[i].reference);
    }
    message.has_total_minor = message.has_made_us = true;
    message.total_minor = m->total_minor;
    message.made_us = (uint64_t)link_now(c->link).us;
    message.has_shift_id = c->shift.known && c->shift.open;
    message.shift_id = (uint64_t)c->shift.id;

    struct link_command command = { .op = CAROLINE__V1__OP__OP_SALE_RING_UP,
                                    .message = &message.base,
                                    .takes_basket = true,
                                    .answered = on_rung_up,
                                    .owner = c };
    if (counter_command(c, &command, c->selling_id)) {
        m->state = PAY_SELLING;
        c->selling = true;
        c->queued_count = 0;
    } else {
        m->tender_count = 0;
    }
}

/* ---- money ---- */

static void add_tender(struct counter *c, enum tender_kind kind, int64_t amount_minor, const char *reference)
{
    struct pay_model *m = &c->pay;

    if (m->tender_count == TENDERS_MAX) {
        stage_say(&c->stage, MESSAGE_BAD, "a sale is paid in at most %d parts", TENDERS_MAX);
        return;
    }
    struct pay_tender *tender = &m->tenders[m->tender_count++];
    tender->kind = kind;
    tender->amount_minor = amount_minor;
    snprintf(tender->reference, sizeof(tender->reference), "%s", reference);
    field_wipe(&m->amount);
    if (due_minor(c) <= 0)
        ring_up(c);
}

static bool is_open(const struct counter *c)
{
    return c->pay.state == PAY_OPEN;
}

/* What is typed, or all that is due. */
static bool typed_amount(struct counter *c, int64_t *amount_minor)
{
    *amount_minor = due_minor(c);
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
    add_tender(c, TENDER_CARD, m->card_minor, m->reference.text);
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
    else if (typed_amount(c, &amount_minor))
        add_tender(c, TENDER_CASH, amount_minor, "");
}

static void card(void *model)
{
    struct counter *c = model;
    struct pay_model *m = &c->pay;
    int64_t amount_minor;

    if (!is_open(c) || !typed_amount(c, &amount_minor))
        return;
    if (amount_minor > due_minor(c)) {
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
    add_tender(c, TENDER_CASH, minor, "");
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

/* A sale of which no byte has left is nobody's yet. */
static void withdraw(struct counter *c)
{
    if (!link_withdraw(c->link, c->selling_id)) {
        stage_say(&c->stage, MESSAGE_PLAIN, "this sale may be made already: its answer is being fetched");
        return;
    }
    c->selling = false;
    c->pay.state = PAY_OPEN;
    c->pay.tender_count = 0;
    sale_changed(c);
    stage_say(&c->stage, MESSAGE_GOOD, "taken back: nothing was sold, give the money back");
}

static void back(void *model)
{
    struct counter *c = model;
    struct pay_model *m = &c->pay;

    if (m->state == PAY_SELLING) {
        withdraw(c);
    } else if (m->by_card) {
        m->by_card = false;
        field_wipe(&m->reference);
    } else if (m->tender_count > 0) {
        stage_say(&c->stage, MESSAGE_BAD, "take the payment back first (F4), or take the rest");
    } else {
        to_sale(c);
    }
}

static const char *back_label(const void *model)
{
    const struct counter *c = model;

    if (c->pay.state == PAY_SELLING)
        return c->stage.status.connected ? NULL : "Withdraw";
    return "Back";
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
            amount_minor > due_minor(c))
            paint_format(area, row + 1, 25, area.columns - 25, ALIGN_LEFT, STYLE_GOOD, "change %s",
                         counter_money(c, text, amount_minor - due_minor(c)));
    }
}

static int draw_points(const struct counter *c, struct area area, int row)
{
    const struct pay_model *m = &c->pay;

    if (c->basket.member_id == 0 || m->state != PAY_OPEN)
        return row;
    paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, "%s: earns %lld, spends %lld, has %lld after",
                 c->basket.member_name, (long long)m->points_earned, (long long)m->points_spent,
                 (long long)m->points_after);
    if (m->points_gifted > 0)
        paint_format(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_GOOD, "Happy birthday: %lld points as a gift",
                     (long long)m->points_gifted);
    return row;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 3, area.columns - 6);
    bool begun = c->pay.tender_count > 0 && c->pay.state == PAY_OPEN;
    int row = 7;

    draw_big(c, inner, 1, begun ? "Still to pay" : "To pay", begun ? due_minor(c) : c->pay.total_minor);
    row = draw_points(c, inner, row);
    row = draw_tenders(c, inner, row + 1);
    draw_question(c, inner, row + 1);
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, enter, "Take what is typed as cash; nothing typed: exactly what is due", enter_label },
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
