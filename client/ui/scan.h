/* A scanner is a fast typist: its bursts are told from a person's keys by timing, terminator and prefix. Pure. */
#ifndef CAROLINE_UI_SCAN_H
#define CAROLINE_UI_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/ui/input.h"

/* Between two characters of a burst; people need 60 ms and more. */
#define SCAN_GAP_US INT64_C(35000)
/* Shorter bursts without a prefix are typing that arrived in one piece. */
#define SCAN_LENGTH_MIN 6
/* With fewer than four digits; and codes that we print: members' cards and coupons. */
#define SCAN_LENGTH_LETTERED 8
#define SCAN_LENGTH_OWN      16
/* Up to here a burst of which no product knows could still be typing. */
#define SCAN_LENGTH_DOUBTFUL 7
#define SCAN_LENGTH_MAX      512

enum scan_verdict {
    SCAN_TYPED,     /* an input for the focus; it may prove to be part of a burst and must then be taken back */
    SCAN_SWALLOWED, /* part of a burst for certain: for nobody */
    SCAN_CODE,      /* the burst is complete: reader->code */
    SCAN_CARD,      /* a card's stripe or number: it was wiped, the code is empty */
    SCAN_TOO_LONG,  /* no code is that long: it was wiped */
};

/* Zeroed is ready. */
struct scan_reader {
    char run[SCAN_LENGTH_MAX + 8]; /* as it came */
    size_t size, characters;
    int64_t last_us;
    bool prefixed; /* a control character announced it */
    bool overlong;
    bool card; /* its number was seen already: the rest is swallowed */
    char code[SCAN_LENGTH_MAX +
              8];  /* of SCAN_CODE: prefixes gone, what a digit row became on another keyboard made digits */
    bool doubtful; /* of SCAN_CODE: could be typing */
};

/* now_us never goes back. *starts: a run begins with this input: remember the focus's state, to which SCAN_CODE,
 * SCAN_CARD and SCAN_TOO_LONG go back. */
enum scan_verdict scan_feed(struct scan_reader *reader, const struct input *input, int64_t now_us, bool *starts);
/* A scanner without a terminator is known by the silence after it. To be called at scan_deadline_us() (0: never);
 * SCAN_TYPED: nothing there. */
enum scan_verdict scan_expire(struct scan_reader *reader, int64_t now_us);
int64_t scan_deadline_us(const struct scan_reader *reader);
/* A card's number was seen in the run under way: wipes it, and swallows what is left of it. */
void scan_poison(struct scan_reader *reader);
void scan_forget(struct scan_reader *reader);

#endif
