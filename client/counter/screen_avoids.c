/* Goods that have what the member avoids: nothing else is done before the customer was told, or they are left out. */
#include "client/counter/screen_sale.h"

#include <string.h>

#include "client/goods/allergen_numbers.h"
#include "common/rules/allergen.h"
#include "common/wire/walker.h"

/* What the line has that the member avoids and was not told of; the server may know of more than the catalogue here. */
static uint16_t untold_of(const struct counter *c, size_t line)
{
    const struct open_line *l = &c->basket.lines[line];
    const struct product *product = sale_product_of_line(c, line);
    uint16_t avoids = c->basket.member_avoids;

    if (l->voided || l->quantity_milli <= 0)
        return 0;
    return (uint16_t)((product == NULL ? 0 : allergens_untold(product, avoids, l->told)) |
                      (l->met & avoids & ~l->told));
}

static size_t first_untold(const struct counter *c)
{
    size_t line = c->basket.member_avoids == 0 ? c->basket.line_count : 0;

    while (line < c->basket.line_count && untold_of(c, line) == 0)
        line++;
    return line;
}

bool avoids_asks(struct counter *c)
{
    size_t line = first_untold(c);

    if (line == c->basket.line_count || c->errand != ERRAND_NONE || stage_top(&c->stage) == &avoids_screen)
        return line < c->basket.line_count && c->errand == ERRAND_NONE;
    list_select(&c->sale.lines, line);
    stage_push(&c->stage, &avoids_screen);
    c->stage.beep = true;
    return true;
}

void avoids_look(struct counter *c)
{
    if (stage_top(&c->stage) == &avoids_screen && first_untold(c) == c->basket.line_count)
        stage_pop(&c->stage);
    if (stage_top(&c->stage) == &sale_screen)
        avoids_asks(c);
}

void avoids_learn(struct counter *c, const Caroline__V1__Error *error)
{
    struct arena *arena = arena_create(0);
    const Caroline__V1__AllergensMet *met = NULL;

    if (error != NULL && error->has_detail)
        met = (const Caroline__V1__AllergensMet *)message_decode(
            &caroline__v1__allergens_met__descriptor, bytes_of(error->detail.data, error->detail.len), arena);
    for (size_t i = 0; met != NULL && i < met->n_lines; i++) {
        const Caroline__V1__AllergenLine *line = met->lines[i];

        if (line->line >= c->basket.line_count)
            continue;
        uint16_t set = allergens_of_numbers(line->contains, line->n_contains) |
                       allergens_of_numbers(line->may_contain, line->n_may_contain);
        c->basket.lines[line->line].met |= set;
        c->basket.member_avoids |= set;
    }
    arena_destroy(arena);
    avoids_look(c);
}

/* ---- keys ---- */

/* The next one, or what has to be chosen for this one. */
static void go_on(struct counter *c, size_t line)
{
    stage_pop(&c->stage);
    sale_changed(c);
    if (stage_top(&c->stage) == &sale_screen && line < c->basket.line_count && choice_is_wanted(c, line))
        choice_begin(c, line, true);
}

static void leave_out(void *model)
{
    struct counter *c = model;
    size_t line = first_untold(c);

    if (line == c->basket.line_count) {
        go_on(c, line);
        return;
    }
    if (c->basket.quoted) { /* a reason is asked for; without one this comes again */
        stage_pop(&c->stage);
        list_select(&c->sale.lines, line);
        void_begin(c);
        return;
    }
    c->basket.lines[line].voided = true;
    c->basket.lines[line].void_reason[0] = 0;
    go_on(c, c->basket.line_count);
}

static void told(void *model)
{
    struct counter *c = model;
    size_t line = first_untold(c);

    if (line < c->basket.line_count)
        c->basket.lines[line].told |= untold_of(c, line);
    go_on(c, line);
}

/* What somebody presses without looking sells nothing. */
static void ask(void *model)
{
    stage_say(&((struct counter *)model)->stage, MESSAGE_BAD,
              "F3 leaves it out; F9, once the customer was told, sells it");
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful && !sale_knows_code(c, code))
        return false;
    sale_say_not_taken(c, code, "answer this first (F3 or F9), then scan it again");
    return true;
}

/* ---- drawing ---- */

static int draw_set(struct area area, int row, const char *title, uint16_t set, struct arena *arena)
{
    if (set == 0)
        return row;
    paint_text(area, row, 0, area.columns, ALIGN_LEFT, STYLE_HEAD, title);
    row += 1 + paint_wrapped(area, row + 1, 2, area.columns - 2, STYLE_STRONG, allergens_text(set, arena));
    return row + 1;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 4, area.columns - 8);
    size_t line = first_untold(c);
    const struct product *product = line < c->basket.line_count ? sale_product_of_line(c, line) : NULL;
    const char *name = c->basket.member_name[0] == 0 ? "the customer" : c->basket.member_name;
    struct arena *arena = arena_create(0);
    int row = 1;

    if (line < c->basket.line_count) {
        uint16_t untold = untold_of(c, line), contains = product == NULL ? untold : untold & product->contains;

        row += paint_wrapped(inner, row, 0, inner.columns, STYLE_WARN,
                             arena_format(arena, "%s has something that %s avoids.",
                                          product == NULL ? "A product" : product->name, name));
        row = draw_set(inner, row + 1, "Contains", contains, arena);
        row = draw_set(inner, row, "May contain traces of", (uint16_t)(untold & ~contains), arena);
        paint_wrapped(
            inner, row, 0, inner.columns, STYLE_PLAIN,
            "Tell the customer. If they want it all the same, F9 sells it, and it is noted that you told them.");
    }
    arena_destroy(arena);
}

static const struct key keys[] = {
    { KEY_F(3), "Leave it out", leave_out, "Take the line back", NULL },
    { KEY_F(9), "Customer was told: sell it", told, "The customer was told and wants it: that is noted with the sale",
      NULL },
    { KEY_RETURN, NULL, ask, "Says which keys answer this", NULL },
    { KEY_ESCAPE, NULL, ask, NULL, NULL },
    { 0 },
};

const struct screen avoids_screen = {
    .title = "Allergens",
    .about = "The member of this sale avoids something that a line has, or may have.",
    .keys = keys,
    .draw = draw,
    .scan = scan,
};
