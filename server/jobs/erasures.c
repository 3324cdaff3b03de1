/* Erasures carried out behind their COMMIT: the tombstone is in the database, the key goes here, and then that is noted. Whatever a crash
 * leaves undone is found again, for nothing is noted before it is done.
 *
 *      at the start, behind MEETING: are these of one time?            from then on
 *   LISTING -> (DESTROYING -> NOTING) -> COMPARING -> (REPEATING) -> LOOKING -> (DESTROYING -> NOTING) -> LOOKING ...
 *   tombstones   in the vault            keys that are gone           each second
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "db/queries.h"
#include "server/jobs/jobs.h"

#define MOST            1000 /* a page, as the statements have it */
#define PAUSE_MS        1000
#define WAIT_MS         5000
#define REASON_RESTORED 4

enum state { MEETING, LISTING, DESTROYING, NOTING, COMPARING, REPEATING, LOOKING };

struct erasures {
    struct job job; /* first: what the pool is given */
    struct jobs_config config;
    void (*ready)(void *user);
    void (*newer)(void *user, size_t unknown);
    void *user;
    enum state state;
    bool is_ready, stopped;
    struct timer timer;
    struct txn txn;
    struct arena *arena;
    struct rows *rows;
    int64_t after_id; /* the page before ended here; 0: there was none */
    int64_t page_end; /* COMPARING: where the one that is asked about ends */
    bool is_last;     /* page */
    size_t count;
    int64_t ids[MOST], points[MOST];
    bool destroyed;
};

static void step(struct erasures *e);

static void rest(struct erasures *e, int64_t delay_ms)
{
    struct timers *timers = e->config.timers;

    arena_reset(e->arena);
    if (!e->stopped)
        timers->start(timers, &e->timer, delay_ms);
}

static void on_time(struct timer *timer)
{
    step(timer->user);
}

static void enter(struct erasures *e, enum state state)
{
    e->state = state;
    rest(e, state == LOOKING && e->is_ready ? PAUSE_MS : 0);
}

/* ---- in the vault, on a thread of the pool ---- */

static void destroy(struct job *job)
{
    struct erasures *e = (struct erasures *)job;

    e->destroyed = vault_person_erase(e->config.vault, e->ids, e->count);
}

static void on_destroyed(struct job *job)
{
    struct erasures *e = (struct erasures *)job;

    if (e->destroyed) {
        log_event(LOG_INFO, "keys_erased", "count=%zu", e->count);
        enter(e, NOTING);
    } else {
        rest(e, PAUSE_MS); /* it is logged; once more */
    }
}

/* ---- in the database ---- */

/* As member_erase.c does it, once more, in a database from before. */
static void ask_repeat(struct erasures *e, struct instant now, size_t i)
{
    struct param id = PARAM_INT(e->ids[i]);

    txn_ask(&e->txn, &sql_member_erase_points, PARAMS(id, PARAM_NULL(), PARAM_INSTANT(now)));
    txn_ask(&e->txn, &sql_member_erase_account, PARAMS(id));
    txn_ask(&e->txn, &sql_member_erase_fields, PARAMS(id, PARAM_INSTANT(now)));
    txn_ask(&e->txn, &sql_member_erase_merges, PARAMS(id));
    txn_ask(&e->txn, &sql_member_erase_reviews,
            PARAMS(id, PARAM_NULL(), PARAM_NULL(), PARAM_NULL(), PARAM_INSTANT(now)));
    txn_ask(&e->txn, &sql_member_blind_remove_all, PARAMS(id));
    txn_ask(&e->txn, &sql_payment_setups_end, PARAMS(id, PARAM_TEXT("erased"), PARAM_INSTANT(now)));
    txn_ask(&e->txn, &sql_payment_setups_erase, PARAMS(id, PARAM_INSTANT(now)));
    txn_ask(&e->txn, &sql_payment_method_remove_all, PARAMS(id));
    txn_ask(&e->txn, &sql_payment_charges_end, PARAMS(id));
    txn_ask(&e->txn, &sql_member_erase_write,
            PARAMS(id, PARAM_INT(REASON_RESTORED), PARAM_INT(e->points[i]), PARAM_NULL(), PARAM_NULL(), PARAM_NULL(),
                   PARAM_INSTANT(now)));
}

static void ask_for(struct erasures *e)
{
    struct instant now = e->config.clock->now(e->config.clock);
    int64_t *gone;
    size_t count;

    switch (e->state) {
    case MEETING:
        e->rows = txn_ask(&e->txn, &sql_erasure_newest, NO_PARAMS);
        return;
    case LISTING:
        e->rows = txn_ask(&e->txn, &sql_erasure_list, PARAMS(PARAM_INT(e->after_id)));
        return;
    case LOOKING:
        e->rows = txn_ask(&e->txn, &sql_erasure_pending, NO_PARAMS);
        return;
    case NOTING:
        txn_ask(&e->txn, &sql_erasure_done, PARAMS(PARAM_INTS(e->ids, e->count), PARAM_INSTANT(now)));
        return;
    case COMPARING:
        gone = arena_array(e->arena, MOST, sizeof *gone);
        count = vault_person_list_dropped(e->config.vault, e->after_id, gone, MOST);
        e->is_last = count < MOST;
        e->page_end = count > 0 ? gone[count - 1] : e->after_id;
        e->rows = txn_ask(&e->txn, &sql_erasure_unknown, PARAMS(PARAM_INTS(gone, count)));
        return;
    case REPEATING:
        for (size_t i = 0; i < e->count; i++)
            ask_repeat(e, now, i);
        return;
    case DESTROYING:
        assert(!"no statement destroys a key");
    }
}

