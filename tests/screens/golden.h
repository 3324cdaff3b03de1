/* A terminal in memory: a stage drawn at a size, its text compared with a file in the folder. */
#ifndef CAROLINE_TESTS_SCREENS_GOLDEN_H
#define CAROLINE_TESTS_SCREENS_GOLDEN_H

#include <stdbool.h>

#include "client/ui/stage.h"

/* ncurses onto nothing. ascii: as under LANG=C. */
void golden_terminal(bool ascii);
/* The screen as lines of text, blanks at their ends cut off. To be freed. */
char *golden_text(struct stage *stage, int rows, int columns);
/* Fails, showing both, when golden/NAME.txt is another text. */
void golden_check(struct stage *stage, int rows, int columns, const char *name);
/* The same of whatever else draws a window. */
typedef void golden_draw_fn(void *model, WINDOW *window);
char *golden_text_of(golden_draw_fn *draw, void *model, int rows, int columns);
void golden_check_of(golden_draw_fn *draw, void *model, int rows, int columns, const char *name);
/* The cell's attributes at the first place where text stands. */
attr_t golden_attributes(struct stage *stage, int rows, int columns, const char *text);

#endif
