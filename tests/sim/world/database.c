/* Events of the database get a time when they are first seen, and a fate when it has come. */
#include "tests/sim/world/database.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

struct happening {
    struct event event; /* first */
    struct database *database;
    uint64_t serial;
};

static bool fits(const struct database_fault *fault, const struct sim_event *event)
{
    return fault->kind == event->kind && (!fault->store || fault->store == event->store) &&
           (!fault->commits || event->commit);
}

static enum sim_fate fate_of(struct database *database, const struct sim_event *event)
{
    for (size_t i = 0; i < database->fault_count; i++) {
        struct database_fault *fault = &database->faults[i];

        if (!fits(fault, event))
            continue;
        if (fault->after > 0) {
            fault->after--;
            continue;
        }
        enum sim_fate fate = fault->fate;
        *fault = database->faults[--database->fault_count];
        database->lost += fate == SIM_LOST;
        database->given_up += fate == SIM_AGAIN;
        return fate;
    }
    return SIM_FINE;
}

static void on_happening(struct event *event)
{
    struct happening *happening = (struct happening *)event;
    struct database *database = happening->database;
    uint64_t serial = happening->serial;
    struct sim_event next;

    free(happening);
    if (!sim_database_find(database->sim, serial, &next))
        return; /* it was somebody's who is gone, or a crash took it */
    database->worked += next.kind == SIM_WORK;
    sim_database_step_serial(database->sim, serial, fate_of(database, &next));
}

static void on_dropped(struct event *event)
{
    free(event);
}

static int64_t delay_us(struct database *database, const struct sim_event *event)
{
    struct random *chance = &database->chance;
    bool slow = database->process.events->now_us < database->slow_until_us;

    switch (event->kind) {
    case SIM_LEND:
        return random_between(chance, 1, 50);
    case SIM_WORK:
        return random_between(chance, 100, event->commit ? 3000 : 1000) * (slow ? 200 : 1);
    case SIM_ANSWER:
        return random_between(chance, 50, 500);
    case SIM_NOTICE:
        return random_per_mille(chance, 20) ? random_between(chance, 0, SECOND_US) : random_between(chance, 100, 5000);
    case SIM_LISTEN:
        return random_between(chance, 1000, 100000);
    }
    return 0;
}

static void on_wake(struct event *event)
{
    (void)event; /* events_step() has moved the time, which is all it takes */
}

static void on_young(void *user, const struct sim_event *event)
{
    struct database *database = user;
    struct happening *happening = calloc(1, sizeof *happening);

    assert(happening);
    *happening = (struct happening){
        .event = { .fire = on_happening, .drop = on_dropped },
        .database = database,
        .serial = event->serial,
    };
    if (event->serial > database->newest)
        database->newest = event->serial;
    event_at(&happening->event, &database->process, delay_us(database, event));
}

void database_look(struct database *database)
{
    sim_database_advance(database->sim, events_wall(database->process.events));
    if (sim_database_youngest(database->sim) != database->looked) {
        database->looked = sim_database_youngest(database->sim);
        sim_database_younger(database->sim, database->seen, on_young, database);
        database->seen = database->newest;
    }

    struct instant deadline = sim_database_deadline(database->sim);
    int64_t wait_us = deadline.us == INT64_MAX ? 0 : deadline.us - events_wall(database->process.events).us + 1;
    if (wait_us > 0 && (!database->wake.place || database->wake.at_us > database->process.events->now_us + wait_us))
        event_at(&database->wake, &database->process, wait_us);
}

void database_init(struct database *database, struct events *events, uint64_t seed)
{
    *database = (struct database){ .sim = sim_database_create(), .wake.fire = on_wake };
    process_init(&database->process, events, seed, 2);
    random_seed(&database->chance, seed, 3);
    sim_database_advance(database->sim, events_wall(events));
}

void database_fini(struct database *database)
{
    process_kill(&database->process);
    sim_database_destroy(database->sim);
}

void database_arm(struct database *database, struct database_fault fault)
{
    if (database->fault_count < DATABASE_FAULTS_MAX)
        database->faults[database->fault_count++] = fault;
}

/* ---- crashes ---- */

struct restart {
    struct event event; /* first */
    struct database *database;
};

static void on_restart(struct event *event)
{
    struct database *database = ((struct restart *)event)->database;

    free(event);
    sim_database_restart(database->sim);
    database->down = false;
}

void database_crash(struct database *database, int64_t down_us)
{
    struct restart *restart;

    if (database->down)
        return;
    restart = calloc(1, sizeof *restart);
    assert(restart);
    restart->event = (struct event){ .fire = on_restart, .drop = on_dropped };
    restart->database = database;
    database->down = true;
    sim_database_crash(database->sim);
    event_at(&restart->event, &database->process, down_us);
}

static bool find_commit(const struct database *database, const struct sim_store *store, uint64_t after, size_t *which)
{
    size_t count = sim_database_pending(database->sim);

    for (size_t i = 0; i < count; i++) {
        struct sim_event event = sim_database_event(database->sim, i);

        if (event.kind == SIM_WORK && event.commit && event.store == store && event.serial > after) {
            *which = i;
            return true;
        }
    }
    return false;
}

void database_settle_commits(struct database *database, const struct sim_store *store)
{
    uint64_t last = 0;
    size_t which;

    while (find_commit(database, store, last, &which)) {
        last = sim_database_event(database->sim, which).serial;
        if (random_per_mille(&database->chance, 500))
            sim_database_step(database->sim, which, SIM_FINE);
    }
}

/* ---- errands ---- */

static void on_errand(struct txn *txn, enum store_outcome outcome)
{
    struct errand *errand = txn->user;

    errand->done = true;
    errand->outcome = outcome;
}

static void wait_for(struct errand *errand)
{
    struct sim_database *sim = errand->database->sim;

    while (!errand->done) {
        size_t count = sim_database_pending(sim), i = 0;

        while (i < count && sim_database_event(sim, i).store != errand->store)
            i++;
        if (i == count) {
            fprintf(stderr, "an errand of the simulator waits for what never comes\n");
            abort();
        }
        sim_database_step(sim, i, SIM_FINE);
    }
    if (errand->outcome != STORE_OK) {
        fprintf(stderr, "an errand of the simulator failed: %s\n",
                errand->txn.problem ? errand->txn.problem : "no reason");
        abort();
    }
    errand->done = false;
}

void errand_begin(struct errand *errand, struct database *database, enum txn_kind kind)
{
    *errand = (struct errand){ .database = database };
    errand->store = sim_store_create(database->sim, &(struct sim_store_config){ 0 });
    errand->arena = arena_create(0);
    errand->txn = (struct txn){ .arena = errand->arena, .kind = kind, .wait_ms = 1000, .user = errand };
    txn_begin(sim_store_store(errand->store), &errand->txn, on_errand);
    wait_for(errand);
}

struct rows *errand_ask(struct errand *errand, const struct statement *statement, const struct param *params,
                        size_t count)
{
    return txn_ask(&errand->txn, statement, params, count);
}

void errand_run(struct errand *errand)
{
    txn_run(&errand->txn, on_errand);
    wait_for(errand);
}

void errand_commit(struct errand *errand)
{
    txn_commit(&errand->txn, on_errand);
    wait_for(errand);
    sim_store_destroy(errand->store);
    arena_destroy(errand->arena);
}
