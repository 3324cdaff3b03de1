/* A bakery for a number of days: tills, an office, two servers, a database, and what goes wrong between them, all from
 * one seed. The same seed and options give the same events, to the last one: `hash` says so. */
#ifndef CAROLINE_TESTS_SIM_WORLD_H
#define CAROLINE_TESTS_SIM_WORLD_H

#include "tests/sim/world/server.h"
#include "tests/sim/world/till.h"

struct sim_options {
    uint64_t seed;
    unsigned days, receipts, faults; /* receipts and faults: a day */
    unsigned tills;
    unsigned refund_per_mille;
    unsigned check_every; /* days: db/checks' invariants over all rows; the last day always */
    unsigned jobs;        /* threads, and processes that share the checks; the events are the same */
    bool checks_alone;    /* nothing but db/checks' invariants may find anything */
    bool trace;           /* what happens, to standard error */
    const char *record;   /* a directory for record.h's files; or NULL */
};

#define TILLS_MAX  32
#define FAULTS_MAX 64 /* a day */
struct world {
    struct sim_options options;
    struct events events;
    struct process clockwork;
    struct random chance;
    struct database database;
    struct network network;
    struct vault *vault;
    struct server *servers[HOSTS]; /* NULL: down */
    struct event restarts[HOSTS];
    unsigned server_starts, ghosts;
    struct floor floor;
    struct witness witness;
    struct till tills[TILLS_MAX + 1]; /* the office first */
    unsigned day;
    uint64_t fault_at[FAULTS_MAX]; /* customers served before it strikes, in order */
    struct event strikes[FAULTS_MAX];
    unsigned fault_count, fault_next, faults;
    uint64_t cuts[WAYS + 1]; /* to the server, to the till, both */
    uint64_t over_night;     /* tills that were cut off at the end of a day */
    uint64_t hash;
    struct zone *zone;
};

struct sim_result {
    uint64_t hash;                     /* of all that happened */
    uint64_t sales, refunds, refusals; /* as people were told */
    uint64_t offline, torn;            /* sales that a till made alone; and tried to, when its disk failed */
    uint64_t aside, aside_sold,
        aside_parked;             /* sales whose customer went before the answer; refused, what became of them */
    uint64_t let_go, brought;     /* errands that nobody waited for; baskets that were taken up */
    uint64_t told_twice;          /* answers that were heard again */
    uint64_t faults, starts;      /* starts: of servers */
    uint64_t lost_runs, given_up; /* of the database */
    uint64_t lost, doubled, late, overtaken; /* of the frames */
    uint64_t cuts, one_way, over_night;      /* lines that were cut; that were so at the end of a day */
    uint64_t frames, events;
};

/* Ends the program, with a sentence and the seed, when a promise is broken. */
struct sim_result world_run(const struct sim_options *options, struct vault *vault);

/* faults.c: one, whichever chance names. */
void fault_strike(struct world *world);
/* All that lasts is over: lines are up, the weather is fine. A line that is cut for longer stays so over night, but for good. */
void faults_end(struct world *world, bool for_good);
/* world.c */
void world_note(struct world *world, const char *what, int64_t a, int64_t b, uint64_t c);
void world_crash_server(struct world *world, unsigned index, int64_t down_us);
#define SIM_AGAIN_TEXT 200
/* The command that has it again: "again: caroline-sim --seed 7 ...". */
void world_again(char *text, size_t size, const struct sim_options *options);
_Noreturn void world_broken(struct world *world, const char *sentence);

#endif
