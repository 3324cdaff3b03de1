/* Groups: the commands of one shop that waited together, committed together. One group a shop is under way; while it
 * is, commands queue; when it ends, all that wait go together in the next.
 *
 *  idle -> GATHERED -> BEGINNING -> LOADING -> STORING -> idle
 *             ^  ^                     |          |
 *             |  +------ WAITING <-----+          |        memory's catalogue is older than the database's
 *             +--------- RESTING <-----+----------+        the same again
 *
 * A group that a constraint breaks is taken apart: its commands go again one by one, so that a bad one fails alone. */
#include "server/call/call.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "db/queries.h"
#include "server/call/group_run.h"
#include "server/call/inner.h"

#define REST_MS 2 /* times the tries */

static void run_begin(struct group_run *run);

static struct driver *driver_of(const struct group_run *run)
{
    return run->queue->driver;
}

static void enter(struct group_run *run, enum run_state next)
{
    run->state = next;
}

/* ---- the queue ---- */

static void on_soon(struct timer *timer)
{
    struct group_run *run = timer->user;

    /* Not idle while it gathers: what is too late is answered there, and lets others of its lane come. */
    enter(run, RUN_BEGINNING);
    group_gather(run);
    FAILPOINT(group_gathered);
    if (run->work_count > 0)
        run_begin(run);
    else
        enter(run, RUN_IDLE);
}

static void start_soon(struct group_run *run, int64_t delay_ms)
{
    struct timers *timers = driver_of(run)->config.timers;

    run->timer = (struct timer){ .fire = on_soon, .user = run, .private_ = run->timer.private_ };
    timers->start(timers, &run->timer, delay_ms);
}

static struct shop_queue *queue_of(struct driver *driver, int64_t shop_id)
{
    struct shop_queue *queue;

    HASH_FIND(hh, driver->shops, &shop_id, sizeof shop_id, queue);
    if (!queue) {
        queue = calloc(1, sizeof *queue);
        assert(queue);
        queue->run = calloc(1, sizeof *queue->run);
        assert(queue->run);
        queue->run->queue = queue;
        queue->shop_id = shop_id;
        queue->driver = driver;
        TAILQ_INIT(&queue->works);
        HASH_ADD(hh, driver->shops, shop_id, sizeof queue->shop_id, queue);
    }
    return queue;
}

void group_submit(struct work *w)
{
    struct shop_queue *queue = queue_of(w->call.driver, w->call.shop_id);

    w->state = WORK_GROUPED;
    w->lines = w->call.op->lines ? w->call.op->lines(&w->call) : 1;
    TAILQ_INSERT_TAIL(&queue->works, w, of_shop);
    /* What else this turn of the loop brings goes along. */
    if (queue->run->state == RUN_IDLE)
        start_soon(queue->run, 0);
}

void groups_destroy(struct driver *driver)
{
    struct shop_queue *queue, *next;

    HASH_ITER (hh, driver->shops, queue, next) {
        assert(TAILQ_EMPTY(&queue->works) && queue->run->work_count == 0);
        driver->config.timers->stop(driver->config.timers, &queue->run->timer);
        HASH_DEL(driver->shops, queue);
        free(queue->run);
        free(queue);
    }
}

/* ---- the end of a group ---- */

/* Its members are answered, or back in the queue. */
static void run_over(struct group_run *run)
{
    assert(run->work_count == 0);
    if (run->arena)
        arena_give(driver_of(run), run->arena);
    run->arena = NULL;
    run->tries = 0;
    enter(run, RUN_IDLE);
    if (!TAILQ_EMPTY(&run->queue->works))
        start_soon(run, 0);
}

static void fail_all(struct group_run *run, int code)
{
    struct work *works[GROUP_COMMANDS_MAX];
    size_t count = run->work_count;

    memcpy(works, run->works, count * sizeof(struct work *));
    run->work_count = 0;
    for (size_t i = 0; i < count; i++)
        work_fail(works[i], code);
    run_over(run);
}

static void on_rested(struct timer *timer)
{
    run_begin(timer->user);
}

static void rest(struct group_run *run)
{
    struct timers *timers = driver_of(run)->config.timers;

    if (run->tries >= TRIES_MAX) {
        log_event(LOG_WARN, "group_gave_up", "shop=%lld commands=%zu", (long long)run->queue->shop_id, run->work_count);
        fail_all(run, CAROLINE__V1__ERROR_CODE__TRY_AGAIN);
        return;
    }
    enter(run, RUN_RESTING);
    run->timer = (struct timer){ .fire = on_rested, .user = run };
    timers->start(timers, &run->timer, (int64_t)run->tries * REST_MS);
}

/* Back to the front of the queue, in order, each for a group of its own. */
static void take_apart(struct group_run *run)
{
    while (run->work_count > 0) {
        struct work *w = run->works[--run->work_count];

        w->alone = true;
        TAILQ_INSERT_HEAD(&run->queue->works, w, of_shop);
    }
    run_over(run);
}