/* ---- from one to the next ---- */

/* At the start a tombstone whose key is there is a restored key store's; one that is not noted was cut short. */
static void take_tombstones(struct erasures *e)
{
    size_t found = rows_count(e->rows);

    e->count = 0;
    for (size_t i = 0; i < found; i++) {
        int64_t id = row_int(e->rows, i, "member_id");

        if (e->state == LOOKING || row_bool(e->rows, i, "pending") || vault_person_exists(e->config.vault, id))
            e->ids[e->count++] = id;
        e->after_id = id;
    }
    e->is_last = found < MOST;
}

/* Of a page that was not answered nothing is known: it is asked about again. */
static void take_forgotten(struct erasures *e)
{
    e->after_id = e->page_end;
    e->count = rows_count(e->rows);
    for (size_t i = 0; i < e->count; i++) {
        e->ids[i] = row_int(e->rows, i, "member_id");
        e->points[i] = row_int(e->rows, i, "points");
    }
}

/* A key is on the disk before its person is: who has none was made behind the copy that this key store is. */
static void meet(struct erasures *e)
{
    size_t unknown = 0;

    for (size_t i = 0; i < rows_count(e->rows); i++)
        unknown += !vault_person_known(e->config.vault, row_int(e->rows, i, "member_id"));
    if (unknown > 0)
        log_event(LOG_ERROR, "key_store_older", "newest=%zu without_key=%zu", rows_count(e->rows), unknown);
    if (unknown > 0 && !e->config.older_vault)
        e->newer(e->user, unknown);
    else
        enter(e, LISTING);
}

static void go_on_listing(struct erasures *e)
{
    if (e->is_last)
        e->after_id = 0;
    enter(e, e->is_last ? COMPARING : LISTING);
}

static void go_on_comparing(struct erasures *e)
{
    if (!e->is_last) {
        enter(e, COMPARING);
        return;
    }
    e->is_ready = true;
    enter(e, LOOKING);
    e->ready(e->user);
}

static void on_committed(struct txn *txn, enum store_outcome outcome)
{
    struct erasures *e = txn->user;

    if (outcome != STORE_OK) {
        log_event(LOG_WARN, "job_failed", "job=erasures outcome=%d problem=%s", (int)outcome,
                  txn->problem ? txn->problem : "");
        rest(e, PAUSE_MS);
        return;
    }
    switch (e->state) {
    case MEETING:
        meet(e);
        return;
    case LISTING:
        take_tombstones(e);
        if (e->count > 0)
            enter(e, DESTROYING);
        else
            go_on_listing(e);
        return;
    case LOOKING:
        take_tombstones(e);
        enter(e, e->count > 0 ? DESTROYING : LOOKING);
        return;
    case NOTING:
        if (e->is_ready)
            enter(e, LOOKING);
        else
            go_on_listing(e);
        return;
    case COMPARING:
        take_forgotten(e);
        if (e->count > 0)
            enter(e, REPEATING);
        else
            go_on_comparing(e);
        return;
    case REPEATING:
        log_event(LOG_WARN, "erasures_repeated", "count=%zu", e->count);
        memset(e->points, 0, sizeof e->points);
        go_on_comparing(e);
        return;
    case DESTROYING:
        return;
    }
}

static void on_begun(struct txn *txn, enum store_outcome outcome)
{
    if (outcome != STORE_OK) {
        on_committed(txn, outcome);
        return;
    }
    ask_for(txn->user);
    txn_commit(txn, on_committed);
}

static void step(struct erasures *e)
{
    if (e->state == DESTROYING) {
        e->job = (struct job){ .work = destroy, .done = on_destroyed };
        e->config.pool->submit(e->config.pool, &e->job);
        return;
    }
    if (e->state == LOOKING)
        vault_look(e->config.vault);
    bool writes = e->state == NOTING || e->state == REPEATING;
    e->txn = (struct txn){ .arena = e->arena, .kind = writes ? TXN_WRITE : TXN_READ, .wait_ms = WAIT_MS, .user = e };
    txn_begin(e->config.store, &e->txn, on_begun);
}

struct erasures *erasures_create(const struct jobs_config *config, void (*ready)(void *user),
                                 void (*newer)(void *user, size_t unknown), void *user)
{
    struct erasures *e = calloc(1, sizeof *e);

    assert(e);
    e->config = *config;
    e->ready = ready;
    e->newer = newer;
    e->user = user;
    e->arena = arena_create(0);
    e->timer = (struct timer){ .fire = on_time, .user = e };
    enter(e, MEETING);
    return e;
}

void erasures_stop(struct erasures *erasures)
{
    if (!erasures)
        return;
    erasures->stopped = true;
    erasures->config.timers->stop(erasures->config.timers, &erasures->timer);
}

void erasures_destroy(struct erasures *erasures)
{
    if (!erasures)
        return;
    arena_destroy(erasures->arena);
    free(erasures);
}
