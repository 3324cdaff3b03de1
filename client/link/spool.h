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
    bool answered;
    int64_t made_us;
    struct bytes body;  /* the op's request message; data NULL when secret */
    struct bytes reply; /* the Reply message, once answered; data NULL when secret */
};

/* false: not on the disk; spool_problem() says why. Marks the basket as taken when the command takes it, and lets go of it
 * when the command ends it. */
bool spool_put(struct spool *spool, const struct spooled *command);
bool spool_mark_sent(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE]);
/* In one transaction: the answer, and what becomes of the basket that the command took. Accepted: it is gone, or it is
 * `basket`, if there is one (data NULL: none); else it is free again. */
bool spool_answer(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], struct bytes reply, bool accepted,
                  struct bytes basket);
/* A command of which no byte has left. */
bool spool_withdraw(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE]);
/* The unanswered, in order, in the arena. */
struct spooled *spool_unanswered(struct spool *spool, struct arena *arena, size_t *count);
/* One command, answered or not; NULL: not here. The last 200 answers are kept. */
struct spooled *spool_find(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], struct arena *arena);
/* The newest accepted command of an op: the last receipt, also after a restart. */
struct spooled *spool_last(struct spool *spool, unsigned op, struct arena *arena);
const char *spool_problem(const struct spool *spool);

/* ---- the active basket ----
 * Bytes whose meaning is the counter's own: a packed Basket. */
bool basket_save(struct spool *spool, struct bytes basket);
/* Into the arena; data NULL when there is none. *taken_by (may be NULL) gets the id of the unanswered command that is
 * selling it, and *taken says so: show it as being paid, and do not offer it again. */
struct bytes basket_load(struct spool *spool, struct arena *arena, bool *taken, uint8_t taken_by[COMMAND_ID_SIZE]);
bool basket_clear(struct spool *spool);

#endif
