/* Papers to network printers. print.h has the picture. */
#include "server/jobs/print.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/rules/print_job.h"
#include "db/queries.h"
#include "server/service/print_render.h"

#define TICK_MS    500
#define AGAIN_MS   1000 /* after the database did not take a note */
#define WAIT_MS    5000
#define TURN_US    (180 * SECOND_US) /* longer than all that happens between two notes */
#define STALE_US   (60 * SECOND_US)  /* nothing is sent that was noted as begun longer ago */
#define QUEUES_MAX 32

/* A printer's queue that this server has in hand.
 *
 *  LAYING_OUT -> DIALLING -> BEGINNING -> PRINTING -> ENDING -> LAYING_OUT, or over
 *       ^            |  (noting)  |                  (noting) -> WAITING, of a note that the database did not take
 *       |            +------------+--------------------^
 *       +-- WAITING                         the line has ended without */
struct queue {
    LIST_ENTRY(queue) link;
    struct printing *printing;
    enum { LAYING_OUT, DIALLING, BEGINNING, PRINTING, ENDING, WAITING } state;
    int64_t id, shop_id, turn;
    struct arena *arena; /* of the paper in hand */
    struct print_wanted wanted;
    struct print_rendered paper;
    struct line_call call;
    bool on_line; /* the line has it: done() will come */
    enum line_outcome outcome;
    char why[100];
    bool begun;       /* it is noted, by us */
    int64_t tries;    /* of the paper, before that */
    int64_t asked_us; /* monotonic: when the note of its beginning was asked for */
    struct timer timer;
    struct txn txn;
    struct rows *printer, *job;
};

struct printing {
    struct jobs_config config;
    struct driver *driver;
    struct print_lines *lines;
    struct timer timer;
    struct txn txn;
    struct arena *arena;
    struct rows *due;
    LIST_HEAD(, queue) queues;
    size_t queue_count;
    bool taken_up; /* nothing is ours but what is in hand */
    bool takes_up; /* by what is being asked */
    bool ticking, stopped;
};

static void tick(struct printing *p, int64_t delay_ms);
static void lay_out(struct queue *q);
static void note(struct queue *q);

static struct instant after(const struct printing *p, int64_t us)
{
    struct instant now = p->config.clock->now(p->config.clock);

    now.us += us;
    return now;
}

static int64_t monotonic(const struct printing *p)
{
    return p->config.clock->monotonic_us(p->config.clock);
}

/* ---- a queue in hand ---- */

static void let_go(struct queue *q)
{
    struct printing *p = q->printing;

    assert(!q->on_line);
    p->config.timers->stop(p->config.timers, &q->timer);
    LIST_REMOVE(q, link);
    p->queue_count--;
    arena_destroy(q->arena);
    free(q);
    tick(p, TICK_MS);
}

static void stop_line(struct queue *q)
{
    if (q->on_line)
        line_stop(&q->call);
    q->on_line = false;
}

/* The note in hand, once more; where no paper is in hand, what waits. */
static void on_time_again(struct timer *timer)
{
    struct queue *q = timer->user;

    if (q->state == ENDING)
        note(q);
    else
        lay_out(q);
}

static void again(struct queue *q)
{
    struct printing *p = q->printing;

    if (p->stopped) {
        stop_line(q);
        let_go(q);
        return;
    }
    p->config.timers->start(p->config.timers, &q->timer, AGAIN_MS);
}

/* ---- notes ---- */

static void write_printer(struct queue *q, int64_t waiting, struct param due, struct param node, int64_t tries,
                          struct param problem)
{
    txn_ask(&q->txn, &sql_printer_write,
            PARAMS(PARAM_INT(q->id), PARAM_INT(row_int(q->printer, 0, "job_count")), PARAM_INT(waiting),
                   waiting > 0 ? due : PARAM_NULL(), waiting > 0 ? node : PARAM_NULL(), PARAM_INT(tries), problem));
}

