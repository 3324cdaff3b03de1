/* Memory's catalogue beside the database's: who waits until it is as new.
 *
 * Who has changed the catalogue finds the change in it, and whoever asks another server right behind the answer finds it there: a
 * command is decided by a catalogue that is at least as new as the database's was when its locks were held, and before a read from
 * memory is refused the database is asked whether memory is as new as that, for all reads by one question (sight.c). Groups see to it
 * themselves (group.c). */
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

static void wait_for_catalogue(struct work *w, int64_t ms)
{
    w->waited = true;
    wait_to_see(w, WORK_BEHIND, ms, on_waited);
}

/* The keeper is told what is wanted, and how long this may wait for it: the time is the shop's, lest one after another waits for it. */
static int64_t patience_of(struct work *w)
{
    struct keeper *keeper = w->call.driver->config.keeper;

    keeper->want(keeper, w->call.shop_id, w->wanted_version);
    return sight_patience_ms(w->call.driver, w->call.shop_id);
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
    int64_t ms = patience_of(w);
    if (ms == 0)
        return false;
    txn_rollback(&w->call.txn);
    w->begun = false;
    wait_for_catalogue(w, ms);
    return true;
}

/* ---- a read that is to be refused ---- */

/* Is what was refused no matter of the catalogue: who asks, how they ask, or what the database alone knows? Memory is right about that. */
static bool is_no_matter_of_it(int code)
{
    static const int codes[] = {
        CAROLINE__V1__ERROR_CODE__BAD_FIELD,        CAROLINE__V1__ERROR_CODE__NO_SECRET_WANTED,
        CAROLINE__V1__ERROR_CODE__BAD_REASON,       CAROLINE__V1__ERROR_CODE__BAD_TRY,
        CAROLINE__V1__ERROR_CODE__KIOSK_BASKET_BAD, CAROLINE__V1__ERROR_CODE__BASKET_EMPTY,
        CAROLINE__V1__ERROR_CODE__NOT_A_TILL,       CAROLINE__V1__ERROR_CODE__SHIFT_NOT_OPEN,
        CAROLINE__V1__ERROR_CODE__UNKNOWN_DEVICE,   CAROLINE__V1__ERROR_CODE__UNKNOWN_MEMBER,
        CAROLINE__V1__ERROR_CODE__UNKNOWN_CHARGE,   CAROLINE__V1__ERROR_CODE__UNKNOWN_SALE,
        CAROLINE__V1__ERROR_CODE__TRAINING_RECEIPT, CAROLINE__V1__ERROR_CODE__ALREADY_REFUNDED,
        CAROLINE__V1__ERROR_CODE__BAD_REFUND_LINE,  CAROLINE__V1__ERROR_CODE__REFUND_OF_REFUND,
        CAROLINE__V1__ERROR_CODE__REFUND_TOO_MUCH,
    };

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i] == code)
            return true;
    return false;
}

bool work_may_be_behind(const struct work *w)
{
    return w->call.op->kind == OP_READS && w->call.peer && w->call.catalogue && !w->looked &&
           !is_no_matter_of_it(w->refusal);
}

void work_looked(struct work *w, uint64_t version)
{
    bool decided_by_it = version <= w->decided_version;

    w->wanted_version = version;
    if (!decided_by_it && sees(w)) {
        work_again(w);
        return;
    }
    int64_t ms = decided_by_it ? 0 : patience_of(w);
    if (ms > 0)
        wait_for_catalogue(w, ms);
    else
        stand_by_it(w);
}

void work_look_behind(struct work *w)
{
    w->looked = true;
    w->decided_version = catalogue_newest(w->call.catalogue);
    w->state = WORK_LOOKING;
    work_settle(w, w->reply);
    sight_ask(w);
}
