/* What the files of this room share. */
#ifndef CAROLINE_SERVER_JOBS_INNER_H
#define CAROLINE_SERVER_JOBS_INNER_H

#include "server/jobs/jobs.h"

/*  RESTING -> (timer) -> BEGINNING -> ENDING -> RESTING
 *                ^                      |
 *                +---- soon again ------+   there is more to do
 */
struct sweeper {
    const struct sweep *sweep;
    struct jobs *jobs;
    struct timer timer;
    struct txn txn;
    struct arena *arena;
    struct rows *rows;
    struct instant now; /* of the transaction */
    int64_t begun_us;   /* when its turn came, by the monotonic clock */
    void *own;          /* the sweep's, from one round to the next; freed with the sweeper */
};

/* One kind of timed work. */
struct sweep {
    const char *name;
    int64_t every_ms;
    void (*ask)(struct sweeper *s); /* sets s->rows */
    /* Committed. true: there is more, again once it has rested as long as that took. */
    bool (*done)(struct sweeper *s);
};

struct jobs {
    struct jobs_config config;
    struct sweeper *sweepers;
    size_t count;
    struct watch *watch; /* NULL: none */
    bool stopped;
};

/* watch.c; the first look comes soon. */
struct watch *watch_create(struct jobs *jobs);
void watch_stop(struct watch *watch);
void watch_destroy(struct watch *watch);

extern const struct sweep sweep_commands, sweep_sessions, sweep_failures, sweep_keys, sweep_points, sweep_referrals,
    sweep_kiosk_baskets, sweep_member_tickets, sweep_member_codes, sweep_print_jobs;

#endif
