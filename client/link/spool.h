/* The spool: what must not be lost when the power goes. Commands from before their first byte leaves until after their
 * answer has come, and the basket at the counter. A SQLite file in the identity's directory, every change on the disk
 * (synchronous FULL) when the call returns; one process at a time. */
#ifndef CAROLINE_CLIENT_LINK_SPOOL_H
#define CAROLINE_CLIENT_LINK_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/link/command_id.h"
#include "common/base/arena.h"
#include "common/base/bytes.h"

struct spool;

/* NULL: *problem (a sentence in `arena`) says why: another program has it open, the disk is full, the file is damaged.
 */
struct spool *spool_open(const char *path, struct arena *arena, const char **problem);
void spool_close(struct spool *spool);

/* ---- commands ---- */
struct spooled {
    int64_t number; /* the order they were given in */
    uint8_t id[COMMAND_ID_SIZE];
    unsigned op;
    bool sent;   /* a byte of it may have left */
    bool secret; /* its body holds a person's data or a PIN: kept in memory only, and gone after a restart */
    bool takes_basket;
    bool ends_basket; /* of who puts it: the basket is gone with it */
    bool follow;      /* likewise: once it was accepted, spool_followed() has it */
    bool answered;
    int64_t made_us;
    struct bytes body;  /* the op's request message; data NULL when secret */
    struct bytes reply; /* the Reply message, once answered; data NULL when secret */
};

/* false: not on the disk; spool_problem() says why. Marks the basket as taken when the command takes it, and lets go of it
 * when the command ends it. */
bool spool_put(struct spool *spool, const struct spooled *command);
bool spool_mark_sent(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE]);
/* In one transaction: the answer, and what becomes of the basket that the command took, or of the sale that it books. Accepted: it is gone, or it is
 * `basket`, if there is one (data NULL: none); else it is free again. */
bool spool_answer(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], struct bytes reply, bool accepted,
                  struct bytes basket);
/* A command of which no byte has left. */
bool spool_withdraw(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE]);
/* The unanswered, in order, in the arena. */
struct spooled *spool_unanswered(struct spool *spool, struct arena *arena, size_t *count);
/* Likewise the answered that were not accepted and whose answers are kept, given since then. */
struct spooled *spool_not_accepted(struct spool *spool, int64_t since_us, struct arena *arena, size_t *count);
/* Its answer is none after all. */
bool spool_reopen(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE]);
/* One command, answered or not; NULL: not here. The last 200 answers are kept. */
struct spooled *spool_find(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], struct arena *arena);
/* The newest accepted command of an op: the last receipt, also after a restart. */
struct spooled *spool_last(struct spool *spool, unsigned op, struct arena *arena);
const char *spool_problem(const struct spool *spool);

/* ---- what was sold offline ----
 * Each under a number of the till's X series, which is given once and for ever, with the command that books it; kept until
 * the server has it, and the newest 200 after that. */
struct sold_offline {
    int64_t number;
    bool booked;
    struct bytes body;  /* of the request; empty once it is booked: it may name a member's card */
    struct bytes paper; /* the receipt, as the counter packed it */
};
/* The number that comes next; 0: could not be read. */
int64_t spool_next_number(struct spool *spool);
/* The server has booked numbers up to this: they go on behind it, should this file have lost its own. */
bool spool_numbers_behind(struct spool *spool, int64_t newest);
/* In one transaction: the sale under the next number, the command that books it, and the basket is gone; or, where it takes
 * the place of a command that was put aside, that one. */
bool spool_sell(struct spool *spool, const struct spooled *command, int64_t number, struct bytes paper,
                const uint8_t aside[COMMAND_ID_SIZE]);
/* How many the server does not have yet. */
size_t spool_unbooked(struct spool *spool);
/* The next of them behind a number (0: the first), in the arena; NULL: none. */
struct sold_offline *spool_next_unbooked(struct spool *spool, int64_t after, struct arena *arena);
/* Those of them that it has refused, in the order of their numbers, in the arena. */
struct sold_offline *spool_refused(struct spool *spool, struct arena *arena, size_t *count);
/* Another command books it. */
bool spool_sell_again(struct spool *spool, const struct spooled *command, int64_t number);
/* The newest; NULL: none yet. In the arena. */
struct sold_offline *spool_last_sold(struct spool *spool, struct arena *arena);

