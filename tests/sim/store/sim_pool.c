/* A server process's pool of connections: who gets one, in turn, and what a transaction asks. As server/store/postgres.c
 * does it, but that nothing happens until an event is chosen. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/store/sim_inner.h"

static struct sim_store *store_of(struct store *store)
{
    return (struct sim_store *)store;
}

/* ---- connections ---- */

enum use { WRITER, READER, CHECKER };

static enum use use_of(enum txn_kind kind)
{
    return kind == TXN_WRITE ? WRITER : kind == TXN_CHECK ? CHECKER : READER;
}

static size_t connections(const struct sim_store *store, enum use use)
{
    const struct sim_store_config *config = &store->config;

    return use == WRITER ? config->writers : use == READER ? config->readers : config->checkers;
}

struct sim_work *sim_work_behind(const struct sim_work *front)
{
    struct sim_work *work;

    TAILQ_FOREACH(work, &front->store->database->works, of_database)
    if (work->front == front)
        return work;
    return NULL;
}

/* Is it committing, as far as its process knows, and nobody behind it yet? */
static bool takes_behind(const struct sim_work *work)
{
    bool running = work->state == SIM_IS_SENT || work->state == SIM_IS_BLOCKED || work->state == SIM_IS_ANSWERED;

    return running && work->sent && work->commit && work->front == NULL && sim_work_behind(work) == NULL;
}

/* The last one of its lane that has a connection. */
static struct sim_work *of_lane(const struct sim_store *store, int64_t lane)
{
    struct sim_work *work;

    TAILQ_FOREACH_REVERSE(work, &store->database->works, sim_works, of_database)
    if (lane != 0 && work->store == store && work->connected && work->lane == lane)
        return work;
    return NULL;
}

/* Is one of the connections free for it? One writer is for lanes alone. */
static bool is_free(const struct sim_store *store, const struct sim_work *work)
{
    enum use use = use_of(work->kind);
    size_t busy = 0, others = 0, all = connections(store, use);
    const struct sim_work *other;

    TAILQ_FOREACH(other, &store->database->works, of_database)
    {
        if (other->store != store || !other->connected || other->front != NULL || use_of(other->kind) != use)
            continue;
        busy++;
        others += other->lane == 0 && other->state != SIM_IS_ROLLING;
    }
    if (busy >= all)
        return false;
    return use != WRITER || work->lane != 0 || all == 1 || others + 1 < all;
}

/* May this one have a connection now? Behind its lane's COMMIT, if one is under way. */
static bool may_begin(const struct sim_store *store, struct sim_work *work)
{
    struct sim_work *before = of_lane(store, work->lane);

    if (store->cut || store->database->down)
        return false;
    if (before == NULL)
        return is_free(store, work);
    if (!takes_behind(before))
        return false;
    work->front = before;
    return true;
}

void sim_work_event(struct sim_work *work, enum sim_work_state state)
{
    work->state = state;
    work->event = ++work->store->database->events;
}

/* First come, first served, but a lane that is under way lets others past. */
void sim_lend(struct sim_store *store)
{
    struct sim_work *work;

    TAILQ_FOREACH(work, &store->database->works, of_database)
    if (work->store == store && work->state == SIM_IS_WAITING && may_begin(store, work)) {
        work->connected = true;
        work->outcome = STORE_OK;
        sim_work_event(work, SIM_IS_LENDING);
    }
}

/* ---- transactions ---- */

void sim_work_free(struct sim_work *work)
{
    assert(work->change_count == 0 && work->lock_count == 0);
    TAILQ_REMOVE(&work->store->database->works, work, of_database);
    while (work->told != NULL) {
        struct sim_notice *next = work->told->next;
        free(work->told);
        work->told = next;
    }
    free(work->changes);
    free(work->locks);
    free(work->shares);
    free(work);
}

void sim_work_ended(struct sim_work *work)
{
    struct sim_work *other;

    work->begun = false;
    work->blocked_on = NULL;
    TAILQ_FOREACH(other, &work->store->database->works, of_database)
    if (other->blocked_on == work) {
        other->blocked_on = NULL;
        sim_work_event(other, SIM_IS_SENT);
    }
}

