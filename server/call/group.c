/* Groups: the commands of one shop that waited together, committed together. Commands queue while a group is under way;
 * when it ends, all that wait go together in the next.
 *
 *  IDLE -> SOON -> BEGINNING -> LOADING -> STORING -> IDLE
 *                     ^  ^         |          |
 *                     |  +-- WAITING          |        memory's catalogue is older than the database's
 *                     +----- RESTING <--------+        the same again
 *
 * Once a group's COMMIT is sent, the next sends its load behind it, so that the database need not wait for us between
 * groups. Nothing is decided until the group ahead is committed; if that fails, the one behind
 * is called off and its commands go back to where they were:
 *
 *  behind:  LOADING -> LOADED (its answer came first) -> steps up when the one ahead is over
 *  ahead:   STORING -> HELD   (failed, the load behind it is still under way)
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

#define REST_MS   2 /* times the tries */
#define BEHIND_MS 1 /* a group's store takes a few */

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

/* After 0: what else this turn of the loop brings goes along. */
static void start_soon(struct group_run *run, int64_t delay_ms)
{
    struct timers *timers = driver_of(run)->config.timers;

    enter(run, RUN_SOON);
    run->timer = (struct timer){ .fire = on_soon, .user = run, .private_ = run->timer.private_ };
    timers->start(timers, &run->timer, delay_ms);
}

/* Is it time for the next group? Behind one that commits, it is when it is nearly as large, or in a moment: more may
 * come until then, and a group has its own price. Not much later, for its load is to be there before the COMMIT. */
static void start_next(struct shop_queue *queue)
{
    const struct group_run *ahead = queue->ahead;
    struct group_run *behind = queue->behind;

    if (queue->work_count == 0)
        return;
    if (ahead->state == RUN_IDLE || ahead->state == RUN_SOON)
        start_soon(queue->ahead, 0);
    else if (ahead->state == RUN_STORING && (behind->state == RUN_IDLE || behind->state == RUN_SOON)) {
        if (4 * queue->work_count >= 3 * ahead->work_count)
            start_soon(behind, 0);
        else if (behind->state == RUN_IDLE)
            start_soon(behind, BEHIND_MS);
    }
}

static struct group_run *run_create(struct shop_queue *queue)
{
    struct group_run *run = calloc(1, sizeof *run);

    assert(run);
    run->queue = queue;
    return run;
}

static struct shop_queue *queue_of(struct driver *driver, int64_t shop_id)
{
    struct shop_queue *queue;

    HASH_FIND(hh, driver->shops, &shop_id, sizeof shop_id, queue);
    if (!queue) {
        queue = calloc(1, sizeof *queue);
        assert(queue);
        queue->ahead = run_create(queue);
        queue->behind = run_create(queue);
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
    queue->work_count++;
    start_next(queue);
}

static void run_destroy(struct driver *driver, struct group_run *run)
{
    assert(run->work_count == 0);
    driver->config.timers->stop(driver->config.timers, &run->timer);
    group_drop_past(run);
    free(run);
}

void groups_destroy(struct driver *driver)
{
    struct shop_queue *queue, *next;

    HASH_ITER (hh, driver->shops, queue, next) {
        assert(TAILQ_EMPTY(&queue->works));
        HASH_DEL(driver->shops, queue);
        run_destroy(driver, queue->ahead);
        run_destroy(driver, queue->behind);
        free(queue);
    }
}

/* ---- the end of a group ---- */

static void on_loaded_in_turn(struct group_run *run);

/* Its members are answered, or back in the queue. */
static void run_idle(struct group_run *run)
{
    assert(run->work_count == 0);
    group_drop_past(run);
    arena_give(driver_of(run), run->arena); /* of the try that every group has had */
    run->arena = NULL;
    run->tries = 0;
    run->called_off = false;
    enter(run, RUN_IDLE);
}

static void run_over(struct group_run *run)
{
    struct shop_queue *queue = run->queue;

    run_idle(run);
    if (run == queue->ahead && queue->behind->state != RUN_IDLE) {
        queue->ahead = queue->behind;
        queue->behind = run;
        if (queue->ahead->state == RUN_LOADED)
            on_loaded_in_turn(queue->ahead);
    }
    start_next(queue);
}

/* away: for want of the database. */
static void fail_all(struct group_run *run, bool away)
{
    struct work *works[GROUP_COMMANDS_MAX];
    size_t count = run->work_count;

    memcpy(works, run->works, count * sizeof(struct work *));
    run->work_count = 0;
    for (size_t i = 0; i < count; i++)
        away ? work_fail_away(works[i]) : work_fail(works[i], CAROLINE__V1__ERROR_CODE__TRY_AGAIN);
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
        fail_all(run, false);
        return;
    }
    enter(run, RUN_RESTING);
    run->timer = (struct timer){ .fire = on_rested, .user = run };
    timers->start(timers, &run->timer, (int64_t)run->tries * REST_MS);
}

