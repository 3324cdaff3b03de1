/* How far the database's catalogue is ahead of memory's: one question of a shop for all whose read is to be refused, and one patience for
 * all who wait for memory.
 *
 * Who asks is told what the database had at that time or later: a look that was on its way already tells them nothing, and the next one,
 * behind it, is for all who came meanwhile. Nobody waits for longer than LOOK_MS, whatever the database does. */
#include "server/call/call.h"

#include <assert.h>
#include <stdlib.h>

#include "db/queries.h"
#include "server/call/inner.h"

/* Enough for a statement that reads one row of a database that works; a person who scanned what is not known has an answer at once
 * where it stands still. */
#define LOOK_MS 1000

struct sight {
    struct sight *next;
    int64_t shop_id;
    struct driver *driver;
    struct work_list works; /* whose read is to be refused; in front those that the look under way is for */
    bool looks;
    struct txn txn;
    struct arena *arena;
    struct rows *version;
    int64_t behind_us; /* monotonic: since when memory has not moved, though it was waited for; 0: it was not */
};

static void look(struct sight *sight);

static struct sight *sight_of(struct driver *driver, int64_t shop_id)
{
    for (struct sight *at = driver->sights; at; at = at->next)
        if (at->shop_id == shop_id)
            return at;

    struct sight *made = calloc(1, sizeof *made);
    assert(made);
    *made = (struct sight){ .next = driver->sights, .shop_id = shop_id, .driver = driver };
    TAILQ_INIT(&made->works);
    driver->sights = made;
    return made;
}

void sights_destroy(struct driver *driver)
{
    struct sight *at;

    while ((at = driver->sights) != NULL) {
        assert(TAILQ_EMPTY(&at->works) && !at->looks);
        driver->sights = at->next;
        free(at);
    }
}

bool sights_look(const struct driver *driver)
{
    for (const struct sight *at = driver->sights; at; at = at->next)
        if (at->looks)
            return true;
    return false;
}

/* ---- the question ---- */

static void leave(struct sight *sight, struct work *w)
{
    struct timers *timers = sight->driver->config.timers;

    TAILQ_REMOVE(&sight->works, w, seeing);
    timers->stop(timers, &w->timer);
}

static void on_late(struct timer *timer)
{
    struct work *w = timer->user;

    leave(sight_of(w->call.driver, w->call.shop_id), w);
    work_looked(w, 0);
}

static void all_that_came(struct sight *sight)
{
    struct work *w;

    TAILQ_FOREACH(w, &sight->works, seeing)
    w->told_next = true;
}

static void on_told(struct txn *txn, enum store_outcome outcome)
{
    struct sight *sight = txn->user;
    uint64_t version = 0;
    struct work *w;

    if (outcome == STORE_OK) {
        txn_rollback(txn);
        if (rows_count(sight->version) > 0)
            version = (uint64_t)row_int(sight->version, 0, "version");
    }
    arena_give(sight->driver, sight->arena);
    sight->looks = false;
    while ((w = TAILQ_FIRST(&sight->works)) && w->told_next) {
        leave(sight, w);
        work_looked(w, version);
    }
    look(sight);
}

static void on_begun(struct txn *txn, enum store_outcome outcome)
{
    struct sight *sight = txn->user;

    all_that_came(sight);
    if (outcome != STORE_OK) {
        on_told(txn, outcome);
        return;
    }
    sight->version = txn_ask(txn, &sql_catalogue_head_of, PARAMS(PARAM_INT(sight->shop_id)));
    txn_run(txn, on_told);
}

static void look(struct sight *sight)
{
    struct driver *driver = sight->driver;

    if (sight->looks || TAILQ_EMPTY(&sight->works))
        return;
    sight->looks = true;
    sight->arena = arena_take(driver, false);
    sight->txn = (struct txn){ .arena = sight->arena, .kind = TXN_READ, .wait_ms = LOOK_MS, .user = sight };
    txn_begin(driver->config.store, &sight->txn, on_begun);
}

void sight_ask(struct work *w)
{
    struct driver *driver = w->call.driver;
    struct sight *sight = sight_of(driver, w->call.shop_id);

    w->told_next = false;
    TAILQ_INSERT_TAIL(&sight->works, w, seeing);
    w->timer = (struct timer){ .fire = on_late, .user = w };
    driver->config.timers->start(driver->config.timers, &w->timer, LOOK_MS);
    look(sight);
}

/* ---- the patience ---- */

int64_t sight_patience_ms(struct driver *driver, int64_t shop_id)
{
    struct sight *sight = sight_of(driver, shop_id);
    int64_t now_us = monotonic_us(driver);

    if (sight->behind_us == 0)
        sight->behind_us = now_us;
    int64_t left_ms = CATALOGUE_WAIT_MS - (now_us - sight->behind_us) / 1000;
    return left_ms > 0 ? left_ms : 0;
}

void sights_moved(struct driver *driver, int64_t shop_id)
{
    for (struct sight *at = driver->sights; at; at = at->next)
        if (shop_id == 0 || shop_id == at->shop_id)
            at->behind_us = 0;
}
