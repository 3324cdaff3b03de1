/* What is due at the payment gateway, a few at a time. payments.h has the picture of a round. */
#include "server/jobs/payments.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "db/queries.h"
#include "server/jobs/payments_inner.h"

#define TICK_MS     200
#define WAIT_MS     5000
#define LEASE_US    (150 * SECOND_US) /* two calls of the gateway's and what is written between, and as much again */
#define ASK_US      (60 * SECOND_US)  /* nothing is asked of the gateway later than this */
#define ERRANDS_MAX 32
/* Before what could not be noted is gone on with: at first, and at most. */
#define PAUSE_US         SECOND_US
#define PAUSE_LONGEST_US (30 * SECOND_US)

static void tick(struct payments *p, int64_t delay_ms);

struct instant payments_now(const struct payments *p)
{
    return p->config.clock->now(p->config.clock);
}

struct instant payments_after(const struct payments *p, int64_t us)
{
    struct instant now = payments_now(p);

    now.us += us;
    return now;
}

/* ---- errands ---- */

static int64_t monotonic(const struct payments *p)
{
    return p->config.clock->monotonic_us(p->config.clock);
}

static struct errand *errand_of(struct payments *p)
{
    struct errand *e = calloc(1, sizeof *e);

    assert(e);
    e->payments = p;
    e->arena = arena_create(0);
    e->taken_us = monotonic(p);
    LIST_INSERT_HEAD(&p->errands, e, link);
    p->errand_count++;
    return e;
}

/* What is ours was not noted, and would be kept from us by our own lease. A database that takes a look and no note (its disk is full) would have
 * the gateway asked the same thing hundreds of times a second: hence the pause, one for all that fail together. */
static void not_noted(struct payments *p)
{
    if (!p->taken_up)
        return;
    p->taken_up = false;
    p->pause_us = p->pause_us == 0 ? PAUSE_US : 2 * p->pause_us;
    if (p->pause_us > PAUSE_LONGEST_US)
        p->pause_us = PAUSE_LONGEST_US;
    p->again_us = monotonic(p) + p->pause_us;
}

/* The database takes notes: what waits for that does not wait long any more. */
static void noted(struct payments *p)
{
    const int64_t soon_us = monotonic(p) + PAUSE_US;

    p->pause_us = 0;
    if (p->again_us > soon_us)
        p->again_us = soon_us;
}

void errand_end(struct errand *e)
{
    struct payments *p = e->payments;

    if (!e->not_noted && !p->stopped)
        noted(p);
    LIST_REMOVE(e, link);
    p->errand_count--;
    arena_destroy(e->arena);
    explicit_bzero(&e->token, sizeof e->token);
    free(e);
    tick(p, 0);
}

static void on_committed(struct txn *txn, enum store_outcome outcome)
{
    struct errand *e = txn->user;

    if (outcome != STORE_OK) {
        log_event(LOG_WARN, "job_failed", "job=payments outcome=%d problem=%s", (int)outcome,
                  txn->problem ? txn->problem : "");
        e->not_noted = true;
        if (outcome != STORE_BROKEN) /* which would break again each time */
            not_noted(e->payments);
        errand_end(e);
        return;
    }
    e->then(e);
}

static void on_begun(struct txn *txn, enum store_outcome outcome)
{
    struct errand *e = txn->user;

    if (outcome != STORE_OK) {
        on_committed(txn, outcome);
        return;
    }
    e->write(e);
    txn_commit(txn, on_committed);
}

void errand_commit(struct errand *e, void (*write)(struct errand *e), void (*then)(struct errand *e))
{
    e->write = write;
    e->then = then;
    e->txn = (struct txn){ .arena = e->arena, .kind = TXN_WRITE, .wait_ms = WAIT_MS, .user = e };
    txn_begin(e->payments->config.store, &e->txn, on_begun);
}

