/* Giving money back: a receipt's number, what stands on it, why. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

static void close_refund(struct counter *c)
{
    receipt_fini(&c->refund.sale);
    if (stage_top(&c->stage) == &refund_screen)
        stage_pop(&c->stage);
}

static void look_up(struct counter *c);
static void ask_price(struct counter *c);

/* The answer to what was left is nobody's; what was asked for since is asked behind it. */
static bool is_for_nobody(struct counter *c)
{
    bool left = c->refund_left;

    c->refund_asked = c->refund_left = false;
    if (left && c->refund.busy)
        (c->refund.shown ? ask_price : look_up)(c);
    return left;
}

static void ask(struct counter *c, const ProtobufCMessage *message, link_answer_fn *answered)
{
    c->refund.busy = true;
    if (c->refund_asked)
        return;
    c->refund_asked = true;
    counter_call(c, CAROLINE__V1__OP__OP_SALE_SHOW, message, answered);
}

/* Is the server asked about a receipt, and not told yet to give back? */
static bool is_looking(const struct counter *c)
{
    return c->refund.busy && !waiting_is_on(c);
}

static void on_shown(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct refund_model *m = &c->refund;

    if (is_for_nobody(c))
        return;
    m->busy = false;
    if (stage_top(&c->stage) != &refund_screen)
        return;
    if (counter_refused(c, answer)) {
        stage_drop_kept(&c->stage);
        return;
    }
    const Caroline__V1__SaleShown *shown = (const Caroline__V1__SaleShown *)answer->reply;
    char refund_of[28];
    counter_copy(refund_of, sizeof(refund_of), shown->refund_of);
    if (shown->sale == NULL)
        return;
    receipt_take(c, &m->sale, RECEIPT_AGAIN, shown->sale);
    m->sale.list.top = 0;
    m->given_back_minor = shown->refunded_minor;
    refund_lines_take(m, shown); /* a free piece that has not come back is left, too, though it is no money */
    if (shown->sale->free_refund)
        stage_say(&c->stage, MESSAGE_BAD, "this receipt is a refund itself, of goods without one");
    else if (refund_of[0] != 0)
        stage_say(&c->stage, MESSAGE_BAD, "this receipt is a refund itself, of %s", refund_of);
    else if (m->list.count == 0 && (shown->n_refunded > 0 || shown->refunded_minor != 0))
        stage_say(&c->stage, MESSAGE_BAD, "this receipt has been refunded already");
    else
        m->shown = true;
    if (!m->shown)
        stage_drop_kept(&c->stage);
}

static void look_up(struct counter *c)
{
    Caroline__V1__SaleShow message;

    caroline__v1__sale_show__init(&message);
    message.has_receipt_number = true;
    message.receipt_number = counter_text(c->refund.number.text);
    ask(c, &message.base, on_shown);
}

void refund_begin(struct counter *c, const char *number)
{
    struct refund_model *m = &c->refund;

    receipt_fini(&m->sale);
    memset(m, 0, sizeof(*m));
    c->refund_left = c->refund_asked;
    field_init(&m->number, FIELD_TEXT, 24);
    field_init(&m->reason, FIELD_TEXT, 100);
    field_set(&m->number, number);
    stage_push(&c->stage, &refund_screen);
    if (number[0] != 0)
        look_up(c);
}

void refund_answered(struct counter *c, const struct link_answer *answer)
{
    const Caroline__V1__SaleRungUp *sale = (const Caroline__V1__SaleRungUp *)answer->reply;
    char number[28];

    c->refund.busy = false;
    if (counter_refused(c, answer))
        return;
    printing_sold(c, sale);
    bool on_stage = stage_has(&c->stage, &sale_screen) && !stage_has(&c->stage, &lock_screen);
    close_refund(c);
    if (on_stage)
        receipt_show(c, RECEIPT_REFUNDED, sale);
    else
        given_back_tell(c, sale);
    if (sale->has_invoice_of) {
        counter_copy(number, sizeof(number), sale->receipt_number);
        invoice_credit(c, number);
    }
}

static void on_refunded(void *owner, const struct link_answer *answer)
{
    if (answer->outcome == LINK_OK)
        printing_drawer(owner, (const Caroline__V1__SaleRungUp *)answer->reply);
    refund_answered(owner, answer);
}

static void give_back(void *model)
{
    struct counter *c = model;
    struct refund_model *m = &c->refund;
    Caroline__V1__SaleRefund message;
    char total[NUMBER_TEXT];

    caroline__v1__sale_refund__init(&message);
    message.has_receipt_number = true;
    message.receipt_number = counter_text(m->sale.number);
    message.has_reason = true;
    message.reason = counter_text(m->reason.text);
    message.has_total_minor = true; /* as it was asked about: another is refused */
    message.total_minor = m->back_minor;
    message.lines = refund_lines_put(m, c->scratch, &message.n_lines);
    struct waiting waiting = { .busy = &m->busy, .answered = on_refunded, .leave = close_refund, .what = "the refund" };
    waiting_name(&waiting, "the refund of %s, receipt %s", counter_money(c, total, m->given_minor), m->sale.number);
    waiting_begin(c, CAROLINE__V1__OP__OP_SALE_REFUND, &message.base, &waiting);
}

