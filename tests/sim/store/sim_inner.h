/* What the parts of the simulated store share: the database, transactions under way, and a statement under way. */
#ifndef CAROLINE_TESTS_SIM_STORE_SIM_INNER_H
#define CAROLINE_TESTS_SIM_STORE_SIM_INNER_H

#include <setjmp.h>
#include <sys/queue.h>

#include "server/store/rows.h"
#include "tests/sim/store/sim_store.h"
#include "tests/sim/store/sim_table.h"

struct sim_exec;

/* ---- transactions ---- */

/* A statement that was asked; in the transaction's arena. */
struct sim_asked {
    struct rows *rows;
    const struct statement *statement;
    const struct param *params; /* copied, and what they point to */
    struct sim_asked *next;
};

/*  WAITING -> LENDING -> LENT -> SENT <-> BLOCKED
 *                         ^        |
 *                         +---- ANSWERED            over when it was the last, or went wrong
 *  LENDING, SENT, ANSWERED, ROLLING are events; ROLLING: its owner has left, the database has not heard of it yet */
enum sim_work_state {
    SIM_IS_WAITING,
    SIM_IS_LENDING,
    SIM_IS_LENT,
    SIM_IS_SENT,
    SIM_IS_BLOCKED,
    SIM_IS_ANSWERED,
    SIM_IS_ROLLING,
};

struct sim_work {
    TAILQ_ENTRY(sim_work) of_database; /* in the order they began */
    struct sim_store *store;
    struct txn *txn; /* NULL: its owner has left */
    txn_done_fn *done;
    enum txn_kind kind;
    int64_t lane;
    enum sim_work_state state;
    struct sim_work *front; /* commits on the same connection, and goes first; NULL once that was told */
    bool doomed;            /* the one in front has failed, and this was sent behind it */
    uint64_t event;         /* the serial of its event */
    bool connected;         /* has one of the store's connections */
    bool begun;             /* something was sent */
    bool sent;              /* the run is more than nothing */
    bool commit;            /* the run ends it */
    enum store_outcome outcome;
    struct instant deadline;         /* WAITING, BLOCKED */
    struct sim_asked *first, **last; /* asked and not sent, or not yet carried out */
    bool has_snapshot;               /* of the transaction, or of a statement that is blocked */
    uint64_t snapshot;
    struct sim_work *blocked_on;
    /* Undone from the end, in place until COMMIT. A row is there once for each of its pending versions. */
    struct sim_row **changes;
    size_t change_count, change_capacity;
    struct sim_row **locks, **shares;
    size_t lock_count, lock_capacity, share_count, share_capacity;
    struct sim_notice *told; /* at COMMIT */
};
TAILQ_HEAD(sim_works, sim_work);

/* A payload of NOTIFY, newest last. */
struct sim_notice {
    uint64_t event;
    struct sim_notice *next;
    char payload[];
};

/* pg_advisory_xact_lock(): of one number or of two. */
struct sim_advisory {
    int64_t space, number; /* space: INT64_MIN for one number */
    struct sim_work *work;
};

struct sim_store {
    struct store store; /* first: the store is the sim_store */
    struct sim_database *database;
    struct sim_store_config config;
    LIST_ENTRY(sim_store) of_database;
    bool cut;
    uint64_t listens; /* the serial of its LISTEN event; 0: none */
    bool listening;
    struct sim_notice *notices;
};

/* ---- statements ---- */

#define SIM_COLUMNS_MAX 48
struct sim_known {
    void (*carry_out)(struct sim_exec *x);  /* NULL: nobody wrote it */
    struct column columns[SIM_COLUMNS_MAX]; /* names and kinds */
    size_t column_count;
    char *names;
};

struct sim_database {
    struct sim_table tables[SIM_TABLES];
    uint64_t commits; /* the serial of the last one */
    uint64_t events;
    struct instant now;
    bool down;
    struct sim_works works;
    LIST_HEAD(, sim_store) stores;
    struct sim_row **stale; /* with versions that may be let go of */
    size_t stale_count, stale_capacity;
    struct sim_advisory *advisories;
    size_t advisory_count, advisory_capacity;
    struct sim_known *known; /* statement_count of them */
    /* A statement's answer while it is made, row after row, and blobs that end with it. */
    union sim_cell *cells;
    size_t cell_count, cell_capacity;
    struct sim_blob **temporary;
    size_t temporary_count, temporary_capacity;
};

enum sim_end { SIM_DONE, SIM_BLOCKED, SIM_FAILED };

struct sim_exec {
    struct sim_database *database;
    struct sim_work *work;
    const struct sim_asked *asked;
    const struct sim_known *known;
    uint64_t snapshot;
    size_t first_change; /* of the statement's among the work's */
    jmp_buf leave;       /* with an enum sim_end */
};

/* Room for one more in an array that doubles. */
void *sim_room(void *array, size_t count, size_t *capacity, size_t size);

/* sim_exec.c: carries one statement out; its rows are filled when it is done. */
enum sim_end sim_carry_out(struct sim_work *work, const struct sim_asked *asked);
void sim_known_init(struct sim_database *database);
void sim_known_fini(struct sim_database *database);

/* sim_check.c */
bool sim_check_known(const char *name);
/* One, in what a statement sees; row: the first wrong one. */
bool sim_check_one(struct sim_exec *x, const char *name, char *row, size_t size);

/* sim_change.c */
/* The version of a row that a snapshot knows, or the work's own; NULL: none, or it is gone. work may be NULL. */
static inline const struct sim_version *sim_visible(const struct sim_row *row, const struct sim_work *work,
                                                    uint64_t snapshot)
{
    const struct sim_version *version = row->newest;

    if (work != NULL && row->owner == work && row->pending != NULL)
        version = row->pending;
    else
        while (version != NULL && version->serial > snapshot)
            version = version->older;
    return version == NULL || version->gone ? NULL : version;
}
/* At the end of a statement, of what it has changed. */
void sim_check_references(struct sim_exec *x);
void sim_undo_to(struct sim_work *work, size_t change_count);
void sim_commit(struct sim_work *work);
void sim_roll_back(struct sim_work *work);
/* Versions that no snapshot needs any more. */
void sim_vacuum(struct sim_database *database);
_Noreturn void sim_block(struct sim_exec *x, struct sim_work *holder);
_Noreturn void sim_fail(struct sim_exec *x, enum store_outcome outcome, const char *state, const char *constraint);

/* sim_pool.c */
void sim_lend(struct sim_store *store);
void sim_work_event(struct sim_work *work, enum sim_work_state state);
void sim_work_free(struct sim_work *work);
/* Its connection is gone: what it will hear of it, and the database has nothing of it. */
void sim_work_lost(struct sim_work *work);
/* The one that was lent the connection behind this one's COMMIT; NULL: none. */
struct sim_work *sim_work_behind(const struct sim_work *front);
/* The one in front is about to be told, and over: the connection is the next one's, if it was not lost or failed. */
void sim_work_step_up(struct sim_work *front);
/* The transaction has ended in the database: those behind its locks go on. */
void sim_work_ended(struct sim_work *work);

#endif
