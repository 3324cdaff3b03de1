/* The terminal: taken at the start, given back as it was at every end, a crash included. */
#ifndef CAROLINE_UI_TERMINAL_H
#define CAROLINE_UI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curses.h>

struct stage;

struct terminal_options {
    const char *title; /* of the window */
    bool no_colour;    /* NO_COLOR in the environment says so too */
    bool ascii;        /* no character beyond ASCII, whatever the locale says */
};

/* Sets the locale, starts ncurses on standard input and output, installs what gives the terminal back on exit(),
 * SIGSEGV and its like. false: *problem says why (no terminal, or one that cannot place text). */
bool terminal_open(const struct terminal_options *options, const char **problem);
/* Safe to call at any time, any number of times. */
void terminal_close(void);
/* Draws the stage if it is dirty. */
void terminal_show(struct stage *stage);
/* The window has another size. */
void terminal_resize(struct stage *stage);
/* Continued by somebody who had stopped it from outside (SIGSTOP; Ctrl-Z and SIGTSTP do nothing). */
void terminal_continue(struct stage *stage);
/* What was typed, into bytes; 0: nothing now, -1: the terminal is gone. */
long terminal_read(uint8_t *bytes, size_t size);

#endif
