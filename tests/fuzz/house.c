/* The world of a server, turned by hand. */
#include "house.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/service/ops.h"

#define BEGIN_US    (INT64_C(1790000000) * SECOND_US)
#define REST_MS     200   /* what is shorter counts as no time */
#define PATIENCE_MS 60000 /* no call waits longer than that */
#define TURNS_MOST  200000

#define HOUSE_OF(pointer, member) ((struct house *)(void *)((char *)(pointer)-offsetof(struct house, member)))

/* ---- clock and chance ---- */

static struct instant now(struct clock *clock)
{
    return (struct instant){ HOUSE_OF(clock, clock)->now_us };
}

static int64_t monotonic(struct clock *clock)
{
    return HOUSE_OF(clock, clock)->monotonic_us;
}

static void fill(struct entropy *entropy, void *bytes, size_t size)
{
    struct house *house = HOUSE_OF(entropy, entropy);

    for (size_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)chance_next(&house->chance);
}

/* ---- timers: private_ is the place, from 1 ---- */

static void stop(struct timers *timers, struct timer *timer)
{
    struct house *house = HOUSE_OF(timers, timers);

    if (timer->private_)
        house->running[(uintptr_t)timer->private_ - 1] = NULL;
    timer->private_ = NULL;
}

static void start(struct timers *timers, struct timer *timer, int64_t delay_ms)
{
    struct house *house = HOUSE_OF(timers, timers);
    size_t place = 0;

    stop(timers, timer);
    while (place < HOUSE_TIMERS && house->running[place])
        place++;
    assert(place < HOUSE_TIMERS);
    house->running[place] = timer;
    house->due_us[place] = house->monotonic_us + delay_ms * 1000;
    timer->private_ = (void *)(uintptr_t)(place + 1);
}

static void set_time(struct house *house, int64_t monotonic_us)
{
    if (monotonic_us > house->monotonic_us) {
        house->now_us += monotonic_us - house->monotonic_us;
        house->monotonic_us = monotonic_us;
    }
    sim_database_advance(house->database, (struct instant){ house->now_us });
}

/* The next thing that only the clock brings, at the latest then; false: there is none. */
static bool tick(struct house *house, int64_t until_us)
{
    struct timer *next = NULL;
    int64_t due_us = until_us;

    for (size_t i = 0; i < HOUSE_TIMERS; i++)
        if (house->running[i] && house->due_us[i] <= due_us && (!next || house->due_us[i] < due_us)) {
            next = house->running[i];
            due_us = house->due_us[i];
        }
    int64_t deadline_us = sim_database_deadline(house->database).us;
    if (deadline_us != INT64_MAX && deadline_us - house->now_us + house->monotonic_us < due_us) {
        set_time(house, deadline_us - house->now_us + house->monotonic_us);
        return true;
    }
    if (!next)
        return false;
    set_time(house, due_us);
    stop(&house->timers, next);
    next->fire(next);
    return true;
}

/* ---- threads: a job runs when its turn comes ---- */

static void submit(struct thread_pool *pool, struct job *job)
{
    struct house *house = HOUSE_OF(pool, pool);

    job->private_ = NULL;
    *house->jobs_end = job;
    house->jobs_end = (struct job **)(void *)&job->private_;
}

static bool run_job(struct house *house)
{
    struct job *job = house->first_job;

    if (!job)
        return false;
    house->first_job = job->private_;
    if (!house->first_job)
        house->jobs_end = &house->first_job;
    job->work(job);
    job->done(job);
    return true;
}

/* ---- turns ---- */

static bool turn(struct house *house)
{
    if (run_job(house))
        return true;
    size_t pending = sim_database_pending(house->database);
    if (pending == 0)
        return false;
    size_t which = house->order.state ? below(&house->order, pending) : 0;
    enum sim_fate fate = SIM_FINE;
    if (house->fate_after > 0 && --house->fate_after == 0)
        fate = house->fate;
    sim_database_step(house->database, which, fate);
    return true;
}

static void turn_all(struct house *house)
{
    unsigned turns = 0;

    while (turn(house))
        assert(++turns < TURNS_MOST); /* it goes round in a circle */
}

void house_settle(struct house *house)
{
    int64_t patience_us = house->monotonic_us + PATIENCE_MS * 1000;

    do
        turn_all(house);
    while (tick(house, house->monotonic_us + REST_MS * 1000) ||
           (house->driver && driver_in_flight(house->driver) > 0 && tick(house, patience_us)));
    assert(!house->driver || driver_in_flight(house->driver) == 0); /* a call hangs */
}

