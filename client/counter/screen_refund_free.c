/* Money for goods without a receipt: those that stand in the basket, each at today's price or less, and why. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

static void close_screen(struct counter *c)
{
    if (stage_top(&c->stage) == &refund_free_screen)
        stage_pop(&c->stage);
}

/* ---- what it comes to ---- */

static struct free_refund_command command_of(const struct counter *c, struct arena *arena)
{
    const struct free_refund_model *m = &c->free_refund;
    struct free_refund_line *lines = arena_array(arena, m->list.count, sizeof *lines);

    for (size_t i = 0; i < m->list.count; i++)
        lines[i] = (struct free_refund_line){ .product_id = m->rows[i].product_id,
                                              .quantity_milli = m->rows[i].quantity_milli,
                                              .keyed = m->rows[i].given_minor != 0,
                                              .price_minor = m->rows[i].given_minor,
                                              .hot = m->rows[i].hot };
    return (struct free_refund_command){ .lines = lines, .line_count = m->list.count, .service = c->basket.service };
}

/* By the rule that the server goes by; false: it refuses, which has been said. */
static bool price_all(struct counter *c)
{
    struct free_refund_model *m = &c->free_refund;
    const struct catalogue *catalogue = counter_catalogue(c);
    struct free_refund_command command = command_of(c, c->scratch);
    struct sale_rows rows = { 0 };

    if (refund_free_price(&command, catalogue, c->scratch, &rows) != SALE_OK) {
        stage_say(&c->stage, MESSAGE_BAD, "%s", rows.sentence);
        arena_reset(c->scratch);
        return false;
    }
    m->total_minor = -rows.total_minor;
    m->due_minor = -(rows.total_minor + rows.rounding_minor);
    arena_reset(c->scratch);
    return true;
}

/* Of the basket what is sold; what goes with goods as a deposit is taken back by itself, where the bottle is here. */
static bool take_basket(struct counter *c)
{
    struct free_refund_model *m = &c->free_refund;
    const struct catalogue *catalogue = counter_catalogue(c);

    for (size_t i = 0; i < c->basket.line_count; i++) {
        const struct open_line *line = &c->basket.lines[i];
        const struct product *product =
            catalogue == NULL ? NULL : catalogue_product(catalogue, catalogue_newest(catalogue), line->product_id);

        if (line->voided || product == NULL)
            continue;
        if (m->list.count == FREE_REFUND_LINES_MAX) {
            stage_say(&c->stage, MESSAGE_BAD, "at most %d lines are given back at once", FREE_REFUND_LINES_MAX);
            return false;
        }
        m->rows[m->list.count++] = (struct free_refund_row){ .product_id = line->product_id,
                                                             .quantity_milli = line->quantity_milli,
                                                             .price_minor = product->price_minor,
                                                             .hot = line->hot };
    }
    if (m->list.count == 0)
        stage_say(&c->stage, MESSAGE_PLAIN,
                  "without a receipt: take what comes back into the basket, as if it were sold, and press F10 then");
    return m->list.count > 0;
}

void refund_free_begin(struct counter *c)
{
    struct free_refund_model *m = &c->free_refund;

    if (sale_is_away(c))
        return;
    memset(m, 0, sizeof(*m));
    field_init(&m->reason, FIELD_TEXT, 100);
    field_init(&m->price, FIELD_NUMBER, 12);
    if (take_basket(c) && price_all(c))
        stage_push(&c->stage, &refund_free_screen);
}

/* ---- giving it ---- */

static void on_given(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    const Caroline__V1__SaleRungUp *sale = (const Caroline__V1__SaleRungUp *)answer->reply;

    if (answer->outcome == LINK_REFUSED)
        c->free_refund.approved = false; /* used up or run out, it may have been the reason */
    if (counter_refused(c, answer))
        return;
    printing_drawer(c, sale);
    printing_sold(c, sale);
    bool on_stage = stage_has(&c->stage, &refund_free_screen) && !stage_has(&c->stage, &lock_screen);
    close_screen(c);
    sale_drop(c);
    if (on_stage)
        receipt_show(c, RECEIPT_REFUNDED, sale);
    else
        given_back_tell(c, sale);
}

