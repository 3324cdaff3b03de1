/* A call's way through its stages: begun, locked, looked up, run, ended, tried again. Groups have their own (group.c).
 */
#include "server/call/call.h"

#include <assert.h>
#include <string.h>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/wire/walker.h"
#include "db/queries.h"
#include "server/call/inner.h"

#define BROKEN_TRIES 3
#define REST_MS      5 /* times the tries */
#define LATER_MS     1 /* not 0: libuv would not look at the sockets meanwhile */
/* Times as long for the checks' one connection: the watch may be at one that takes seconds in large books. */
#define CHECK_PATIENCE 10

static void run_stages(struct work *w);
static void finish(struct work *w);
static void try_begin(struct work *w);

static bool is_command(const struct work *w)
{
    return w->call.op->kind == OP_CHANGES;
}

/* ---- a try ---- */

void work_try_reset(struct work *w, struct arena *arena)
{
    struct call *c = &w->call;

    w->begun = w->wants_store = w->asked_some = w->head_known = false;
    w->only_selects = true;
    w->stage = w->waiting = 0;
    w->offloads = NULL;
    w->locked = w->found = w->heads = w->raised = w->version = NULL;
    w->head = (struct head){ 0 };
    w->changes = w->notes = NULL;
    w->changes_end = &w->changes;
    w->notes_end = &w->notes;
    w->effects = (struct effects){ 0 };
    w->raises = w->behind = false;
    w->entry = NULL;
    w->group_head = NULL;
    w->too_long = false;
    if (!w->settled) {
        w->has_reply = w->is_refusal = w->keeps = w->is_secret = false;
        w->reply = bytes_of(NULL, 0);
    }
    c->repeated = false;
    c->kept = bytes_of(NULL, 0);
    c->now = c->driver->config.clock->now(c->driver->config.clock);
    c->catalogue = catalogue_of_shop(c->driver, c->shop_id);
    c->txn = (struct txn){ .arena = arena };
    c->shared = arena_alloc(arena, c->op->shared_size + 1);
}

/* The first try lives in the call's arena; a later one has its own, emptied for each. */
static struct arena *try_arena(struct work *w)
{
    if (w->tries == 0)
        return w->call.arena;
    if (!w->try_arena)
        w->try_arena = arena_take(w->call.driver, false);
    else
        arena_reset(w->try_arena);
    return w->try_arena;
}

/* A connection is wanted after all: an act of a device waits its turn for it. */
static void want_store(struct work *w)
{
    if (w->call.op->kind == OP_ACTS && w->call.device_id && !w->lane)
        lane_enter(w);
    else
        try_begin(w);
}

static void give_up_store(struct work *w)
{
    if (w->begun)
        txn_rollback(&w->call.txn);
    w->begun = false;
}

static void on_rested(struct timer *timer)
{
    try_begin(timer->user);
}

/* The same again, a little later. */
static void rest(struct work *w)
{
    struct timers *timers = w->call.driver->config.timers;

    give_up_store(w);
    if (w->tries >= TRIES_MAX) {
        log_event(LOG_WARN, "call_gave_up", "op=%s device=%lld tries=%u", w->call.op->name,
                  (long long)w->call.device_id, w->tries);
        work_fail(w, CAROLINE__V1__ERROR_CODE__TRY_AGAIN);
        return;
    }
    w->state = WORK_RESTING;
    w->timer = (struct timer){ .fire = on_rested, .user = w };
    timers->start(timers, &w->timer, (int64_t)w->tries * REST_MS);
}

/* The answer stands; it survives this try. */
void work_settle(struct work *w, struct bytes reply)
{
    w->reply = bytes_of(arena_copy(w->call.arena, reply.data, reply.size), reply.size);
    w->has_reply = w->is_refusal = w->settled = true;
}

bool problem_is_the_commands(const char *problem)
{
    /* SQLSTATE classes: data exception, integrity constraint. Others may be cured from outside. */
    return problem && (strncmp(problem, "22", 2) == 0 || strncmp(problem, "23", 2) == 0);
}

