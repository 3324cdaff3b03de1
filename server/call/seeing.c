/* Memory's catalogue beside the database's: who waits until it is as new.
 *
 * Who has changed the catalogue finds the change in it, and whoever asks another server right behind the answer finds it there: a
 * command is decided by a catalogue that is at least as new as the database's was when its locks were held, and before a read from
 * memory is refused the database is asked whether memory is as new as that. Groups see to it themselves (group.c). */
#include "server/call/call.h"

#include <assert.h>

#include "common/base/log.h"
#include "db/queries.h"
#include "server/call/inner.h"

#define SEEING_MS 1000 /* for memory to hear of what was changed */

static bool sees(const struct work *w)
{
    const struct catalogue *catalogue = catalogue_of_shop(w->call.driver, w->call.shop_id);

    return catalogue && catalogue_newest(catalogue) >= w->wanted_version;
}

static void wait_to_see(struct work *w, enum work_state state, int64_t ms, void (*too_late)(struct timer *timer))
{
    struct driver *driver = w->call.driver;

    w->state = state;
    TAILQ_INSERT_TAIL(&driver->seeing, w, seeing);
    w->timer = (struct timer){ .fire = too_late, .user = w };
    driver->config.timers->start(driver->config.timers, &w->timer, ms);
}

static void see_no_more(struct work *w)
{
    TAILQ_REMOVE(&w->call.driver->seeing, w, seeing);
    w->call.driver->config.timers->stop(w->call.driver->config.timers, &w->timer);
}

/* ---- who changed it ---- */

static void on_seen_too_late(struct timer *timer)
{
    see_no_more(timer->user);
    work_done(timer->user);
}

void work_see(struct work *w)
{
    struct keeper *keeper = w->call.driver->config.keeper;
    bool concerns = w->call.shop_id && (w->raise_shop_id == 0 || w->raise_shop_id == w->call.shop_id);

    w->wanted_version = (uint64_t)row_int(w->raised, 0, "version");
    keeper->want(keeper, w->raise_shop_id, w->wanted_version);
    if (!concerns || sees(w))
        work_done(w);
    else
        wait_to_see(w, WORK_SEEING, SEEING_MS, on_seen_too_late);
}

/* ---- who is decided by it ---- */

/* What the refusal of a read says stands. */
static void stand_by_it(struct work *w)
{
    assert(w->settled);
    work_reply(w, w->reply);
}

static void on_waited(struct timer *timer)
{
    struct work *w = timer->user;

    see_no_more(w);
    log_event(LOG_WARN, "call_without_catalogue", "op=%s shop=%lld version=%llu", w->call.op->name,
              (long long)w->call.shop_id, (unsigned long long)w->wanted_version);
    if (w->call.op->kind == OP_READS)
        stand_by_it(w);
    else
        work_again(w);
}

static void wait_for_catalogue(struct work *w)
{
    struct keeper *keeper = w->call.driver->config.keeper;

    w->waited = true;
    wait_to_see(w, WORK_BEHIND, CATALOGUE_WAIT_MS, on_waited);
    keeper->want(keeper, w->call.shop_id, w->wanted_version);
}

void work_look(struct work *w)
{
    if (!sees(w))
        return;
    see_no_more(w);
    if (w->state == WORK_SEEING)
        work_done(w);
    else
        work_again(w);
}

void work_ask_version(struct work *w)
{
    w->version = txn_ask(&w->call.txn, &sql_catalogue_head_of, PARAMS(PARAM_INT(w->call.shop_id)));
}

/* Once: of what is changed while it waits nobody had an answer before it was asked. */
static void take_version(struct work *w)
{
    if (w->wanted_version == 0 && w->version && rows_count(w->version) > 0)
        w->wanted_version = (uint64_t)row_int(w->version, 0, "version");
}

bool work_waits_for_catalogue(struct work *w)
{
    take_version(w);
    w->behind = catalogue_of_shop(w->call.driver, w->call.shop_id) && !sees(w);
    if (!w->behind || w->waited || w->call.driver->draining)
        return false;
    txn_rollback(&w->call.txn);
    w->begun = false;
    wait_for_catalogue(w);
    return true;
}

/* ---- a read that is to be refused ---- */

bool work_may_be_behind(const struct work *w)
{
    return w->call.op->kind == OP_READS && w->call.peer && w->call.catalogue && !w->looked;
}

static void on_version(struct txn *txn, enum store_outcome outcome)
{
    struct work *w = txn->user;

    if (outcome == STORE_OK) {
        txn_rollback(txn);
        take_version(w);
    }
    if (w->wanted_version <= w->decided_version)
        stand_by_it(w);
    else if (sees(w))
        work_again(w);
    else
        wait_for_catalogue(w);
}

static void on_look_begun(struct txn *txn, enum store_outcome outcome)
{
    struct work *w = txn->user;

    if (outcome != STORE_OK) {
        stand_by_it(w);
        return;
    }
    work_ask_version(w);
    txn_run(txn, on_version);
}

void work_look_behind(struct work *w)
{
    struct call *c = &w->call;

    w->looked = true;
    w->decided_version = catalogue_newest(c->catalogue);
    w->state = WORK_BEHIND;
    work_settle(w, w->reply);
    c->txn = (struct txn){ .arena = c->arena, .kind = TXN_READ, .wait_ms = SEEING_MS, .user = w };
    txn_begin(c->driver->config.store, &c->txn, on_look_begun);
}
