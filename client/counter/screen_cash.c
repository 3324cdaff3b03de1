/* Cash that goes in or out of the drawer beside sales, and the drawer opened without one: what it is, how much, why. */
#include "client/counter/counter.h"

#include <string.h>

#define CASH_MOVE(name) CAROLINE__V1__CASH_MOVE_KIND__CASH_MOVE_##name

static void begin(struct counter *c, const struct screen *screen)
{
    struct cash_model *m = &c->cash;

    memset(m, 0, sizeof *m);
    m->kind = CASH_MOVE(IN);
    field_init(&m->amount, FIELD_AMOUNT, 14);
    field_init(&m->reason, FIELD_TEXT, 100);
    form_init(&m->form);
    if (screen == &cash_screen)
        form_add(&m->form, &m->amount, "How much", NULL);
    form_add(&m->form, &m->reason, "Why", NULL);
    stage_push(&c->stage, screen);
}

void cash_begin(struct counter *c)
{
    begin(c, &cash_screen);
}

void drawer_begin(struct counter *c)
{
    begin(c, &drawer_screen);
}

static void leave(struct counter *c)
{
    if (stage_top(&c->stage) == &cash_screen || stage_top(&c->stage) == &drawer_screen)
        stage_pop(&c->stage);
}

static void on_moved(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct cash_model *m = &c->cash;
    char amount[NUMBER_TEXT];

    m->busy = false;
    if (counter_refused(c, answer))
        return;
    counter_money(c, amount, m->amount_minor);
    leave(c);
    printing_kick(c);
    if (c->training)
        stage_say(&c->stage, MESSAGE_GOOD, "practised: %s; the drawer stays shut", amount);
    else if (m->kind == CASH_MOVE(IN))
        stage_say(&c->stage, MESSAGE_GOOD, "it is in the books: put %s into the drawer", amount);
    else if (m->kind == CASH_MOVE(OUT))
        stage_say(&c->stage, MESSAGE_GOOD, "it is in the books: take %s out of the drawer", amount);
    else
        stage_say(&c->stage, MESSAGE_GOOD, "it is in the books: take %s to the safe", amount);
}

static void on_noted(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    c->cash.busy = false;
    if (counter_refused(c, answer))
        return;
    leave(c);
    printing_kick(c);
    if (c->training)
        stage_say(&c->stage, MESSAGE_GOOD, "practised: in earnest the drawer would open now");
    else
        stage_say(&c->stage, MESSAGE_GOOD, "it is in the books: the drawer may be opened");
}

/* The drawer is opened once the books have it, not before: this does not wait for a server that is away. */
static bool has_reason(struct counter *c)
{
    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: this is done once the server is there");
        return false;
    }
    if (!field_is_empty(&c->cash.reason))
        return true;
    stage_say(&c->stage, MESSAGE_BAD, "the drawer is opened with a reason only");
    return false;
}

static void send_move(struct counter *c)
{
    struct cash_model *m = &c->cash;
    Caroline__V1__ShiftMove message;

    caroline__v1__shift_move__init(&message);
    message.has_kind = message.has_amount_minor = message.has_reason = true;
    message.kind = m->kind;
    message.reason = counter_text(m->reason.text);
    if (!counter_money_parse(c, m->amount.text, &message.amount_minor) || message.amount_minor == 0) {
        counter_say_amount(c);
        m->form.focus = 0;
        return;
    }
    if (!has_reason(c))
        return;
    m->amount_minor = message.amount_minor;
    waiting_begin(
        c, CAROLINE__V1__OP__OP_SHIFT_MOVE, &message.base,
        &(struct waiting){ .busy = &m->busy, .answered = on_moved, .leave = leave, .what = "the cash in or out" });
}

static void send_no_sale(struct counter *c)
{
    Caroline__V1__ShiftNoSale message;

    if (!has_reason(c))
        return;
    caroline__v1__shift_no_sale__init(&message);
    message.has_reason = true;
    message.reason = counter_text(c->cash.reason.text);
    waiting_begin(
        c, CAROLINE__V1__OP__OP_SHIFT_NO_SALE, &message.base,
        &(struct waiting){ .busy = &c->cash.busy, .answered = on_noted, .leave = leave, .what = "opening the drawer" });
}

