/* The store as the driver sees it: transactions that are asked, run, and committed; never waiting in place.
 *
 *   begin -> [ask ... run]* -> ask ... commit      or rollback at any time between runs
 *
 * PostgreSQL stands behind it in the shop (server/store/postgres.h), a simulated store in the simulator. */
#ifndef CAROLINE_SERVER_STORE_STORE_H
#define CAROLINE_SERVER_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/instant.h"

/* A named statement of db/queries/: the build makes `sql_<name>` of each "-- name:" and the table of all. */
struct statement {
    const char *name;
    const char *sql;
    int param_count;
    int index; /* in statements[]; -1: one made on the way (a check), parsed each time and not prepared */
};
extern const struct statement *const statements[];
extern const size_t statement_count;

enum param_kind {
    PARAM_KIND_NULL,
    PARAM_KIND_INT, /* bigint */
    PARAM_KIND_BOOL,
    PARAM_KIND_TEXT,     /* text */
    PARAM_KIND_BYTES,    /* bytea */
    PARAM_KIND_INSTANT,  /* timestamptz */
    PARAM_KIND_DAY,      /* date */
    PARAM_KIND_INTS,     /* bigint[] */
    PARAM_KIND_BOOLS,    /* boolean[] */
    PARAM_KIND_TEXTS,    /* text[]; a view whose data is NULL is SQL's null */
    PARAM_KIND_BYTESES,  /* bytea[]; likewise */
    PARAM_KIND_INSTANTS, /* timestamptz[] */
    PARAM_KIND_DAYS,     /* date[] */
};

/* INT64_MIN in an INTS array, and in INT, is SQL's null. What is pointed to must live until the run's answer. */
#define PARAM_NULL_INT INT64_MIN
struct param {
    enum param_kind kind;
    size_t count;
    union {
        int64_t integer;
        bool boolean;
        struct bytes bytes;
        const int64_t *ints;
        const bool *bools;
        const struct bytes *views;
        const struct instant *instants;
        const struct day *days;
    } as;
};

#define PARAM_NULL()         ((struct param){ .kind = PARAM_KIND_NULL })
#define PARAM_INT(v)         ((struct param){ .kind = PARAM_KIND_INT, .as.integer = (v) })
#define PARAM_BOOL(v)        ((struct param){ .kind = PARAM_KIND_BOOL, .as.boolean = (v) })
#define PARAM_TEXT(v)        ((struct param){ .kind = PARAM_KIND_TEXT, .as.bytes = bytes_of_text(v) })
#define PARAM_TEXT_VIEW(v)   ((struct param){ .kind = PARAM_KIND_TEXT, .as.bytes = (v) })
#define PARAM_BYTES(v)       ((struct param){ .kind = PARAM_KIND_BYTES, .as.bytes = (v) })
#define PARAM_INSTANT(v)     ((struct param){ .kind = PARAM_KIND_INSTANT, .as.integer = (v).us })
#define PARAM_DAY(v)         ((struct param){ .kind = PARAM_KIND_DAY, .as.integer = (v).number })
#define PARAM_INTS(p, n)     ((struct param){ .kind = PARAM_KIND_INTS, .count = (n), .as.ints = (p) })
#define PARAM_BOOLS(p, n)    ((struct param){ .kind = PARAM_KIND_BOOLS, .count = (n), .as.bools = (p) })
#define PARAM_TEXTS(p, n)    ((struct param){ .kind = PARAM_KIND_TEXTS, .count = (n), .as.views = (p) })
#define PARAM_BYTESES(p, n)  ((struct param){ .kind = PARAM_KIND_BYTESES, .count = (n), .as.views = (p) })
#define PARAM_INSTANTS(p, n) ((struct param){ .kind = PARAM_KIND_INSTANTS, .count = (n), .as.instants = (p) })
#define PARAM_DAYS(p, n)     ((struct param){ .kind = PARAM_KIND_DAYS, .count = (n), .as.days = (p) })
/* An array and its length, for txn_ask(). */
#define PARAMS(...)                                                                                                    \
    ((const struct param[]){ __VA_ARGS__ }), (sizeof((const struct param[]){ __VA_ARGS__ }) / sizeof(struct param))
#define NO_PARAMS NULL, 0

/* An answer: empty until the run that asked for it has come back, then in the txn's arena. A column that is not there,
 * or of another type, is a bug and ends the process. */
