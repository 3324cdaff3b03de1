/* What goes wrong. */
#include "tests/sim/world/disk.h"
#include "tests/sim/world/world.h"

#define CUT_OCTAVES  18 /* 1 s to 2^18 s, which is more than */
#define CUT_MOST_S   (INT64_C(72) * 3600)
#define CUT_SHORT_US (60 * SECOND_US) /* it is mended before anybody goes home */

static int64_t seconds(struct world *world, int64_t least, int64_t most)
{
    return random_between(&world->chance, least * SECOND_US, most * SECOND_US);
}

static struct till *any_till(struct world *world)
{
    return &world->tills[random_below(&world->chance, world->options.tills + 1)];
}

/* Rather one that waits for an answer. */
static struct till *any_busy_till(struct world *world)
{
    for (int tries = 0; tries < 8; tries++) {
        struct till *till = any_till(world);

        if (till->link && !till_is_idle(till))
            return till;
    }
    return any_till(world);
}

static unsigned any_server(struct world *world)
{
    return (unsigned)random_below(&world->chance, HOSTS);
}

static struct weather *any_weather(struct world *world)
{
    return &any_busy_till(world)->station.weather;
}

/* ---- servers ---- */

static void crash_server(struct world *world)
{
    world_crash_server(world, any_server(world), seconds(world, 0, 3));
}

static void crash_both_servers(struct world *world)
{
    world_crash_server(world, 0, seconds(world, 0, 3));
    world_crash_server(world, 1, seconds(world, 0, 3));
}

/* ---- tills ---- */

static void crash_till(struct world *world)
{
    till_crash(any_busy_till(world), seconds(world, 1, 20));
}

/* Somewhere in the middle of what it writes next. */
static void crash_disk(struct world *world)
{
    disk_die(any_till(world)->index, (unsigned)random_below(&world->chance, 12));
}

/* ---- the network ---- */

static void break_connection(struct world *world)
{
    station_break(&any_busy_till(world)->station);
}

/* From a second to three days, as often of each length as of twice that. */
static int64_t any_cut_us(struct world *world)
{
    int64_t least_s = INT64_C(1) << random_below(&world->chance, CUT_OCTAVES);
    int64_t most_s = 2 * least_s < CUT_MOST_S ? 2 * least_s : CUT_MOST_S;

    return seconds(world, least_s, most_s);
}

/* Somebody is left who can be served. */
static bool is_last(const struct world *world, const struct till *till)
{
    for (unsigned i = 1; i <= world->options.tills; i++)
        if (&world->tills[i] != till && station_cut_us(&world->tills[i].station) == 0)
            return false;
    return till->index > 0;
}

/* Both ways, to the server or from it. */
static void cut_line(struct world *world)
{
    struct till *till = any_busy_till(world);
    int64_t cut_us = is_last(world, till) ? seconds(world, 1, 90) : any_cut_us(world);
    enum way way = (enum way)random_below(&world->chance, WAYS + 1);

    world_note(world, "cut", till->index, cut_us, way);
    station_cut(&till->station, way, cut_us);
    world->cuts[way]++;
}

static void bad_weather(struct world *world)
{
    struct weather *weather = any_weather(world);
    struct random *chance = &world->chance;

    weather->until_us = world->events.now_us + seconds(world, 5, 60);
    weather->lose = (unsigned)random_below(chance, 200);
    weather->twice = (unsigned)random_below(chance, 200);
    weather->late = (unsigned)random_below(chance, 300);
    weather->overtake = (unsigned)random_below(chance, 300);
}

/* Cut off and sold on; then the power goes, before anything of that could be sent, or in the middle of a sale's last step: what its disk
 * keeps of it. */
static void crash_offline(struct world *world)
{
    struct till *till = any_busy_till(world);

    station_break(&till->station);
    station_cut(&till->station, WAYS, seconds(world, 5, 30));
    if (random_per_mille(&world->chance, 500))
        till_crash_later(till, seconds(world, 1, 5));
    else
        disk_die(till->index, (unsigned)random_below(&world->chance, 60));
}

/* The next sale is not heard of before its prices are too old: it is put aside, and refused. */
static void come_late(struct world *world)
{
    any_till(world)->unlucky = true;
}

/* ---- the database ---- */

static void crash_database(struct world *world)
{
    database_crash(&world->database, seconds(world, 0, 4));
}

static void lose_commit(struct world *world)
{
    database_arm(&world->database, (struct database_fault){
                                       .kind = random_per_mille(&world->chance, 500) ? SIM_WORK : SIM_ANSWER,
                                       .commits = true,
                                       .after = (unsigned)random_below(&world->chance, 4),
                                       .fate = SIM_LOST,
                                   });
}

static void lose_run(struct world *world)
{
    static const enum sim_event_kind kinds[] = { SIM_LEND, SIM_WORK, SIM_ANSWER };

    database_arm(&world->database, (struct database_fault){
                                       .kind = kinds[random_below(&world->chance, 3)],
                                       .after = (unsigned)random_below(&world->chance, 8),
                                       .fate = SIM_LOST,
                                   });
}

static void give_up_transaction(struct world *world)
{
    database_arm(&world->database, (struct database_fault){
                                       .kind = SIM_WORK,
                                       .after = (unsigned)random_below(&world->chance, 8),
                                       .fate = SIM_AGAIN,
                                   });
}

static void lose_notice(struct world *world)
{
    database_arm(&world->database, (struct database_fault){ .kind = SIM_NOTICE, .fate = SIM_LOST });
}

static void slow_disk(struct world *world)
{
    world->database.slow_until_us = world->events.now_us + seconds(world, 1, 10);
}

/* ---- all of them ---- */

static const struct {
    const char *name;
    unsigned weight;
    void (*strike)(struct world *world);
} faults[] = {
    { "server", 20, crash_server }, { "servers", 4, crash_both_servers },    { "till", 15, crash_till },
    { "disk", 15, crash_disk },     { "connection", 15, break_connection },  { "line", 10, cut_line },
    { "weather", 25, bad_weather }, { "database", 8, crash_database },       { "commit", 25, lose_commit },
    { "run", 15, lose_run },        { "deadlock", 10, give_up_transaction }, { "notice", 10, lose_notice },
    { "slow", 5, slow_disk },       { "offline", 15, crash_offline },        { "too_late", 15, come_late },
};
#define FAULTS (sizeof faults / sizeof *faults)

void fault_strike(struct world *world)
{
    uint64_t all = 0, chosen;
    size_t i = 0;

    for (size_t j = 0; j < FAULTS; j++)
        all += faults[j].weight;
    chosen = random_below(&world->chance, all);
    while (chosen >= faults[i].weight)
        chosen -= faults[i++].weight;
    world_note(world, faults[i].name, 0, 0, 0);
    faults[i].strike(world);
}

void faults_end(struct world *world, bool for_good)
{
    world->database.fault_count = 0;
    world->database.slow_until_us = 0;
    for (unsigned i = 0; i <= world->options.tills; i++) {
        struct till *till = &world->tills[i];

        till->station.weather.until_us = 0;
        if (for_good || station_cut_us(&till->station) < CUT_SHORT_US)
            station_heal(&till->station);
        till->away = station_cut_us(&till->station) > 0;
        world->over_night += till->away;
        till->unlucky = false;
        event_cancel(&till->doom);
        disk_spare(i);
    }
}
