/* The cards that a member has stored with the payment gateway: listed, removed, and a gift card topped up by one. No card is typed
 * here, and none is charged twice: what was begun charges.c follows until it is over. */
#include "client/counter/counter.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/payment.pb-c.h"

#define OP(name)    CAROLINE__V1__OP__OP_##name
#define STATE(name) CAROLINE__V1__CHARGE_STATE__CHARGE_##name

static void leave(struct counter *c)
{
    if (stage_top(&c->stage) == &stored_charge_screen)
        stage_pop(&c->stage);
    if (stage_top(&c->stage) == &stored_cards_screen)
        stage_pop(&c->stage);
    explicit_bzero(&c->stored_cards, sizeof(c->stored_cards));
}

static const struct stored_card_row *chosen(const struct counter *c)
{
    const struct stored_cards_model *m = &c->stored_cards;

    return m->busy || m->list.count == 0 ? NULL : &m->rows[m->list.selected];
}

/* ---- what there is ---- */

static void take_row(struct stored_card_row *row, const Caroline__V1__PaymentMethod *method)
{
    *row = (struct stored_card_row){ .id = (int64_t)method->id,
                                     .month = method->expiry_month,
                                     .year = method->expiry_year };
    counter_copy(row->brand, sizeof(row->brand), method->brand);
    counter_copy(row->last_four, sizeof(row->last_four), method->last_four);
}

static void on_listed(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct stored_cards_model *m = &c->stored_cards;

    c->stored_cards_asked = false;
    if (m->member_id == 0) /* left meanwhile */
        return;
    m->busy = false;
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__PaymentMethodListed *listed = (const Caroline__V1__PaymentMethodListed *)answer->reply;
    size_t count = listed->n_methods < STORED_CARDS_MAX ? listed->n_methods : STORED_CARDS_MAX;
    for (size_t i = 0; i < count; i++)
        take_row(&m->rows[i], listed->methods[i]);
    list_resize(&m->list, count);
    m->known = true;
}

void stored_cards_list(struct counter *c)
{
    Caroline__V1__PaymentMethodList message;

    if (c->stored_cards.member_id == 0 || c->stored_cards_asked)
        return;
    c->stored_cards.busy = c->stored_cards_asked = true;
    caroline__v1__payment_method_list__init(&message);
    message.has_member_id = true;
    message.member_id = (uint64_t)c->stored_cards.member_id;
    counter_call(c, OP(PAYMENT_METHOD_LIST), &message.base, on_listed);
}

void stored_cards_begin(struct counter *c, const struct member_row *member)
{
    struct stored_cards_model *m = &c->stored_cards;

    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: payment cards are known to the server alone");
        return;
    }
    if (c->stored_cards_asked) {
        stage_say(&c->stage, MESSAGE_PLAIN, "the server is asked: once more in a moment");
        return;
    }
    explicit_bzero(m, sizeof(*m));
    m->member_id = member->id;
    snprintf(m->name, sizeof(m->name), "%s", member->name);
    stage_push(&c->stage, &stored_cards_screen);
    stored_cards_list(c);
}

/* ---- removing one ---- */

void stored_card_removed(struct counter *c, const ProtobufCMessage *message)
{
    int64_t id = (int64_t)((const Caroline__V1__PaymentMethodRemoved *)message)->method_id;
    struct stored_cards_model *m = &c->stored_cards;
    size_t kept = 0;

    for (size_t i = 0; i < m->list.count; i++)
        if (m->rows[i].id != id)
            m->rows[kept++] = m->rows[i];
    list_resize(&m->list, kept);
    stage_say(&c->stage, MESSAGE_GOOD, "the stored card is removed: nothing is paid by it any more");
}

static void on_removed(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    c->stored_cards.busy = false;
    if (!counter_refused(c, answer))
        stored_card_removed(c, answer->reply);
}

