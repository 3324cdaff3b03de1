/* A terminal in memory: a stage drawn at a size, its text compared with a file in the folder. */
#ifndef CAROLINE_TESTS_SCREENS_GOLDEN_H
#define CAROLINE_TESTS_SCREENS_GOLDEN_H

#include <stdbool.h>

#include "client/ui/stage.h"

/* ncurses onto nothing. ascii: as under LANG=C. */
void golden_terminal(bool ascii);
/* The screen as lines of text, blanks at their ends cut off. To be freed. Fails when it names an F-key, wherever, that it does not take;
 * and so does each that is compared. */
char *golden_text(struct stage *stage, int rows, int columns);
/* Fails, showing both, when golden/NAME.txt is another text. */
void golden_check(struct stage *stage, int rows, int columns, const char *name);
/* The same of whatever else draws a window. */
typedef void golden_draw_fn(void *model, WINDOW *window);
char *golden_text_of(golden_draw_fn *draw, void *model, int rows, int columns);
/* At 80x24, at 120x40 and back: golden/NAME-80x24.txt and golden/NAME-120x40.txt. place: what is drawn (its screen, its page). */
void golden_check_sizes(golden_draw_fn *draw, void *model, const char *name, const void *place);
void golden_check_stage(struct stage *stage, const char *name); /* the same */
/* The cell's attributes at the first place where text stands. */
attr_t golden_attributes(struct stage *stage, int rows, int columns, const char *text);

#endif
