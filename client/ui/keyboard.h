/* Keys on the screen, for who has no others: put on a board below a field. */
#ifndef CAROLINE_UI_KEYBOARD_H
#define CAROLINE_UI_KEYBOARD_H

#include "client/ui/board.h"

enum keyboard_kind {
    KEYBOARD_DIGITS,  /* as on a telephone */
    KEYBOARD_LETTERS, /* and digits */
};

/* What its keys give to the model, as `value`: a character of ASCII, or one of these. */
enum { KEYBOARD_BACK = 8, KEYBOARD_DONE = 13, KEYBOARD_SHIFT = 15 };

/* Fills the area, keys as large as fit. capitals: its letters are, and KEYBOARD_SHIFT changes that. done: what stands on
 * the key that says so. */
void keyboard_put(struct board *board, struct area area, enum keyboard_kind kind, bool capitals, const char *done,
                  board_act_fn *press);

#endif
