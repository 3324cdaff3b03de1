/* What an error of PostgreSQL means for the transaction that met it. */
#ifndef CAROLINE_SERVER_STORE_OUTCOME_H
#define CAROLINE_SERVER_STORE_OUTCOME_H

#include <libpq-fe.h>

#include "server/store/store.h"

struct verdict {
    enum store_outcome outcome; /* AGAIN, BROKEN or AWAY */
    bool plans_stale;           /* prepare everything anew */
    bool leave;                 /* this connection is no use any more: a standby, a server going down */
};

struct verdict outcome_of_error(const PGresult *error);
/* "23505 sale_ring_up_sales sale_pkey": no values in it. In the arena. */
const char *outcome_problem(struct arena *arena, const PGresult *error, const char *statement);
/* A libpq message of several lines as one, its runs of space made one, in text. Returns text. */
char *outcome_sentence(char *text, size_t size, const char *message);

#endif
