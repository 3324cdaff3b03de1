/* The stage on which screens stand: one above the other, with title, connection, message, dialog and help around them.
 * It takes the terminal's bytes and time as values, so that a test is a terminal as well. */
#ifndef CAROLINE_UI_STAGE_H
#define CAROLINE_UI_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/ui/scan.h"
#include "client/ui/screen.h"

#define STAGE_SCREENS_MAX 8
#define STAGE_TEXT        512
/* The smallest window in which everything has its place. */
#define STAGE_ROWS_MIN    24
#define STAGE_COLUMNS_MIN 80
/* Inputs that are kept while a screen waits. */
#define STAGE_KEPT_MAX 256

enum message_kind { MESSAGE_NONE, MESSAGE_PLAIN, MESSAGE_GOOD, MESSAGE_BAD };

/* What the lines around a screen say. */
struct stage_status {
    char place[96];  /* "Caroline's Cookies, till 3" */
    char person[96]; /* "Ana, cashier"; empty: nobody */
    bool connected;
    bool training;           /* nothing is sold: said across every screen, whatever is on it */
    char banner[STAGE_TEXT]; /* across the window, while something is wrong */
};

struct stage_dialog {
    char question[STAGE_TEXT];
    char yes[32];
    void (*act)(void *model);
    bool firm;  /* what is typed does not drop it */
    bool typed; /* something was, and the Enter behind it is no answer */
};

struct kept_input {
    struct input input;
    int64_t at_us;
    bool too_small; /* the window, when it was typed */
};

struct stage {
    void *model;
    const struct screen *screens[STAGE_SCREENS_MAX];
    size_t depth;
    struct stage_status status;
    struct stage_dialog dialog; /* act NULL: none */
    bool help;
    enum message_kind message_kind;
    char message[STAGE_TEXT];
    const struct screen
        *no_use_screen;    /* the message says that a key does nothing there; NULL: it says something else */
    int no_use_key;        /* which one; 0: not known */
    bool about_line;       /* the message says what is so without a connection alone */
    char held[STAGE_TEXT]; /* above the message until it is acknowledged; empty: nothing */
    bool held_seen;        /* it was drawn: a key can mean it */
    bool beep;             /* once, at the next drawing */
    bool alarm;            /* likewise, louder */
    bool dirty;            /* the window no longer shows the model */
    bool redraw;           /* Ctrl-L: the terminal does not show the window */
    /* What was last drawn: a window in which the screens have no place. A scan counts there, a key does not, but Ctrl-C and
     * what answers a question that found room. */
    bool too_small, question_seen;

    void (*interrupted)(void *model); /* Ctrl-C */

    struct input_reader keys;
    bool pasting, paste_refused;
    struct scan_reader reader;
    struct field before; /* the focused field as it was before the run of characters under way */
    struct field *before_of;
    struct kept_input kept[STAGE_KEPT_MAX]; /* typed ahead */
    size_t kept_count;
};

/* In place; model is given to every function of every screen. */
void stage_init(struct stage *stage, void *model);
/* What was typed may be secret: wipes it. */
void stage_fini(struct stage *stage);

void stage_push(struct stage *stage, const struct screen *screen);
/* The top one; the bottom one stays. */
void stage_pop(struct stage *stage);
/* That one alone. */
void stage_only(struct stage *stage, const struct screen *screen);
/* Down to a screen that is on the stage. */
void stage_pop_to(struct stage *stage, const struct screen *screen);
/* The same below `cover`, which stays on top where it is: what happens behind a locked till does not open it. */
void stage_pop_under(struct stage *stage, const struct screen *screen, const struct screen *cover);
const struct screen *stage_top(const struct stage *stage);
bool stage_has(const struct stage *stage, const struct screen *screen);

/* Below the screen until the next key that does something. MESSAGE_BAD beeps. */
void stage_say(struct stage *stage, enum message_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* What is so without a connection alone: stage_back_online() takes it away. */
void stage_say_offline(struct stage *stage, enum message_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void stage_back_online(struct stage *stage);
void stage_quiet(struct stage *stage);
/* A line that nothing takes away but who has read it: Enter, where nothing is typed. All other keys, scans and answers go
 * on as if it were not there. It sounds an alarm; another text takes its place. Behind it stands what acknowledges it. */
void stage_hold(struct stage *stage, const char *text);
bool stage_holds(const struct stage *stage);
/* What is said of a key that has no use is dropped once the screen is another, or the key has one. Drawing does it. */
void stage_drop_stale(struct stage *stage);
/* A key, as it is called ("F9"), that has no use now, with a beep. */
void stage_say_no_use(struct stage *stage, const char *key);
/* Enter does it, Escape does not, and neither do a scan or what somebody types: these go to the screens. */
void stage_ask(struct stage *stage, const char *yes, void (*act)(void *model), const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same above a field that what is typed must not get into: all but its answers and scans is refused until it is answered. */
void stage_ask_firmly(struct stage *stage, const char *yes, void (*act)(void *model), const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* What the terminal sent. now_us never goes back. */
void stage_input(struct stage *stage, struct bytes bytes, int64_t now_us);
/* What was typed ahead is for nobody any more: the answer was another than the typist thought. Scans among it are told. */
void stage_drop_kept(struct stage *stage);
/* To be called at stage_deadline_us(); 0: at no time. */
void stage_expire(struct stage *stage, int64_t now_us);
int64_t stage_deadline_us(const struct stage *stage);

/* Everything, into a window of any size. */
void stage_draw(struct stage *stage, WINDOW *window);

#endif
