/* The day's round: open, serve, close, audit; and a night in which nothing happens but that time goes by. */
#include "tests/sim/world/world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/bytes.h"
#include "tests/sim/world/disk.h"
#include "tests/sim/world/record.h"
#include "tests/sim/world/spools.h"

#define BEGIN_US     (INT64_C(1772442000) * SECOND_US) /* 2 March 2026, 10:00 in Berlin */
#define PATIENCE_US  (15 * 60 * SECOND_US)             /* for everybody to have their answers, once all is well */
#define DAY_LIMIT_US (24 * 3600 * SECOND_US)
#define STRIKE_US    12000

/* ---- the log: only its hash is kept ---- */

void world_note(struct world *world, const char *what, int64_t a, int64_t b, uint64_t c)
{
    uint8_t numbers[32];

    put_u64(numbers, (uint64_t)world->events.now_us);
    put_u64(numbers + 8, (uint64_t)a);
    put_u64(numbers + 16, (uint64_t)b);
    put_u64(numbers + 24, c);
    world->hash = hash_bytes(hash_bytes(world->hash, what, strlen(what)), numbers, sizeof numbers);
    if (world->options.trace)
        fprintf(stderr, "%14.6f %-12s %lld %lld %016llx\n", (double)world->events.now_us / 1e6, what, (long long)a,
                (long long)b, (unsigned long long)c);
}

void world_again(char *text, size_t size, const struct sim_options *o)
{
    snprintf(text, size, "again: caroline-sim --seed %llu --days %u --receipts %u --faults %u --tills %u%s",
             (unsigned long long)o->seed, o->days, o->receipts, o->faults, o->tills,
             o->checks_alone ? " --checks-alone" : "");
}

_Noreturn void world_broken(struct world *world, const char *sentence)
{
    char again[SIM_AGAIN_TEXT];

    fflush(stdout);
    world_again(again, sizeof again, &world->options);
    fprintf(stderr, "broken: %s\n", sentence);
    fprintf(stderr, "%s (day %u, second %lld)\n", again, world->day + 1, (long long)(world->events.now_us / SECOND_US));
    shop_vault_close(world->vault);
    _exit(1);
}

static void on_broken(void *user, const char *sentence)
{
    world_broken(user, sentence);
}

static void on_note(void *user, const char *what, int64_t a, int64_t b, uint64_t c)
{
    world_note(user, what, a, b, c);
}

/* ---- servers come and go ---- */

static void on_gone(struct server *server, void *user)
{
    struct world *world = user;

    world->ghosts--;
    free(server);
}

static struct world *world_of_clockwork(struct process *clockwork)
{
    return (struct world *)(void *)((char *)clockwork - offsetof(struct world, clockwork));
}

static void start_server(struct world *world, unsigned index)
{
    world_note(world, "start", index, 0, 0);
    world->servers[index] = server_start(&world->network.hosts[index], &world->database, world->vault, index + 1,
                                         world->options.seed, 100000 + world->server_starts++, on_gone, world);
}

static void on_restart(struct event *event)
{
    struct world *world = world_of_clockwork(event->process);

    for (unsigned i = 0; i < HOSTS; i++)
        if (event == &world->restarts[i])
            start_server(world, i);
}

void world_crash_server(struct world *world, unsigned index, int64_t down_us)
{
    if (!world->servers[index])
        return;
    world_note(world, "kill", index, down_us, 0);
    world->ghosts++;
    server_crash(world->servers[index]);
    world->servers[index] = NULL;
    world->restarts[index].fire = on_restart;
    event_at(&world->restarts[index], &world->clockwork, down_us);
}

/* ---- time goes by ---- */

static void step(struct world *world, int64_t until_us)
{
    (void)events_step(&world->events, until_us);
    database_look(&world->database);
}

static void on_strike(struct event *event)
{
    struct world *world = world_of_clockwork(event->process);

    world->faults++;
    fault_strike(world);
}

/* Within the time that a command takes: between any two of its steps. */
static void strike_what_is_due(struct world *world)
{
    while (world->fault_next < world->fault_count && world->floor.sold >= world->fault_at[world->fault_next]) {
        struct event *strike = &world->strikes[world->fault_next++];

        strike->fire = on_strike;
        event_at(strike, &world->clockwork, random_between(&world->chance, 0, STRIKE_US));
    }
}

/* The day's last customer may be gone before a fault has struck: it does, all the same. */
static bool is_striking(const struct world *world)
{
    for (unsigned i = 0; i < world->fault_next; i++)
        if (world->strikes[i].place != 0)
            return true;
    return false;
}

/* But who is cut off over night; and the database answers. */
static bool all_idle(const struct world *world)
{
    if (world->database.down)
        return false;
    for (unsigned i = 0; i <= world->options.tills; i++)
        if (!world->tills[i].away && !till_is_idle(&world->tills[i]))
            return false;
    return true;
}