static void write_job(struct queue *q, enum print_state state, int64_t tries, struct param begun, struct param ended)
{
    txn_ask(&q->txn, &sql_print_job_write,
            PARAMS(PARAM_INT(q->id), PARAM_INT(q->paper.number), PARAM_INT(state), PARAM_INT(tries), begun, ended));
}

static struct param begun_at(const struct queue *q)
{
    return row_is_null(q->job, 0, "begun_at") ? PARAM_NULL() : PARAM_INSTANT(row_instant(q->job, 0, "begun_at"));
}

static bool still_waits(const struct queue *q)
{
    return rows_count(q->job) > 0 && row_int(q->job, 0, "state") < PRINT_PRINTED;
}

static struct param our_node(const struct queue *q)
{
    return PARAM_INT((int64_t)q->printing->config.node);
}

static void write_begun(struct queue *q)
{
    struct printing *p = q->printing;

    q->tries = row_int(q->job, 0, "tries");
    write_job(q, PRINT_BEGUN, q->tries + 1, PARAM_INSTANT(after(p, 0)), PARAM_NULL());
    write_printer(q, row_int(q->printer, 0, "waiting"), PARAM_INSTANT(after(p, TURN_US)), our_node(q),
                  row_int(q->printer, 0, "tries"), PARAM_NULL());
}

/* What was dropped meanwhile stays so. */
static void write_printed(struct queue *q)
{
    struct printing *p = q->printing;
    int64_t waiting = row_int(q->printer, 0, "waiting");

    if (still_waits(q)) {
        write_job(q, PRINT_PRINTED, row_int(q->job, 0, "tries"), begun_at(q), PARAM_INSTANT(after(p, 0)));
        waiting--;
    }
    write_printer(q, waiting, PARAM_INSTANT(after(p, TURN_US)), our_node(q), 0, PARAM_NULL());
}

static void write_failed(struct queue *q)
{
    struct printing *p = q->printing;
    const int64_t tries = row_int(q->printer, 0, "tries") + 1;

    /* Nothing has left after all: what was begun by nobody else is not begun. */
    if (q->begun && q->outcome == LINE_UNSENT && still_waits(q))
        write_job(q, q->tries > 0 ? PRINT_BEGUN : PRINT_WAITS, q->tries, q->tries > 0 ? begun_at(q) : PARAM_NULL(),
                  PARAM_NULL());
    write_printer(q, row_int(q->printer, 0, "waiting"), PARAM_INSTANT(after(p, print_pause_us(tries))), PARAM_NULL(),
                  tries, PARAM_TEXT(q->why));
    if (tries == 1)
        log_event(LOG_WARN, "paper_not_printed", "printer=%lld paper=%lld why=\"%s\"", (long long)q->id,
                  (long long)q->paper.number, q->why);
}

static void begin_to_send(struct queue *q)
{
    FAILPOINT(print_begun);
    q->begun = true;
    if (!q->on_line) { /* it ended meanwhile, and nothing had left */
        note(q);
        return;
    }
    if (monotonic(q->printing) - q->asked_us >
        STALE_US) { /* this server stood still: another may have the turn by now */
        stop_line(q);
        let_go(q);
        return;
    }
    q->state = PRINTING;
    line_go(&q->call);
}

static void noted(struct queue *q)
{
    if (q->state == BEGINNING) {
        begin_to_send(q);
        return;
    }
    if (q->outcome != LINE_PRINTED) {
        let_go(q);
        return;
    }
    FAILPOINT(print_noted);
    log_event(LOG_DEBUG, "paper_printed", "printer=%lld paper=%lld", (long long)q->id, (long long)q->paper.number);
    lay_out(q);
}

