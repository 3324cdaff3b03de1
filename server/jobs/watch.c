/* The watch: while the shop sells, one invariant of db/checks/ after the other is looked at, each in a snapshot of its
 * own, and what does not hold is in the log at once. A round takes watch_ms, or longer where the checks themselves take
 * long: what a check takes beyond a tenth of a second is followed by a rest 99 times as long, so that a shop of ten
 * million sales is not slowed down by being watched. Every process watches by itself. */
#include <assert.h>
#include <stdlib.h>

#include "common/base/log.h"
#include "server/jobs/inner.h"
#include "server/store/check_statement.h"

#define WAIT_MS 5000
#define FREE_MS 100
#define REST    99 /* times what the check took beyond FREE_MS */

struct watch {
    struct jobs *jobs;
    struct timer timer;
    struct txn txn;
    struct arena *arena;
    struct rows *wrong;
    size_t at; /* in checks */
    int64_t began_us;
    bool *broken; /* of each check, when it was last looked at */
};

static void rest(struct watch *w)
{
    const struct jobs_config *config = &w->jobs->config;
    int64_t took_ms = (config->clock->monotonic_us(config->clock) - w->began_us) / 1000;
    int64_t pace_ms = config->watch_ms / (int64_t)checks_count, rest_ms = (took_ms - FREE_MS) * REST;

    arena_reset(w->arena);
    if (!w->jobs->stopped)
        config->timers->start(config->timers, &w->timer, rest_ms > pace_ms ? rest_ms : pace_ms);
}

static void tell(struct watch *w)
{
    struct invariants_seen *seen = w->jobs->config.invariants;

    seen->broken = 0;
    seen->first = NULL;
    for (size_t i = checks_count; i-- > 0;) {
        if (w->broken[i]) {
            seen->broken++;
            seen->first = checks[i].name;
        }
    }
}

/* Each time that it turns from holding to not, and back. */
static void note(struct watch *w)
{
    const struct script *check = &checks[w->at];
    bool broken = rows_count(w->wrong) > 0;

    if (broken && !w->broken[w->at])
        log_event(LOG_ERROR, "invariant_broken", "check=%s row=\"%s\"", check->name,
                  row_text(w->wrong, 0, "first_row"));
    else if (!broken && w->broken[w->at])
        log_event(LOG_INFO, "invariant_holds_again", "check=%s", check->name);
    w->broken[w->at] = broken;
    tell(w);
}

static void next_check(struct watch *w)
{
    if (++w->at == checks_count) {
        w->at = 0;
        w->jobs->config.invariants->looked = w->jobs->config.clock->now(w->jobs->config.clock);
    }
}

static void on_looked(struct txn *txn, enum store_outcome outcome)
{
    struct watch *w = txn->user;

    /* Away or busy: this one is looked at next time. One that can't be run is no reason to forget the others, and one
     * that a server's end cuts off is no news. */
    if (outcome == STORE_OK)
        note(w);
    else if (!w->jobs->stopped)
        log_event(LOG_WARN, "invariant_not_watched", "check=%s outcome=%d problem=%s", checks[w->at].name, (int)outcome,
                  txn->problem ? txn->problem : "");
    next_check(w);
    rest(w);
}

static void on_begun(struct txn *txn, enum store_outcome outcome)
{
    struct watch *w = txn->user;

    if (outcome != STORE_OK) {
        rest(w);
        return;
    }
    w->wrong = txn_ask(txn, check_statement(w->arena, &checks[w->at]), NO_PARAMS);
    txn_commit(txn, on_looked);
}

static void on_time(struct timer *timer)
{
    struct watch *w = timer->user;
    const struct jobs_config *config = &w->jobs->config;

    w->began_us = config->clock->monotonic_us(config->clock);
    w->txn = (struct txn){ .arena = w->arena, .kind = TXN_CHECK, .wait_ms = WAIT_MS, .user = w };
    txn_begin(config->store, &w->txn, on_begun);
}

struct watch *watch_create(struct jobs *jobs)
{
    struct watch *w = calloc(1, sizeof *w);

    assert(w && checks_count > 0 && jobs->config.invariants);
    w->jobs = jobs;
    w->arena = arena_create(0);
    w->broken = calloc(checks_count, sizeof *w->broken);
    assert(w->broken);
    w->timer = (struct timer){ .fire = on_time, .user = w };
    jobs->config.timers->start(jobs->config.timers, &w->timer, jobs->config.watch_ms / (int64_t)checks_count);
    return w;
}

void watch_stop(struct watch *watch)
{
    if (watch)
        watch->jobs->config.timers->stop(watch->jobs->config.timers, &watch->timer);
}

void watch_destroy(struct watch *watch)
{
    if (!watch)
        return;
    arena_destroy(watch->arena);
    free(watch->broken);
    free(watch);
}
