/* The simulated store: the database of the simulator, in memory, and what each server process holds of it.
 *
 * A `struct sim_database` has the tables and their constraints (made from db/migrations/ by schema.py), transactions at
 * READ COMMITTED, row and advisory locks, snapshots, and the statements of db/queries/, written out in C, by name. A
 * `struct sim_store` is one server process's pool of connections to it: a `struct store` like PostgreSQL's.
 *
 * Nothing happens by itself, and nothing calls back from inside a call of the store. What could happen next is a list
 * of events; whoever drives chooses one, and what becomes of it. Time is a value that the driver moves. No threads, no
 * clock, no randomness: the same calls give the same answers.
 *
 *   txn_begin -> LEND                          done(OK)   a connection is there
 *   txn_run   -> WORK -> [blocked] -> ANSWER   done(...)  WORK: the database carries it out, COMMIT included
 *   COMMIT of a NOTIFY -> NOTICE, one a listening process
 *
 * The next of a lane is lent its connection as soon as the one before asks for COMMIT; it is carried out and answered
 * behind it. A process that crashes between WORK and ANSWER has committed and does not know; before WORK nothing has
 * happened. What waits for a connection or for a lock is no event, until it gets it or its time is over. */
#ifndef CAROLINE_TESTS_SIM_STORE_SIM_STORE_H
#define CAROLINE_TESTS_SIM_STORE_SIM_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "server/store/store.h"

/* ---- the database ---- */

struct sim_database;
/* Migrated and empty: the statements of --init (sql_init_..., in a TXN_WRITE of any handle) make the first shop. */
struct sim_database *sim_database_create(void);
/* Its handles must be gone. */
void sim_database_destroy(struct sim_database *database);

/* The time is `now` from here on, never less than before: now() of statements, and the end of waiting. What has waited
 * too long for a connection (wait_ms) or a lock (lock_ms) becomes an event: LEND with AWAY, ANSWER with AGAIN. */
void sim_database_advance(struct sim_database *database, struct instant now);
/* When the next of those ends; INT64_MAX: nobody waits. */
struct instant sim_database_deadline(const struct sim_database *database);

/* The database ends as by kill -9: nothing uncommitted stays, every connection is lost, and nobody gets one until it is
 * up again. Runs that were on their way or answered, but not delivered, end as SIM_LOST says. */
void sim_database_crash(struct sim_database *database);
void sim_database_restart(struct sim_database *database);

/* ---- a server process's handle ---- */

struct sim_store_config {
    size_t writers, readers, checkers; /* as struct postgres_config; 0: 4, 4, 1 */
    int64_t lock_ms;                   /* 0: 5 s */
    /* As struct notify_config; called from sim_database_step() alone. NULL: it does not listen. `again` comes first of
     * all, once it listens, and after each loss. */
    void (*heard)(void *user, int64_t shop_id, const char *word, int64_t number);
    void (*again)(void *user);
    void *user;
};

struct sim_store;
struct sim_store *sim_store_create(struct sim_database *database, const struct sim_store_config *config);
struct store *sim_store_store(struct sim_store *store);
/* The process is gone, crashed or not: its transactions are rolled back, its events vanish, no done is called any more,
 * and no arena of its transactions is touched. Choose their WORK before for those that still reached the database. */
void sim_store_destroy(struct sim_store *store);
/* This process alone does not reach the database any more (cut: true), or does again. As a crash for its connections;
 * runs that are blocked or on their way are not carried out. */
void sim_store_cut(struct sim_store *store, bool cut);

/* Is this one of those written out here? Any other ends the process. */
bool sim_store_knows(const struct statement *statement);

/* ---- what may happen next ---- */

enum sim_event_kind {
    SIM_LEND,   /* answers txn_begin: a connection, or AWAY */
    SIM_WORK,   /* a run is on its way to the database */
    SIM_ANSWER, /* its answer is on its way back */
    SIM_NOTICE, /* news to a process that listens; one a process, in the order of COMMITs */
    SIM_LISTEN, /* a process listens (again) */
};

struct sim_event {
    enum sim_event_kind kind;
    struct sim_store *store;
    struct txn *txn;            /* LEND, WORK, ANSWER */
    bool commit;                /* WORK, ANSWER: the run ends its transaction */
    enum store_outcome outcome; /* LEND, ANSWER: what will be said */
    const char *statement;      /* WORK: the first one's name, "" for none; NOTICE: the payload */
    uint64_t serial;            /* grows with each event there ever was: says which is which, and which is older */
};

/* The oldest first. A list changes with each step and each call of a store. */
size_t sim_database_pending(const struct sim_database *database);
struct sim_event sim_database_event(const struct sim_database *database, size_t which);
/* The greatest serial there ever was: as long as it is the same, no event has come. */
uint64_t sim_database_youngest(const struct sim_database *database);
/* Tells those above this serial, the youngest first. */
void sim_database_younger(const struct sim_database *database, uint64_t serial,
                          void (*tell)(void *user, const struct sim_event *event), void *user);
/* The one of this serial; false: there is none any more. */
bool sim_database_find(const struct sim_database *database, uint64_t serial, struct sim_event *event);

enum sim_fate {
    SIM_FINE,  /* it happens as it should */
    SIM_LOST,  /* the connection (backend killed) is lost at this moment. LEND: AWAY. WORK: nothing is done: AWAY, or
                  UNKNOWN when COMMIT was sent. ANSWER: done or committed as it was: AWAY, or UNKNOWN. NOTICE: all news
                  on their way to this process are lost, and LISTEN comes */
    SIM_AGAIN, /* WORK: the database gives this transaction up, as in a deadlock: AGAIN. Elsewhere as SIM_FINE */
};
/* Makes one happen. Calls done, heard or again, in which any call of a store is allowed; at most one of them. */
void sim_database_step(struct sim_database *database, size_t which, enum sim_fate fate);
/* The one of this serial, which must be there. */
void sim_database_step_serial(struct sim_database *database, uint64_t serial, enum sim_fate fate);

/* ---- what it holds ---- */

/* Breaks what was promised: the name of a check of db/checks/, and the first wrong row as text. */
typedef void sim_wrong_fn(void *user, const char *check, const char *row);
/* The invariants of db/checks/, in C, over what is committed. Returns how many do not hold. helpers: so many copies of the
 * process take part, and are gone when it returns; 0 for few rows. What is said, and in which order, is the same. */
#define SIM_HELPERS_MOST 15
size_t sim_database_check(struct sim_database *database, unsigned helpers, sim_wrong_fn *wrong, void *user);

/* All committed rows as a script for psql: COPY blocks in the order of foreign keys, into migrated and empty tables. */
void sim_database_export(struct sim_database *database, FILE *out);

/* Adds what such a script, or PostgreSQL's own COPY with all columns and times in UTC, has: past all rules. */
void sim_database_import(struct sim_database *database, FILE *in);

/* What a payment gateway would be asked about: charges, or cards that are being added, which are not over. */
struct sim_payment {
    int64_t id, shop_id, member_id, state, step_count;
};
size_t sim_payments_open(struct sim_database *database, bool charges, struct sim_payment *open, size_t most);

/* How many committed rows a table has; the table's name must be right. */
size_t sim_database_count(const struct sim_database *database, const char *table);
/* sum() of an integer column over the committed rows, null as nothing. */
int64_t sim_database_sum(const struct sim_database *database, const char *table, const char *column);
/* A fault planted by a test: the first committed row whose `key` column is `id` gets `value` there, past all rules. False: no such row. */
bool sim_database_spoil(struct sim_database *database, const char *table, const char *key, int64_t id,
                        const char *column, int64_t value);

#endif