static void do_remove(void *model)
{
    struct counter *c = model;
    const struct stored_card_row *row = c->stored_cards.busy ? NULL : &c->stored_cards.by;
    Caroline__V1__PaymentMethodRemove message;

    if (row == NULL)
        return;
    caroline__v1__payment_method_remove__init(&message);
    message.has_member_id = message.has_method_id = true;
    message.member_id = (uint64_t)c->stored_cards.member_id;
    message.method_id = (uint64_t)row->id;
    waiting_begin(
        c, OP(PAYMENT_METHOD_REMOVE), &message.base,
        &(struct waiting){
            .busy = &c->stored_cards.busy, .answered = on_removed, .leave = leave, .what = "removing a stored card" });
}

static void ask_remove(void *model)
{
    struct counter *c = model;
    const struct stored_card_row *row = chosen(c);

    if (row == NULL)
        return;
    c->stored_cards.by = *row;
    stage_ask(&c->stage, "Remove it", do_remove, "Remove %s ending in %s, stored for %s? It is not to be undone.",
              row->brand, row->last_four, c->stored_cards.name);
}

static void add(void *model)
{
    struct counter *c = model;

    if (!c->stored_cards.busy)
        card_page_begin(c, leave);
}

static const char *add_label(const void *model)
{
    const struct stored_cards_model *m = &((const struct counter *)model)->stored_cards;

    return m->busy || !m->known || m->list.count == STORED_CARDS_MAX ? NULL : "Store another";
}

static const char *remove_label(const void *model)
{
    return chosen(model) == NULL ? NULL : "Remove";
}

/* ---- topping a gift card up by one ---- */

static void top_up(void *model)
{
    struct counter *c = model;
    struct stored_cards_model *m = &c->stored_cards;
    const struct stored_card_row *row = chosen(c);

    if (row == NULL)
        return;
    if (charge_is_under_way(c))
        return;
    m->by = *row;
    c->charge_look.form++;
    m->state = STATE(NONE);
    field_init(&m->number, FIELD_NUMBER, 10);
    field_init(&m->amount, FIELD_AMOUNT, 14);
    form_init(&m->form);
    form_add(&m->form, &m->number, "Gift card's number", "or scan its code");
    form_add(&m->form, &m->amount, "How much", NULL);
    stage_push(&c->stage, &stored_charge_screen);
}

static const char *top_up_label(const void *model)
{
    return chosen(model) == NULL || !counter_may(model, "sell") ? NULL : "Top up by it";
}

static void on_charging(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    c->stored_cards.busy = false;
    if (counter_refused(c, answer))
        return;
    charge_begun(c, answer->reply);
    c->stored_cards.charge_id = (int64_t)((const Caroline__V1__GiftCardCharging *)answer->reply)->charge_id;
    c->stored_cards.state = STATE(UNDER_WAY);
}

static void send_charge(struct counter *c)
{
    struct stored_cards_model *m = &c->stored_cards;
    Caroline__V1__GiftCardCharge message;
    char amount[NUMBER_TEXT];

    caroline__v1__gift_card_charge__init(&message);
    message.has_member_id = message.has_method_id = message.has_number = message.has_amount_minor = true;
    message.member_id = (uint64_t)m->member_id;
    message.method_id = (uint64_t)m->by.id;
    message.number = m->gift_card;
    message.amount_minor = m->amount_minor;
    struct waiting waiting = { .busy = &m->busy,
                               .answered = on_charging,
                               .leave = leave,
                               .follow = true,
                               .what = "topping a gift card up by a stored card" };
    waiting_name(&waiting, "%s for gift card %" PRIu32 ", by a stored card", counter_money(c, amount, m->amount_minor),
                 m->gift_card);
    waiting_begin(c, OP(GIFT_CARD_CHARGE), &message.base, &waiting);
}

static void try_charge(struct counter *c)
{
    struct stored_cards_model *m = &c->stored_cards;
    char *end;
    const unsigned long number = strtoul(m->number.text, &end, 10);

    m->gift_card = *end != 0 || number > UINT32_MAX ? 0 : (uint32_t)number; /* "1.2" is no card's */
    if (charge_is_under_way(c))
        return;
    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: this is done once the server is there");
    } else if (m->gift_card == 0) {
        stage_say(&c->stage, MESSAGE_BAD, "type the gift card's number: its paper says it");
        m->form.focus = 0;
    } else if (!counter_money_parse(c, m->amount.text, &m->amount_minor) || m->amount_minor <= 0) {
        counter_say_amount(c);
        m->form.focus = 1;
    } else {
        send_charge(c);
    }
}