struct rows;
size_t rows_count(const struct rows *rows);
int64_t row_int(const struct rows *rows, size_t row, const char *column); /* bigint, integer, smallint, "char" */
/* Integers and text are given for null too, as 0 and "": who must tell asks row_is_null(). */
bool row_bool(const struct rows *rows, size_t row, const char *column);
bool row_is_null(const struct rows *rows, size_t row, const char *column);
struct bytes row_bytes(const struct rows *rows, size_t row, const char *column); /* text and bytea */
const char *row_text(const struct rows *rows, size_t row, const char *column);   /* NUL behind it; "" for null */
struct instant row_instant(const struct rows *rows, size_t row, const char *column);
struct day row_day(const struct rows *rows, size_t row, const char *column);
/* A column as an array of rows_count() values; null as 0. */
const int64_t *column_ints(const struct rows *rows, const char *column);
/* text[] and bytea[] values: their elements, *count of them, in the arena; NUL behind each; a null's data is NULL. */
const struct bytes *row_texts(const struct rows *rows, size_t row, const char *column, size_t *count);
/* bigint[] values; null as 0. */
const int64_t *row_ints(const struct rows *rows, size_t row, const char *column, size_t *count);

enum store_outcome {
    STORE_OK,
    STORE_AGAIN,   /* rolled back: deadlock, serialization, lock timeout, plans gone stale; the same may work at once */
    STORE_BROKEN,  /* rolled back: a constraint or another error of ours; *_problem() says which */
    STORE_AWAY,    /* no connection, or lost before COMMIT was sent: nothing has happened */
    STORE_UNKNOWN, /* lost after COMMIT was sent: look the commands up before anybody is answered */
};

enum txn_kind {
    TXN_READ,     /* no transaction around it; every run sees its own snapshot */
    TXN_WRITE,    /* READ COMMITTED */
    TXN_CHECK,    /* one REPEATABLE READ READ ONLY snapshot for all runs, as the reading role; may take minutes */
    TXN_SNAPSHOT, /* such a snapshot on a reader's connection, for what takes moments */
};

struct store;
struct txn;
typedef void txn_done_fn(struct txn *txn, enum store_outcome outcome);

/* What a store is. The functions below call it. */
struct store_class {
    void (*begin)(struct store *store, struct txn *txn, txn_done_fn *done);
    struct rows *(*ask)(struct txn *txn, const struct statement *statement, const struct param *params, size_t count);
    void (*run)(struct txn *txn, bool commit, txn_done_fn *done);
    void (*rollback)(struct txn *txn);
    void (*hurry)(struct txn *txn); /* NULL: it is not in a hurry */
};

struct store {
    const struct store_class *class;
};

/* Embedded in what waits for it; zeroed before its first begin. `user` is the owner's. */
struct txn {
    struct store *store;
    struct arena *arena; /* rows and copies of parameters live there */
    enum txn_kind kind;
    int64_t lane; /* TXN_WRITE: at most one transaction of a lane other than 0 is under way; the rest wait in turn. The
                      * next may begin as soon as COMMIT was asked of the one before: the database carries out the one
                      * behind the other. If the first fails, the second may be told AGAIN. */
    int64_t wait_ms; /* how long begin may wait for a connection */
    void *user;
    void *private_;      /* the store's */
    const char *problem; /* after anything but OK: SQLSTATE, statement, constraint, in the arena; for the log */
};

/* done comes later, never from inside: OK, or AWAY when no connection could be had in wait_ms; AGAIN as said at lane. */
void txn_begin(struct store *store, struct txn *txn, txn_done_fn *done);
/* Queue a statement; parameters are copied. The rows are filled when the next run has come back OK. */
struct rows *txn_ask(struct txn *txn, const struct statement *statement, const struct param *params, size_t count);
/* Send what was asked. After anything but OK the transaction is over and the connection given back. */
void txn_run(struct txn *txn, txn_done_fn *done);
/* What was asked so far goes out now, and the database begins with it; its rows come with the next run. In a transaction that has
 * run before. */
void txn_hurry(struct txn *txn);
/* Send what was asked and COMMIT behind it, in one round trip. OK: it is on disk (the answer's tag was COMMIT). The
 * transaction is over whatever the outcome. For TXN_READ: ends it. */
void txn_commit(struct txn *txn, txn_done_fn *done);
/* Over, at once for the caller; the store cleans up behind it. */
void txn_rollback(struct txn *txn);

#endif
