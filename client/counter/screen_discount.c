/* Something off the selected line or the whole receipt: per cent or an amount, and why. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

/* The last one is typed. */
static const char *const reasons[] = { "day-old", "damaged", "goodwill", "regular customer", "something else:" };
#define REASON_COUNT (sizeof(reasons) / sizeof(reasons[0]))

static struct open_discount *discount_now(struct counter *c)
{
    return c->discount.whole ? &c->basket.discount : &c->basket.lines[c->discount.line].discount;
}

static void begin(struct counter *c, bool whole)
{
    struct discount_model *m = &c->discount;

    memset(m, 0, sizeof(*m));
    m->whole = whole;
    m->line = c->sale.lines.selected;
    m->reasons.count = REASON_COUNT;
    field_init(&m->value, FIELD_NUMBER, 14);
    field_init(&m->reason, FIELD_TEXT, 60);
    stage_push(&c->stage, &discount_screen);
}

void discount_begin_line(struct counter *c)
{
    if (sale_is_away(c))
        return;
    if (c->basket.line_count == 0 || c->basket.lines[c->sale.lines.selected].voided)
        stage_say(&c->stage, MESSAGE_BAD, "select the line that is to cost less first");
    else
        begin(c, false);
}

void discount_begin_receipt(struct counter *c)
{
    if (sale_is_away(c))
        return;
    if (c->basket.line_count == 0)
        stage_say(&c->stage, MESSAGE_BAD, "there is nothing to take something off");
    else
        begin(c, true);
}

/* ---- keys ---- */

/* Thousandths of a per cent are hundred-thousandths: ten times as many millionths. */
static bool read_value(struct counter *c, int64_t *value)
{
    const struct discount_model *m = &c->discount;

    if (m->fixed)
        return counter_money_parse(c, m->value.text, value) && *value > 0;
    return milli_parse(m->value.text, value) && *value > 0 && (*value *= 10) <= DISCOUNT_WHOLE_PPM;
}

static void enter(void *model)
{
    struct counter *c = model;
    struct discount_model *m = &c->discount;
    bool own = m->chosen && m->reasons.selected == REASON_COUNT - 1;
    int64_t value;

    if (!read_value(c, &value)) {
        m->typing = false;
        stage_say(&c->stage, MESSAGE_BAD,
                  m->fixed ? "type how much is taken off" : "type how many per cent, up to 100");
        return;
    }
    if (!m->chosen) {
        stage_say(&c->stage, MESSAGE_BAD, "choose why with the arrows: no reason is taken for you");
        return;
    }
    if (own && field_is_empty(&m->reason)) {
        m->typing = true;
        stage_say(&c->stage, MESSAGE_PLAIN, "type why");
        return;
    }
    stage_pop(&c->stage);
    if (!m->whole && m->line >= c->basket.line_count)
        return;
    struct open_discount *discount = discount_now(c);
    discount->given = true;
    discount->fixed = m->fixed;
    discount->value = value;
    snprintf(discount->reason, sizeof(discount->reason), "%.243s", own ? m->reason.text : reasons[m->reasons.selected]);
    sale_changed(c);
}

static void other_kind(void *model)
{
    struct counter *c = model;

    c->discount.fixed = !c->discount.fixed;
    c->discount.typing = false;
    field_wipe(&c->discount.value);
}

static const char *kind_label(const void *model)
{
    return ((const struct counter *)model)->discount.fixed ? "Per cent" : "An amount";
}

static void none(void *model)
{
    struct counter *c = model;

    stage_pop(&c->stage);
    *discount_now(c) = (struct open_discount){ 0 };
    sale_changed(c);
}

static const char *none_label(const void *model)
{
    const struct counter *c = model;
    bool given = c->discount.whole ? c->basket.discount.given : c->basket.lines[c->discount.line].discount.given;

    return given ? "No discount" : NULL;
}

static void back(void *model)
{
    stage_pop(&((struct counter *)model)->stage);
}

/* None is there before somebody chose: the books would name it of whoever only pressed Enter. */
static void select_reason(struct counter *c, int key)
{
    if (c->discount.chosen)
        list_key(&c->discount.reasons, key);
    else
        list_select(&c->discount.reasons, key == KEY_UP ? REASON_COUNT - 1 : 0);
    c->discount.chosen = true;
    c->discount.typing = c->discount.reasons.selected == REASON_COUNT - 1 && !field_is_empty(&c->discount.value);
}

static void up(void *model)
{
    select_reason(model, KEY_UP);
}

static void down(void *model)
{
    select_reason(model, KEY_DOWN);
}

static struct field *field(void *model)
{
    struct discount_model *m = &((struct counter *)model)->discount;
    return m->typing ? &m->reason : &m->value;
}

/* ---- drawing ---- */

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;

    paint_fill(row, style);
    paint_format(row, 0, 0, 20, ALIGN_LEFT, style, " %s", reasons[index]);
    if (index == REASON_COUNT - 1)
        paint_field(row, 0, 20, row.columns - 21, &c->discount.reason, c->discount.typing);
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct discount_model *m = &c->discount;
    struct area inner = area_columns(area, 4, area.columns - 8);
    const struct sale_rows *rows = &c->basket.rows;
    char money[NUMBER_TEXT];
    bool priced = c->basket.verdict == SALE_OK;

    if (m->whole)
        paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Off the whole receipt, now %s",
                     counter_money(c, money, rows->total_minor));
    else
        paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Off line %zu, %s", m->line + 1,
                     priced && m->line < rows->line_count ? rows->lines[m->line].name : "");
    paint_text(inner, 3, 0, 18, ALIGN_LEFT, STYLE_PLAIN, m->fixed ? "Amount off:" : "Per cent off:");
    paint_field(inner, 3, 20, 16, &m->value, !m->typing);
    paint_text(inner, 5, 0, inner.columns, ALIGN_LEFT, m->chosen ? STYLE_PLAIN : STYLE_STRONG,
               m->chosen ? "Why? The arrows choose:" : "Why? Nothing is chosen yet: the arrows choose.");
    list_draw(&m->reasons, area_rows(inner, 6, REASON_COUNT), m->chosen, draw_row, c);
}

static const struct key keys[] = {
    { KEY_RETURN, "Take off", enter, "Take it off, for the reason that is selected", NULL },
    { KEY_F(2), NULL, other_kind, "An amount of money instead of per cent, and back", kind_label },
    { KEY_F(3), NULL, none, "Take the discount away again", none_label },
    { KEY_ESCAPE, "Back", back, "Leave the price as it is", NULL },
    { KEY_UP, NULL, up, "The reason above", NULL },
    { KEY_DOWN, NULL, down, "The reason below", NULL },
    { 0 },
};

const struct screen discount_screen = {
    .title = "Discount",
    .about = "Beyond what your role allows, or below a floor price, another person's PIN is asked for when it is paid.",
    .keys = keys,
    .draw = draw,
    .field = field,
};