/* What the server would give: it alone knows what is free, what is taxed and how cash is rounded. */
static void on_priced(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct refund_model *m = &c->refund;
    size_t picked = refund_lines_picked(m);
    char total[NUMBER_TEXT];

    if (is_for_nobody(c))
        return;
    m->busy = false;
    if (stage_top(&c->stage) != &refund_screen || counter_refused(c, answer))
        return;
    const Caroline__V1__SaleShown *shown = (const Caroline__V1__SaleShown *)answer->reply;
    if (!m->shown)
        return;
    if (!shown->has_back_minor) {
        stage_say(&c->stage, MESSAGE_BAD,
                  "the server is older than this till and cannot say what comes back: update it");
        return;
    }
    m->back_minor = shown->back_minor;
    m->given_minor = shown->back_minor + shown->back_rounding_minor;
    counter_money(c, total, m->given_minor);
    if (picked > 0)
        stage_ask_firmly(&c->stage, "Give back", give_back,
                         "Give %s back, for %zu line%s of receipt %s as picked, the way it was paid?", total, picked,
                         picked == 1 ? "" : "s", m->sale.number);
    else
        stage_ask_firmly(&c->stage, "Give back", give_back, "Give %s of receipt %s back, the way it was paid?", total,
                         m->sale.number);
}

static void ask_price(struct counter *c)
{
    struct refund_model *m = &c->refund;
    Caroline__V1__SaleShow message;

    caroline__v1__sale_show__init(&message);
    message.has_receipt_number = message.has_price_back = message.price_back = true;
    message.receipt_number = counter_text(m->sale.number);
    message.back = refund_lines_put(m, c->scratch, &message.n_back);
    ask(c, &message.base, on_priced);
}

static void enter(void *model)
{
    struct counter *c = model;
    struct refund_model *m = &c->refund;

    if (m->busy)
        return;
    if (m->shown && field_is_empty(&m->reason))
        stage_say(&c->stage, MESSAGE_BAD, "a refund needs a reason");
    else if (m->shown)
        ask_price(c);
    else if (field_is_empty(&m->number))
        stage_say(&c->stage, MESSAGE_BAD, "type the receipt's number, or scan it");
    else
        look_up(c);
}

static void one_back(void *model)
{
    refund_lines_one(&((struct counter *)model)->refund);
}

static void line_back(void *model)
{
    refund_lines_all(&((struct counter *)model)->refund);
}

/* While the server is asked, what was picked is what it was asked. */
static const char *if_lines(const void *model, const char *label)
{
    const struct refund_model *m = &((const struct counter *)model)->refund;
    return m->shown && !m->busy && m->list.count > 0 ? label : NULL;
}

static const char *one_label(const void *model)
{
    return if_lines(model, "One back");
}

static const char *line_label(const void *model)
{
    return if_lines(model, "Line back");
}

/* Those that are given most; any other is typed. */
static const char *const reasons[] = {
    "not fresh", "damaged", "not what was ordered", "changed their mind", "rung up by mistake",
};
#define REASON_COUNT (sizeof reasons / sizeof reasons[0])

static bool is_listed(const struct refund_model *m)
{
    return strcmp(m->reason.text, reasons[m->reasons.selected]) == 0;
}

/* The arrows are the lines': a key goes from reason to reason. */
static void next_reason(void *model)
{
    struct refund_model *m = &((struct counter *)model)->refund;

    m->reasons.count = REASON_COUNT;
    list_select(&m->reasons, is_listed(m) ? (m->reasons.selected + 1) % REASON_COUNT : 0);
    field_set(&m->reason, reasons[m->reasons.selected]);
    field_replaceable(&m->reason); /* who types means another */
}

static const char *reason_label(const void *model)
{
    const struct refund_model *m = &((const struct counter *)model)->refund;
    return m->shown && !m->busy ? "Reason" : NULL;
}

static void draw_reason(const void *model, size_t index, struct area row, enum style style)
{
    (void)model;
    paint_fill(row, style);
    paint_format(row, 0, 0, row.columns, ALIGN_LEFT, style, " %s", reasons[index]);
}

static void up(void *model)
{
    list_key(&((struct counter *)model)->refund.list, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct counter *)model)->refund.list, KEY_DOWN);
}

static void page_up(void *model)
{
    list_key(&((struct counter *)model)->refund.list, KEY_PPAGE);
}

static void page_down(void *model)
{
    list_key(&((struct counter *)model)->refund.list, KEY_NPAGE);
}

static void back(void *model)
{
    struct counter *c = model;
    struct refund_model *m = &c->refund;

    if (waiting_back(c))
        return;
    if (m->busy) {
        m->busy = false;
        c->refund_left = c->refund_asked;
    }
    if (m->shown) {
        m->shown = false;
        receipt_fini(&m->sale);
    } else {
        close_refund(c);
    }
}