void house_pass(struct house *house, int64_t ms)
{
    int64_t until_us = house->monotonic_us + ms * 1000;

    /* Of a long time only its beginning is lived through, and its end: the sweeps between are all alike. */
    if (ms > 2 * PATIENCE_MS) {
        house_pass(house, PATIENCE_MS);
        set_time(house, until_us - PATIENCE_MS * 1000);
    }
    do
        turn_all(house);
    while (tick(house, until_us));
    set_time(house, until_us);
}

/* ---- the keeper of catalogues ---- */

static const struct catalogue *get_catalogue(struct keeper *keeper, int64_t shop_id)
{
    struct house *house = HOUSE_OF(keeper, keeper);

    return house->catalogues ? catalogue_keeper_get(house->catalogues, shop_id) : NULL;
}

static void want(struct keeper *keeper, int64_t shop_id, uint64_t version)
{
    catalogue_keeper_want(HOUSE_OF(keeper, keeper)->catalogues, shop_id, version);
}

static void on_changed(void *user, int64_t shop_id)
{
    struct house *house = user;

    if (house->driver)
        driver_catalogue_changed(house->driver, shop_id);
}

/* As server/serve.c hands on what it hears. */
static void on_heard(void *user, int64_t shop_id, const char *word, int64_t number)
{
    struct house *house = user;

    if (strcmp(word, "catalogue") == 0 && house->catalogues)
        catalogue_keeper_want(house->catalogues, shop_id, (uint64_t)number);
    else if (house->driver)
        driver_heard(house->driver, word, number);
}

static void on_again(void *user)
{
    struct house *house = user;

    if (house->catalogues)
        catalogue_keeper_look(house->catalogues);
    if (house->driver)
        driver_look(house->driver);
}

/* ---- suspects ---- */

static void note(struct suspects *suspects, const uint8_t (*ids)[16], size_t count)
{
    (void)suspects, (void)ids, (void)count;
}

static void clear(struct suspects *suspects)
{
    (void)suspects;
}

static unsigned crashes(struct suspects *suspects, const uint8_t id[16])
{
    (void)suspects;
    return id[15] == HOUSE_FATAL ? 2 : 0;
}

/* ---- opening and closing ---- */

struct house *house_open(const struct house_keys *keys, uint8_t first_secret[5])
{
    struct house *house = calloc(1, sizeof *house);

    assert(house);
    house->clock = (struct clock){ .now = now, .monotonic_us = monotonic };
    house->entropy.fill = fill;
    house->timers = (struct timers){ .start = start, .stop = stop };
    house->pool.submit = submit;
    house->keeper = (struct keeper){ .catalogue = get_catalogue, .want = want };
    house->suspects = (struct suspects){ .note = note, .clear = clear, .crashes = crashes };
    house->jobs_end = &house->first_job;
    house->now_us = BEGIN_US;
    house->monotonic_us = SECOND_US;
    house->vault = keys->vault;
    house->database = sim_database_create();
    set_time(house, house->monotonic_us);
    house->store = sim_store_create(house->database,
                                    &(struct sim_store_config){ .heard = on_heard, .again = on_again, .user = house });
    house_init(house, first_secret);
    house->ids = ids_create(sim_store_store(house->store), &house->timers, 1, NULL, NULL);
    uv_loop_init(&house->loop);
    house->catalogues = catalogue_keeper_open(
        &house->loop,
        &(struct catalogue_keeper_config){
            .store = sim_store_store(house->store), .clock = &house->clock, .changed = on_changed, .user = house });
    house_settle(house);
    assert(catalogue_keeper_complete(house->catalogues));
    house->driver = driver_create(&(struct driver_config){
        .store = sim_store_store(house->store),
        .vault = house->vault,
        .keeper = &house->keeper,
        .ops = all_ops,
        .topics = all_topics,
        .clock = &house->clock,
        .entropy = &house->entropy,
        .ids = ids_source(house->ids),
        .pool = &house->pool,
        .timers = &house->timers,
        .suspects = &house->suspects,
        .node = 1,
        .has_gateway = true,
    });
    return house;
}

void house_close(struct house *house)
{
    house->fate_after = 0;
    house_settle(house);
    driver_destroy(house->driver);
    house->driver = NULL;
    ids_stop(house->ids);
    house_settle(house);
    catalogue_keeper_close(house->catalogues, NULL, NULL);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    int closed = uv_loop_close(&house->loop);
    assert(closed == 0);
    (void)closed;
    sim_store_destroy(house->store);
    ids_destroy(house->ids);
    sim_database_destroy(house->database);
    free(house);
}
