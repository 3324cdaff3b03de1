/* Migrations: the numbered scripts of db/migrations/, each once, by the owner role; then the grants of db/access.sql.
 */
#ifndef CAROLINE_SERVER_STORE_MIGRATE_H
#define CAROLINE_SERVER_STORE_MIGRATE_H

#include <stddef.h>
#include <stdio.h>

#include "server/store/scripts.h"

enum migrate_verdict {
    MIGRATE_DONE,
    MIGRATE_AWAY,    /* the database could not be reached */
    MIGRATE_REFUSED, /* its history is not ours, or newer */
    MIGRATE_FAILED,  /* a script failed: rolled back, those before it stay */
};

/* Brings the database up to the last script. Waits in place; not for a server that serves. One line an applied script
 * goes to `out`. problem: a sentence, in a buffer of size bytes. */
enum migrate_verdict migrate(const char *owner_uri, FILE *out, char *problem, size_t size);
/* The same with other scripts, for tests. */
enum migrate_verdict migrate_scripts(const char *owner_uri, const struct script *scripts, size_t count,
                                     const char *access, FILE *out, char *problem, size_t size);

#endif