bool problem_is_a_race(const char *problem)
{
    return problem && strncmp(problem, "23505", 5) == 0;
}

struct bytes fault_reply(struct work *w, const char *why)
{
    return error_pack(w->call.arena, CAROLINE__V1__ERROR_CODE__FAULT, NULL, NULL, why);
}

static void broken(struct work *w)
{
    struct call *c = &w->call;

    log_event(problem_is_a_race(c->txn.problem) && w->tries < BROKEN_TRIES ? LOG_INFO : LOG_ERROR, "call_broken",
              "op=%s device=%lld tries=%u problem=%s", c->op->name, (long long)c->device_id, w->tries,
              c->txn.problem ? c->txn.problem : "unknown");
    if (w->tries < BROKEN_TRIES) {
        rest(w);
        return;
    }
    if (!is_command(w) || w->settled || !problem_is_the_commands(c->txn.problem)) {
        work_fail(w, CAROLINE__V1__ERROR_CODE__TRY_AGAIN);
        return;
    }
    work_settle(w, fault_reply(w, "the server could not carry this out: it is not tried again"));
    w->tries = 1;
    rest(w);
}

/* A run or a COMMIT that did not end well: the transaction is over. */
static void ended_badly(struct work *w, enum store_outcome outcome)
{
    w->begun = false;
    switch (outcome) {
    case STORE_AGAIN:
        rest(w);
        return;
    case STORE_UNKNOWN:
        /* The next try looks the command up, behind the lock that the lost transaction held, before it does anything.
         * What is no command is not looked up: it may be asked again. */
        if (is_command(w))
            rest(w);
        else
            work_fail(w, CAROLINE__V1__ERROR_CODE__TRY_AGAIN);
        return;
    case STORE_BROKEN:
        broken(w);
        return;
    case STORE_AWAY:
        log_event(LOG_WARN, "call_without_database", "op=%s device=%lld", w->call.op->name,
                  (long long)w->call.device_id);
        work_fail_away(w);
        return;
    case STORE_OK:
        break;
    }
    assert(!"an outcome nobody knows");
}

/* ---- locks, and the answer given before ---- */

static int64_t strand_id(const struct work *w)
{
    int64_t device_id = w->effects.device_set ? w->effects.device_id : w->call.device_id;

    return device_id ? device_id : w->call.driver->config.node + 1;
}

/* Statements in this order, each with its own snapshot: what is read behind the lock is newer than who held it. */
static void ask_locks(struct work *w)
{
    struct call *c = &w->call;
    int64_t id = strand_id(w);

    if (c->op->locks_shop)
        txn_ask(&c->txn, &sql_group_lock, PARAMS(PARAM_INT(c->shop_id)));
    if (c->device_id || w->effects.device_id) {
        w->locked = txn_ask(&c->txn, &sql_device_lock, PARAMS(PARAM_INT(id)));
    } else { /* nobody's row: the command's own number, then the strand of this server */
        txn_ask(&c->txn, &sql_number_lock, PARAMS(PARAM_INT(LOCK_COMMAND), PARAM_INT((int32_t)get_u32(c->command_id))));
        txn_ask(&c->txn, &sql_number_lock, PARAMS(PARAM_INT(LOCK_STRAND), PARAM_INT(id)));
    }
    if (is_command(w))
        w->found = txn_ask(&c->txn, &sql_command_find,
                           PARAMS(PARAM_INT(c->device_id), PARAM_BYTES(bytes_of(c->command_id, sizeof c->command_id))));
    w->heads = txn_ask(&c->txn, &sql_strand_head, PARAMS(PARAM_INT(id)));
    if (is_command(w) && c->shop_id && !w->settled)
        work_ask_version(w);
    w->asked_some = true;
}

/* The locks are held. false: the device is out of service. */
static bool take_locks(struct work *w)
{
    struct call *c = &w->call;

    if (w->locked && (rows_count(w->locked) == 0 || row_bool(w->locked, 0, "revoked")))
        return false;
    w->head.device_id = strand_id(w);
    if (rows_count(w->heads) > 0) {
        w->head.number = (uint64_t)row_int(w->heads, 0, "number");
        memcpy(w->head.hash, row_bytes(w->heads, 0, "hash").data, DIGEST_SIZE);
        w->head.at = row_instant(w->heads, 0, "at");
    }
    if (c->now.us < w->head.at.us)
        c->now = w->head.at; /* a strand's time never goes back */
    w->head_known = true;
    return true;
}

