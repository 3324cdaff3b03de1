/* A payment put right: a receipt's number, what of its payment was recorded wrong, what it was in truth, and why. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

/* What the server would refuse whatever it was in truth; NULL: it can be put right. */
static const char *why_not(const struct retender_row_shown *row)
{
    if (row->kind == TENDER_HOUSE)
        return "what the house pays is not put right: give the receipt back and ring it up anew";
    if (row->kind == TENDER_ACCOUNT)
        return "what went on account is not put right: give the receipt back and ring it up anew";
    if (row->forfeited_minor != 0)
        return "something of this voucher was forfeited: give the receipt back and ring it up anew";
    if (row->amount_minor <= 0)
        return row->tip_minor > 0 ? "all of it is a tip: nothing of the receipt was paid by it"
                                  : "cash was paid out: there is nothing to put right";
    return NULL;
}

static struct retender_row_shown *selected(struct retender_model *m)
{
    return m->list.count == 0 ? NULL : &m->rows[m->list.selected];
}

/* What the shop takes now and may be put in afterwards: what the house pays is allowed when it is rung up. */
static size_t vouchers(const struct counter *c, const struct tender_type *types[PAY_OTHERS_MAX])
{
    const struct catalogue *catalogue = counter_catalogue(c);
    const struct tender_type *type;
    size_t count = 0;

    if (catalogue == NULL)
        return 0;
    for (int64_t id = 0; count < PAY_OTHERS_MAX && (type = catalogue_next_tender_type(catalogue, id, 0)) != NULL;
         id = type->id)
        if (type->kind == TENDER_VOUCHER && type->active &&
            (type->permission[0] == '\0' || counter_may(c, type->permission)))
            types[count++] = type;
    return count;
}

static const struct tender_type *truth_of(const struct counter *c)
{
    const struct catalogue *catalogue = counter_catalogue(c);

    return catalogue == NULL ? NULL : tender_type_of(catalogue, catalogue_newest(catalogue), c->retender.truth_id);
}

static bool wants_number(const struct tender_type *type)
{
    return type != NULL && type->kind != TENDER_CASH && (type->kind == TENDER_CARD || type->reference_wanted);
}

/* The number is asked for where what it was in truth has one. */
static void lay_form(struct counter *c)
{
    struct retender_model *m = &c->retender;
    const struct tender_type *truth = truth_of(c);

    form_init(&m->form);
    form_add(&m->form, &m->amount, "How much of it", "empty: all of it");
    if (wants_number(truth))
        form_add(&m->form, &m->reference, "Its number", truth->kind == TENDER_CARD ? "on the machine's slip" : NULL);
    form_add(&m->form, &m->reason, "Why", NULL);
}

static void choose(struct counter *c, int64_t type_id)
{
    if (c->retender.busy || !c->retender.shown)
        return;
    c->retender.truth_id = type_id;
    lay_form(c);
}

/* Cash that was rung up as card, or the other way round, is the common mistake. */
static void guess(struct counter *c)
{
    const struct retender_row_shown *row = selected(&c->retender);

    choose(c, row != NULL && row->kind == TENDER_CASH ? TENDER_TYPE_CARD : TENDER_TYPE_CASH);
}

static void leave(struct counter *c)
{
    if (stage_top(&c->stage) == &retender_screen)
        stage_pop(&c->stage);
}

/* ---- looking the receipt up ---- */

static void take(struct counter *c, const Caroline__V1__SaleShown *shown)
{
    struct retender_model *m = &c->retender;

    m->list = (struct list){ 0 };
    counter_copy(m->receipt, sizeof m->receipt, shown->sale->receipt_number);
    m->total_minor = shown->sale->totals == NULL ? 0 : shown->sale->totals->total_minor;
    for (size_t i = 0; i < shown->n_tenders && i < RETENDER_ROWS_MAX; i++) {
        const Caroline__V1__PaidTender *paid = shown->tenders[i];
        struct retender_row_shown *row = &m->rows[m->list.count++];

        *row = (struct retender_row_shown){ .position = paid->position,
                                            .kind = (enum tender_kind)paid->kind,
                                            .amount_minor = paid->amount_minor,
                                            .tip_minor = paid->tip_minor,
                                            .forfeited_minor = paid->forfeited_minor };
        counter_copy(row->name, sizeof row->name, paid->name);
        counter_copy(row->reference, sizeof row->reference, paid->reference);
    }
}

