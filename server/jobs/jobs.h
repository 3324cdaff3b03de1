/* Timed work of a server that serves: what has had its time goes. Each job is one small transaction after another, beside
 * the calls. */
#ifndef CAROLINE_SERVER_JOBS_JOBS_H
#define CAROLINE_SERVER_JOBS_JOBS_H

#include "server/call/driver.h"

struct jobs_config {
    struct store *store;
    struct timers *timers;
    struct thread_pool *pool;
    struct clock *clock;
    struct vault *vault;
    struct id_source *ids;
    unsigned node;    /* this server's */
    int64_t watch_ms; /* a round over the invariants; 0: none are watched */
    bool older_vault; /* a key store without the newest persons' keys is served with, too */
    struct invariants_seen *invariants;
};

/* Erasures: what a tombstone says is carried out, once it is committed. Before anybody is served: all that a crash has left, and
 * both ways what a restored copy has forgotten: who has a tombstone here and a key in the vault, and who lives here and has none
 * there. Then whatever comes, within a second. */
struct erasures;
/* ready: all that there was is done. It is tried until it is. newer: the database is newer than its key store, of whose persons so many of
 * the newest have no key; nothing was done, and nothing more is. */
struct erasures *erasures_create(const struct jobs_config *config, void (*ready)(void *user),
                                 void (*newer)(void *user, size_t unknown), void *user);
void erasures_stop(struct erasures *erasures);
/* As jobs_destroy(). */
void erasures_destroy(struct erasures *erasures);

struct jobs;
/* The first round begins soon. */
struct jobs *jobs_create(const struct jobs_config *config);
/* No new round; one that is under way ends with the store at the latest. */
void jobs_stop(struct jobs *jobs);
/* Stopped, the store closed, the pool at rest. */
void jobs_destroy(struct jobs *jobs);

#endif