struct bytes kept_reply(struct work *w, const struct rows *rows, size_t row)
{
    struct bytes body_hash = row_bytes(rows, row, "body_hash");

    if (row_int(rows, row, "op") != (int64_t)w->call.op->number ||
        !bytes_equal(body_hash, bytes_of(w->body_hash, DIGEST_SIZE)))
        return failure_pack(w->call.arena, CAROLINE__V1__ERROR_CODE__COMMAND_REUSED);

    struct bytes kept = row_bytes(rows, row, "reply");
    return bytes_of(arena_copy(w->call.arena, kept.data, kept.size), kept.size);
}

static bool kept_is_error(const struct work *w, const struct rows *rows)
{
    return row_int(rows, 0, "op") != (int64_t)w->call.op->number ||
           !bytes_equal(row_bytes(rows, 0, "body_hash"), bytes_of(w->body_hash, DIGEST_SIZE)) ||
           row_bytes(rows, 0, "reply").data[0] != REPLY_WENT_WELL;
}

/* Of an answer that is no error. */
static struct bytes kept_body(const struct work *w, const struct rows *rows)
{
    const Caroline__V1__Reply *kept = (const Caroline__V1__Reply *)message_decode(
        &caroline__v1__reply__descriptor, row_bytes(rows, 0, "reply"), w->call.arena);

    return kept == NULL ? bytes_of(NULL, 0) : bytes_of(kept->body.data, kept->body.len);
}

static void on_locked(struct txn *txn, enum store_outcome outcome)
{
    struct work *w = txn->user;

    if (outcome != STORE_OK) {
        ended_badly(w, outcome);
        return;
    }
    FAILPOINT(call_locked);
    w->asked_some = false;
    if (!take_locks(w)) {
        give_up_store(w);
        work_fail(w, CAROLINE__V1__ERROR_CODE__DEVICE_REVOKED);
        return;
    }
    if (rows_count(w->found) > 0) {
        if (!w->call.op->kept || kept_is_error(w, w->found)) {
            struct bytes kept = kept_reply(w, w->found, 0);

            give_up_store(w);
            work_reply(w, kept);
            return;
        }
        w->call.repeated = true;
        w->call.kept = kept_body(w, w->found);
    }
    if (w->settled)
        finish(w);
    else if (!work_waits_for_catalogue(w))
        run_stages(w);
}

static void on_late_locked(struct txn *txn, enum store_outcome outcome)
{
    struct work *w = txn->user;

    if (outcome != STORE_OK) {
        ended_badly(w, outcome);
    } else if (!take_locks(w)) {
        give_up_store(w);
        work_fail(w, CAROLINE__V1__ERROR_CODE__DEVICE_REVOKED);
    } else {
        finish(w);
    }
}

/* ---- the store is there ---- */

static void on_begun(struct txn *txn, enum store_outcome outcome)
{
    struct work *w = txn->user;

    if (outcome != STORE_OK) {
        ended_badly(w, outcome);
        return;
    }
    FAILPOINT(call_begun);
    w->begun = true;
    if (is_command(w)) {
        w->state = WORK_LOCKING;
        ask_locks(w);
        txn_run(txn, on_locked);
        return;
    }
    if (w->call.op->kind == OP_ACTS && w->call.device_id)
        ask_locks(w); /* sent with what the first stage asks */
    run_stages(w);
}

static void try_begin(struct work *w)
{
    struct call *c = &w->call;

    work_try_reset(w, try_arena(w));
    w->tries++;
    w->state = WORK_BEGINNING;
    c->txn.store = c->driver->config.store;
    c->txn.kind = c->op->kind == OP_READS ? c->op->reads_in : TXN_WRITE;
    c->txn.wait_ms = c->driver->config.store_wait_ms * (c->txn.kind == TXN_CHECK ? CHECK_PATIENCE : 1);
    c->txn.user = w;
    txn_begin(c->driver->config.store, &c->txn, on_begun);
}

