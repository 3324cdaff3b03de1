/* Drawing into a window: text cut and padded by terminal cells, rules, boxes, bars, big digits. */
#ifndef CAROLINE_UI_PAINT_H
#define CAROLINE_UI_PAINT_H

#include <stddef.h>

#include <curses.h>

#include "client/ui/field.h"
#include "client/ui/theme.h"

enum align { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTRE };

/* Part of a window. What is drawn beyond it is cut; a rectangle without rows or columns draws nothing. */
struct area {
    WINDOW *window;
    int top, left, rows, columns;
};

struct area area_of(WINDOW *window);
struct area area_rows(struct area area, int from, int rows); /* from < 0: counted from below */
struct area area_columns(struct area area, int from, int columns);

/* One row of text in `columns` cells from `left`, padded with blanks, cut with an ellipsis. UTF-8, checked already;
 * without a UTF-8 locale what has no ASCII is shown without its accents or as '?'. */
void paint_text(struct area area, int row, int left, int columns, enum align align, enum style style, const char *text);
void paint_format(struct area area, int row, int left, int columns, enum align align, enum style style,
                  const char *format, ...) __attribute__((format(printf, 7, 8)));
/* How many texts had no place in their areas, and were drawn nowhere, since this was asked last. For tests: no screen has such a
 * text. (An area without rows is a measure.) */
size_t paint_unseen(void);
/* Words wrapped over rows; returns the rows used. Rows beyond the area are counted, not drawn. */
int paint_wrapped(struct area area, int row, int left, int columns, enum style style, const char *text);
void paint_rule(struct area area, int row);
void paint_fill(struct area area, enum style style);
/* A frame around the area's edge with a title in it, emptied inside. Returns the inside. */
struct area paint_box(struct area area, enum style style, const char *title);
/* done of total as a bar. */
void paint_bar(struct area area, int row, int left, int columns, size_t done, size_t total);
/* A field; with focus the terminal's cursor goes there, once all is drawn. */
void paint_field(struct area area, int row, int left, int columns, const struct field *field, bool focus);

/* A number ("-0123456789.,") in digits five rows high, as wide as fits into `columns` cells; where not even narrow ones
 * do, as plain text on the middle row. */
#define DIGITS_ROWS 5
void paint_digits(struct area area, int row, int left, int columns, enum align align, enum style style,
                  const char *digits);

/* The cursor as asked for by paint_field() since paint_cursor_reset(); false: nowhere. */
void paint_cursor_reset(void);
bool paint_cursor(int *row, int *column);

#endif