void errand_ask(struct errand *e, void (*act)(struct payment_provider *provider, struct gateway_call *call),
                void (*done)(struct gateway_call *call))
{
    struct payments *p = e->payments;

    if (p->stopped || monotonic(p) - e->taken_us > ASK_US) { /* it stood still: another may have it by now */
        errand_end(e);
        return;
    }
    e->call.done = done;
    e->call.user = e;
    act(p->own.provider, &e->call);
}

/* ---- what is due ---- */

static void begin_errands(struct payments *p)
{
    for (size_t i = 0; i < rows_count(p->charges); i++)
        charge_begin(errand_of(p), p->charges, i);
    for (size_t i = 0; i < rows_count(p->setups); i++)
        setup_begin(errand_of(p), p->setups, i);
    for (size_t i = 0; i < rows_count(p->detachings); i++)
        detaching_begin(errand_of(p), p->detachings, i);
}

static void on_taken(struct txn *txn, enum store_outcome outcome)
{
    struct payments *p = txn->user;

    p->ticking = false;
    if (outcome == STORE_OK && !p->stopped) {
        p->taken_up = p->taken_up || p->takes_up;
        begin_errands(p);
    } else if (outcome != STORE_OK) {
        if (outcome == STORE_UNKNOWN) /* some may have been taken */
            p->taken_up = false;
        log_event(LOG_WARN, "job_failed", "job=payments outcome=%d problem=%s", (int)outcome,
                  txn->problem ? txn->problem : "");
    }
    arena_reset(p->arena);
    tick(p, TICK_MS);
}

static void on_due_begun(struct txn *txn, enum store_outcome outcome)
{
    struct payments *p = txn->user;

    if (outcome != STORE_OK) {
        on_taken(txn, outcome);
        return;
    }
    struct param now = PARAM_INSTANT(payments_now(p)), lease = PARAM_INSTANT(payments_after(p, LEASE_US));
    struct param node = PARAM_INT((int64_t)p->config.node);

    p->takes_up = !p->taken_up && p->errand_count == 0 && monotonic(p) >= p->again_us;
    if (p->takes_up) {
        txn_ask(txn, &sql_payment_take_up_charges, PARAMS(node, now));
        txn_ask(txn, &sql_payment_take_up_setups, PARAMS(node, now));
    }
    p->charges = txn_ask(txn, &sql_gateway_charge_due, PARAMS(now, lease, node));
    p->setups = txn_ask(txn, &sql_payment_setup_due, PARAMS(now, lease, node));
    p->detachings = txn_ask(txn, &sql_gateway_detach_due, PARAMS(now, lease));
    txn_commit(txn, on_taken);
}

static void on_time(struct timer *timer)
{
    struct payments *p = timer->user;

    if (p->stopped || p->ticking)
        return;
    if (p->errand_count >= ERRANDS_MAX) { /* the end of one looks again */
        return;
    }
    p->ticking = true;
    p->txn = (struct txn){ .arena = p->arena, .kind = TXN_WRITE, .wait_ms = WAIT_MS, .user = p };
    txn_begin(p->config.store, &p->txn, on_due_begun);
}

static void tick(struct payments *p, int64_t delay_ms)
{
    if (!p->stopped && !p->ticking)
        p->config.timers->start(p->config.timers, &p->timer, delay_ms > 0 ? delay_ms : 1);
}

/* ---- all of it ---- */

struct payments *payments_create(const struct jobs_config *config, const struct payments_config *payments)
{
    struct payments *p = calloc(1, sizeof *p);

    assert(p);
    p->config = *config;
    p->own = *payments;
    p->arena = arena_create(0);
    p->timer = (struct timer){ .fire = on_time, .user = p };
    LIST_INIT(&p->errands);
    tick(p, 0);
    return p;
}

void payments_stop(struct payments *payments)
{
    if (!payments)
        return;
    payments->stopped = true;
    payments->config.timers->stop(payments->config.timers, &payments->timer);
}

void payments_destroy(struct payments *payments)
{
    struct errand *e;

    if (!payments)
        return;
    while ((e = LIST_FIRST(&payments->errands)))
        errand_end(e);
    arena_destroy(payments->arena);
    free(payments);
}
