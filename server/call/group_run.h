/* A group on its way: group.c says when, group_work.c what. */
#ifndef CAROLINE_SERVER_CALL_GROUP_RUN_H
#define CAROLINE_SERVER_CALL_GROUP_RUN_H

#include "server/call/inner.h"
#include "server/store/catalogue_load.h"

enum run_state {
    RUN_IDLE,
    RUN_SOON,
    RUN_BEGINNING,
    RUN_LOADING,
    RUN_LOADED,
    RUN_STORING,
    RUN_HELD,
    RUN_RESTING,
    RUN_WAITING,
};

#define GROUP_STRANDS 4

struct group_run {
    struct group group; /* first: what services see */
    struct shop_queue *queue;
    const struct group_kind *kind;
    enum run_state state;
    unsigned tries;
    struct timer timer;
    struct work *works[GROUP_COMMANDS_MAX]; /* those not answered yet, in the order they came */
    size_t work_count;
    enum store_outcome outcome; /* LOADED: of the load; HELD: of the store */
    bool called_off;            /* LOADING behind one that failed */

    /* the try */
    struct arena *arena;
    struct call *calls[GROUP_COMMANDS_MAX];
    struct rows *devices, *commands, *head_rows[GROUP_STRANDS], *version;
    struct head *heads; /* one a device and strand, in the order of ids, then of strands */
    size_t head_count;
    uint64_t catalogue_version;
    struct catalogue_load past_load; /* txn NULL: not asked */
    struct catalogue *past;          /* of the try; NULL: none */
};

/* Lets go of what a try holds beside its arena. */
void group_drop_past(struct group_run *run);
/* Takes from the queue what goes together. */
void group_gather(struct group_run *run);
/* A new try: all members name their rows; some may be refused by that. */
void group_reset(struct group_run *run);
/* Ask for locks, look-ups, heads, the catalogue's version, and what the kind wants. */
void group_load(struct group_run *run);
/* Those answered before get that answer; heads and time stand. */
void group_take_locks(struct group_run *run);
/* STEP_AGAIN: the catalogue in memory is too old. STEP_FAILED: the set is not to be stored, one command less is. */
enum step group_decide(struct group_run *run);
/* Ask for the writes. */
enum step group_store(struct group_run *run);

#endif
