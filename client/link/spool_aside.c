/* What becomes of a sale that was put aside and that nobody can book: its basket is parked, and why is kept here. */
#include "client/link/spool_inner.h"

#include <string.h>

#define KEPT            40
#define TEXT_OF(number) #number
#define AS_TEXT(number) TEXT_OF(number)

bool spool_aside_parks(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], const uint8_t park_id[COMMAND_ID_SIZE])
{
    sqlite3_stmt *statement = spool_prepared(spool, "INSERT INTO aside_park (command_id, park_id) VALUES (?1, ?2)"
                                                    " ON CONFLICT (command_id) DO UPDATE SET park_id = ?2");

    sqlite3_bind_blob(statement, 1, id, COMMAND_ID_SIZE, SQLITE_STATIC);
    sqlite3_bind_blob(statement, 2, park_id, COMMAND_ID_SIZE, SQLITE_STATIC);
    return spool_done(spool, statement);
}

bool spool_parked(struct spool *spool, const uint8_t park_id[COMMAND_ID_SIZE], int64_t parked_id, struct bytes person)
{
    sqlite3_stmt *statement =
        spool_prepared(spool, "UPDATE not_booked SET parked_id = ?2, person = ?3 WHERE park_id = ?1");

    sqlite3_bind_blob(statement, 1, park_id, COMMAND_ID_SIZE, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, parked_id);
    sqlite3_bind_text(statement, 3, person.size > 0 ? (const char *)person.data : "", (int)person.size, SQLITE_STATIC);
    bool known = spool_done(spool, statement) && sqlite3_changes(spool_database(spool)) == 1;
    spool_done(
        spool,
        spool_prepared(spool,
                       "DELETE FROM not_booked WHERE number <= (SELECT max(number) FROM not_booked) - " AS_TEXT(KEPT)));
    return known;
}

struct not_booked *spool_not_booked(struct spool *spool, struct arena *arena, size_t *count)
{
    sqlite3_stmt *statement =
        spool_prepared(spool, "SELECT parked_id, seen, body, reply, person, park_id FROM not_booked"
                              " ORDER BY number DESC LIMIT " AS_TEXT(KEPT));
    struct not_booked *rows = arena_array(arena, KEPT, sizeof *rows);

    *count = 0;
    while (*count < KEPT && sqlite3_step(statement) == SQLITE_ROW) {
        const char *person = (const char *)sqlite3_column_text(statement, 4);

        struct not_booked *row = &rows[(*count)++];

        *row = (struct not_booked){
            .parked_id = sqlite3_column_int64(statement, 0),
            .seen = sqlite3_column_int(statement, 1) != 0,
            .body = spool_column(statement, 2, arena),
            .reply = spool_column(statement, 3, arena),
            .person = person == NULL ? "" : arena_copy(arena, person, strlen(person) + 1),
        };
        memcpy(row->park_id, sqlite3_column_blob(statement, 5), COMMAND_ID_SIZE); /* 16 bytes: the table's CHECK */
    }
    spool_let_go(statement);
    return rows;
}

static bool for_parked(struct spool *spool, const char *text, int64_t parked_id)
{
    sqlite3_stmt *statement = spool_prepared(spool, text);

    sqlite3_bind_int64(statement, 1, parked_id);
    return spool_done(spool, statement);
}

bool spool_not_booked_seen(struct spool *spool, int64_t parked_id)
{
    return for_parked(spool, "UPDATE not_booked SET seen = 1 WHERE parked_id = ?1", parked_id);
}

bool spool_not_booked_ends(struct spool *spool, int64_t parked_id)
{
    return for_parked(spool, "DELETE FROM not_booked WHERE parked_id = ?1", parked_id);
}