static void enter(void *model)
{
    struct counter *c = model;

    if (!c->cash.busy && form_enter(&c->cash.form))
        send_move(c);
}

static void enter_drawer(void *model)
{
    struct counter *c = model;

    if (!c->cash.busy)
        send_no_sale(c);
}

static void choose(struct counter *c, Caroline__V1__CashMoveKind kind)
{
    if (!c->cash.busy)
        c->cash.kind = kind;
}

static void in(void *model)
{
    choose(model, CASH_MOVE(IN));
}

static void out(void *model)
{
    choose(model, CASH_MOVE(OUT));
}

static void drop(void *model)
{
    choose(model, CASH_MOVE(DROP));
}

static void next(void *model)
{
    form_next(&((struct counter *)model)->cash.form);
}

static void previous(void *model)
{
    form_previous(&((struct counter *)model)->cash.form);
}

static void back(void *model)
{
    struct counter *c = model;

    if (!waiting_back(c))
        leave(c);
}

static struct field *field(void *model)
{
    return form_field(&((struct counter *)model)->cash.form);
}

static void draw_form(struct counter *c, struct area inner, int row)
{
    int rows = form_draw(&c->cash.form, inner, row);

    if (c->cash.busy)
        waiting_draw(c, inner, row + 1 + rows);
}

static void draw(void *model, struct area area)
{
    static const struct {
        Caroline__V1__CashMoveKind kind;
        const char *words;
    } kinds[] = {
        { CASH_MOVE(IN), "F2  Money goes into the drawer: change from the bank" },
        { CASH_MOVE(OUT), "F3  Money is taken out: something was paid with it" },
        { CASH_MOVE(DROP), "F4  Money goes from the drawer to the safe" },
    };
    struct counter *c = model;
    struct area inner = area_columns(area, 3, area.columns - 6);

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Cash in or out");
    for (int i = 0; i < 3; i++) {
        bool chosen = kinds[i].kind == c->cash.kind;

        paint_format(inner, 3 + i, 0, inner.columns, ALIGN_LEFT, chosen ? STYLE_STRONG : STYLE_PLAIN, "%s %s",
                     chosen ? ">" : " ", kinds[i].words);
    }
    draw_form(c, inner, 7);
}

static void draw_drawer(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 3, area.columns - 6);

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Open the drawer without a sale");
    draw_form(c, inner, 3);
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "The next line; behind the last: into the books", NULL },
    { KEY_F(2), "In", in, "Money goes into the drawer", NULL },
    { KEY_F(3), "Out", out, "Money is taken out of the drawer", NULL },
    { KEY_F(4), "To the safe", drop, "Money goes from the drawer to the safe", NULL },
    { KEY_ESCAPE, NULL, back, "Back, nothing was moved", waiting_not_label },
    WAITING_TAKE_BACK(back),
    WAITING_PUT_ASIDE(back),
    { KEY_UP, NULL, previous, "The line above", NULL },
    { KEY_DOWN, NULL, next, "The line below", NULL },
    { 0 },
};

const struct screen cash_screen = {
    .title = "Cash in or out",
    .about = "What is put in or taken out is written down before it is done, so that the count at the end agrees.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .asleep = waiting_is_on,
};

static const struct key drawer_keys[] = {
    { KEY_RETURN, "Open it", enter_drawer, "Write the reason down; then the drawer may be opened", NULL },
    { KEY_ESCAPE, NULL, back, "Back, the drawer stays shut", waiting_not_label },
    WAITING_TAKE_BACK(back),
    WAITING_PUT_ASIDE(back),
    { 0 },
};

const struct screen drawer_screen = {
    .title = "Open the drawer",
    .about = "Who opened the drawer without a sale, and why, stands in the journal and is counted on the Z.",
    .keys = drawer_keys,
    .draw = draw_drawer,
    .field = field,
    .asleep = waiting_is_on,
};