static void broken(struct group_run *run)
{
    struct work *w = run->works[0];
    const char *problem = run->group.txn.problem;

    log_event(LOG_ERROR, "group_broken", "shop=%lld commands=%zu op=%s device=%lld problem=%s",
              (long long)run->queue->shop_id, run->work_count, w->call.op->name, (long long)w->call.device_id,
              problem ? problem : "unknown");
    if (run->work_count > 1 || !w->alone) {
        take_apart(run);
        return;
    }
    if (w->settled || !problem_is_the_commands(problem)) {
        fail_all(run, CAROLINE__V1__ERROR_CODE__TRY_AGAIN);
        return;
    }
    work_settle(w, fault_reply(w, "the server could not carry this out: it is not tried again"));
    rest(run);
}

static void ended_badly(struct group_run *run, enum store_outcome outcome)
{
    switch (outcome) {
    case STORE_AGAIN:
    case STORE_UNKNOWN: /* load looks the commands up, behind the locks, before anything is decided */
        rest(run);
        return;
    case STORE_BROKEN:
        broken(run);
        return;
    case STORE_AWAY:
        log_event(LOG_WARN, "group_without_database", "shop=%lld commands=%zu", (long long)run->queue->shop_id,
                  run->work_count);
        fail_all(run, CAROLINE__V1__ERROR_CODE__TRY_AGAIN);
        return;
    case STORE_OK:
        break;
    }
    assert(!"an outcome nobody knows");
}

/* ---- a try ---- */

static void on_committed(struct txn *txn, enum store_outcome outcome)
{
    struct group_run *run = txn->user;
    struct driver *driver = driver_of(run);
    struct work *works[GROUP_COMMANDS_MAX];
    size_t count = run->work_count;

    if (outcome != STORE_OK) {
        ended_badly(run, outcome);
        return;
    }
    FAILPOINT(group_committed);
    driver->counts.groups++;
    driver->counts.grouped += count;
    memcpy(works, run->works, count * sizeof(struct work *));
    run->work_count = 0;
    for (size_t i = 0; i < count; i++)
        work_reply(works[i], works[i]->reply);
    run_over(run);
}

static void on_waited(struct timer *timer)
{
    struct group_run *run = timer->user;

    log_event(LOG_WARN, "group_without_catalogue", "shop=%lld version=%llu", (long long)run->queue->shop_id,
              (unsigned long long)run->catalogue_version);
    fail_all(run, CAROLINE__V1__ERROR_CODE__TRY_AGAIN);
}

/* Memory is older than the database: the keeper is asked, and the group begins again when it has it. */
static void wait_for_catalogue(struct group_run *run)
{
    struct driver *driver = driver_of(run);
    struct keeper *keeper = driver->config.keeper;

    txn_rollback(&run->group.txn);
    enter(run, RUN_WAITING);
    run->timer = (struct timer){ .fire = on_waited, .user = run };
    driver->config.timers->start(driver->config.timers, &run->timer, CATALOGUE_WAIT_MS);
    keeper->want(keeper, run->queue->shop_id, run->catalogue_version);
}

void group_catalogue_changed(struct driver *driver, int64_t shop_id)
{
    struct shop_queue *queue, *next;

    HASH_ITER (hh, driver->shops, queue, next) {
        struct group_run *run = queue->run;

        if (run->state != RUN_WAITING || (shop_id != 0 && shop_id != queue->shop_id))
            continue;
        enter(run, RUN_RESTING);
        run->timer.fire = on_rested;
        driver->config.timers->start(driver->config.timers, &run->timer, 0);
    }
}

static void on_loaded(struct txn *txn, enum store_outcome outcome)
{
    struct group_run *run = txn->user;

    if (outcome != STORE_OK) {
        ended_badly(run, outcome);
        return;
    }
    FAILPOINT(group_loaded);
    group_take_locks(run);
    if (run->work_count == 0) { /* all were answered before, or their devices are out of service */
        txn_rollback(txn);
        run_over(run);
        return;
    }
    if (group_decide(run) == STEP_AGAIN) {
        wait_for_catalogue(run);
        return;
    }
    if (run->work_count == 0) {
        txn_rollback(txn);
        run_over(run);
        return;
    }
    FAILPOINT(group_decided);
    enter(run, RUN_STORING);
    group_store(run);
    FAILPOINT(group_stored);
    txn_commit(txn, on_committed);
}

static void on_begun(struct txn *txn, enum store_outcome outcome)
{
    struct group_run *run = txn->user;

    if (outcome != STORE_OK) {
        ended_badly(run, outcome);
        return;
    }
    FAILPOINT(group_begun);
    enter(run, RUN_LOADING);
    group_load(run);
    txn_run(txn, on_loaded);
}

static void run_begin(struct group_run *run)
{
    struct driver *driver = driver_of(run);
    struct txn *txn = &run->group.txn;

    run->tries++;
    group_reset(run);
    if (run->work_count == 0) {
        run_over(run);
        return;
    }
    enter(run, RUN_BEGINNING);
    txn->store = driver->config.store;
    txn->kind = TXN_WRITE;
    txn->lane = run->queue->shop_id;
    txn->wait_ms = driver->config.store_wait_ms;
    txn->user = run;
    txn_begin(driver->config.store, txn, on_begun);
}
