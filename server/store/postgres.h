/* The store of the shop: PostgreSQL, by asynchronous libpq on a libuv loop. A few connections: writers, readers, and
 * checkers of the reading role. They connect by themselves, are checked before they are used, and come back by
 * themselves when PostgreSQL was away.
 *
 * Names in a URI are resolved by libpq, which waits for the answer: give addresses or socket directories, or names that
 * /etc/hosts knows. */
#ifndef CAROLINE_SERVER_STORE_POSTGRES_H
#define CAROLINE_SERVER_STORE_POSTGRES_H

#include "server/store/store.h"

struct uv_loop_s;

enum postgres_state {
    POSTGRES_AWAY, /* no connection; tried again for ever. Before the first connection too */
    POSTGRES_UP,
    POSTGRES_REFUSED, /* it answers, but somebody has to mend it: unsafe settings, another schema. Tried again as well
                       */
};

struct postgres_config {
    const char *uri;                   /* the app role's: "" for libpq's own environment */
    const char *reader_uri;            /* the reading role's; NULL or "": the app's */
    size_t writers, readers, checkers; /* 0: 4, 4, 1; of several writers one is kept for lanes */
    bool private_cluster;              /* made by deploy/cluster: page checksums are demanded */
    int64_t statement_ms, check_ms, lock_ms, idle_transaction_ms; /* 0: 15 s, 10 min, a third of the first, 10 s */
    /* At each change; sentence: why. */
    void (*on_state)(void *user, enum postgres_state state, const char *sentence);
    void *user;
};

struct postgres;
/* The config's texts must live as long. */
struct postgres *postgres_open(struct uv_loop_s *loop, const struct postgres_config *config);
struct store *postgres_store(struct postgres *postgres);
enum postgres_state postgres_state(const struct postgres *postgres, const char **sentence);
/* The server's, for people: "15.20"; "" before the first connection. */
const char *postgres_version(const struct postgres *postgres);
/* Connections are closed; transactions still under way end as AWAY or UNKNOWN before. closed: when the loop holds
 * nothing of it; then it is freed. */
void postgres_close(struct postgres *postgres, void (*closed)(void *user), void *user);

#endif