static void on_shown(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct retender_model *m = &c->retender;
    const Caroline__V1__SaleShown *shown = (const Caroline__V1__SaleShown *)answer->reply;

    m->busy = false;
    if (stage_top(&c->stage) != &retender_screen || counter_refused(c, answer) || shown->sale == NULL)
        return;
    take(c, shown);
    if (m->list.count == 0) {
        stage_say(&c->stage, MESSAGE_BAD, "nothing paid this receipt that could be put right");
        return;
    }
    for (size_t i = 0; i < m->list.count && why_not(&m->rows[m->list.selected]) != NULL; i++)
        list_select(&m->list, i);
    if (why_not(&m->rows[m->list.selected]) != NULL) {
        stage_say(&c->stage, MESSAGE_BAD, "%s", why_not(&m->rows[0]));
        return;
    }
    m->shown = true;
    guess(c);
    if (shown->refunded_minor != 0 || shown->n_refunded > 0)
        stage_say(&c->stage, MESSAGE_BAD, "something of this receipt was given back: it is not put right any more");
}

static void look_up(struct counter *c)
{
    Caroline__V1__SaleShow message;

    caroline__v1__sale_show__init(&message);
    message.has_receipt_number = true;
    message.receipt_number = counter_text(c->retender.number.text);
    c->retender.busy = true;
    counter_call(c, CAROLINE__V1__OP__OP_SALE_SHOW, &message.base, on_shown);
}

void retender_begin(struct counter *c, const char *number)
{
    struct retender_model *m = &c->retender;

    memset(m, 0, sizeof *m);
    field_init(&m->number, FIELD_TEXT, 24);
    field_init(&m->amount, FIELD_NUMBER, 14);
    field_init(&m->reference, FIELD_TEXT, 40);
    field_init(&m->reason, FIELD_TEXT, 100);
    field_set(&m->number, number);
    m->given = number[0] != '\0';
    stage_push(&c->stage, &retender_screen);
    if (m->given)
        look_up(c);
}

/* ---- putting it right ---- */

void retender_answered(struct counter *c, const struct link_answer *answer)
{
    char number[28], key[64];

    c->retender.busy = false;
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__SaleRetendered *done = (const Caroline__V1__SaleRetendered *)answer->reply;
    counter_copy(number, sizeof number, done->receipt_number);
    snprintf(key, sizeof key, "%s put right %llu", number, (unsigned long long)done->retender_id);
    leave(c);
    bool printed = printing_put(c, key, done->receipt);
    stage_say(&c->stage, MESSAGE_GOOD, "%s is put right: the drawer and the shift's sums follow%s", number,
              printed ? "; a slip is printed" : "");
}

static void on_retendered(void *owner, const struct link_answer *answer)
{
    retender_answered(owner, answer);
}

static void send(void *model)
{
    struct counter *c = model;
    struct retender_model *m = &c->retender;
    const struct tender_type *truth = truth_of(c);
    const struct retender_row_shown *row = selected(m);
    Caroline__V1__SaleRetender message;

    if (row == NULL)
        return;
    caroline__v1__sale_retender__init(&message);
    message.has_receipt_number = message.has_position = message.has_reason = true;
    message.receipt_number = counter_text(m->receipt);
    message.position = row->position;
    message.has_amount_minor = m->part_minor != 0;
    message.amount_minor = m->part_minor;
    message.has_tender_type_id = true;
    message.tender_type_id = (uint64_t)m->truth_id;
    message.has_reference = wants_number(truth);
    message.reference = counter_text(m->reference.text);
    message.reason = counter_text(m->reason.text);
    waiting_begin(
        c, CAROLINE__V1__OP__OP_SALE_RETENDER, &message.base,
        &(struct waiting){
            .busy = &m->busy, .answered = on_retendered, .leave = leave, .what = "what is put right of a payment" });
}