static void on_noted(struct txn *txn, enum store_outcome outcome)
{
    struct queue *q = txn->user;

    if (outcome == STORE_OK) {
        noted(q);
        return;
    }
    log_event(LOG_WARN, "job_failed", "job=print outcome=%d problem=%s", (int)outcome,
              txn->problem ? txn->problem : "");
    if (q->state == BEGINNING) { /* it is with no printer; whether it is noted is read with the next try */
        stop_line(q);
        q->state = WAITING;
    }
    again(q);
}

/* The rows are held: is it still our turn, and the paper still wanted? */
static void on_held(struct txn *txn, enum store_outcome outcome)
{
    struct queue *q = txn->user;

    if (outcome != STORE_OK) {
        on_noted(txn, outcome);
        return;
    }
    if (rows_count(q->printer) == 0) {
        txn_rollback(txn);
        stop_line(q);
        let_go(q);
        return;
    }
    if (q->state == BEGINNING && !still_waits(q)) {
        txn_rollback(txn);
        stop_line(q);
        lay_out(q);
        return;
    }
    if (q->state == BEGINNING)
        write_begun(q);
    else if (q->outcome == LINE_PRINTED)
        write_printed(q);
    else
        write_failed(q);
    txn_commit(txn, on_noted);
}

static void on_note_begun(struct txn *txn, enum store_outcome outcome)
{
    struct queue *q = txn->user;

    if (outcome != STORE_OK) {
        on_noted(txn, outcome);
        return;
    }
    q->printer = txn_ask(txn, &sql_printer_hold, PARAMS(PARAM_INT(q->id), PARAM_INT(q->turn)));
    q->job = txn_ask(txn, &sql_print_job_find, PARAMS(PARAM_INT(q->id), PARAM_INT(q->paper.number)));
    txn_run(txn, on_held);
}

/* Of a paper that is well on its way: that it begins. Of one that has ended: how. */
static void note(struct queue *q)
{
    q->state = q->on_line ? BEGINNING : ENDING;
    q->txn = (struct txn){ .arena = q->arena, .kind = TXN_WRITE, .wait_ms = WAIT_MS, .user = q };
    txn_begin(q->printing->config.store, &q->txn, on_note_begun);
}

/* ---- the line ---- */

static void on_well(struct line_call *call)
{
    struct queue *q = call->user;

    if (q->printing->stopped) {
        stop_line(q);
        let_go(q);
        return;
    }
    q->asked_us = monotonic(q->printing);
    note(q);
}

static void on_line_done(struct line_call *call, enum line_outcome outcome, const char *why)
{
    struct queue *q = call->user;

    q->on_line = false;
    q->outcome = outcome;
    snprintf(q->why, sizeof q->why, "%s", why);
    if (outcome == LINE_PRINTED)
        FAILPOINT(print_sent);
    if (q->state != BEGINNING) /* then the note comes back, and sees it */
        note(q);
}

static void on_laid_out(void *user, bool carried_out)
{
    struct queue *q = user;

    if (!carried_out && !q->printing->stopped) {
        q->outcome = LINE_UNSENT;
        snprintf(q->why, sizeof q->why, "the paper could not be laid out");
        q->state = ENDING;
        note(q);
        return;
    }
    if (q->printing->stopped || !q->paper.held || q->paper.number == 0) {
        let_go(q);
        return;
    }
    q->state = DIALLING;
    q->on_line = true;
    q->call = (struct line_call){ .host = q->paper.host,
                                  .port = q->paper.port,
                                  .bytes = q->paper.bytes,
                                  .well = on_well,
                                  .done = on_line_done,
                                  .user = q };
    line_begin(q->printing->lines, &q->call);
}

static void lay_out(struct queue *q)
{
    struct printing *p = q->printing;

    if (p->stopped) {
        let_go(q);
        return;
    }
    arena_reset(q->arena);
    q->state = LAYING_OUT;
    q->begun = false;
    q->paper = (struct print_rendered){ 0 };
    print_wanted_init(&q->wanted, q->id, q->turn, q->arena, &q->paper);
    driver_do(p->driver, &print_render, &q->wanted.base.base, q->shop_id, 0, on_laid_out, q);
}