void sim_work_lost(struct sim_work *work)
{
    bool running = work->state == SIM_IS_SENT || work->state == SIM_IS_BLOCKED || work->state == SIM_IS_ANSWERED;

    if (!work->connected)
        return;
    sim_roll_back(work);
    work->connected = false;
    if (work->state == SIM_IS_ROLLING) {
        sim_work_free(work);
        return;
    }
    /* Lent: its next run finds it gone. A run that was nothing has been answered. */
    if (running && !work->sent)
        return;
    if (work->outcome == STORE_OK) {
        work->outcome = running && work->commit && work->kind == TXN_WRITE ? STORE_UNKNOWN : STORE_AWAY;
        work->txn->problem = "the connection was lost";
    }
    work->first = NULL;
    if (running)
        sim_work_event(work, SIM_IS_ANSWERED);
}

void sim_work_step_up(struct sim_work *front)
{
    struct sim_work *work = sim_work_behind(front);

    if (work == NULL)
        return;
    work->front = NULL;
    if (work->connected && front->outcome != STORE_OK && work->state == SIM_IS_SENT)
        work->doomed = true; /* it meets a transaction that is aborted */
    else if (work->connected && front->outcome != STORE_OK) {
        work->connected = false;
        work->outcome = STORE_AGAIN;
        work->txn->problem = "the transaction before it failed";
    }
    if (work->state == SIM_IS_SENT || work->state == SIM_IS_ANSWERED)
        sim_work_event(work, work->state); /* now it is one that may happen */
}

static void sim_begin(struct store *base, struct txn *txn, txn_done_fn *done)
{
    struct sim_store *store = store_of(base);
    struct sim_work *work = calloc(1, sizeof(*work));

    if (work == NULL)
        abort();
    assert(txn->private_ == NULL);
    assert(txn->lane == 0 || txn->kind == TXN_WRITE);
    txn->private_ = work;
    work->store = store;
    work->txn = txn;
    work->done = done;
    work->kind = txn->kind;
    work->lane = txn->lane;
    work->last = &work->first;
    work->state = SIM_IS_WAITING;
    work->deadline.us = store->database->now.us + txn->wait_ms * 1000;
    TAILQ_INSERT_TAIL(&store->database->works, work, of_database);
    sim_lend(store);
}

/* ---- asking ---- */

static size_t element_size(enum param_kind kind)
{
    switch (kind) {
    case PARAM_KIND_INTS:
        return sizeof(int64_t);
    case PARAM_KIND_BOOLS:
        return sizeof(bool);
    case PARAM_KIND_TEXTS:
    case PARAM_KIND_BYTESES:
        return sizeof(struct bytes);
    case PARAM_KIND_INSTANTS:
        return sizeof(struct instant);
    case PARAM_KIND_DAYS:
        return sizeof(struct day);
    case PARAM_KIND_NULL:
    case PARAM_KIND_INT:
    case PARAM_KIND_BOOL:
    case PARAM_KIND_TEXT:
    case PARAM_KIND_BYTES:
    case PARAM_KIND_INSTANT:
    case PARAM_KIND_DAY:
        break;
    }
    return 0;
}

/* Empty is not null. */
static struct bytes copy_bytes(struct arena *arena, struct bytes bytes)
{
    if (bytes.data == NULL)
        return bytes;
    return bytes_of(bytes.size == 0 ? "" : arena_copy(arena, bytes.data, bytes.size), bytes.size);
}

static struct param copy_param(struct arena *arena, struct param param)
{
    size_t size = element_size(param.kind);

    if (param.kind == PARAM_KIND_INT && param.as.integer == PARAM_NULL_INT)
        return PARAM_NULL();
    if (param.kind == PARAM_KIND_TEXT || param.kind == PARAM_KIND_BYTES) {
        if (param.as.bytes.data == NULL)
            return PARAM_NULL();
        param.as.bytes = copy_bytes(arena, param.as.bytes);
        return param;
    }
    if (size == 0 || param.count == 0)
        return param;
    void *copy = arena_copy(arena, param.as.ints, param.count * size);
    param.as.ints = copy;
    if (param.kind == PARAM_KIND_TEXTS || param.kind == PARAM_KIND_BYTESES)
        for (size_t i = 0; i < param.count; i++)
            ((struct bytes *)copy)[i] = copy_bytes(arena, param.as.views[i]);
    return param;
}

