/* What was taken back before it was paid, who did it and why: of this till's shift, or of all tills today. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

static void ask(struct counter *c);

static struct voids_row row_of(const Caroline__V1__VoidRow *from)
{
    struct voids_row row = { .at = { (int64_t)from->at_us },
                             .till = from->till_number,
                             .basket = from->kind == CAROLINE__V1__VOID_KIND__VOID_BASKET,
                             .quantity_milli = from->quantity_milli,
                             .amount_minor = from->amount_minor };

    counter_copy(row.staff, sizeof(row.staff), from->staff);
    counter_copy(row.receipt, sizeof(row.receipt), from->receipt_number);
    counter_copy(row.product, sizeof(row.product), from->product);
    counter_copy(row.reason, sizeof(row.reason), from->reason);
    return row;
}

static void on_reported(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct voids_model *m = &c->voids;

    m->busy = false;
    if (counter_refused(c, answer) || !stage_has(&c->stage, &voids_screen))
        return;
    const Caroline__V1__VoidReported *reported = (const Caroline__V1__VoidReported *)answer->reply;
    m->known = true;
    m->row_count = reported->row_count;
    m->amount_minor = reported->amount_minor;
    m->shift_number = reported->shift_number;
    for (size_t i = 0; i < reported->n_rows && m->list.count < VOIDS_SHOWN_MAX; i++)
        m->rows[m->list.count++] = row_of(reported->rows[i]);
    if (reported->more && reported->n_rows > 0 && m->list.count < VOIDS_SHOWN_MAX)
        ask(c);
}

static void ask(struct counter *c)
{
    struct voids_model *m = &c->voids;
    Caroline__V1__VoidReport message;
    const struct shop *shop = counter_shop(c);
    char day[DAY_TEXT];

    caroline__v1__void_report__init(&message);
    if (m->whole_day) {
        int cutoff = shop == NULL ? 0 : (int)shop->day_cutoff_minutes;
        message.has_business_day = true;
        message.business_day =
            counter_text(day_format(day, zone_business_day(counter_zone(c), link_now(c->link), cutoff)));
    }
    message.has_after_row = m->list.count > 0;
    message.after_row = (uint32_t)m->list.count;
    m->busy = true;
    counter_call(c, CAROLINE__V1__OP__OP_VOID_REPORT, &message.base, on_reported);
}

static void start(struct counter *c, bool whole_day)
{
    explicit_bzero(&c->voids, sizeof(c->voids)); /* it names people */
    c->voids.whole_day = whole_day;
    ask(c);
}

void voids_begin(struct counter *c)
{
    if (c->voids.busy) /* of the last time: its answer is awaited */
        return;
    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: the report is with the server");
        return;
    }
    stage_push(&c->stage, &voids_screen);
    start(c, false);
}

static void other(void *model)
{
    struct counter *c = model;

    if (!c->voids.busy)
        start(c, !c->voids.whole_day);
}

static const char *other_label(const void *model)
{
    return ((const struct counter *)model)->voids.whole_day ? "This shift" : "Today, all tills";
}

static void back(void *model)
{
    struct counter *c = model;
    bool busy = c->voids.busy;

    explicit_bzero(&c->voids, sizeof(c->voids));
    c->voids.busy = busy;
    stage_pop(&c->stage);
}

static void roll(void *model, int key)
{
    list_key(&((struct counter *)model)->voids.list, key);
}

static void up(void *model)
{
    roll(model, KEY_UP);
}

static void down(void *model)
{
    roll(model, KEY_DOWN);
}

static void page_up(void *model)
{
    roll(model, KEY_PPAGE);
}

static void page_down(void *model)
{
    roll(model, KEY_NPAGE);
}

/* ---- drawing ---- */

static const char *what_of(const struct voids_row *row)
{
    return row->product[0] != 0 ? row->product : "(can no longer be read)";
}

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct voids_row *r = &c->voids.rows[index];
    struct local_time local = zone_local(counter_zone(c), r->at);
    char text[NUMBER_TEXT];

    paint_fill(row, style);
    paint_format(row, 0, 1, 5, ALIGN_LEFT, style, "%02d:%02d", local.hour, local.minute);
    paint_text(row, 0, 7, 10, ALIGN_LEFT, style, r->staff);
    if (r->basket)
        paint_format(row, 0, 18, 11, ALIGN_LEFT, style, r->till == 0 ? "basket" : "%uT basket", r->till);
    else
        paint_text(row, 0, 18, 11, ALIGN_LEFT, style, r->receipt);
    paint_text(row, 0, 30, 6, ALIGN_RIGHT, style, r->quantity_milli == 0 ? "" : milli_format(text, r->quantity_milli));
    paint_text(row, 0, 37, row.columns - 48, ALIGN_LEFT, style, what_of(r));
    paint_text(row, 0, row.columns - 10, 9, ALIGN_RIGHT, style, counter_money(c, text, r->amount_minor));
}

static void draw_head(const struct counter *c, struct area inner)
{
    const struct voids_model *m = &c->voids;
    char text[NUMBER_TEXT];

    if (m->whole_day)
        paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG,
                   "Taken back before it was paid: today, all tills");
    else if (m->shift_number == 0)
        paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Taken back before it was paid: this shift");
    else
        paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Taken back before it was paid: shift %u",
                     m->shift_number);
    if (m->busy)
        paint_text(inner, 2, 0, inner.columns, ALIGN_LEFT, STYLE_DIM, "Asking the server ...");
    else if (m->known && m->row_count == 0)
        paint_text(inner, 2, 0, inner.columns, ALIGN_LEFT, STYLE_DIM, "Nothing was.");
    else if (m->known)
        paint_format(inner, 2, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN, "%u line%s, %s%s", m->row_count,
                     m->row_count == 1 ? "" : "s", counter_money(c, text, m->amount_minor),
                     m->row_count > m->list.count ? "; the first of them here, all by \"caroline voids\"" : "");
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct voids_model *m = &c->voids;
    struct area inner = area_columns(area, 2, area.columns - 4);

    draw_head(c, inner);
    list_draw(&m->list, area_rows(inner, 4, inner.rows - 7), true, draw_row, c);
    if (m->list.count == 0)
        return;
    const char *reason = m->rows[m->list.selected].reason;
    paint_format(inner, inner.rows - 2, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN, "Why: %s",
                 reason[0] != 0 ? reason : "before the customer had heard a total");
}

static const struct key keys[] = {
    { KEY_F(2), NULL, other, "This till's shift, or all tills today", other_label },
    { KEY_ESCAPE, "Back", back, "Back to the sale", NULL },
    { KEY_RETURN, NULL, back, NULL, NULL },
    { KEY_UP, NULL, up, "The row above: below stands why it was taken back", NULL },
    { KEY_DOWN, NULL, down, "The row below", NULL },
    { KEY_PPAGE, NULL, page_up, NULL, NULL },
    { KEY_NPAGE, NULL, page_down, NULL, NULL },
    { 0 },
};

const struct screen voids_screen = {
    .title = "Voids",
    .about = "Lines of receipts that were taken back before they were paid, and baskets that were thrown away. Whoever "
             "looks "
             "at it is written down.",
    .keys = keys,
    .draw = draw,
};
