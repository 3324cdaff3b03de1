/* What goods contain, as counter and kiosk show it: the same words in both. */
#include "client/goods/allergen_sheet.h"

#include "common/base/text.h"
#include "common/rules/allergen.h"

/* Returns the row after the names; none: what stands where there are no names. */
static int draw_names(struct area area, int row, enum style style, const char *title, uint16_t set, const char *none)
{
    paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_HEAD, title);
    if (set == 0) {
        paint_text(area, row++, 2, area.columns - 2, ALIGN_LEFT, STYLE_PLAIN, none);
        return row;
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
    return row + 1;
}

/* What nobody entered is not free of anything: who asks must not be told so. */
static void draw_nothing_recorded(struct area area, int row)
{
    row += paint_wrapped(area, row, 0, area.columns, STYLE_WARN, "NOTHING IS RECORDED of the allergens in it.");
    paint_wrapped(area, row, 0, area.columns, STYLE_PLAIN,
                  "That does not mean that there are none: ask who baked it, or read its label, before you answer.");
}

/* gap: blank rows between the parts. Returns the row behind it; in an area without rows it is measured alone. */
static int draw_recorded(struct area area, int row, uint16_t contains, uint16_t may_contain, const char *note, int gap)
{
    /* What was recorded without any is known to have none; beside others, of traces nothing may have been said. */
    row = draw_names(area, row, STYLE_STRONG, "Contains", contains, "none") + gap;
    row = draw_names(area, row, STYLE_PLAIN, "May contain traces of", may_contain,
                     contains == 0 ? "none" : "none is recorded");
    if (note[0] == 0)
        return row;
    row += gap;
    paint_text(area, row++, 0, area.columns, ALIGN_LEFT, STYLE_HEAD, "Note");
    return row + paint_wrapped(area, row, 2, area.columns - 2, STYLE_PLAIN, note);
}

void allergens_draw(struct area area, int row, uint16_t contains, uint16_t may_contain, const char *note)
{
    if (contains == 0 && may_contain == 0 && note[0] == 0) {
        draw_nothing_recorded(area, row);
        return;
    }
    const struct area measure = area_rows(area, 0, 0);
    const int gap = draw_recorded(measure, row, contains, may_contain, note, 1) <= area.rows ? 1 : 0;
    if (draw_recorded(measure, row, contains, may_contain, note, gap) <= area.rows) {
        draw_recorded(area, row, contains, may_contain, note, gap);
        return;
    }
    draw_recorded(area_rows(area, 0, area.rows - 1), row, contains, may_contain, note, gap);
    paint_text(area, area.rows - 1, 0, area.columns, ALIGN_LEFT, STYLE_WARN, "There is more than has room here: ask.");
}
