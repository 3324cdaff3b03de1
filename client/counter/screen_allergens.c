/* What a product contains: one key away, for whoever asks across the counter. */
#include "client/counter/counter.h"

#include <stdio.h>

#include "common/base/text.h"
#include "common/rules/allergen.h"

void allergens_show(struct counter *c, const struct product *product)
{
    snprintf(c->allergens.name, sizeof(c->allergens.name), "%s", product->name);
    snprintf(c->allergens.note, sizeof(c->allergens.note), "%s", product->allergen_note);
    c->allergens.contains = product->contains;
    c->allergens.may_contain = product->may_contain;
    stage_push(&c->stage, &allergens_screen);
}

static void back(void *model)
{
    stage_pop(&((struct counter *)model)->stage);
}

/* Returns the row after the names. */
static int draw_names(struct area area, int row, enum style style, const char *title, uint16_t set)
{
    paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_HEAD, title);
    if (set == 0) {
        paint_text(area, row++, 2, area.columns - 2, ALIGN_LEFT, STYLE_PLAIN, "none is recorded");
        return row + 1;
    }
    int column = 2;
    for (int i = 1; i <= ALLERGEN_COUNT; i++) {
        if ((set & (1u << i)) == 0)
            continue;
        int columns = (int)text_columns(allergen_names[i]);
        if (column + columns > area.columns) {
            row++;
            column = 2;
        }
        paint_text(area, row, column, columns, ALIGN_LEFT, style, allergen_names[i]);
        column += columns + 3;
    }
    return row + 2;
}

/* What nobody entered is not free of anything: who asks must not be told so. */
static void draw_nothing_recorded(struct area area, int row)
{
    row += paint_wrapped(area, row, 0, area.columns, STYLE_WARN, "NOTHING IS RECORDED of the allergens in it.");
    paint_wrapped(area, row, 0, area.columns, STYLE_PLAIN,
                  "That does not mean that there are none: ask who baked it, or read its label, before you answer.");
}

void allergens_draw(struct area area, int row, uint16_t contains, uint16_t may_contain, const char *note)
{
    if (contains == 0 && may_contain == 0 && note[0] == 0) {
        draw_nothing_recorded(area, row);
        return;
    }
    row = draw_names(area, row, STYLE_STRONG, "Contains", contains);
    row = draw_names(area, row, STYLE_PLAIN, "May contain traces of", may_contain);
    if (note[0] != 0) {
        paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_HEAD, "Note");
        paint_wrapped(area, row, 2, area.columns - 2, STYLE_PLAIN, note);
    }
}

static void draw(void *model, struct area area)
{
    const struct allergens_model *m = &((struct counter *)model)->allergens;
    struct area inner = area_columns(area, 4, area.columns - 8);

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, m->name);
    allergens_draw(inner, 3, m->contains, m->may_contain, m->note);
}

static const struct key keys[] = {
    { KEY_ESCAPE, "Back", back, "Back to the sale", NULL },
    { KEY_RETURN, NULL, back, NULL, NULL },
    { KEY_F(8), NULL, back, NULL, NULL },
    { 0 },
};

const struct screen allergens_screen = {
    .title = "Allergens",
    .keys = keys,
    .draw = draw,
};
