/* Screens: one table that is the keys, the key bar and the help; a model, a function that draws it. */
#ifndef CAROLINE_UI_SCREEN_H
#define CAROLINE_UI_SCREEN_H

#include <stdbool.h>

#include "client/ui/field.h"
#include "client/ui/paint.h"

/* One row is a key, its place in the key bar and its line in the help. A table ends with code 0. A key that does one thing now
 * and another then has a row for each, of which one at a time is for now. */
struct key {
    int code;          /* KEY_F(2), KEY_RETURN ... */
    const char *label; /* in the key bar; NULL: not there */
    void (*act)(void *model);
    /* NULL: the label is help enough; where there is none, it is another key for the row before. Empty: it is not for now, and says
     * why. */
    const char *help;
    /* A label that tells a state. NULL from it: the key is not for now, and neither shown nor obeyed; empty: it is, and stands in the
     * help alone. */
    const char *(*label_now)(const void *model);
};

struct screen {
    const char *title;
    const char *about;                           /* a sentence or two at the head of the help; may be NULL */
    const char *(*about_now)(const void *model); /* the same where it depends on what is being done; may be NULL */
    const struct key *keys;
    /* Turns the model into an area, no more. (Lists note how many rows they had.) */
    void (*draw)(void *model, struct area area);
    /* The field that characters go to; NULL: none. */
    struct field *(*field)(void *model);
    void (*changed)(void *model); /* its text did */
    /* A scanned code; false: not for this screen, the one below is asked. doubtful: it could be fast typing. */
    bool (*scan)(void *model, const char *code, bool doubtful);
    /* An answer is on its way, and what is typed meanwhile is meant for what comes behind it: the stage keeps it until
     * this says no. Keys that are neither text nor Enter act at once, and what was kept is dropped. May be NULL. */
    bool (*waits)(const void *model);
    /* What was asked has no answer yet: no key but Esc (and F1) is for now, and nothing is typed. May be NULL. */
    bool (*asleep)(const void *model);
    /* Why a key that is not for now does nothing; NULL from it: nothing is to be said of that key. May be NULL. */
    const char *(*why_not)(const void *model, int code);
};

/* "F2", "Enter", "PgUp"; text holds at least 12 bytes. Returns text. */
char *key_word(char *text, int code);
/* The row of a code that is for now; NULL: none. */
const struct key *key_find(const struct screen *screen, const void *model, int code);
bool key_is_silent(const struct key *key); /* neither in the bar nor in the help */
const char *key_label(const struct key *key, const void *model);

/* The key bar: how many rows it needs, and drawing it. */
int key_bar_rows(const struct screen *screen, const void *model);
void key_bar_draw(const struct screen *screen, const void *model, struct area area);
int key_help_rows(const struct screen *screen, const void *model, int columns); /* that it wants, with the stage's */
void key_help_draw(const struct screen *screen, const void *model, struct area area);

#endif