/* What was put aside is in the server's hands: its goods are no basket any more. */
static void leave(struct counter *c)
{
    close_screen(c);
    sale_drop(c);
}

static Caroline__V1__FreeRefundLine **lines_of(const struct free_refund_model *m, struct arena *arena)
{
    Caroline__V1__FreeRefundLine *lines = arena_array(arena, m->list.count, sizeof *lines);
    Caroline__V1__FreeRefundLine **message = arena_array(arena, m->list.count, sizeof *message);

    for (size_t i = 0; i < m->list.count; i++) {
        const struct free_refund_row *row = &m->rows[i];

        caroline__v1__free_refund_line__init(&lines[i]);
        lines[i].has_product_id = lines[i].has_quantity_milli = true;
        lines[i].product_id = (uint64_t)row->product_id;
        lines[i].quantity_milli = row->quantity_milli;
        lines[i].has_price_minor = row->given_minor != 0;
        lines[i].price_minor = row->given_minor;
        lines[i].has_hot = lines[i].hot = row->hot;
        message[i] = &lines[i];
    }
    return message;
}

static void give_back(void *model)
{
    struct counter *c = model;
    struct free_refund_model *m = &c->free_refund;
    Caroline__V1__SaleRefundFree message;
    char total[NUMBER_TEXT];

    caroline__v1__sale_refund_free__init(&message);
    message.n_lines = m->list.count;
    message.lines = lines_of(m, c->scratch);
    message.has_reason = message.has_service = message.has_total_minor = true;
    message.reason = counter_text(m->reason.text);
    message.service = c->basket.service == SERVICE_EAT_IN ? CAROLINE__V1__SERVICE__SERVICE_EAT_IN
                                                          : CAROLINE__V1__SERVICE__SERVICE_TAKE_AWAY;
    message.total_minor = m->total_minor; /* as it was asked about: another is refused */
    message.has_approval = m->approved;
    message.approval = (ProtobufCBinaryData){ .len = m->approved ? sizeof(m->approval) : 0, .data = m->approval };
    struct waiting waiting = {
        .busy = &m->busy, .answered = on_given, .leave = leave, .what = "the refund without a receipt"
    };
    waiting_name(&waiting, "the refund of %s without a receipt", counter_money(c, total, m->due_minor));
    waiting_begin(c, CAROLINE__V1__OP__OP_SALE_REFUND_FREE, &message.base, &waiting);
}

static void ask(struct counter *c)
{
    char total[NUMBER_TEXT];

    stage_ask_firmly(&c->stage, "Give back", give_back, "Give %s back in cash, without a receipt?",
                     counter_money(c, total, c->free_refund.due_minor));
}

void refund_free_approved(struct counter *c, ProtobufCBinaryData token)
{
    struct free_refund_model *m = &c->free_refund;

    if (stage_top(&c->stage) != &refund_free_screen || token.len != sizeof(m->approval))
        return;
    memcpy(m->approval, token.data, sizeof(m->approval));
    m->approved = true;
    ask(c);
}

/* ---- keys ---- */

static void take_price(struct counter *c)
{
    struct free_refund_model *m = &c->free_refund;
    struct free_refund_row *row = &m->rows[m->list.selected];
    char today[NUMBER_TEXT];
    int64_t minor, before = row->given_minor;

    if (!counter_money_parse(c, m->price.text, &minor) || minor <= 0 || minor > row->price_minor) {
        stage_say(&c->stage, MESSAGE_BAD, "a price up to today's, which is %s",
                  counter_money(c, today, row->price_minor));
        return;
    }
    row->given_minor = minor == row->price_minor ? 0 : minor;
    if (!price_all(c))
        row->given_minor = before;
    m->pricing = false;
}

static void enter(void *model)
{
    struct counter *c = model;
    struct free_refund_model *m = &c->free_refund;

    if (m->busy)
        return;
    if (m->pricing)
        take_price(c);
    else if (field_is_empty(&m->reason))
        stage_say(&c->stage, MESSAGE_BAD, "a refund needs a reason");
    else if (!c->stage.status.connected)
        stage_say_offline(&c->stage, MESSAGE_BAD,
                          "no connection: nothing is given back without a receipt until it is back");
    else if (!m->approved && !counter_may(c, "refund_free"))
        approval_begin_free_refund(c);
    else
        ask(c);
}

