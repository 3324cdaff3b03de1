/* The simulated database in the simulator's time: when what it could do next happens, and what becomes of it. */
#ifndef CAROLINE_TESTS_SIM_DATABASE_H
#define CAROLINE_TESTS_SIM_DATABASE_H

#include "tests/sim/store/sim_store.h"
#include "tests/sim/world/events.h"

/* A fault that waits for its moment: the `after`-th event from now on that it fits. */
struct database_fault {
    const struct sim_store *store; /* NULL: of anybody */
    enum sim_event_kind kind;
    bool commits; /* only a run that ends its transaction */
    unsigned after;
    enum sim_fate fate;
};
#define DATABASE_FAULTS_MAX 16

struct database {
    struct process process; /* the machine it runs on */
    struct sim_database *sim;
    struct random chance;
    uint64_t seen;           /* events up to this serial have their time */
    uint64_t newest, looked; /* of those that have; that there was when it was looked for more */
    struct event wake;
    struct database_fault faults[DATABASE_FAULTS_MAX];
    size_t fault_count;
    bool down;
    int64_t slow_until_us; /* a disk that is busy with something else */
    uint64_t worked, lost, given_up;
};

void database_init(struct database *database, struct events *events, uint64_t seed);
void database_fini(struct database *database);
/* To be called whenever anything may have been asked of it, or time has gone by. */
void database_look(struct database *database);
void database_arm(struct database *database, struct database_fault fault);

/* kill -9 and a while later up again. */
void database_crash(struct database *database, int64_t down_us);
/* Each COMMIT that is on its way from this process has reached the database already, or never will. */
void database_settle_commits(struct database *database, const struct sim_store *store);

/* An errand of the simulator's own, done at once, outside of time: set-up and audit. */
struct errand {
    struct database *database;
    struct sim_store *store;
    struct txn txn;
    struct arena *arena;
    bool done;
    enum store_outcome outcome;
};
void errand_begin(struct errand *errand, struct database *database, enum txn_kind kind);
struct rows *errand_ask(struct errand *errand, const struct statement *statement, const struct param *params,
                        size_t count);
/* Anything but OK ends the program: it says which statement. */
void errand_run(struct errand *errand);
void errand_commit(struct errand *errand);

#endif