static bool is_form(const struct counter *c)
{
    return c->stored_cards.state == STATE(NONE) && !c->stored_cards.busy;
}

static void enter(void *model)
{
    struct counter *c = model;

    if (c->stored_cards.state > STATE(UNDER_WAY))
        stage_pop(&c->stage);
    else if (is_form(c) && form_enter(&c->stored_cards.form))
        try_charge(c);
}

static const char *enter_label(const void *model)
{
    const struct stored_cards_model *m = &((const struct counter *)model)->stored_cards;

    return m->state > STATE(UNDER_WAY) ? "Done" : m->busy || m->state == STATE(UNDER_WAY) ? NULL : "Go on";
}

/* ---- a gift card's code, scanned: its number ---- */

static void on_looked(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    char text[16];

    c->charge_look.asked = false;
    if (stage_top(&c->stage) != &stored_charge_screen || !is_form(c) ||
        c->charge_look.asked_form != c->charge_look.form)
        return; /* it was scanned into another form */
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__GiftCardShown *shown = (const Caroline__V1__GiftCardShown *)answer->reply;
    if (shown->card == NULL)
        return;
    snprintf(text, sizeof(text), "%" PRIu32, shown->card->number);
    field_wipe(&c->stored_cards.number);
    field_set(&c->stored_cards.number, text);
    c->stored_cards.form.focus = 1;
}

static bool scan_code(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;
    Caroline__V1__GiftCardShow message;

    if (sale_knows_code(c, code)) /* goods go into the basket, wherever they are scanned */
        return false;
    if (!is_form(c) || !gift_card_is_made(code)) {
        if (!doubtful)
            sale_say_not_taken(c, code,
                               is_form(c) ? "it is no gift card's code" : "a charge is under way; Esc goes back");
        return !doubtful;
    }
    if (c->charge_look.asked) {
        sale_say_not_taken(c, code, "the server is asked about another: once more in a moment");
        return true;
    }
    c->charge_look.asked = true;
    c->charge_look.asked_form = c->charge_look.form;
    caroline__v1__gift_card_show__init(&message);
    message.has_code = true;
    message.code = counter_text(code);
    counter_call(c, OP(GIFT_CARD_SHOW), &message.base, on_looked);
    return true;
}

/* ---- keys ---- */

static void back(void *model)
{
    if (!waiting_back(model))
        leave(model);
}

static void back_from_charge(void *model)
{
    struct counter *c = model;

    if (waiting_back(c))
        return;
    if (c->stored_cards.state == STATE(UNDER_WAY))
        stage_say(&c->stage, MESSAGE_PLAIN,
                  "it goes on: what becomes of it is told wherever you are; do not do it twice");
    stage_pop(&c->stage);
}

static void up(void *model)
{
    list_key(&((struct counter *)model)->stored_cards.list, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct counter *)model)->stored_cards.list, KEY_DOWN);
}

static void next(void *model)
{
    form_next(&((struct counter *)model)->stored_cards.form);
}

static void previous(void *model)
{
    form_previous(&((struct counter *)model)->stored_cards.form);
}

static struct field *field(void *model)
{
    struct counter *c = model;

    return is_form(c) ? form_field(&c->stored_cards.form) : NULL;
}

/* Goods go into the basket, wherever they are scanned; no card is another member's. */
static bool only_goods(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful || sale_knows_code(c, code))
        return false;
    sale_say_not_taken(c, code, "only goods are scanned here; Esc goes back");
    return true;
}

/* ---- drawing ---- */

