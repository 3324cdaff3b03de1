/* Keys on the screen, for who has no others: put on a board below a field. */
#ifndef CAROLINE_UI_KEYBOARD_H
#define CAROLINE_UI_KEYBOARD_H

#include "client/ui/board.h"

enum keyboard_kind {
    KEYBOARD_DIGITS,  /* as on a telephone */
    KEYBOARD_LETTERS, /* and digits */
};

/* What its keys give to the model, as `value`: a character, its bytes of UTF-8 from the lowest byte of the value on; or one of these. */
enum { KEYBOARD_BACK = 8, KEYBOARD_DONE = 13, KEYBOARD_OTHERS = 14, KEYBOARD_SHIFT = 15 };
/* Which letters are on the keys: bits. */
enum { KEYBOARD_CAPITALS = 1, KEYBOARD_ACCENTS = 2 };

/* Fills the area, keys as large as fit. shift: the bits; KEYBOARD_SHIFT changes the first and KEYBOARD_OTHERS the second, which has letters
 * with accents, the comma and the apostrophe. done: what stands on the key that says so. */
void keyboard_put(struct board *board, struct area area, enum keyboard_kind kind, unsigned shift, const char *done,
                  board_act_fn *press);
/* The character of such a value, and a NUL. */
void keyboard_character(int64_t value, char text[5]);

#endif