static void lower(void *model)
{
    struct free_refund_model *m = &((struct counter *)model)->free_refund;

    m->pricing = true;
    field_wipe(&m->price);
}

static const char *lower_label(const void *model)
{
    const struct free_refund_model *m = &((const struct counter *)model)->free_refund;

    return m->busy || m->pricing ? NULL : "Lower price";
}

/* Those that are given most; any other is typed. */
static const char *const reasons[] = {
    "not fresh", "damaged", "not what was ordered", "changed their mind", "the receipt is lost",
};
#define REASON_COUNT (sizeof reasons / sizeof reasons[0])

static bool is_listed(const struct free_refund_model *m)
{
    return strcmp(m->reason.text, reasons[m->reasons.selected]) == 0;
}

static void next_reason(void *model)
{
    struct free_refund_model *m = &((struct counter *)model)->free_refund;

    m->reasons.count = REASON_COUNT;
    list_select(&m->reasons, is_listed(m) ? (m->reasons.selected + 1) % REASON_COUNT : 0);
    field_set(&m->reason, reasons[m->reasons.selected]);
    field_replaceable(&m->reason); /* who types means another */
}

static const char *reason_label(const void *model)
{
    const struct free_refund_model *m = &((const struct counter *)model)->free_refund;

    return m->busy || m->pricing ? NULL : "Reason";
}

static void select_by(struct counter *c, int key)
{
    list_key(&c->free_refund.list, key);
}

static void up(void *model)
{
    select_by(model, KEY_UP);
}

static void down(void *model)
{
    select_by(model, KEY_DOWN);
}

static void page_up(void *model)
{
    select_by(model, KEY_PPAGE);
}

static void page_down(void *model)
{
    select_by(model, KEY_NPAGE);
}

static void back(void *model)
{
    struct counter *c = model;
    struct free_refund_model *m = &c->free_refund;

    if (waiting_back(c))
        return;
    if (m->busy)
        stage_say(&c->stage, MESSAGE_PLAIN, "the server is asked");
    else if (m->pricing)
        m->pricing = false;
    else
        close_screen(c);
}

static struct field *field(void *model)
{
    struct free_refund_model *m = &((struct counter *)model)->free_refund;

    return m->pricing ? &m->price : &m->reason;
}

/* Goods go into the basket, which is shown then: they are brought back, too, or are the next customer's. What is asked about does not
 * grow behind the answer. */
static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful || (!c->free_refund.busy && sale_knows_code(c, code)))
        return false;
    sale_say_not_taken(
        c, code, c->free_refund.busy ? "the refund is not answered yet" : "only goods are scanned here; Esc goes back");
    return true;
}

static const char *give_label(const void *model)
{
    return ((const struct counter *)model)->free_refund.pricing ? NULL : "Give back";
}

static const char *price_label(const void *model)
{
    return ((const struct counter *)model)->free_refund.pricing ? "Take price" : NULL;
}

static const char *back_label(const void *model)
{
    return ((const struct counter *)model)->free_refund.pricing ? NULL : waiting_not_label(model);
}

static const char *leave_price_label(const void *model)
{
    return ((const struct counter *)model)->free_refund.pricing ? waiting_not_label(model) : NULL;
}

/* Help alone: the foot has no place for it. */
static const char *choosing_line(const void *model)
{
    return ((const struct counter *)model)->free_refund.pricing ? NULL : "";
}

static const char *why_not(const void *model, int code)
{
    (void)code;
    return ((const struct counter *)model)->free_refund.pricing
               ? "the price of this line first; Enter takes it, Esc leaves it as it was"
               : NULL;
}

static const char *about(const void *model)
{
    if (((const struct counter *)model)->free_refund.pricing)
        return "What one of it comes back for, where it is not worth today's price any more: less than that, never "
               "more. Nothing is given back before all of it was asked about.";
    return "What stands in the basket comes back at today's price, or for less: no discount, no member. It is paid in "
           "cash, up to so much a day, and listed for the owner.";
}

/* ---- drawing ---- */