static struct rows *sim_ask(struct txn *txn, const struct statement *statement, const struct param *params,
                            size_t count)
{
    struct sim_work *work = txn->private_;
    struct sim_asked *asked = arena_alloc(txn->arena, sizeof(*asked));
    struct param *copies = arena_array(txn->arena, count, sizeof(*copies));

    assert(work != NULL && work->state == SIM_IS_LENT);
    for (size_t i = 0; i < count; i++)
        copies[i] = copy_param(txn->arena, params[i]);
    *asked = (struct sim_asked){ rows_create(txn->arena, statement->name), statement, copies, NULL };
    *work->last = asked;
    work->last = &asked->next;
    return asked->rows;
}

static void sim_run(struct txn *txn, bool commit, txn_done_fn *done)
{
    struct sim_work *work = txn->private_;

    assert(work != NULL && work->state == SIM_IS_LENT);
    work->done = done;
    work->commit = commit;
    if (!work->connected) { /* lost between two runs */
        sim_work_event(work, SIM_IS_ANSWERED);
        return;
    }
    work->outcome = STORE_OK;
    bool nothing = work->first == NULL && !(commit && work->begun);
    work->sent = !nothing;
    work->begun = work->begun || (!nothing && work->kind != TXN_READ);
    sim_work_event(work, nothing ? SIM_IS_ANSWERED : SIM_IS_SENT);
    if (work->commit && work->lane != 0)
        sim_lend(work->store); /* the lane's next may go behind */
}

static void sim_rollback(struct txn *txn)
{
    struct sim_work *work = txn->private_;
    struct sim_store *store = work->store;

    assert(work->state == SIM_IS_WAITING || work->state == SIM_IS_LENDING || work->state == SIM_IS_LENT ||
           !work->connected || !work->sent); /* not while a run is under way */
    txn->private_ = NULL;
    work->txn = NULL;
    work->first = NULL;
    if (work->connected && work->begun) {
        sim_work_event(work, SIM_IS_ROLLING);
        return;
    }
    sim_work_free(work);
    sim_lend(store);
}

static const struct store_class sim_class = {
    .begin = sim_begin,
    .ask = sim_ask,
    .run = sim_run,
    .rollback = sim_rollback,
};

/* ---- beginning and end ---- */

struct sim_store *sim_store_create(struct sim_database *database, const struct sim_store_config *config)
{
    struct sim_store *store = calloc(1, sizeof(*store));

    if (store == NULL)
        abort();
    store->store.class = &sim_class;
    store->database = database;
    store->config = *config;
    store->config.writers += config->writers == 0 ? 4 : 0;
    store->config.readers += config->readers == 0 ? 4 : 0;
    store->config.checkers += config->checkers == 0 ? 1 : 0;
    store->config.lock_ms += config->lock_ms == 0 ? 5000 : 0;
    LIST_INSERT_HEAD(&database->stores, store, of_database);
    if (config->heard != NULL)
        store->listens = ++database->events;
    return store;
}

struct store *sim_store_store(struct sim_store *store)
{
    return &store->store;
}

static void drop_notices(struct sim_store *store)
{
    while (store->notices != NULL) {
        struct sim_notice *next = store->notices->next;
        free(store->notices);
        store->notices = next;
    }
}

void sim_store_destroy(struct sim_store *store)
{
    struct sim_work *work = TAILQ_FIRST(&store->database->works), *next;

    for (; work != NULL; work = next) {
        next = TAILQ_NEXT(work, of_database);
        if (work->store != store)
            continue;
        sim_roll_back(work);
        sim_work_free(work);
    }
    drop_notices(store);
    LIST_REMOVE(store, of_database);
    free(store);
}

void sim_store_cut(struct sim_store *store, bool cut)
{
    struct sim_work *work = TAILQ_FIRST(&store->database->works), *next;

    store->cut = cut;
    for (; work != NULL; work = next) {
        next = TAILQ_NEXT(work, of_database);
        if (work->store == store && cut)
            sim_work_lost(work);
    }
    drop_notices(store);
    store->listening = false;
    store->listens = store->config.heard != NULL && !cut && !store->database->down ? ++store->database->events : 0;
    sim_lend(store);
}