/* ---- what is due ---- */

static void take(struct printing *p, const struct rows *rows, size_t row)
{
    struct queue *q = calloc(1, sizeof *q);

    assert(q);
    q->printing = p;
    q->id = row_int(rows, row, "id");
    q->shop_id = row_int(rows, row, "shop_id");
    q->turn = row_int(rows, row, "turn");
    q->arena = arena_create(0);
    q->timer = (struct timer){ .fire = on_time_again, .user = q };
    LIST_INSERT_HEAD(&p->queues, q, link);
    p->queue_count++;
    lay_out(q);
}

static void on_taken(struct txn *txn, enum store_outcome outcome)
{
    struct printing *p = txn->user;

    p->ticking = false;
    if (outcome == STORE_OK && !p->stopped) {
        p->taken_up = p->taken_up || p->takes_up;
        for (size_t i = 0; i < rows_count(p->due); i++)
            take(p, p->due, i);
    } else if (outcome != STORE_OK) {
        if (outcome == STORE_UNKNOWN) /* some may have been taken, and would wait until their turn is over */
            p->taken_up = false;
        log_event(LOG_WARN, "job_failed", "job=print outcome=%d problem=%s", (int)outcome,
                  txn->problem ? txn->problem : "");
    }
    arena_reset(p->arena);
    tick(p, TICK_MS);
}

static void on_due_begun(struct txn *txn, enum store_outcome outcome)
{
    struct printing *p = txn->user;

    if (outcome != STORE_OK) {
        on_taken(txn, outcome);
        return;
    }
    struct param now = PARAM_INSTANT(after(p, 0)), node = PARAM_INT((int64_t)p->config.node);

    p->takes_up = !p->taken_up && p->queue_count == 0;
    if (p->takes_up)
        txn_ask(txn, &sql_printer_take_up, PARAMS(node, now));
    p->due = txn_ask(txn, &sql_printer_due, PARAMS(now, PARAM_INSTANT(after(p, TURN_US)), node));
    txn_commit(txn, on_taken);
}

static void on_time(struct timer *timer)
{
    struct printing *p = timer->user;

    if (p->stopped || p->ticking || p->queue_count >= QUEUES_MAX) /* the end of one looks again */
        return;
    p->ticking = true;
    p->txn = (struct txn){ .arena = p->arena, .kind = TXN_WRITE, .wait_ms = WAIT_MS, .user = p };
    txn_begin(p->config.store, &p->txn, on_due_begun);
}

static void tick(struct printing *p, int64_t delay_ms)
{
    if (!p->stopped && !p->ticking)
        p->config.timers->start(p->config.timers, &p->timer, delay_ms);
}

/* ---- all of it ---- */

struct printing *printing_create(const struct jobs_config *config, struct driver *driver, struct print_lines *lines)
{
    struct printing *p = calloc(1, sizeof *p);

    assert(p);
    p->config = *config;
    p->driver = driver;
    p->lines = lines;
    p->arena = arena_create(0);
    p->timer = (struct timer){ .fire = on_time, .user = p };
    LIST_INIT(&p->queues);
    tick(p, 1);
    return p;
}

void printing_stop(struct printing *printing)
{
    struct queue *q;

    if (!printing)
        return;
    printing->stopped = true;
    printing->config.timers->stop(printing->config.timers, &printing->timer);
    LIST_FOREACH(q, &printing->queues, link)
    printing->config.timers->stop(printing->config.timers, &q->timer);
}

void printing_destroy(struct printing *printing)
{
    struct queue *q;

    if (!printing)
        return;
    while ((q = LIST_FIRST(&printing->queues))) {
        q->on_line = false;
        let_go(q);
    }
    arena_destroy(printing->arena);
    free(printing);
}