static void draw_reason(const void *model, size_t index, struct area row, enum style style)
{
    (void)model;
    paint_fill(row, style);
    paint_format(row, 0, 0, row.columns, ALIGN_LEFT, style, " %s", reasons[index]);
}

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct free_refund_row *line = &c->free_refund.rows[index];
    const struct catalogue *catalogue = counter_catalogue(c);
    const struct product *product =
        catalogue == NULL ? NULL : catalogue_product(catalogue, catalogue_newest(catalogue), line->product_id);
    char quantity[NUMBER_TEXT], price[NUMBER_TEXT];

    paint_fill(row, style);
    paint_format(row, 0, 1, row.columns - 22, ALIGN_LEFT, style, "%s%s", line->given_minor != 0 ? "LESS " : "",
                 product == NULL ? "(not in the catalogue)" : product->name);
    paint_text(row, 0, row.columns - 20, 8, ALIGN_RIGHT, style, milli_format(quantity, line->quantity_milli));
    paint_text(row, 0, row.columns - 11, 10, ALIGN_RIGHT, style,
               counter_money(c, price, line->given_minor != 0 ? line->given_minor : line->price_minor));
}

static void draw_lines(struct counter *c, struct area area)
{
    struct area head = area_rows(area, 0, 1);

    paint_fill(head, STYLE_HEAD);
    paint_text(head, 0, 1, 20, ALIGN_LEFT, STYLE_HEAD, "Product");
    paint_text(head, 0, head.columns - 21, 8, ALIGN_RIGHT, STYLE_HEAD, "Back");
    paint_text(head, 0, head.columns - 12, 10, ALIGN_RIGHT, STYLE_HEAD, "Each");
    list_draw(&c->free_refund.list, area_rows(area, 1, -1), true, draw_row, c);
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct free_refund_model *m = &c->free_refund;
    struct area left = area_columns(area, 2, area.columns - 50);
    char total[NUMBER_TEXT];

    paint_format(left, 1, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "Back in cash: %s",
                 counter_money(c, total, m->due_minor));
    if (!m->pricing && m->rows[m->list.selected].given_minor != 0)
        paint_format(left, 2, 0, left.columns, ALIGN_LEFT, STYLE_DIM, "Less than today's %s each",
                     counter_money(c, total, m->rows[m->list.selected].price_minor));
    if (m->pricing) {
        paint_text(left, 4, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "How much for one of them?");
        paint_field(left, 5, 0, 14, &m->price, true);
        paint_format(left, 7, 0, left.columns, ALIGN_LEFT, STYLE_DIM, "Today's is %s; never more.",
                     counter_money(c, total, m->rows[m->list.selected].price_minor));
    } else {
        paint_text(left, 4, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "Why is it given back?");
        paint_field(left, 5, 0, left.columns, &m->reason, true);
    }
    if (m->busy) {
        waiting_draw(c, left, 8);
    } else if (!m->pricing) {
        m->reasons.count = REASON_COUNT;
        paint_text(left, 7, 0, left.columns, ALIGN_LEFT, STYLE_DIM, "Type it, or F7:");
        list_draw(&m->reasons, area_rows(left, 8, (int)REASON_COUNT), is_listed(m), draw_reason, c);
    }
    draw_lines(c, area_columns(area, area.columns - 44, 43));
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, enter, "With a reason: give the money back, in cash", give_label },
    { KEY_RETURN, NULL, enter, "This price for each of the selected line; today's again: no less", price_label },
    { KEY_F(6), NULL, lower, "Give less than today's price for the selected line", lower_label },
    { KEY_F(7), NULL, next_reason, "Why: the next reason of the list; any other is typed", reason_label },
    { KEY_ESCAPE, NULL, back, "Back; the basket stays", back_label },
    { KEY_ESCAPE, NULL, back, "Back to the reason; the price stays as it was", leave_price_label },
    WAITING_TAKE_BACK(back),
    WAITING_PUT_ASIDE(back),
    { KEY_UP, NULL, up, "The line above", choosing_line },
    { KEY_DOWN, NULL, down, "The line below", choosing_line },
    { KEY_PPAGE, NULL, page_up, NULL, choosing_line },
    { KEY_NPAGE, NULL, page_down, NULL, choosing_line },
    { 0 },
};

const struct screen refund_free_screen = {
    .title = "Refund without a receipt",
    .about_now = about,
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
    .asleep = waiting_is_on,
    .why_not = why_not,
};
