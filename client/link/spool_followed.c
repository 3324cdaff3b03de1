/* Commands of which the answer is the beginning: kept until somebody was told what came of them. */
#include "client/link/spool_inner.h"

struct spooled *spool_followed(struct spool *spool, int64_t after, struct arena *arena)
{
    return spool_found(spool,
                       "SELECT c.id FROM followed AS f JOIN command AS c ON c.id = f.command_id"
                       " WHERE c.answered = 1 AND c.accepted = 1 AND c.number > ?1 ORDER BY c.number LIMIT 1",
                       after, arena);
}

bool spool_followed_ends(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    sqlite3_stmt *statement = spool_prepared(spool, "DELETE FROM followed WHERE command_id = ?1");

    sqlite3_bind_blob(statement, 1, id, COMMAND_ID_SIZE, SQLITE_STATIC);
    return spool_done(spool, statement);
}
