/* A server process of the simulation: the product's driver, groups, id source and keeper of catalogues, put together as
 * server/serve.c does it, over the simulated database, network and clock.
 *
 *   RESERVING -> FETCHING -> SERVING -> LEAVING -> gone
 *
 * A crash takes what the process had in its memory from the world: its connections break, its transactions are rolled
 * back, nothing it does is seen any more. What then remains of it runs on as a ghost, cut off from everything, only until
 * the product's code has let go of its memory. */
#ifndef CAROLINE_TESTS_SIM_SERVER_H
#define CAROLINE_TESTS_SIM_SERVER_H

#include "server/ids.h"
#include "server/store/catalogue_keeper.h"
#include "tests/sim/world/database.h"
#include "tests/sim/world/network.h"

enum server_stage { SERVER_RESERVING, SERVER_FETCHING, SERVER_SERVING, SERVER_LEAVING };

struct server {
    struct process process; /* first */
    struct timers timers;
    struct thread_pool pool;
    struct keeper keeper;
    struct database *database;
    struct vault *vault;
    struct host *host; /* NULL: a ghost */
    enum server_stage stage;
    unsigned node;
    struct sim_store *store;
    struct ids *ids;
    struct catalogue_keeper *catalogues;
    struct driver *driver;
    void (*gone)(struct server *server, void *user); /* all its memory is let go, its own but for this */
    void *user;
    struct event burial;
};

/* Starts to start; listens at `host` once it can serve. gone: to free it. */
struct server *server_start(struct host *host, struct database *database, struct vault *vault, unsigned node,
                            uint64_t seed, uint64_t stream, void (*gone)(struct server *server, void *user),
                            void *user);
/* As by kill -9. */
void server_crash(struct server *server);

#endif
