/* PostgreSQL's binary formats: parameters out, rows in. */
#ifndef CAROLINE_SERVER_STORE_BINARY_H
#define CAROLINE_SERVER_STORE_BINARY_H

#include <libpq-fe.h>

#include "server/store/rows.h"

/* The parameters of one statement as libpq wants them, in the arena. All are binary. */
struct binary_params {
    const char **values;
    int *lengths, *formats;
    int count;
};
struct binary_params binary_params_of(struct arena *arena, const struct param *params, size_t count);

/* Copies the answer into rows->arena, column by column: a group reads columns, and the PGresult can go at once. */
void binary_rows_fill(struct rows *rows, const PGresult *result);

#endif
