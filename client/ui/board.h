/* A board of things to press: each by the letter it shows, by the arrows and Enter, by a click. Whoever draws a window puts
 * them there while drawing; a press is judged by what was drawn last. */
#ifndef CAROLINE_UI_BOARD_H
#define CAROLINE_UI_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/ui/paint.h"

#define BOARD_BUTTONS_MAX 96

typedef void board_act_fn(void *model, int64_t value);

struct board_button {
    int top, left, rows, columns; /* in the window */
    char key;                     /* 'a' for A and a; 0: none */
    board_act_fn *act;
    int64_t value;
};

struct board {
    struct board_button buttons[BOARD_BUTTONS_MAX];
    size_t count;
    size_t focus; /* which Enter presses, and arrows leave */
};

/* What one button is. */
struct button {
    char key;           /* shown before the label; 0: none */
    const char *label;  /* UTF-8 */
    const char *detail; /* below it, if there is room; NULL: none */
    const char *right;  /* at the right edge of the label's row; NULL: nothing */
    bool centred;
    bool marked;             /* chosen: a sign stands before the label */
    enum style detail_style; /* STYLE_PLAIN: that of the button */
    board_act_fn *act;       /* NULL: it is seen, and cannot be pressed */
    int64_t value;
};

/* A new window: nothing is on it. The focus stays where it was, by its place among the buttons. */
void board_begin(struct board *board);
/* Another page: the first button that is put there has the focus. */
void board_new_page(struct board *board);
/* How many rows it takes to show all of it, so many columns wide. */
int board_rows(int columns, const struct button *button);
/* Draws it into all of the area. Where its rows are fewer than it takes, label and detail are cut. Beyond BOARD_BUTTONS_MAX nothing is drawn. */
void board_put(struct board *board, struct area area, const struct button *button);
/* The focus is on a button that there is. false: it had to be moved, and what was drawn shows it nowhere: draw again. */
bool board_end(struct board *board);

/* Arrows, Tab and Enter; false: no key of a board. */
bool board_key(struct board *board, int key, void *model);
/* The button of a character (of any case); false: none has it. */
bool board_character(struct board *board, const char *character, void *model);
/* false: nothing is there. */
bool board_click(struct board *board, int row, int column, void *model);

#endif
