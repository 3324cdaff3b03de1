/* What tests compare with the files in golden/, on a terminal as well: with CAROLINE_PLAY set, a test draws each of them by the product's
 * own terminal on its standard output, from the one before it to the next, as a till does. Who reads that (test_every_screen.py) is told
 * in the window's title where one ends, what it is, and when the window has another size. */
#ifndef CAROLINE_TESTS_SCREENS_PLAYED_H
#define CAROLINE_TESTS_SCREENS_PLAYED_H

#include <stdbool.h>

#include "golden.h"

/* Before ncurses is started for what is drawn nowhere. Does nothing unless it is wanted. */
void played_open(void);
/* CAROLINE_PLAY=large: the larger window is the first. */
bool played_begins_large(void);
/* place: the screen or page that this is of, by which symbol it is known; NULL: of none. ascii: no more than that, anywhere. */
void played_show(golden_draw_fn *draw, void *model, int rows, int columns, const char *name, const void *place,
                 bool ascii);

#endif
