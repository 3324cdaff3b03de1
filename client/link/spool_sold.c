/* What was sold offline, and what was put aside until the server says what became of it. */
#include "client/link/spool_inner.h"

#include <string.h>

static int64_t one_number(struct spool *spool, enum spool_statement name)
{
    sqlite3_stmt *statement = spool_fresh(spool, name);
    int64_t number = -1;

    if (sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    else
        spool_failed(spool, NULL);
    sqlite3_reset(statement);
    return number;
}

int64_t spool_next_number(struct spool *spool)
{
    return one_number(spool, SPOOL_NEWEST) + 1;
}

static bool numbers_behind(struct spool *spool, int64_t newest)
{
    sqlite3_stmt *statement = spool_fresh(spool, SPOOL_NUMBERS_BEHIND);

    sqlite3_bind_int64(statement, 1, newest);
    return spool_step(spool, statement);
}

bool spool_numbers_behind(struct spool *spool, int64_t newest)
{
    return newest < spool_next_number(spool) || numbers_behind(spool, newest);
}

static bool sell(struct spool *spool, const struct spooled *command, int64_t number, struct bytes paper)
{
    sqlite3_stmt *statement = spool_fresh(spool, SPOOL_SELL);

    sqlite3_bind_int64(statement, 1, number);
    spool_bind_id(statement, 2, command->id);
    spool_bind_bytes(statement, 3, command->body);
    spool_bind_bytes(statement, 4, paper);
    return spool_step(spool, statement);
}

bool spool_sell(struct spool *spool, const struct spooled *command, int64_t number, struct bytes paper,
                const uint8_t aside[COMMAND_ID_SIZE])
{
    if (!spool_begin(spool))
        return false;
    bool good = spool_put_row(spool, command) && sell(spool, command, number, paper) && numbers_behind(spool, number);
    return spool_end(spool, good && (aside == NULL ? spool_step(spool, spool_fresh(spool, SPOOL_CLEAR))
                                                   : spool_step_for_id(spool, SPOOL_END_ASIDE, aside)));
}

bool spool_put_aside(struct spool *spool, const struct put_aside *aside)
{
    if (!spool_begin(spool))
        return false;

    sqlite3_stmt *statement = spool_fresh(spool, SPOOL_PUT_ASIDE);
    spool_bind_id(statement, 1, aside->id);
    sqlite3_bind_int64(statement, 2, aside->shift_id);
    sqlite3_bind_int64(statement, 3, aside->staff_id);
    return spool_end(spool, spool_step(spool, statement) && spool_step_for_id(spool, SPOOL_BASKET_SOLD, aside->id));
}

bool spool_is_aside(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    sqlite3_stmt *statement = spool_fresh(spool, SPOOL_IS_ASIDE);

    spool_bind_id(statement, 1, id);
    bool is = sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0) > 0;
    sqlite3_reset(statement);
    return is;
}

struct put_aside *spool_aside_refused(struct spool *spool, int64_t after, struct arena *arena)
{
    sqlite3_stmt *statement = spool_fresh(spool, SPOOL_ASIDE_REFUSED);
    struct put_aside *aside = NULL;

    sqlite3_bind_int64(statement, 1, after);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        aside = arena_alloc(arena, sizeof *aside);
        *aside = (struct put_aside){ .number = sqlite3_column_int64(statement, 0),
                                     .shift_id = sqlite3_column_int64(statement, 2),
                                     .staff_id = sqlite3_column_int64(statement, 3),
                                     .body = spool_column(statement, 4, arena),
                                     .reply = spool_column(statement, 5, arena),
                                     .parks = sqlite3_column_bytes(statement, 6) == COMMAND_ID_SIZE };
        memcpy(aside->id, sqlite3_column_blob(statement, 1), COMMAND_ID_SIZE);
        if (aside->parks)
            memcpy(aside->park_id, sqlite3_column_blob(statement, 6), COMMAND_ID_SIZE);
    }
    sqlite3_reset(statement);
    return aside;
}

size_t spool_aside_count(struct spool *spool)
{
    int64_t count = one_number(spool, SPOOL_ASIDE_COUNT);

    return count < 0 ? 0 : (size_t)count;
}

size_t spool_unbooked(struct spool *spool)
{
    int64_t count = one_number(spool, SPOOL_UNBOOKED);

    return count < 0 ? 0 : (size_t)count;
}

static struct sold_offline sold_of(sqlite3_stmt *statement, struct arena *arena)
{
    return (struct sold_offline){ .number = sqlite3_column_int64(statement, 0),
                                  .booked = sqlite3_column_int(statement, 1) != 0,
                                  .body = spool_column(statement, 2, arena),
                                  .paper = spool_column(statement, 3, arena) };
}

struct sold_offline *spool_refused(struct spool *spool, struct arena *arena, size_t *count)
{
    size_t most = spool_unbooked(spool);
    struct sold_offline *sold = arena_array(arena, most, sizeof *sold);
    sqlite3_stmt *statement = spool_fresh(spool, SPOOL_REFUSED);

    *count = 0;
    while (*count < most && sqlite3_step(statement) == SQLITE_ROW)
        sold[(*count)++] = sold_of(statement, arena);
    sqlite3_reset(statement);
    return sold;
}

bool spool_sell_again(struct spool *spool, const struct spooled *command, int64_t number)
{
    if (!spool_begin(spool))
        return false;

    bool good = spool_put_row(spool, command);
    sqlite3_stmt *statement = spool_fresh(spool, SPOOL_SELL_AGAIN);
    sqlite3_bind_int64(statement, 1, number);
    spool_bind_id(statement, 2, command->id);
    return spool_end(spool, good && spool_step(spool, statement));
}

static struct sold_offline *one_sold(sqlite3_stmt *statement, struct arena *arena)
{
    struct sold_offline *sold = NULL;

    if (sqlite3_step(statement) == SQLITE_ROW) {
        sold = arena_alloc(arena, sizeof *sold);
        *sold = sold_of(statement, arena);
    }
    sqlite3_reset(statement);
    return sold;
}

struct sold_offline *spool_last_sold(struct spool *spool, struct arena *arena)
{
    return one_sold(spool_fresh(spool, SPOOL_LAST_SOLD), arena);
}

struct sold_offline *spool_next_unbooked(struct spool *spool, int64_t after, struct arena *arena)
{
    sqlite3_stmt *statement = spool_fresh(spool, SPOOL_NEXT_UNBOOKED);

    sqlite3_bind_int64(statement, 1, after);
    return one_sold(statement, arena);
}
