/* Why a line is taken back once the customer has heard the total. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

static const char *const reasons[] = {
    "the customer changed their mind",
    "rung up by mistake",
    "damaged or dropped",
    "not what the customer meant",
};
#define REASON_COUNT (sizeof(reasons) / sizeof(reasons[0]))

void void_begin(struct counter *c)
{
    c->voiding.reasons = (struct list){ .count = REASON_COUNT };
    stage_push(&c->stage, &void_screen);
}

static void enter(void *model)
{
    struct counter *c = model;
    size_t at = c->sale.lines.selected;

    stage_pop(&c->stage);
    if (at >= c->basket.line_count)
        return;
    struct open_line *line = &c->basket.lines[at];
    line->voided = true;
    snprintf(line->void_reason, sizeof(line->void_reason), "%s", reasons[c->voiding.reasons.selected]);
    sale_changed(c);
}

static void back(void *model)
{
    stage_pop(&((struct counter *)model)->stage);
}

static void up(void *model)
{
    list_key(&((struct counter *)model)->voiding.reasons, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct counter *)model)->voiding.reasons, KEY_DOWN);
}

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    (void)model;
    paint_format(row, 0, 0, row.columns, ALIGN_LEFT, style, " %s", reasons[index]);
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 4, 48);

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "The customer has heard the total.");
    paint_format(inner, 2, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN, "Why is line %zu taken back?",
                 c->sale.lines.selected + 1);
    list_draw(&c->voiding.reasons, area_rows(inner, 4, REASON_COUNT), true, draw_row, c);
}

static const struct key keys[] = {
    { KEY_RETURN, "Void line", enter, "Take the line back for this reason", NULL },
    { KEY_ESCAPE, "Back", back, "Leave the line as it is", NULL },
    { KEY_UP, NULL, up, "The reason above", NULL },
    { KEY_DOWN, NULL, down, "The reason below", NULL },
    { 0 },
};

const struct screen void_screen = {
    .title = "Void line",
    .keys = keys,
    .draw = draw,
};
