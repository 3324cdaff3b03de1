/* The terminal: taken at the start, given back as it was at every end, a crash included. */
#ifndef CAROLINE_UI_TERMINAL_H
#define CAROLINE_UI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curses.h>

struct stage;
struct theme;

struct terminal_options {
    const char *title;         /* of the window */
    bool no_colour;            /* NO_COLOR in the environment says so too */
    bool ascii;                /* no character beyond ASCII, whatever the locale says */
    bool mouse;                /* where the terminal tells it as xterm does */
    bool silent;               /* no bell: what it would say stands on the screen, too */
    const struct theme *theme; /* NULL: the terminal's own colours. Outlives terminal_open() */
};

/* Sets the locale, starts ncurses on standard input and output, installs what gives the terminal back on exit(),
 * SIGSEGV and its like. false: *problem says why (no terminal, or one that cannot place text). */
bool terminal_open(const struct terminal_options *options, const char **problem);
/* Safe to call at any time, any number of times. */
void terminal_close(void);
/* What is drawn, by whatever draws it. */
struct terminal_picture {
    bool dirty;  /* the window no longer shows it */
    bool redraw; /* the terminal does not show the window */
    bool beep;   /* once, at the next drawing */
    bool alarm;  /* likewise, not to be taken for a beep */
};
/* Calls draw with the whole window, if the picture is dirty; draw may make it so again. */
void terminal_picture(struct terminal_picture *picture, void (*draw)(void *model, WINDOW *window), void *model);
/* The window has another size. */
void terminal_picture_resize(struct terminal_picture *picture);
/* Continued by somebody who had stopped it from outside (SIGSTOP; Ctrl-Z and SIGTSTP do nothing). */
void terminal_picture_continue(struct terminal_picture *picture);
/* The same for a stage. */
void terminal_show(struct stage *stage);
void terminal_resize(struct stage *stage);
void terminal_continue(struct stage *stage);
/* What was typed, into bytes; 0: nothing now, -1: the terminal is gone. */
long terminal_read(uint8_t *bytes, size_t size);

#endif
