/* One line of text being typed: UTF-8, a cursor, a limit; secret ones show dots and are wiped. */
#ifndef CAROLINE_UI_FIELD_H
#define CAROLINE_UI_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "client/ui/input.h"

#define FIELD_SIZE 256

enum field_kind {
    FIELD_TEXT,
    FIELD_NUMBER,   /* digits, a decimal sign */
    FIELD_AMOUNT,   /* the same, and a minus before them, which is seen and can be refused */
    FIELD_SECRET,   /* digits, shown as dots */
    FIELD_PASSWORD, /* any text, shown as dots */
};

struct field {
    char text[FIELD_SIZE]; /* always ends in a NUL */
    size_t size, cursor;   /* bytes; the cursor is at the beginning of a character or at the end */
    size_t characters_max; /* 0: as many as fit */
    enum field_kind kind;
    bool was_card;    /* what was thrown away last was a card's number; until something else is typed */
    bool replaceable; /* it was of no use: the next character takes its place */
};

void field_init(struct field *field, enum field_kind kind, size_t characters_max);
/* Cut at the limit; the cursor behind it. */
void field_set(struct field *field, const char *text);
/* Empty, and the old text gone from memory. */
void field_wipe(struct field *field);
bool field_is_empty(const struct field *field);
/* What stands there was of no use: it stays to be seen and mended, and goes when something else is typed. */
void field_replaceable(struct field *field);

enum field_verdict {
    FIELD_NOT_MINE, /* no key of a field */
    FIELD_SAME,     /* understood, nothing changed but perhaps the cursor */
    FIELD_CHANGED,
    FIELD_FULL,  /* the character does not fit */
    FIELD_WRONG, /* the character is none of this kind */
    FIELD_CARD,  /* a card's number was being typed: wiped */
};
enum field_verdict field_input(struct field *field, const struct input *input);

#endif
