/* A list with one selected row, scrolled so that it is in sight. */
#ifndef CAROLINE_UI_LIST_H
#define CAROLINE_UI_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "client/ui/paint.h"

struct list {
    size_t count, selected, top;
    size_t rows; /* as drawn last: a page */
};

/* The count changed: the selection stays where it can. */
void list_resize(struct list *list, size_t count);
void list_select(struct list *list, size_t index);
/* KEY_UP, KEY_DOWN, KEY_PPAGE, KEY_NPAGE; false for others. */
bool list_key(struct list *list, int key);

/* Draws row `index` into one row of an area, in a style that fits (selected or not). */
typedef void list_row_fn(const void *model, size_t index, struct area row, enum style style);
/* focus: shows which row is selected. More above or below is told by marks at the right edge. */
void list_draw(struct list *list, struct area area, bool focus, list_row_fn *draw_row, const void *model);

#endif
