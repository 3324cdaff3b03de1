/* What a terminal sends, as keys: a pure decoder of bytes, for every terminal at once. */
#ifndef CAROLINE_UI_INPUT_H
#define CAROLINE_UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include <curses.h>

#include "common/base/bytes.h"

/* Special keys have ncurses's codes (KEY_F(2), KEY_UP ...); these have ASCII's. */
enum {
    KEY_PREFIX_STX = 2, /* what some scanners send before a code */
    KEY_INTERRUPT = 3,  /* Ctrl-C */
    KEY_PREFIX_BEL = 7,
    KEY_TABULATOR = 9,
    KEY_REDRAW = 12,    /* Ctrl-L */
    KEY_RETURN = 13,    /* Enter, CR or LF, also of the number block */
    KEY_CLEAR_ALL = 21, /* Ctrl-U */
    KEY_SUSPENDED = 26, /* Ctrl-Z */
    KEY_ESCAPE = 27,
};

enum input_kind { INPUT_NOTHING, INPUT_KEY, INPUT_CHARACTER, INPUT_PASTE_BEGIN, INPUT_PASTE_END };

struct input {
    enum input_kind kind;
    int key;      /* of INPUT_KEY */
    char text[5]; /* of INPUT_CHARACTER: one character in UTF-8, printable */
};

/* The longest sequence that is waited for; longer ones are skipped in parts. */
#define INPUT_SEQUENCE_MAX 32

/* How many bytes at the front make up one input; 0: more is needed (never with `last`, which says that the escape delay
 * has passed and nothing more belongs to them). What means nothing here, broken UTF-8 included, is INPUT_NOTHING. */
size_t input_decode(struct bytes bytes, bool last, struct input *input);

#endif
