/* What the files of the spool share. */
#ifndef CAROLINE_CLIENT_LINK_SPOOL_INNER_H
#define CAROLINE_CLIENT_LINK_SPOOL_INNER_H

#include <sqlite3.h>

#include "client/link/spool.h"

#define SPOOL_VERSION 2 /* of the file's tables, in its user_version; 1 had no `origin` */

sqlite3 *spool_database(struct spool *spool);
void spool_claimed(struct spool *spool); /* closing it says so in the file */
/* A number that a statement answers; false: it cannot be read. */
bool spool_number(sqlite3 *db, const char *text, int64_t *number);
bool spool_is_sound(sqlite3 *db);
/* false, and spool_problem() says why; NULL: as SQLite has it. */
bool spool_failed(struct spool *spool, const char *why);
/* A statement for one use; NULL where it cannot be: spool_done() says so. */
sqlite3_stmt *spool_prepared(struct spool *spool, const char *text);
/* Does it, and lets go of it; false: it was not done, and spool_problem() says why. */
bool spool_done(struct spool *spool, sqlite3_stmt *statement);
/* The command whose id a statement finds behind ?1, in the arena; NULL: none. */
struct spooled *spool_found(struct spool *spool, const char *text, int64_t after, struct arena *arena);
struct bytes spool_column(sqlite3_stmt *statement, int column, struct arena *arena);

#endif
