/* Why something is taken back before it is paid: a line, once the customer has heard the total; a whole basket, whether it is
 * at hand or waits. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

struct reasons {
    const char *const *list;
    size_t count;
};
#define REASONS(array)                                                                                                 \
    (struct reasons)                                                                                                   \
    {                                                                                                                  \
        (array), sizeof(array) / sizeof((array)[0])                                                                    \
    }

static struct reasons reasons_of(enum void_what what)
{
    static const char *const line[] = {
        "the customer changed their mind",
        "rung up by mistake",
        "damaged or dropped",
        "not what the customer meant",
    };
    static const char *const basket[] = {
        "the customer left",
        "the customer changed their mind",
        "the customer cannot pay",
        "rung up by mistake",
    };
    static const char *const parked[] = {
        "nobody came for it",
        "the customer changed their mind",
        "rung up by mistake",
    };

    return what == VOID_A_LINE ? REASONS(line) : what == VOID_A_BASKET ? REASONS(basket) : REASONS(parked);
}

static void begin(struct counter *c, enum void_what what, const struct screen *screen)
{
    c->voiding.what = what;
    c->voiding.chosen = what == VOID_A_LINE; /* its Enter is pressed knowingly; a basket is gone for good */
    c->voiding.reasons = (struct list){ .count = reasons_of(what).count };
    stage_push(&c->stage, screen);
}

void void_begin(struct counter *c)
{
    begin(c, VOID_A_LINE, &void_screen);
}

void void_begin_basket(struct counter *c)
{
    begin(c, VOID_A_BASKET, &throw_away_screen);
}

void void_begin_parked(struct counter *c)
{
    begin(c, VOID_A_PARKED, &throw_away_screen);
}

/* ---- doing it ---- */

static void void_line(struct counter *c, const char *reason)
{
    size_t at = c->sale.lines.selected;

    if (at >= c->basket.line_count)
        return;
    struct open_line *line = &c->basket.lines[at];
    line->voided = true;
    snprintf(line->void_reason, sizeof(line->void_reason), "%s", reason);
    sale_changed(c);
}

static void on_voided(void *owner, const struct link_answer *answer)
{
    counter_refused(owner, answer);
}

/* It is gone here once it is on the disk for the books; the server has it now, or when it is there again. */
static void void_basket(struct counter *c, const char *reason)
{
    Caroline__V1__BasketVoid message;

    if (c->basket.line_count == 0 || sale_is_away(c))
        return;
    caroline__v1__basket_void__init(&message);
    message.basket = open_basket_message(&c->basket, c->scratch);
    message.has_reason = true;
    message.reason = counter_text(reason);
    struct link_command command = { .op = CAROLINE__V1__OP__OP_BASKET_VOID,
                                    .message = &message.base,
                                    .ends_basket = true,
                                    .answered = on_voided,
                                    .owner = c };
    if (counter_command(c, &command, NULL)) {
        sale_clear_entry(c);
        sale_drop(c);
    }
}

static void enter(void *model)
{
    struct counter *c = model;
    const char *reason = reasons_of(c->voiding.what).list[c->voiding.reasons.selected];

    stage_pop(&c->stage);
    if (c->voiding.what == VOID_A_LINE)
        void_line(c, reason);
    else if (c->voiding.what == VOID_A_BASKET)
        void_basket(c, reason);
    else
        parked_throw_away(c, reason);
}

static void say_choose(struct counter *c)
{
    stage_say(&c->stage, MESSAGE_BAD, "choose why with the arrows, then F8; Esc keeps the basket");
}

/* Who pressed Esc once too often, and F8 for the allergens, has not asked for it: none is chosen at first. */
static void throw_away(void *model)
{
    struct counter *c = model;

    if (c->voiding.chosen)
        enter(c);
    else
        say_choose(c);
}

/* Nor has who pressed Esc and Enter by habit. */
static void say_which_key(void *model)
{
    struct counter *c = model;

    if (c->voiding.chosen)
        stage_say(&c->stage, MESSAGE_PLAIN, "F8 throws the basket away, Esc keeps it");
    else
        say_choose(c);
}

static void back(void *model)
{
    stage_pop(&((struct counter *)model)->stage);
}

/* The first arrow chooses the reason at its end of the list. */
static void choose(struct counter *c, int key)
{
    struct list *reasons = &c->voiding.reasons;

    if (c->voiding.chosen)
        list_key(reasons, key);
    else
        list_select(reasons, key == KEY_UP ? reasons->count - 1 : 0);
    c->voiding.chosen = true;
}

static void up(void *model)
{
    choose(model, KEY_UP);
}

static void down(void *model)
{
    choose(model, KEY_DOWN);
}

/* Who types has not read the question: the text goes where it would go without, and its Enter is no answer. */
static struct field *field(void *model)
{
    struct counter *c = model;
    return c->voiding.what == VOID_A_PARKED ? NULL : &c->sale.entry;
}

static void changed(void *model)
{
    struct counter *c = model;

    stage_pop_to(&c->stage, &sale_screen);
    sale_screen.changed(c);
}

/* ---- drawing ---- */

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;

    paint_fill(row, style);
    paint_format(row, 0, 0, row.columns, ALIGN_LEFT, style, " %s", reasons_of(c->voiding.what).list[index]);
}

static void draw_reasons(struct counter *c, struct area inner)
{
    list_draw(&c->voiding.reasons, area_rows(inner, 4, (int)c->voiding.reasons.count), c->voiding.chosen, draw_row, c);
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 4, 48);

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "The customer has heard the total.");
    paint_format(inner, 2, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN, "Why is line %zu taken back?",
                 c->sale.lines.selected + 1);
    draw_reasons(c, inner);
}

static void draw_throw_away(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 4, area.columns - 8);
    const struct parked_row *parked = &c->parked.rows[c->parked.list.selected];
    char total[NUMBER_TEXT];

    if (c->voiding.what == VOID_A_BASKET)
        paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG,
                     "Throw this basket away? It has %zu line%s for %s.", c->basket.line_count,
                     c->basket.line_count == 1 ? "" : "s", counter_money(c, total, c->basket.rows.total_minor));
    else
        paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Throw this basket away? %u line%s: %s%s",
                     parked->line_count, parked->line_count == 1 ? "" : "s", parked_name(c, parked),
                     parked->line_count == 1 ? "" : " ...");
    paint_text(inner, 2, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN,
               "It is kept in the books that it was. Why? Arrows choose, then F8.");
    draw_reasons(c, inner);
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
    .field = field,
    .changed = changed,
};

static const struct key throw_away_keys[] = {
    { KEY_F(8), "Throw away", throw_away, "Throw the basket away for the reason chosen with the arrows", NULL },
    { KEY_RETURN, NULL, say_which_key, "Nothing yet: F8 throws away", NULL },
    { KEY_ESCAPE, "Back", back, "The basket stays", NULL },
    { KEY_UP, NULL, up, "The reason above", NULL },
    { KEY_DOWN, NULL, down, "The reason below", NULL },
    { 0 },
};

const struct screen throw_away_screen = {
    .title = "Throw away",
    .about = "What is thrown away is kept with its lines, who did it and why, and stands in the report of voids.",
    .keys = throw_away_keys,
    .draw = draw_throw_away,
    .field = field,
    .changed = changed,
};