static int by_number(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

static void plan_faults(struct world *world)
{
    world->fault_count = world->options.faults;
    world->fault_next = 0;
    for (unsigned i = 0; i < world->fault_count; i++)
        world->fault_at[i] = random_below(&world->chance, world->options.receipts);
    qsort(world->fault_at, world->fault_count, sizeof world->fault_at[0], by_number);
}

static void serve(struct world *world)
{
    int64_t limit_us = world->events.now_us + DAY_LIMIT_US;

    world->floor.to_sell = world->options.receipts;
    world->floor.sold = 0;
    world->floor.day = world->day;
    world->floor.open = true;
    plan_faults(world);
    while (world->floor.sold < world->floor.to_sell || is_striking(world)) {
        step(world, limit_us);
        strike_what_is_due(world);
        if (world->events.now_us >= limit_us)
            world_broken(world, "the shop is stuck: a whole day was too short for its customers");
    }
    world->floor.open = false;
}

/* Nothing goes wrong any more: everybody gets their answers. */
static void finish(struct world *world)
{
    int64_t limit_us = world->events.now_us + PATIENCE_US;

    for (unsigned i = 0; i < FAULTS_MAX; i++)
        event_cancel(&world->strikes[i]);
    faults_end(world, world->day + 1 == world->options.days);
    while (!all_idle(world)) {
        step(world, limit_us);
        if (world->events.now_us < limit_us)
            continue;
        if (world->options.checks_alone)
            return; /* that is no invariant */
        world_broken(world, "somebody is stuck: 15 minutes after the last fault a command waits for its answer");
    }
}

static void audit(struct world *world)
{
    const struct sim_options *o = &world->options;
    bool last = world->day + 1 == o->days;

    world_note(world, "audit", world->day, (int64_t)world->witness.done, world->events.happened);
    spools_settle(); /* a helper is a copy of a process in which nothing else happens */
    witness_audit(&world->witness, &world->database, last || (world->day + 1) % o->check_every == 0);
}

/* Clocks on walls go on, machines sleep: their monotonic clocks stand. Ten o'clock again, give or take. */
static void pass_the_night(struct world *world)
{
    world->events.wall_us += 23 * 3600 * SECOND_US + random_between(&world->chance, 0, 3600 * SECOND_US);
    database_look(&world->database);
}

/* ---- the world ---- */

static struct world *create(const struct sim_options *options, struct vault *vault)
{
    struct world *world = calloc(1, sizeof *world);

    assert(world && options->tills >= 1 && options->tills <= TILLS_MAX);
    world->options = *options;
    world->vault = vault;
    shop_vault_seed(options->seed);
    world->hash = HASH_BEGIN;
    world->zone = zone_load(NULL, SIM_ZONE);
    assert(world->zone);
    disks_clear();
    random_seed(&world->chance, options->seed, 0);
    events_init(&world->events, (struct instant){ BEGIN_US });
    process_init(&world->clockwork, &world->events, options->seed, 4);
    database_init(&world->database, &world->events, options->seed);
    network_init(&world->network, options->seed);
    world->witness.broken = on_broken;
    world->witness.silent = options->checks_alone;
    world->witness.helpers = options->jobs - 1;
    world->witness.user = world;
    world->floor = (struct floor){
        .witness = &world->witness,
        .network = &world->network,
        .office = &world->tills[0],
        .clockwork = &world->clockwork,
        .zone = world->zone,
        .seed = options->seed,
        .refund_per_mille = options->refund_per_mille,
        .note = on_note,
        .user = world,
    };
    shop_open(&world->database, vault, options->tills);
    if (options->record)
        world->witness.record = record_begin(options->record, world->database.sim);
    for (unsigned i = 0; i < HOSTS; i++)
        start_server(world, i);
    for (unsigned i = 0; i <= options->tills; i++) {
        till_init(&world->tills[i], &world->floor, &world->events, i);
        till_switch_on(&world->tills[i]);
    }
    return world;
}

static void destroy(struct world *world)
{
    for (unsigned i = 0; i <= world->options.tills; i++)
        till_fini(&world->tills[i]);
    for (unsigned i = 0; i < HOSTS; i++) {
        event_cancel(&world->restarts[i]);
        world_crash_server(world, i, 0);
        event_cancel(&world->restarts[i]);
    }
    while (world->ghosts > 0)
        step(world, INT64_MAX);
    process_kill(&world->clockwork);
    database_fini(&world->database);
    events_fini(&world->events);
    witness_fini(&world->witness);
    disks_clear();
    zone_destroy(world->zone);
    free(world);
}

struct sim_result world_run(const struct sim_options *options, struct vault *vault)
{
    struct world *world = create(options, vault);
    struct sim_result result;

    for (world->day = 0; world->day < options->days; world->day++) {
        serve(world);
        finish(world);
        audit(world);
        pass_the_night(world);
    }
    result = (struct sim_result){
        .hash = world->hash,
        .events = world->events.happened,
        .sales = world->witness.sales,
        .refunds = world->witness.refunds,
        .refusals = world->witness.refusals,
        .faults = world->faults,
        .starts = world->server_starts,
        .lost_runs = world->database.lost,
        .given_up = world->database.given_up,
        .lost = world->network.lost,
        .doubled = world->network.doubled,
        .late = world->network.delayed,
        .overtaken = world->network.overtaken,
        .told_twice = world->witness.twice,
        .offline = world->witness.offline,
        .cuts = world->cuts[TO_SERVER] + world->cuts[TO_CLIENT] + world->cuts[WAYS],
        .torn = world->witness.torn,
        .aside = world->floor.aside,
        .aside_sold = world->floor.aside_sold,
        .aside_parked = world->floor.aside_parked,
        .let_go = world->floor.given_up,
        .brought = world->floor.brought,
        .over_night = world->over_night,
        .one_way = world->cuts[TO_SERVER] + world->cuts[TO_CLIENT],
        .frames = world->network.frames,
    };
    if (options->record)
        record_end(options->record, world->database.sim, world->witness.record);
    destroy(world);
    return result;
}
