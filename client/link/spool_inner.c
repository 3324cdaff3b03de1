/* Statements of the spool that are done now and then: prepared, done, and gone. */
#include "client/link/spool_inner.h"

sqlite3_stmt *spool_prepared(struct spool *spool, const char *text)
{
    sqlite3_stmt *statement = NULL;

    sqlite3_prepare_v2(spool_database(spool), text, -1, &statement, NULL);
    return statement; /* NULL: then nothing is done, as SQLite has it */
}

bool spool_done(struct spool *spool, sqlite3_stmt *statement)
{
    bool good = sqlite3_step(statement) == SQLITE_DONE || spool_failed(spool, NULL);

    sqlite3_finalize(statement);
    return good;
}
