/* A server's life: started as main starts it, killed as nobody likes it. */
#include "tests/sim/world/server.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "server/service/ops.h"

/* People at these tills never step away: screens that lock by the clock are tested elsewhere. */
#define IDLE_LOCK_MS (INT64_C(30) * 24 * 3600 * 1000)

/* ---- timers and the pool of threads, upon the queue ---- */

struct tick {
    struct event event; /* first */
    struct timer *timer;
};

static void on_tick(struct event *event)
{
    struct timer *timer = ((struct tick *)event)->timer;

    free(event);
    timer->private_ = NULL;
    timer->fire(timer);
}

static void on_dropped(struct event *event)
{
    free(event);
}

static void stop_timer(struct timers *timers, struct timer *timer)
{
    struct tick *tick = timer->private_;

    (void)timers;
    if (!tick)
        return;
    event_cancel(&tick->event);
    free(tick);
    timer->private_ = NULL;
}

static void start_timer(struct timers *timers, struct timer *timer, int64_t delay_ms)
{
    struct server *server = (struct server *)(void *)((char *)timers - offsetof(struct server, timers));
    struct tick *tick = timer->private_;

    if (!tick) {
        tick = calloc(1, sizeof *tick);
        assert(tick);
        tick->event = (struct event){ .fire = on_tick, .drop = on_dropped };
        tick->timer = timer;
        timer->private_ = tick;
    }
    event_at(&tick->event, &server->process, delay_ms * 1000);
}

struct task {
    struct event event; /* first */
    struct job *job;
};

static void on_task(struct event *event)
{
    struct job *job = ((struct task *)event)->job;

    free(event);
    job->work(job);
    job->done(job);
}

static void submit(struct thread_pool *pool, struct job *job)
{
    struct server *server = (struct server *)(void *)((char *)pool - offsetof(struct server, pool));
    struct task *task = calloc(1, sizeof *task);

    assert(task);
    task->event = (struct event){ .fire = on_task, .drop = on_dropped };
    task->job = job;
    event_at(&task->event, &server->process, random_between(&server->process.chance, 1000, 50000));
}

/* ---- catalogues and news ---- */

static struct server *server_of_keeper(struct keeper *keeper)
{
    return (struct server *)(void *)((char *)keeper - offsetof(struct server, keeper));
}

static const struct catalogue *get_catalogue(struct keeper *keeper, int64_t shop_id)
{
    return catalogue_keeper_get(server_of_keeper(keeper)->catalogues, shop_id);
}

static void want_catalogue(struct keeper *keeper, int64_t shop_id, uint64_t version)
{
    catalogue_keeper_want(server_of_keeper(keeper)->catalogues, shop_id, version);
}

static void on_heard(void *user, int64_t shop_id, const char *word, int64_t number)
{
    struct server *server = user;

    if (strcmp(word, "catalogue") == 0 && server->catalogues)
        catalogue_keeper_want(server->catalogues, shop_id, (uint64_t)number);
    else if (server->driver)
        driver_heard(server->driver, word, number);
}

static void on_again(void *user)
{
    struct server *server = user;

    if (server->catalogues)
        catalogue_keeper_look(server->catalogues);
    if (server->driver)
        driver_look(server->driver);
}

/* ---- starting ---- */

static void serve(struct server *server)
{
    server->driver = driver_create(&(struct driver_config){
        .store = sim_store_store(server->store),
        .vault = server->vault,
        .keeper = &server->keeper,
        .ops = all_ops,
        .topics = all_topics,
        .clock = &server->process.clock,
        .entropy = &server->process.entropy,
        .ids = ids_source(server->ids),
        .pool = &server->pool,
        .timers = &server->timers,
        .node = server->node,
        .idle_lock_ms = IDLE_LOCK_MS,
    });
    server->stage = SERVER_SERVING;
    server->host->process = &server->process;
    server->host->driver = server->driver;
}

static void on_catalogue(void *user, int64_t shop_id)
{
    struct server *server = user;

    if (server->driver)
        driver_catalogue_changed(server->driver, shop_id);
    else if (server->stage == SERVER_FETCHING && catalogue_keeper_complete(server->catalogues))
        serve(server);
}

static void on_ids(void *user)
{
    struct server *server = user;

    if (server->stage != SERVER_RESERVING)
        return;
    server->stage = SERVER_FETCHING;
    server->catalogues = catalogue_keeper_open(&server->process.loop, &(struct catalogue_keeper_config){
                                                                          .store = sim_store_store(server->store),
                                                                          .clock = &server->process.clock,
                                                                          .changed = on_catalogue,
                                                                          .user = server,
                                                                      });
}

struct server *server_start(struct host *host, struct database *database, struct vault *vault, unsigned node,
                            uint64_t seed, uint64_t stream, void (*gone)(struct server *server, void *user), void *user)
{
    struct server *server = calloc(1, sizeof *server);

    assert(server);
    process_init(&server->process, database->process.events, seed, stream);
    server->timers = (struct timers){ .start = start_timer, .stop = stop_timer };
    server->pool.submit = submit;
    server->keeper = (struct keeper){ .catalogue = get_catalogue, .want = want_catalogue };
    server->database = database;
    server->vault = vault;
    server->host = host;
    server->node = node;
    server->gone = gone;
    server->user = user;
    server->store = sim_store_create(
        database->sim, &(struct sim_store_config){ .heard = on_heard, .again = on_again, .user = server });
    server->ids = ids_create(sim_store_store(server->store), &server->timers, node, on_ids, server);
    return server;
}

/* ---- the end ---- */

static void on_burial(struct event *event)
{
    struct server *server = (struct server *)(void *)((char *)event - offsetof(struct server, burial));

    sim_store_destroy(server->store);
    ids_destroy(server->ids);
    process_kill(&server->process);
    server->gone(server, server->user);
}

static void bury(struct server *server)
{
    server->burial.fire = on_burial;
    event_at(&server->burial, &server->process, 0);
}

static void on_catalogues_closed(void *user)
{
    bury(user);
}

static void close_the_rest(struct server *server)
{
    ids_stop(server->ids);
    if (server->catalogues)
        catalogue_keeper_close(server->catalogues, on_catalogues_closed, server);
    else
        bury(server);
}

static void on_drained(void *context)
{
    struct server *server = context;

    driver_destroy(server->driver);
    server->driver = NULL;
    close_the_rest(server);
}

void server_crash(struct server *server)
{
    if (server->driver)
        host_crash(server->host);
    server->host = NULL;
    server->stage = SERVER_LEAVING;
    database_settle_commits(server->database, server->store);
    sim_store_cut(server->store, true);
    if (server->driver)
        driver_drain(server->driver, on_drained, server);
    else
        close_the_rest(server);
}