/* The amount that is typed; nothing: all of it. */
static bool read_amount(struct counter *c, const struct retender_row_shown *row)
{
    struct retender_model *m = &c->retender;

    m->part_minor = 0;
    if (field_is_empty(&m->amount))
        return true;
    if (!counter_money_parse(c, m->amount.text, &m->part_minor) || m->part_minor <= 0) {
        stage_say(&c->stage, MESSAGE_BAD, "type how much of it: 5 or 5.00");
        return false;
    }
    if (m->part_minor > row->amount_minor) {
        stage_say(&c->stage, MESSAGE_BAD, "so much was not paid by it");
        return false;
    }
    return true;
}

static void ask(struct counter *c)
{
    struct retender_model *m = &c->retender;
    const struct retender_row_shown *row = selected(m);
    const struct tender_type *truth = truth_of(c);
    char amount[NUMBER_TEXT];

    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: this is done once the server is there");
        return;
    }
    if (row == NULL) {
        stage_say(&c->stage, MESSAGE_BAD, "nothing paid this receipt");
        return;
    }
    if (!read_amount(c, row)) {
        m->form.focus = 0;
        return;
    }
    if (wants_number(truth) && field_is_empty(&m->reference)) {
        stage_say(&c->stage, MESSAGE_BAD, "%s: its number is asked for", truth->name);
        m->form.focus = 1;
        return;
    }
    if (field_is_empty(&m->reason)) {
        stage_say(&c->stage, MESSAGE_BAD, "a payment is put right with a reason only");
        return;
    }
    stage_ask_firmly(&c->stage, "Put right", send, "Was %s paid by %s, and not by %s?",
                     counter_money(c, amount, m->part_minor != 0 ? m->part_minor : row->amount_minor + row->tip_minor),
                     truth == NULL ? "?" : truth->name, row->name);
}

static void enter(void *model)
{
    struct counter *c = model;
    struct retender_model *m = &c->retender;

    if (m->busy)
        return;
    if (m->shown) {
        if (form_enter(&m->form))
            ask(c);
    } else if (field_is_empty(&m->number)) {
        stage_say(&c->stage, MESSAGE_BAD, "type the receipt's number, or scan it");
    } else {
        look_up(c);
    }
}

static void cash(void *model)
{
    choose(model, TENDER_TYPE_CASH);
}

static void card(void *model)
{
    choose(model, TENDER_TYPE_CARD);
}

/* The next one behind what is chosen. */
static void other(void *model)
{
    struct counter *c = model;
    const struct tender_type *types[PAY_OTHERS_MAX];
    size_t count = vouchers(c, types), at = 0;

    while (at < count && types[at]->id != c->retender.truth_id)
        at++;
    if (count > 0)
        choose(c, types[at >= count ? 0 : (at + 1) % count]->id);
}

static void which(void *model)
{
    struct counter *c = model;
    struct retender_model *m = &c->retender;

    if (m->busy || m->list.count == 0)
        return;
    do
        list_select(&m->list, (m->list.selected + 1) % m->list.count);
    while (why_not(&m->rows[m->list.selected]) != NULL); /* one at least can be */
    guess(c);
}

static void next(void *model)
{
    form_next(&((struct counter *)model)->retender.form);
}

static void previous(void *model)
{
    form_previous(&((struct counter *)model)->retender.form);
}

static void back(void *model)
{
    struct counter *c = model;

    if (waiting_back(c))
        return;
    if (c->retender.busy)
        stage_say(&c->stage, MESSAGE_PLAIN, "the server is asked");
    else if (c->retender.shown && !c->retender.given)
        c->retender.shown = false;
    else
        leave(c);
}

static struct field *field(void *model)
{
    struct counter *c = model;

    return c->retender.shown ? form_field(&c->retender.form) : &c->retender.number;
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful || c->retender.busy || sale_knows_code(c, code))
        return false;
    c->retender.shown = c->retender.given = false;
    field_set(&c->retender.number, code);
    look_up(c);
    return true;
}