/* In the shop's month it is good to the end. */
static bool is_over(const struct counter *c, const struct stored_card_row *row)
{
    struct date today = zone_local(counter_zone(c), link_now(c->link)).date;

    return row->year < (uint32_t)today.year ||
           (row->year == (uint32_t)today.year && row->month < (uint32_t)today.month);
}

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct stored_card_row *card = &c->stored_cards.rows[index];

    paint_fill(row, style);
    paint_text(row, 0, 1, 20, ALIGN_LEFT, style, card->brand);
    paint_format(row, 0, 22, 16, ALIGN_LEFT, style, "ending in %s", card->last_four);
    paint_format(row, 0, 40, row.columns - 41, ALIGN_LEFT, style, "%s %02u/%u",
                 is_over(c, card) ? "expired" : "good to", card->month, card->year);
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct stored_cards_model *m = &c->stored_cards;
    struct area inner = area_columns(area, 2, area.columns - 4);

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, m->name);
    paint_text(inner, 2, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN,
               "Cards stored with the payment gateway. Nobody here knows their numbers.");
    if (m->list.count == 0)
        paint_text(inner, 4, 0, inner.columns, ALIGN_LEFT, STYLE_DIM,
                   m->busy    ? "Asking the server ..."
                   : m->known ? "None is stored. F4 shows a code: the customer types a card on their telephone."
                              : "Nothing is known.");
    else if (m->busy)
        waiting_draw(c, inner, 4);
    list_draw(&m->list, area_rows(inner, m->busy ? 7 : 4, -1), true, draw_row, c);
}

static void draw_charge(void *model, struct area area)
{
    struct counter *c = model;
    struct stored_cards_model *m = &c->stored_cards;
    const struct stored_card_row *row = &m->by;
    struct area inner = area_columns(area, 2, area.columns - 4);
    char amount[NUMBER_TEXT];

    paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Top up by %s ending in %s, stored for %s",
                 row->brand, row->last_four, m->name);
    if (m->state == STATE(NONE)) {
        int rows = form_draw(&m->form, inner, 3);
        if (m->busy)
            waiting_draw(c, inner, 4 + rows);
        return;
    }
    paint_format(inner, 3, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN, "Gift card %" PRIu32 ": %s", m->gift_card,
                 counter_money(c, amount, m->amount_minor));
    if (m->state == STATE(UNDER_WAY))
        paint_wrapped(
            inner, 5, 0, inner.columns, STYLE_WARN,
            "The payment gateway is asked. Esc goes back: the till sells on, and what becomes of it is told. Do "
            "not do it twice.");
    else
        paint_wrapped(inner, 5, 0, inner.columns, m->state == STATE(LOADED) ? STYLE_GOOD : STYLE_BAD, m->told);
}

static const struct key keys[] = {
    { KEY_F(2), NULL, top_up, "Top a gift card up by the selected card", top_up_label },
    { KEY_F(3), NULL, ask_remove, "Remove the selected card, after a question", remove_label },
    { KEY_F(4), NULL, add, "Store another card: a code for the customer's telephone, where it is typed", add_label },
    { KEY_ESCAPE, NULL, back, "Back to the members", waiting_not_label },
    WAITING_TAKE_BACK(back),
    WAITING_PUT_ASIDE(back),
    { KEY_UP, NULL, up, "The card above", NULL },
    { KEY_DOWN, NULL, down, "The card below", NULL },
    { 0 },
};

const struct screen stored_cards_screen = {
    .title = "Payment cards",
    .about = "Cards that the member has stored to pay by, at the payment gateway. A look at them leaves a trace. A "
             "card that is removed here is gone at the gateway soon after.",
    .keys = keys,
    .draw = draw,
    .scan = only_goods,
    .asleep = waiting_is_on,
};

static const struct key charge_keys[] = {
    { KEY_RETURN, NULL, enter, "The next line; behind the last the card is charged", enter_label },
    { KEY_ESCAPE, NULL, back_from_charge, "Back to the payment cards", waiting_not_label },
    WAITING_TAKE_BACK(back_from_charge),
    WAITING_PUT_ASIDE(back_from_charge),
    { KEY_UP, NULL, previous, "The line above", NULL },
    { KEY_DOWN, NULL, next, "The line below", NULL },
    { 0 },
};

const struct screen stored_charge_screen = {
    .title = "Top up by a stored card",
    .about = "Paid once and loaded once, or neither. No sale: no turnover, no tax, no points.",
    .keys = charge_keys,
    .draw = draw_charge,
    .field = field,
    .scan = scan_code,
    .asleep = waiting_is_on,
};
