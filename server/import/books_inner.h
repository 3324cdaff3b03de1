/* What the files of books.h share. */
#ifndef CAROLINE_SERVER_IMPORT_BOOKS_INNER_H
#define CAROLINE_SERVER_IMPORT_BOOKS_INNER_H

#include <libpq-fe.h>

#include "db/queries.h"
#include "server/import/books.h"

#define PROBLEM_SIZE 600

struct books {
    PGconn *connection;
    struct vault *vault;
    struct arena *arena;
    int64_t next_id, ids_left;
};

/* NULL, false: *problem. Values are texts; what comes back is freed by PQclear(). */
PGresult *books_query(struct books *books, const struct statement *statement, const char *const *values,
                      const char **problem);
bool books_run(struct books *books, const struct statement *statement, const char *const *values, const char **problem);
bool books_plain(struct books *books, const char *sql, const char **problem);
bool books_end(struct books *books, bool written, const char **problem);

/* In the arena. */
char *books_number(struct books *books, int64_t value);
char *books_hex(struct books *books, struct bytes bytes);
char *books_one(struct books *books, const char *text);
bool books_new_id(struct books *books, int64_t *id, const char **problem);

#endif
