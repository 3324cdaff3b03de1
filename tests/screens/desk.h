/* A counter with a bakery, a real spool and a link that the test answers: keys go in, screens come out. */
#ifndef CAROLINE_TESTS_SCREENS_DESK_H
#define CAROLINE_TESTS_SCREENS_DESK_H

#include "client/counter/counter.h"
#include "bakery.h"
#include "golden.h"
#include "scripted_link.h"

struct desk {
    struct counter counter;
    struct link *link;
    struct spool *spool;
    struct arena *arena;
    struct catalogue *catalogue;
    char directory[64];
    int64_t now_us;
};

/* The counter is up, nobody has signed in. */
void desk_open(struct desk *desk);
void desk_close(struct desk *desk);
/* Ana signs in, her shift is open. */
void desk_sign_in(struct desk *desk);
/* As a person: all the keys of one call at once, then a pause. F-keys as "\033OQ". */
void desk_type(struct desk *desk, const char *keys);
/* As a scanner, with Enter behind it. */
void desk_scan(struct desk *desk, const char *code);
/* Five lines for 22.64: by number, scan, and weight. */
void desk_fill(struct desk *desk);
/* The program ends without a word and starts again. */
void desk_restart(struct desk *desk);
/* Fails unless the text is on the screen at 80x24. */
void desk_sees(struct desk *desk, const char *text);
void desk_sees_not(struct desk *desk, const char *text);
/* Compares the screen at 80x24 and at 120x40 with golden/NAME-80x24.txt and golden/NAME-120x40.txt. */
void desk_golden(struct desk *desk, const char *name);
/* The reply to a quote of what stands in the basket, by the rules. */
void desk_quote(struct desk *desk);
/* F4 and "mia": two members are found, Mia Stone with 230 points the first. */
void desk_find_members(struct desk *desk);
/* Ana has filled the basket and is asked for money. */
void desk_open_paying(struct desk *desk);
/* The ring-up that was asked for. */
const Caroline__V1__SaleRingUp *desk_rung_up(struct desk *desk);
/* The reply to the ring-up under way: receipt "3T-000042". */
void desk_ring_up(struct desk *desk, int64_t cash_minor);

#define K_ENTER "\r"
#define K_ESC   "\033"
#define K_UP    "\033[A"
#define K_DOWN  "\033[B"
#define K_INS   "\033[2~"
#define K_HOME  "\033[H"
#define K_F1    "\033OP"
#define K_F2    "\033OQ"
#define K_F3    "\033OR"
#define K_F4    "\033OS"
#define K_F5    "\033[15~"
#define K_F6    "\033[17~"
#define K_F7    "\033[18~"
#define K_F8    "\033[19~"
#define K_F9    "\033[20~"
#define K_F10   "\033[21~"
#define K_F11   "\033[23~"
#define K_F12   "\033[24~"

#endif
