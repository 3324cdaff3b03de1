/* Timed work: when each sweep runs, and what if it cannot. */
#include "server/jobs/jobs.h"

#include <assert.h>
#include <stdlib.h>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "server/jobs/inner.h"

#define FIRST_MS 1000
#define WAIT_MS  5000
#define PAUSE_MS 1000 /* between two rounds of which the first left something to do, at most */

static const struct sweep *const sweeps[] = { &sweep_commands,      &sweep_sessions,       &sweep_failures,
                                              &sweep_keys,          &sweep_points,         &sweep_referrals,
                                              &sweep_kiosk_baskets, &sweep_member_tickets, &sweep_member_codes,
                                              &sweep_print_jobs };
#define SWEEPS (sizeof sweeps / sizeof *sweeps)

static void rest(struct sweeper *s, int64_t delay_ms)
{
    struct timers *timers = s->jobs->config.timers;

    arena_reset(s->arena);
    if (!s->jobs->stopped)
        timers->start(timers, &s->timer, FAILPOINT_REST_MS(delay_ms));
}

/* As long as it took: whoever sells meanwhile has the other half of the machine's time. */
static int64_t pause_ms(const struct sweeper *s)
{
    struct clock *clock = s->jobs->config.clock;
    int64_t took_ms = (clock->monotonic_us(clock) - s->begun_us) / 1000;

    return took_ms < PAUSE_MS ? took_ms : PAUSE_MS;
}

static void on_committed(struct txn *txn, enum store_outcome outcome)
{
    struct sweeper *s = txn->user;

    if (outcome != STORE_OK) { /* the next round does it */
        log_event(LOG_WARN, "job_failed", "job=%s outcome=%d problem=%s", s->sweep->name, (int)outcome,
                  txn->problem ? txn->problem : "");
        rest(s, s->sweep->every_ms);
        return;
    }
    rest(s, s->sweep->done(s) ? pause_ms(s) : s->sweep->every_ms);
}

static void on_begun(struct txn *txn, enum store_outcome outcome)
{
    struct sweeper *s = txn->user;

    if (outcome != STORE_OK) {
        on_committed(txn, outcome);
        return;
    }
    s->sweep->ask(s);
    txn_commit(txn, on_committed);
}

static void on_time(struct timer *timer)
{
    struct sweeper *s = timer->user;
    const struct jobs_config *config = &s->jobs->config;

    s->now = config->clock->now(config->clock);
    s->begun_us = config->clock->monotonic_us(config->clock);
    s->txn = (struct txn){ .arena = s->arena, .kind = TXN_WRITE, .wait_ms = WAIT_MS, .user = s };
    txn_begin(config->store, &s->txn, on_begun);
}

struct jobs *jobs_create(const struct jobs_config *config)
{
    struct jobs *jobs = calloc(1, sizeof *jobs);

    assert(jobs);
    jobs->config = *config;
    jobs->count = SWEEPS;
    jobs->sweepers = calloc(SWEEPS, sizeof *jobs->sweepers);
    assert(jobs->sweepers);
    for (size_t i = 0; i < SWEEPS; i++) {
        struct sweeper *s = &jobs->sweepers[i];

        s->sweep = sweeps[i];
        s->jobs = jobs;
        s->arena = arena_create(0);
        s->timer = (struct timer){ .fire = on_time, .user = s };
        config->timers->start(config->timers, &s->timer, FIRST_MS);
    }
    if (config->watch_ms > 0)
        jobs->watch = watch_create(jobs);
    return jobs;
}

void jobs_stop(struct jobs *jobs)
{
    jobs->stopped = true;
    for (size_t i = 0; i < jobs->count; i++)
        jobs->config.timers->stop(jobs->config.timers, &jobs->sweepers[i].timer);
    watch_stop(jobs->watch);
}

void jobs_destroy(struct jobs *jobs)
{
    if (!jobs)
        return;
    for (size_t i = 0; i < jobs->count; i++) {
        arena_destroy(jobs->sweepers[i].arena);
        free(jobs->sweepers[i].own);
    }
    watch_destroy(jobs->watch);
    free(jobs->sweepers);
    free(jobs);
}