/* Back to the front of the queue, in order. */
static void put_back(struct group_run *run, bool alone)
{
    struct shop_queue *queue = run->queue;

    while (run->work_count > 0) {
        struct work *w = run->works[--run->work_count];

        w->alone = w->alone || alone;
        TAILQ_INSERT_HEAD(&queue->works, w, of_shop);
        queue->work_count++;
    }
}

static void broken(struct group_run *run)
{
    struct work *w = run->works[0];
    const char *problem = run->group.txn.problem;
    bool is_last = run->work_count == 1 && w->alone;

    log_event(problem_is_a_race(problem) && !is_last ? LOG_INFO : LOG_ERROR, "group_broken",
              "shop=%lld commands=%zu op=%s device=%lld problem=%s", (long long)run->queue->shop_id, run->work_count,
              w->call.op->name, (long long)w->call.device_id, problem ? problem : "unknown");
    if (!is_last) {
        put_back(run, true); /* each for a group of its own */
        run_over(run);
        return;
    }
    if (w->settled || !problem_is_the_commands(problem)) {
        fail_all(run, false);
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
        fail_all(run, true);
        return;
    case STORE_OK:
        break;
    }
    assert(!"an outcome nobody knows");
}

/* ---- the group behind one that failed ---- */

static void called_off(struct group_run *run)
{
    for (size_t i = 0; i < run->work_count; i++)
        run->works[i]->tries--; /* it was none */
    put_back(run, false);
    run_idle(run);
}

/* false: its load is still under way, and calls back. */
static bool call_off(struct group_run *run)
{
    struct timers *timers = driver_of(run)->config.timers;

    switch (run->state) {
    case RUN_IDLE:
        return true;
    case RUN_SOON:
        timers->stop(timers, &run->timer);
        enter(run, RUN_IDLE);
        return true;
    case RUN_LOADING:
        run->called_off = true;
        return false;
    case RUN_BEGINNING:
        txn_rollback(&run->group.txn);
        break;
    case RUN_LOADED:
        if (run->outcome == STORE_OK)
            txn_rollback(&run->group.txn);
        break;
    case RUN_RESTING:
        timers->stop(timers, &run->timer);
        break;
    case RUN_STORING:
    case RUN_HELD:
    case RUN_WAITING:
        assert(!"a group behind another has not decided");
    }
    called_off(run);
    return true;
}

/* ---- a try ---- */

static void on_committed(struct txn *txn, enum store_outcome outcome)
{
    struct group_run *run = txn->user;
    struct driver *driver = driver_of(run);
    struct work *works[GROUP_COMMANDS_MAX];
    size_t count = run->work_count;

    if (outcome != STORE_OK) {
        run->outcome = outcome;
        enter(run, RUN_HELD);
        if (call_off(run->queue->behind))
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
    fail_all(run, false);
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
        struct group_run *run = queue->ahead;

        if (run->state != RUN_WAITING || (shop_id != 0 && shop_id != queue->shop_id))
            continue;
        enter(run, RUN_RESTING);
        run->timer.fire = on_rested;
        driver->config.timers->start(driver->config.timers, &run->timer, 0);
    }
}

/* One was refused after it had been decided: all of them begin anew, it with its refusal. */
static void begin_again(struct group_run *run)
{
    txn_rollback(&run->group.txn);
    for (size_t i = 0; i < run->work_count; i++)
        run->works[i]->tries--; /* it was none */
    put_back(run, false);
    run_over(run);
}

static void on_loaded_in_turn(struct group_run *run)
{
    struct txn *txn = &run->group.txn;

    if (run->outcome != STORE_OK) {
        ended_badly(run, run->outcome);
        return;
    }
    FAILPOINT(group_loaded);
    group_take_locks(run);
    if (run->work_count == 0) { /* all were answered before, or their devices are out of service */
        txn_rollback(txn);
        run_over(run);
        return;
    }
    enum step step = group_decide(run);
    if (step == STEP_AGAIN) {
        wait_for_catalogue(run);
        return;
    }
    if (step == STEP_FAILED) {
        begin_again(run);
        return;
    }
    if (run->work_count == 0) {
        txn_rollback(txn);
        run_over(run);
        return;
    }
    FAILPOINT(group_decided);
    enter(run, RUN_STORING);
    if (group_store(run) != STEP_NEXT) {
        begin_again(run);
        return;
    }
    FAILPOINT(group_stored);
    txn_commit(txn, on_committed);
    start_next(run->queue);
}

static void on_loaded(struct txn *txn, enum store_outcome outcome)
{
    struct group_run *run = txn->user;
    struct group_run *ahead = run->queue->ahead;

    run->outcome = outcome;
    enter(run, RUN_LOADED);
    if (run->called_off) {
        call_off(run);
        ended_badly(ahead, ahead->outcome);
    } else if (run == ahead)
        on_loaded_in_turn(run);
}

static void on_begun(struct txn *txn, enum store_outcome outcome)
{
    struct group_run *run = txn->user;

    if (outcome != STORE_OK) {
        ended_badly(run, outcome);
        return;
    }
    FAILPOINT(group_begun);
    if (run != run->queue->ahead)
        FAILPOINT(group_behind);
    enter(run, RUN_LOADING);
    run->called_off = false;
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