/* ---- drawing ---- */

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct retender_row_shown *paid = &c->retender.rows[index];
    char amount[NUMBER_TEXT];

    paint_fill(row, style);
    paint_format(row, 0, 1, row.columns - 16, ALIGN_LEFT, style, "%c %s%s%s%s%s",
                 index == c->retender.list.selected ? '>' : ' ', paid->name, paid->reference[0] == '\0' ? "" : " ",
                 paid->reference, paid->tip_minor != 0 ? ", a tip in it" : "",
                 why_not(paid) != NULL ? " (is not put right)" : "");
    paint_text(row, 0, row.columns - 15, 14, ALIGN_RIGHT, style,
               counter_money(c, amount, paid->amount_minor + paid->tip_minor));
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct retender_model *m = &c->retender;
    struct area inner = area_columns(area, 3, area.columns - 6);
    const struct tender_type *truth = truth_of(c);
    char total[NUMBER_TEXT];

    if (!m->shown) {
        paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Which receipt was paid otherwise?");
        paint_field(inner, 3, 0, 30, &m->number, true);
        if (m->busy)
            paint_text(inner, 5, 0, inner.columns, ALIGN_LEFT, STYLE_DIM, "Asking the server ...");
        return;
    }
    paint_format(inner, 0, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Receipt %s, %s: what was recorded wrong?",
                 m->receipt, counter_money(c, total, m->total_minor));
    list_draw(&m->list, area_rows(inner, 2, 5), true, draw_row, c);
    paint_format(inner, 8, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "In truth it was: %s",
                 truth == NULL ? "" : truth->name);
    int rows = form_draw(&m->form, inner, 10);
    if (m->busy)
        waiting_draw(c, inner, 11 + rows);
}

static const char *if_shown(const void *model, const char *label)
{
    const struct retender_model *m = &((const struct counter *)model)->retender;
    return m->shown && !m->busy ? label : NULL;
}

static const char *enter_label(const void *model)
{
    return ((const struct counter *)model)->retender.shown ? "Go on" : "Look up";
}

static const char *cash_label(const void *model)
{
    return if_shown(model, "Cash");
}

static const char *card_label(const void *model)
{
    return if_shown(model, "Card");
}

static const char *other_label(const void *model)
{
    const struct tender_type *types[PAY_OTHERS_MAX];

    return vouchers(model, types) > 0 ? if_shown(model, "Voucher") : NULL;
}

static const char *which_label(const void *model)
{
    const struct retender_model *m = &((const struct counter *)model)->retender;
    size_t possible = 0;

    for (size_t i = 0; i < m->list.count; i++)
        possible += why_not(&m->rows[i]) == NULL;
    return possible > 1 ? if_shown(model, "Next payment") : NULL;
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, enter, "The next line; behind the last it is put right, once you say yes", enter_label },
    { KEY_F(2), NULL, cash, "In truth it was paid in cash", cash_label },
    { KEY_F(3), NULL, card, "In truth it was paid by card", card_label },
    { KEY_F(4), NULL, other, "In truth it was a voucher; again: another one", other_label },
    { KEY_F(5), NULL, which, "It is the next of the payments that was recorded wrong", which_label },
    { KEY_ESCAPE, NULL, back, "Back, nothing is changed", waiting_not_label },
    WAITING_TAKE_BACK(back),
    WAITING_PUT_ASIDE(back),
    { KEY_UP, NULL, previous, "The line above", NULL },
    { KEY_DOWN, NULL, next, "The line below", NULL },
    { 0 },
};

const struct screen retender_screen = {
    .title = "Put a payment right",
    .about =
        "Of a receipt of this shift, while nothing of it was given back. The receipt stays as it was; what is put "
        "right "
        "stands beside it, with who did it and why. Staff meals and vouchers that were forfeited in part are not put "
        "right: give the receipt back and ring it up anew.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
    .asleep = waiting_is_on,
};
