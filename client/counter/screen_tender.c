/* What else the shop takes, where there is more than has a key: picked from a list, for the amount that was typed. */
#include "client/counter/counter.h"

static void pick(void *model)
{
    struct counter *c = model;
    const struct tender_type *others[PAY_OTHERS_MAX];
    size_t count = pay_others(c, others), at = c->pay.others.selected;

    stage_pop(&c->stage);
    if (at < count)
        pay_begin_other(c, others[at]);
}

static void back(void *model)
{
    stage_pop(&((struct counter *)model)->stage);
}

static void up(void *model)
{
    list_key(&((struct counter *)model)->pay.others, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct counter *)model)->pay.others, KEY_DOWN);
}

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct tender_type *others[PAY_OTHERS_MAX];
    size_t count = pay_others(c, others);

    paint_fill(row, style);
    if (index >= count)
        return;
    paint_text(row, 0, 1, row.columns - 32, ALIGN_LEFT, style, others[index]->name);
    if (others[index]->change == CHANGE_FORFEITED)
        paint_text(row, 0, row.columns - 30, 29, ALIGN_RIGHT, style, "no change: the rest is lost");
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;

    list_draw(&c->pay.others, area_rows(area_columns(area, 2, area.columns - 4), 1, area.rows - 1), true, draw_row, c);
}

static const struct key keys[] = {
    { KEY_RETURN, "Pay with it", pick, "The amount typed before, or all that is due, by the selected one", NULL },
    { KEY_ESCAPE, "Back", back, "Back to paying", NULL },
    { KEY_UP, NULL, up, "The one above", NULL },
    { KEY_DOWN, NULL, down, "The one below", NULL },
    { 0 },
};

const struct screen tender_screen = {
    .title = "Other payments",
    .about = "What the shop takes beside cash and cards. A gift card that is scanned is the tender, without any key.",
    .keys = keys,
    .draw = draw,
};
