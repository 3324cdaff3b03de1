/* What the files of `caroline replay` share. */
#ifndef CAROLINE_CLIENT_CLI_REPLAY_H
#define CAROLINE_CLIENT_CLI_REPLAY_H

#include "client/cli/cli.h"
#include "client/cli/replay_file.h"
#include "client/link/turn.h"
#include "proto/sale.pb-c.h"

#define TILLS_MAX  64
#define WINDOW_MAX 12 /* what the link sends at once */

struct replay;

/* CONNECTING -> SIGNING_IN -> ASKING_SHIFT [-> OPENING_SHIFT] -> SELLING -> FINISHED
 *                   ^                                               |
 *                   +------------- signed out meanwhile ------------+     FAILED from any */
enum till_phase {
    TILL_CONNECTING,
    TILL_SIGNING_IN,
    TILL_ASKING_SHIFT,
    TILL_OPENING_SHIFT,
    TILL_SELLING,
    TILL_FINISHED,
    TILL_FAILED
};

struct till {
    struct replay *replay;
    unsigned number; /* from 0: receipts with number % tills are its own */
    struct identity *identity;
    struct link *link;
    enum till_phase phase;
    int64_t not_before_us;  /* monotonic: what the server could not do is asked for again then */
    struct errand *errands; /* its receipts */
    size_t errand_count, next;
    size_t open;         /* of its errands, begun and not done */
    struct errand *redo; /* to be sent again: the session was gone, or the connection while asking */
};

/* One receipt on its way. */
struct errand {
    struct till *till;
    const struct replay_receipt *receipt;
    struct errand *next_redo;
    uint8_t id[COMMAND_ID_SIZE];
};

struct refusal {
    int64_t receipt;
    const char *sentence, *code;
};

struct replay {
    struct cli *c;
    struct replay_file file;
    struct turn *turn;
    struct till tills[TILLS_MAX];
    unsigned till_count, window;
    const char *name, *badge, *pin; /* who sells; the PIN is asked for when it is needed */
    bool products_known;
    bool stopping;       /* nothing new is begun */
    const char *problem; /* why it stopped; NULL: asked to */
    int status;

    size_t done, lines_done;
    size_t before;        /* of those done: sold by an earlier run */
    struct instant begun; /* by the server's clock */
    int64_t total_minor;
    struct refusal *refusals;
    size_t refusal_count, refusal_room;

    bool terminal;
    int64_t begun_us, told_us, interrupted_us;
};

/* replay_till.c */
bool till_open(struct till *till); /* false: replay->problem */
void till_close(struct till *till);
void till_go_on(struct till *till);
bool till_is_still(const struct till *till); /* nothing of it is under way */
/* No answer, or none to what was asked: it is asked for again, in a moment if the server could not. */
bool till_asks_again(struct till *till, const struct link_answer *answer);

/* replay_sell.c */
void till_sell(struct till *till); /* as many as fit into the window */

/* replay.c */
int64_t replay_now_us(void); /* monotonic */
void replay_stop(struct replay *replay, int status, const char *problem);
void replay_products(struct replay *replay, const struct catalogue *catalogue); /* the goods' products, by sku */
void replay_done(struct replay *replay, const struct replay_receipt *receipt, const Caroline__V1__SaleRungUp *sale);
void replay_refused(struct replay *replay, const struct replay_receipt *receipt, unsigned code, const char *sentence);
const char *replay_pin(struct replay *replay); /* NULL: none can be had */

#endif
