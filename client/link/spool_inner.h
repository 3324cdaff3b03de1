/* What spool.c and spool_file.c share. */
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
struct bytes spool_column(sqlite3_stmt *statement, int column, struct arena *arena);

#endif
