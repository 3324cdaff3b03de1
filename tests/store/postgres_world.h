/* A migrated cluster, a store upon it and the loop they live on, for the C tests of this room. */
#ifndef CAROLINE_TESTS_STORE_POSTGRES_WORLD_H
#define CAROLINE_TESTS_STORE_POSTGRES_WORLD_H

#include <libpq-fe.h>
#include <poll.h>
#include <stdlib.h>
#include <uv.h>

#include "cluster.h"
#include "contract.h"
#include "server/store/migrate.h"
#include "server/store/postgres.h"

struct postgres_world {
    struct world world; /* first */
    struct cluster cluster;
    uv_loop_t loop;
    uv_timer_t tick; /* so that a turn of the loop always ends */
    struct postgres *postgres;
    char *app, *read, *owner, *admin;
    uint64_t since;
};

static inline void on_tick(uv_timer_t *timer)
{
    (void)timer;
}

static inline void loop_turn(struct world *world)
{
    uv_run(&((struct postgres_world *)world)->loop, UV_RUN_ONCE);
}

static inline bool loop_overdue(struct world *world, bool restart)
{
    struct postgres_world *self = (struct postgres_world *)world;

    if (restart)
        self->since = uv_hrtime();
    return uv_hrtime() - self->since > UINT64_C(15) * 1000 * 1000 * 1000;
}

/* The loop that a world lives on, or NULL. */
__attribute__((unused)) static uv_loop_t *aside_loop_;

/* The last result of what was sent. The loop turns meanwhile: what is asked may wait for a lock of one of its connections,
 * which gives it back only when it is heard (one that prepares its statements holds their tables till the Sync). */
static inline PGresult *aside_result(PGconn *conn)
{
    PGresult *last = NULL, *result;

    for (;;) {
        struct pollfd readable = { .fd = PQsocket(conn), .events = POLLIN };
        while (PQisBusy(conn)) {
            if (aside_loop_ != NULL)
                uv_run(aside_loop_, UV_RUN_NOWAIT);
            poll(&readable, 1, 5);
            if (!PQconsumeInput(conn))
                break;
        }
        result = PQgetResult(conn);
        if (result == NULL)
            return last;
        PQclear(last);
        last = result;
    }
}

/* A statement by another connection, beside the loop; its first value, to be freed, or NULL. */
static inline char *aside(const char *uri, const char *sql)
{
    PGconn *conn = PQconnectdb(uri);

    if (PQstatus(conn) != CONNECTION_OK || !PQsendQuery(conn, sql))
        fail_msg("%s", PQerrorMessage(conn));
    PGresult *result = aside_result(conn);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQresultErrorMessage(result));
    char *value = PQntuples(result) > 0 ? strdup(PQgetvalue(result, 0, 0)) : NULL;
    PQclear(result);
    PQfinish(conn);
    return value;
}

static inline void aside_do(const char *uri, const char *sql)
{
    free(aside(uri, sql));
}

/* Turns the loop until the database says so. */
static inline void waits_until(struct postgres_world *world, const char *question)
{
    loop_overdue(&world->world, true);
    for (;;) {
        char *answer = aside(world->admin, question);
        bool yes = answer != NULL && strcmp(answer, "t") == 0;
        free(answer);
        if (yes)
            return;
        if (loop_overdue(&world->world, false))
            fail_msg("never came true: %s", question);
        loop_turn(&world->world);
    }
}

static inline struct postgres_config world_config(const struct postgres_world *world)
{
    return (struct postgres_config){
        .uri = world->app, .reader_uri = world->read, .writers = 3, .readers = 2, .private_cluster = true
    };
}

static inline struct postgres_world *world_open(void)
{
    struct postgres_world *world = calloc(1, sizeof(*world));
    char problem[400] = "";

    cluster_start(&world->cluster);
    world->app = cluster_uri(&world->cluster, "app");
    world->read = cluster_uri(&world->cluster, "read");
    world->owner = cluster_uri(&world->cluster, "owner");
    world->admin = cluster_uri(&world->cluster, "admin");
    if (migrate(world->owner, NULL, problem, sizeof(problem)) != MIGRATE_DONE) {
        fprintf(stderr, "%s\n", problem);
        abort();
    }
    uv_loop_init(&world->loop);
    aside_loop_ = &world->loop;
    uv_timer_init(&world->loop, &world->tick);
    uv_timer_start(&world->tick, on_tick, 5, 5);
    struct postgres_config config = world_config(world);
    world->postgres = postgres_open(&world->loop, &config);
    world->world.store = postgres_store(world->postgres);
    world->world.writers = config.writers - 1; /* of no lane at a time: the last one is kept */
    world->world.turn = loop_turn;
    world->world.overdue = loop_overdue;
    return world;
}

static inline void world_close(struct postgres_world *world)
{
    postgres_close(world->postgres, NULL, NULL);
    uv_close((uv_handle_t *)&world->tick, NULL);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    aside_loop_ = NULL;
    if (uv_loop_close(&world->loop) != 0)
        abort(); /* a handle was left behind */
    cluster_stop(&world->cluster);
    free(world->app);
    free(world->read);
    free(world->owner);
    free(world->admin);
    free(world);
}

#endif
