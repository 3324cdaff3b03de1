/* A list with one selected row. */
#include "client/ui/list.h"

void list_resize(struct list *list, size_t count)
{
    list->count = count;
    if (list->selected >= count)
        list->selected = count == 0 ? 0 : count - 1;
}

void list_select(struct list *list, size_t index)
{
    list->selected = index;
    list_resize(list, list->count);
}

bool list_key(struct list *list, int key)
{
    size_t page = list->rows > 1 ? list->rows - 1 : 1;
    size_t last = list->count == 0 ? 0 : list->count - 1;

    switch (key) {
    case KEY_UP:
        list->selected -= list->selected > 0;
        return true;
    case KEY_DOWN:
        list->selected += list->selected < last;
        return true;
    case KEY_PPAGE:
        list->selected -= list->selected < page ? list->selected : page;
        return true;
    case KEY_NPAGE:
        list->selected = last - list->selected < page ? last : list->selected + page;
        return true;
    default:
        return false;
    }
}

static void keep_in_sight(struct list *list)
{
    if (list->selected < list->top)
        list->top = list->selected;
    if (list->rows > 0 && list->selected >= list->top + list->rows)
        list->top = list->selected - list->rows + 1;
    if (list->top + list->rows > list->count)
        list->top = list->count > list->rows ? list->count - list->rows : 0;
}

void list_draw(struct list *list, struct area area, bool focus, list_row_fn *draw_row, const void *model)
{
    list->rows = (size_t)area.rows;
    keep_in_sight(list);
    for (size_t i = 0; i < list->rows && list->top + i < list->count; i++) {
        size_t index = list->top + i;
        struct area row = area_columns(area_rows(area, (int)i, 1), 0, area.columns - 1);
        draw_row(model, index, row, focus && index == list->selected ? STYLE_SELECTED : STYLE_PLAIN);
    }
    if (list->top > 0)
        paint_text(area, 0, area.columns - 1, 1, ALIGN_LEFT, STYLE_STRONG, theme_glyph(GLYPH_MORE_UP));
    if (list->top + list->rows < list->count)
        paint_text(area, area.rows - 1, area.columns - 1, 1, ALIGN_LEFT, STYLE_STRONG, theme_glyph(GLYPH_MORE_DOWN));
}