void work_start(struct work *w)
{
    struct driver *driver = w->call.driver;

    if (monotonic_us(driver) >= w->deadline_us) {
        work_fail(w, CAROLINE__V1__ERROR_CODE__DEADLINE);
        return;
    }
    if (is_command(w)) {
        if (is_suspect(driver, w))
            work_settle(w, fault_reply(w, "this request brought the server down twice: it is not tried again"));
        try_begin(w);
        return;
    }
    /* What can be answered from memory is: a connection is asked for when a stage first asks. */
    work_try_reset(w, w->call.arena);
    run_stages(w);
}

void work_again(struct work *w)
{
    if (is_command(w)) {
        try_begin(w);
        return;
    }
    if (!w->call.peer) { /* nobody listens any more */
        work_drop(w);
        return;
    }
    w->settled = false;
    work_try_reset(w, try_arena(w));
    run_stages(w);
}

/* ---- stages ---- */

static void resume(struct work *w)
{
    bool first_acts = w->locked && !w->head_known;

    if (w->outcome != STORE_OK) {
        ended_badly(w, w->outcome);
        return;
    }
    if (first_acts && !take_locks(w)) {
        give_up_store(w);
        work_fail(w, CAROLINE__V1__ERROR_CODE__DEVICE_REVOKED);
        return;
    }
    if (w->call.op->kind == OP_READS && !w->call.peer) { /* nobody listens any more */
        give_up_store(w);
        work_drop(w);
        return;
    }
    run_stages(w);
}

static void one_is_in(struct work *w)
{
    if (--w->waiting == 0)
        resume(w);
}

static void on_run(struct txn *txn, enum store_outcome outcome)
{
    struct work *w = txn->user;

    w->outcome = outcome;
    if (outcome != STORE_OK)
        w->begun = false;
    one_is_in(w);
}

static void on_job(struct job *job)
{
    struct offloaded *offloaded = (struct offloaded *)job;

    one_is_in(offloaded->work);
}

/* Everything this stage wanted goes out at once; the last to come in starts the next. */
static void wait_for_all(struct work *w)
{
    struct thread_pool *pool = w->call.driver->config.pool;
    struct offloaded *jobs = w->offloads, *job;

    w->state = WORK_WAITING;
    w->outcome = STORE_OK;
    w->offloads = NULL;
    w->waiting = w->asked_some;
    for (job = jobs; job; job = job->next)
        w->waiting++;
    bool runs = w->asked_some;
    w->asked_some = false;
    for (job = jobs; job;) {
        struct offloaded *next = job->next;

        job->job.done = on_job;
        pool->submit(pool, &job->job);
        job = next;
    }
    if (runs)
        txn_run(&w->call.txn, on_run);
}

/* A rule said no. By a catalogue that is older than the database's that is no answer. Else reads and acts forget what was asked, and so do
 * commands of strangers, who could otherwise fill the table, and refusals that nothing is kept of; any other command's is kept: in this
 * transaction when it has written nothing, else in one of its own. */
static void refused(struct work *w)
{
    w->offloads = NULL;
    if (w->behind) {
        give_up_store(w);
        work_fail(w, CAROLINE__V1__ERROR_CODE__TRY_AGAIN);
        return;
    }
    if (work_may_be_behind(w)) {
        give_up_store(w);
        work_look_behind(w);
        return;
    }
    if (!is_command(w) || !w->call.device_id || leaves_no_trace(w)) {
        give_up_store(w);
        work_reply(w, w->reply);
        return;
    }
    if (w->only_selects) {
        finish(w);
        return;
    }
    work_settle(w, w->reply);
    give_up_store(w);
    try_begin(w);
}

static enum step run_stage(struct work *w)
{
    struct call *c = &w->call;