/* ---- what was put aside ----
 * A command that takes the basket, whose answer does not come: the next customer does not wait for it. */
struct put_aside {
    uint8_t id[COMMAND_ID_SIZE];
    int64_t shift_id, staff_id;
    struct bytes body;
    /* once it was refused */
    int64_t number;                   /* the order they were given in */
    struct bytes reply;               /* why: the Reply */
    bool parks;                       /* its basket is parked, or was to be, by: */
    uint8_t park_id[COMMAND_ID_SIZE]; /* a command that the spool may not have yet */
};
/* The basket is gone from here on; the command is sent until it is answered, as any other. */
bool spool_put_aside(struct spool *spool, const struct put_aside *aside);
bool spool_is_aside(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE]);
/* How many there are that have not come to an end. */
size_t spool_aside_count(struct spool *spool);
/* The next one behind `after` (0: the first) that was refused: nothing has become of it yet. In the arena; NULL: none. */
struct put_aside *spool_aside_refused(struct spool *spool, int64_t after, struct arena *arena);
/* Its basket is parked by the command of this id, and no other: said before that is sent. It is put aside until the command
 * is answered well; then it is one that is not booked, and waits with the server. */
bool spool_aside_parks(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], const uint8_t park_id[COMMAND_ID_SIZE]);

/* ---- what nobody waits for any more ----
 * A command that parks a basket, or takes one up, and whose answer does not come: the basket here is another's from now on.
 * What it brings, or could not park, waits in it until there is room. What writes is false where it could not, and
 * spool_problem() says why. */
bool spool_give_up(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE]);
bool spool_is_given_up(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE]);
/* The next answered one behind `after` (0: the first), in the arena; NULL: none. */
struct spooled *spool_given_up(struct spool *spool, int64_t after, struct arena *arena);
/* It is over. basket: what it leaves, into the empty place here, in the same transaction; data NULL: nothing. */
bool spool_given_up_ends(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], struct bytes basket);

/* ---- what has only begun when it is answered ----
 * A command whose answer says that what it asks is under way: accepted it stays here, over restarts too, until what came of it
 * was told. */
/* The next accepted one behind `after` (0: the first), in the arena; NULL: none. */
struct spooled *spool_followed(struct spool *spool, int64_t after, struct arena *arena);
bool spool_followed_ends(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE]);

/* ---- what was put aside, and is parked ----
 * The server keeps its basket, and this till why it is there, until it is taken up or thrown away here. The newest 40. */
struct not_booked {
    int64_t parked_id; /* 0: the program ended before that was noted; the answer to park_id has it */
    uint8_t park_id[COMMAND_ID_SIZE];
    bool seen;
    struct bytes body, reply; /* the sale that was asked for, and why it is none: the Reply */
    const char *person;       /* whose basket it is now */
};
bool spool_parked(struct spool *spool, const uint8_t park_id[COMMAND_ID_SIZE], int64_t parked_id, struct bytes person);
/* The newest first, in the arena. */
struct not_booked *spool_not_booked(struct spool *spool, struct arena *arena, size_t *count);
bool spool_not_booked_seen(struct spool *spool, int64_t parked_id);
bool spool_not_booked_ends(struct spool *spool, int64_t parked_id);

/* ---- the active basket ----
 * Bytes whose meaning is the counter's own: a packed Basket. */
bool basket_save(struct spool *spool, struct bytes basket);
/* Into the arena; data NULL when there is none. *taken_by (may be NULL) gets the id of the unanswered command that is
 * selling it, and *taken says so: show it as being paid, and do not offer it again. */
struct bytes basket_load(struct spool *spool, struct arena *arena, bool *taken, uint8_t taken_by[COMMAND_ID_SIZE]);
bool basket_clear(struct spool *spool);

#endif
