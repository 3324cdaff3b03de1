/* What a terminal sends, as keys: a pure decoder of bytes, for every terminal at once. */
#ifndef CAROLINE_UI_INPUT_H
#define CAROLINE_UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curses.h>

#include "common/base/bytes.h"

/* Special keys have ncurses's codes (KEY_F(2), KEY_UP ...); these have ASCII's. */
enum {
    KEY_PREFIX_STX = 2,      /* what some scanners send before a code */
    KEY_INTERRUPT = 3,       /* Ctrl-C */
    KEY_PREFIX_FUNCTION = 6, /* Ctrl-F: the next character is a key that this keyboard lacks */
    KEY_PREFIX_BEL = 7,
    KEY_TABULATOR = 9,
    KEY_REDRAW = 12,    /* Ctrl-L */
    KEY_RETURN = 13,    /* Enter, CR or LF, also of the number block */
    KEY_CLEAR_ALL = 21, /* Ctrl-U */
    KEY_SUSPENDED = 26, /* Ctrl-Z */
    KEY_ESCAPE = 27,
};

enum input_kind {
    INPUT_NOTHING,
    INPUT_KEY,
    INPUT_CHARACTER,
    INPUT_PASTE_BEGIN,
    INPUT_PASTE_END,
    INPUT_CLICK, /* the left button went down, or a finger */
    INPUT_WHEEL, /* key: KEY_PPAGE or KEY_NPAGE */
};

struct input {
    enum input_kind kind;
    int key;         /* of INPUT_KEY and INPUT_WHEEL */
    char text[5];    /* of INPUT_CHARACTER: one character in UTF-8, printable */
    int row, column; /* of INPUT_CLICK, from 0 */
};

/* The longest sequence that is waited for; longer ones are skipped in parts. */
#define INPUT_SEQUENCE_MAX 32

/* How many bytes at the front make up one input; 0: more is needed (never with `last`, which says that the escape delay
 * has passed and nothing more belongs to them). What means nothing here, broken UTF-8 included, is INPUT_NOTHING. */
size_t input_decode(struct bytes bytes, bool last, struct input *input);

/* Bytes as they come, inputs as they are whole. Zeroed is ready. */
struct input_reader {
    uint8_t pending[INPUT_SEQUENCE_MAX]; /* that do not make up an input yet */
    size_t pending_size;
    int64_t pending_us;
    bool by_hand; /* behind Ctrl-F came one character, and no other as soon as a scanner's would */
};

/* How long after Escape the rest of a key's sequence may come; behind Ctrl-F a person types it. What is a code's by its speed is no
 * key: the Ctrl-F is nothing then. */
#define INPUT_ESCAPE_US   INT64_C(25000)
#define INPUT_FUNCTION_US INT64_C(3000000)

/* As many of the bytes as there is room for; returns the rest, to be put once what is there was taken. */
struct bytes input_put(struct input_reader *reader, struct bytes bytes, int64_t now_us);
/* false: no input is whole. last: nothing more belongs to what is there. INPUT_NOTHING may come. */
bool input_take(struct input_reader *reader, bool last, struct input *input);
/* When what is there is all that there will be; 0: nothing is there. */
int64_t input_deadline_us(const struct input_reader *reader);

#endif