    assert(w->stage < STAGES_MAX && c->op->stages[w->stage]);
    w->state = WORK_STAGES;
    FAILPOINT(call_stage);
    if (is_command(w))
        note_suspects(c->driver, &w, 1);
    enum step step = c->op->stages[w->stage](c);
    if (is_command(w))
        clear_suspects(c->driver);
    return step;
}

static void later_soon(struct driver *driver)
{
    driver->config.timers->start(driver->config.timers, &driver->later_turn, LATER_MS);
}

/* One a turn, however many wait: what is long keeps itself waiting, and nobody else. */
static void wait_for_turn(struct work *w)
{
    struct driver *driver = w->call.driver;

    assert(w->call.op->kind == OP_READS && !w->begun && !w->asked_some && !w->offloads);
    w->state = WORK_LATER;
    if (TAILQ_EMPTY(&driver->later))
        later_soon(driver);
    TAILQ_INSERT_TAIL(&driver->later, w, later);
}

void work_later_turn(struct timer *timer)
{
    struct driver *driver = timer->user;
    struct work *w;

    while ((w = TAILQ_FIRST(&driver->later)) && !w->call.peer) { /* nobody listens any more */
        TAILQ_REMOVE(&driver->later, w, later);
        work_drop(w);
    }
    if (!w)
        return;
    TAILQ_REMOVE(&driver->later, w, later);
    if (!TAILQ_EMPTY(&driver->later))
        later_soon(driver);
    run_stages(w);
}

static void run_stages(struct work *w)
{
    for (;;) {
        enum step step = run_stage(w);

        if (w->wants_store && !w->begun) { /* it asked: all again, with a connection */
            want_store(w);
            return;
        }
        switch (step) {
        case STEP_NEXT:
            w->stage++;
            if (w->asked_some || w->offloads) {
                wait_for_all(w);
                return;
            }
            break;
        case STEP_REPLY:
            assert(w->has_reply && !w->offloads);
            finish(w);
            return;
        case STEP_REFUSED:
            assert(w->has_reply);
            refused(w);
            return;
        case STEP_AGAIN:
            rest(w);
            return;
        case STEP_LATER:
            wait_for_turn(w);
            return;
        case STEP_FAILED:
            give_up_store(w);
            work_fail(w, CAROLINE__V1__ERROR_CODE__TRY_AGAIN);
            return;
        }
    }
}

/* ---- the end ---- */

void work_done(struct work *w)
{
    struct driver *driver = w->call.driver;
    struct effects effects = w->effects; /* outlives the call */

    work_reply(w, w->reply);
    /* the others hear of it by notification, and this process of its own once more: whoever it was about may be back by then */
    for (size_t i = 0; i < effects.cut_count; i++)
        if (strcmp(effects.cuts[i].word, "session") != 0) /* it is known here already: effects_apply() */
            driver_cut(driver, effects.cuts[i].word, effects.cuts[i].id);
}

static void on_committed(struct txn *txn, enum store_outcome outcome)
{
    struct work *w = txn->user;

    if (outcome != STORE_OK) {
        ended_badly(w, outcome);
        return;
    }
    FAILPOINT(call_committed);
    w->begun = false;
    if (!w->is_refusal || w->keeps)
        effects_apply(w);
    if (w->raises && !w->is_refusal)
        work_see(w);
    else
        work_done(w);
}

/* The answer is set: write what closes the transaction, and end it. */
static void finish(struct work *w)
{
    struct call *c = &w->call;

    if (c->op->kind == OP_READS || (!w->begun && !w->notes && w->effects.cut_count == 0)) {
        give_up_store(w);
        effects_apply(w);
        work_done(w);
        return;
    }
    if (!w->begun) { /* there is something to write after all: run again with a connection */
        w->wants_store = true;
        want_store(w);
        return;
    }
    if ((w->notes || w->locked) && !w->head_known) { /* whose row is locked is known before anything is committed */
        if (!w->heads)
            ask_locks(w);
        w->asked_some = false;
        txn_run(&c->txn, on_late_locked);
        return;
    }
    w->state = WORK_ENDING;
    finish_ask(w);
    FAILPOINT(call_finished);
    txn_commit(&c->txn, on_committed);
}
