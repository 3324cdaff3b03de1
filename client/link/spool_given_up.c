/* Commands that park a basket or bring one, and for which nobody waits any more: the basket comes when there is room. */
#include <string.h>

#include "client/link/spool_inner.h"

static sqlite3_stmt *of_id(struct spool *spool, const char *text, const uint8_t id[COMMAND_ID_SIZE])
{
    sqlite3_stmt *statement = spool_prepared(spool, text);

    sqlite3_bind_blob(statement, 1, id, COMMAND_ID_SIZE, SQLITE_STATIC);
    return statement;
}

static bool begin(struct spool *spool)
{
    return spool_done(spool, spool_prepared(spool, "BEGIN IMMEDIATE"));
}

static bool end(struct spool *spool, bool good)
{
    if (good && spool_done(spool, spool_prepared(spool, "COMMIT")))
        return true;
    sqlite3_exec(spool_database(spool), "ROLLBACK", NULL, NULL, NULL);
    return false;
}

bool spool_give_up(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    return begin(spool) &&
           end(spool, spool_done(spool, of_id(spool, "INSERT INTO given_up (command_id) VALUES (?1)", id)) &&
                          spool_done(spool, of_id(spool, "DELETE FROM basket WHERE taken_by = ?1", id)));
}

bool spool_is_given_up(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    sqlite3_stmt *statement = of_id(spool, "SELECT 1 FROM given_up WHERE command_id = ?1", id);
    bool is = sqlite3_step(statement) == SQLITE_ROW;

    spool_let_go(statement);
    return is;
}

struct spooled *spool_found(struct spool *spool, const char *text, int64_t after, struct arena *arena)
{
    sqlite3_stmt *statement = spool_prepared(spool, text);
    uint8_t id[COMMAND_ID_SIZE];

    sqlite3_bind_int64(statement, 1, after);
    bool found = sqlite3_step(statement) == SQLITE_ROW;
    if (found)
        memcpy(id, sqlite3_column_blob(statement, 0), sizeof(id)); /* 16 bytes: the table's CHECK */
    spool_let_go(statement);
    return found ? spool_find(spool, id, arena) : NULL;
}

struct spooled *spool_given_up(struct spool *spool, int64_t after, struct arena *arena)
{
    return spool_found(spool,
                       "SELECT c.id FROM given_up AS g JOIN command AS c ON c.id = g.command_id"
                       " WHERE c.answered = 1 AND c.number > ?1 ORDER BY c.number LIMIT 1",
                       after, arena);
}

/* It has one row. */
static bool put_basket(struct spool *spool, struct bytes basket)
{
    sqlite3_stmt *statement = spool_prepared(spool, "INSERT INTO basket (only, bytes) VALUES (1, ?1)");

    sqlite3_bind_blob64(statement, 1, basket.size > 0 ? (const void *)basket.data : "", basket.size, SQLITE_STATIC);
    return spool_done(spool, statement) || (sqlite3_errcode(spool_database(spool)) == SQLITE_CONSTRAINT &&
                                            spool_failed(spool, "another customer's basket is here"));
}

bool spool_given_up_ends(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], struct bytes basket)
{
    return begin(spool) &&
           end(spool, spool_done(spool, of_id(spool, "DELETE FROM given_up WHERE command_id = ?1", id)) &&
                          (basket.data == NULL || put_basket(spool, basket)));
}
