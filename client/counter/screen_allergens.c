/* What a product contains: one key away, for whoever asks across the counter. */
#include "client/counter/counter.h"

#include <stdio.h>

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
