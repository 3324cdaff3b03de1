/* Ids of objects: blocks reserved ahead. */
#include "server/ids.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "db/queries.h"

#define VALUE_BITS 41
#define BLOCK      1000000 /* 2^41 / BLOCK starts of a node; half a block is minutes of selling at full speed */
#define RETRY_MS   1000
#define WAIT_MS    5000

struct block {
    int64_t next, past; /* past == next: used up */
};

struct ids {
    struct id_source source; /* first */
    struct store *store;
    struct timers *timers;
    unsigned node;
    struct block current, spare;
    struct txn txn;
    struct arena *arena;
    struct rows *rows;
    struct timer again;
    bool reserving, stopped;
    void (*ready)(void *user);
    void *user;
};

static void reserve(struct ids *ids);

static void on_again(struct timer *timer)
{
    reserve(timer->user);
}

static void on_reserved(struct txn *txn, enum store_outcome outcome)
{
    struct ids *ids = txn->user;

    ids->reserving = false;
    if (ids->stopped)
        return;
    if (outcome != STORE_OK) { /* whatever came of it: a block that nobody uses is no loss */
        log_event(LOG_WARN, "ids_not_reserved", "outcome=%d problem=%s", (int)outcome,
                  txn->problem ? txn->problem : "");
        ids->timers->start(ids->timers, &ids->again, RETRY_MS);
        return;
    }

    FAILPOINT(block_reserved);
    struct block block = { .next = row_int(ids->rows, 0, "first"), .past = row_int(ids->rows, 0, "past") };
    if (ids->current.next == ids->current.past)
        ids->current = block;
    else
        ids->spare = block;
    log_event(LOG_DEBUG, "ids_reserved", "node=%u first=%lld", ids->node, (long long)block.next);
    if (ids->ready) {
        void (*ready)(void *) = ids->ready;

        ids->ready = NULL;
        ready(ids->user);
    }
}

static void on_begun(struct txn *txn, enum store_outcome outcome)
{
    struct ids *ids = txn->user;

    if (outcome != STORE_OK) {
        on_reserved(txn, outcome);
        return;
    }
    ids->rows = txn_ask(txn, &sql_id_block_reserve, PARAMS(PARAM_INT(ids->node), PARAM_INT(BLOCK)));
    txn_commit(txn, on_reserved);
}

static void reserve(struct ids *ids)
{
    if (ids->reserving || ids->stopped)
        return;
    ids->reserving = true;
    arena_reset(ids->arena);
    ids->txn = (struct txn){ .arena = ids->arena, .kind = TXN_WRITE, .wait_ms = WAIT_MS, .user = ids };
    txn_begin(ids->store, &ids->txn, on_begun);
}

static int64_t next(struct id_source *source)
{
    struct ids *ids = (struct ids *)source;

    if (ids->current.next == ids->current.past) {
        ids->current = ids->spare;
        ids->spare = (struct block){ 0 };
    }
    if (ids->current.next == ids->current.past) {
        log_event(LOG_ERROR, "bug", "what=\"no ids are left: the database did not reserve any for minutes\"");
        abort();
    }
    int64_t value = ids->current.next++;
    if (ids->spare.next == ids->spare.past && ids->current.past - ids->current.next < BLOCK / 2 && !ids->again.private_)
        reserve(ids);
    return (int64_t)ids->node << VALUE_BITS | value;
}

struct ids *ids_create(struct store *store, struct timers *timers, unsigned node, void (*ready)(void *user), void *user)
{
    struct ids *ids = calloc(1, sizeof *ids);

    assert(ids);
    *ids = (struct ids){
        .source.next = next,
        .store = store,
        .timers = timers,
        .node = node,
        .arena = arena_create(0),
        .again.fire = on_again,
        .ready = ready,
        .user = user,
    };
    ids->again.user = ids;
    reserve(ids);
    return ids;
}

struct id_source *ids_source(struct ids *ids)
{
    return &ids->source;
}

void ids_stop(struct ids *ids)
{
    ids->stopped = true;
    ids->timers->stop(ids->timers, &ids->again);
}

void ids_destroy(struct ids *ids)
{
    if (!ids)
        return;
    arena_destroy(ids->arena);
    free(ids);
}
