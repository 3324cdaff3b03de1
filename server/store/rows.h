/* What rows are made of: columns, decoded once when the answer comes in. For stores; services see store.h only. */
#ifndef CAROLINE_SERVER_STORE_ROWS_H
#define CAROLINE_SERVER_STORE_ROWS_H

#include "server/store/store.h"

enum column_kind {
    COLUMN_INT,
    COLUMN_BOOL,
    COLUMN_INSTANT,
    COLUMN_DAY,
    COLUMN_BYTES, /* text and bytea: views with a NUL behind them */
    COLUMN_TEXTS, /* text[] and bytea[], as PostgreSQL sent them */
    COLUMN_INTS,  /* bigint[], likewise */
    COLUMN_OTHER, /* a type that nobody can ask for */
};

/* One value a row, in the arena. */
struct column {
    const char *name;
    enum column_kind kind;
    unsigned type;       /* PostgreSQL's number, for the message about COLUMN_OTHER */
    int64_t *integers;   /* COLUMN_INT, BOOL, INSTANT, DAY; null as 0 */
    struct bytes *views; /* the others; data NULL for null */
    bool *nulls;         /* of integers; NULL when there is none */
};

struct rows {
    struct arena *arena;
    const char *statement; /* its name, for messages */
    size_t count, column_count;
    struct column *columns;
    size_t next_column; /* where the next look-up by name begins: columns are mostly read in their order */
};

struct rows *rows_create(struct arena *arena, const char *statement);

#endif
