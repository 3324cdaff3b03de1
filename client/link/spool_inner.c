/* Statements of the spool that are done now and then: prepared when they are first wanted. */
#include "client/link/spool_inner.h"

#include <assert.h>

sqlite3_stmt *spool_prepared(struct spool *spool, const char *text)
{
    struct seldom *kept = spool->seldom;

    while (kept->text != NULL && kept->text != text)
        kept++;
    assert(kept < spool->seldom + SPOOL_SELDOM);
    if (kept->text == NULL && sqlite3_prepare_v3(spool_database(spool), text, -1, SQLITE_PREPARE_PERSISTENT,
                                                 &kept->statement, NULL) == SQLITE_OK)
        kept->text = text;
    return kept->statement; /* NULL: then nothing is done, as SQLite has it */
}

void spool_let_go(sqlite3_stmt *statement)
{
    if (statement == NULL)
        return;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

bool spool_done(struct spool *spool, sqlite3_stmt *statement)
{
    bool good = sqlite3_step(statement) == SQLITE_DONE || spool_failed(spool, NULL);

    spool_let_go(statement);
    return good;
}