static void changed(void *model)
{
    struct counter *c = model;

    if (!c->refund.shown)
        receipt_fini(&c->refund.sale);
}

/* What is typed while a receipt is looked up is the reason. */
static bool waits(const void *model)
{
    const struct counter *c = model;

    return is_looking(c) && !c->refund.shown;
}

/* What is asked about does not change behind the question. */
static bool asleep(const void *model)
{
    const struct counter *c = model;

    return waiting_is_on(c) || (is_looking(c) && c->refund.shown);
}

static struct field *field(void *model)
{
    struct counter *c = model;
    return c->refund.shown ? &c->refund.reason : &c->refund.number;
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful || c->refund.busy || sale_knows_code(c, code))
        return false;
    c->refund.shown = false;
    field_set(&c->refund.number, code);
    look_up(c);
    return true;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct refund_model *m = &c->refund;
    struct area left = area_columns(area, 2, area.columns - 50);
    char total[NUMBER_TEXT];

    paint_text(left, 1, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "Receipt number");
    paint_field(left, 2, 0, left.columns, &m->number, !m->shown);
    if (m->shown) {
        paint_format(left, 4, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "Paid: %s",
                     counter_money(c, total, m->sale.total_minor));
        if (m->given_back_minor != 0)
            paint_format(left, 5, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "Given back before: %s",
                         counter_money(c, total, m->given_back_minor));
        paint_text(left, 6, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "Why is it given back?");
        paint_field(left, 7, 0, left.columns, &m->reason, true);
    }
    if (m->shown && !m->busy) {
        m->reasons.count = REASON_COUNT;
        list_draw(&m->reasons, area_rows(left, 13, (int)REASON_COUNT), is_listed(m), draw_reason, c);
        paint_text(left, 12, 0, left.columns, ALIGN_LEFT, STYLE_DIM, "Type it, or F7:");
    }
    if (m->busy)
        waiting_draw(c, left, 11);
    if (m->shown && m->list.count > 0) {
        size_t picked = refund_lines_picked(m);
        if (picked == 0)
            paint_text(left, 9, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "All that is left comes back.");
        else
            paint_text(left, 9, 0, left.columns, ALIGN_LEFT, STYLE_WARN, "Only what is picked: see Back");
        refund_lines_draw(c, area_columns(area, area.columns - 44, 43));
    } else if (m->sale.arena != NULL)
        receipt_draw_lines(&m->sale, area_columns(area, area.columns - 44, 43));
}

static const char *enter_label(const void *model)
{
    return ((const struct counter *)model)->refund.shown ? "Give back" : "Look up";
}

static void print(void *model)
{
    struct counter *c = model;
    printing_copy(c, c->refund.sale.number, false);
}

static const char *print_label(const void *model)
{
    const struct counter *c = model;
    return c->refund.shown && c->printing != NULL ? "Print copy" : NULL;
}

static void explain(void *model)
{
    struct counter *c = model;

    explain_begin(c, c->refund.sale.number);
}

static const char *explain_label(const void *model)
{
    const struct counter *c = model;

    return c->refund.shown && !c->training && c->stage.status.connected ? "Explain" : NULL;
}

static void without(void *model)
{
    struct counter *c = model;

    close_refund(c);
    refund_free_begin(c);
}

static const char *without_label(const void *model)
{
    const struct refund_model *m = &((const struct counter *)model)->refund;

    return m->shown || m->busy ? NULL : "Without receipt";
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, enter, "Look the receipt up; with a reason typed: give the money back", enter_label },
    { KEY_F(4), NULL, without, "A refund without a receipt: money for the goods that stand in the basket",
      without_label },
    { KEY_F(5), NULL, one_back, "One piece of the selected line comes back; again for another", one_label },
    { KEY_F(6), NULL, line_back, "All that is left of the selected line comes back, or none of it", line_label },
    { KEY_F(7), NULL, next_reason, "Why: the next reason of the list; any other is typed", reason_label },
    { KEY_F(8), NULL, explain, "Where each number of this receipt comes from", explain_label },
    { KEY_F(9), NULL, print, "This receipt on paper once more, marked as a copy", print_label },
    { KEY_ESCAPE, NULL, back, "Back", waiting_not_label },
    WAITING_TAKE_BACK(back),
    WAITING_PUT_ASIDE(back),
    { KEY_UP, NULL, up, "The line above", NULL },
    { KEY_DOWN, NULL, down, "The line below", NULL },
    { KEY_PPAGE, NULL, page_up, NULL, NULL },
    { KEY_NPAGE, NULL, page_down, NULL, NULL },
    { 0 },
};

const struct screen refund_screen = {
    .title = "Refund",
    .about =
        "The number stands on the receipt (3T-000042; 3t42 will do). All that is left comes back, or the lines you "
        "pick, the way it was paid.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
    .scan = scan,
    .waits = waits,
    .asleep = asleep,
    .why_not = printing_why_not,
};
