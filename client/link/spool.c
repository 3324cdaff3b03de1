/* The spool: commands and their answers, and the basket. */
#include "client/link/spool_inner.h"

#include <string.h>

sqlite3_stmt *spool_fresh(struct spool *spool, enum spool_statement name)
{
    sqlite3_reset(spool->statements[name]);
    sqlite3_clear_bindings(spool->statements[name]);
    return spool->statements[name];
}

void spool_bind_id(sqlite3_stmt *statement, int at, const uint8_t id[COMMAND_ID_SIZE])
{
    sqlite3_bind_blob(statement, at, id, COMMAND_ID_SIZE, SQLITE_STATIC);
}

/* An empty message is an empty blob, not null. */
void spool_bind_bytes(sqlite3_stmt *statement, int at, struct bytes bytes)
{
    sqlite3_bind_blob64(statement, at, bytes.size > 0 ? (const void *)bytes.data : "", bytes.size, SQLITE_STATIC);
}

bool spool_step(struct spool *spool, sqlite3_stmt *statement)
{
    int outcome = sqlite3_step(statement);

    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return outcome == SQLITE_DONE || spool_failed(spool, NULL);
}

bool spool_step_for_id(struct spool *spool, enum spool_statement name, const uint8_t id[COMMAND_ID_SIZE])
{
    sqlite3_stmt *statement = spool_fresh(spool, name);

    spool_bind_id(statement, 1, id);
    return spool_step(spool, statement);
}

bool spool_begin(struct spool *spool)
{
    return spool_step(spool, spool->statements[SPOOL_BEGIN]);
}

bool spool_end(struct spool *spool, bool good)
{
    if (good && spool_step(spool, spool->statements[SPOOL_COMMIT]))
        return true;
    sqlite3_exec(spool->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

bool spool_put_row(struct spool *spool, const struct spooled *command)
{
    sqlite3_stmt *statement = spool_fresh(spool, SPOOL_PUT);

    spool_bind_id(statement, 1, command->id);
    sqlite3_bind_int64(statement, 2, command->op);
    sqlite3_bind_int(statement, 3, command->secret);
    sqlite3_bind_int(statement, 4, command->takes_basket);
    sqlite3_bind_int64(statement, 5, command->made_us);
    if (!command->secret)
        spool_bind_bytes(statement, 6, command->body);
    return spool_step(spool, statement);
}

bool spool_put(struct spool *spool, const struct spooled *command)
{
    if (!spool_begin(spool))
        return false;

    bool good = spool_put_row(spool, command);
    if (good && command->takes_basket)
        good = spool_step_for_id(spool, SPOOL_TAKE_BASKET, command->id);
    if (good && command->ends_basket)
        good = spool_step(spool, spool_fresh(spool, SPOOL_CLEAR));
    if (good && command->follow)
        good = spool_step_for_id(spool, SPOOL_FOLLOW, command->id);
    return spool_end(spool, good);
}

bool spool_mark_sent(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    return spool_step_for_id(spool, SPOOL_MARK_SENT, id);
}

static bool end_basket(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], bool accepted, struct bytes basket)
{
    if (!accepted || basket.data == NULL)
        return spool_step_for_id(spool, accepted ? SPOOL_BASKET_SOLD : SPOOL_BASKET_FREE, id);

    sqlite3_stmt *brought = spool_fresh(spool, SPOOL_BASKET_BROUGHT);
    spool_bind_id(brought, 1, id);
    spool_bind_bytes(brought, 2, basket);
    return spool_step(spool, brought);
}

/* What was not sold offline has nothing to be wiped. */
static bool book(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    return spool_step_for_id(spool, SPOOL_BOOK, id) &&
           (sqlite3_changes(spool->db) == 0 || spool_step_for_id(spool, SPOOL_WIPE, id));
}

/* The basket of what was put aside waits with the server from here on, and why is not forgotten. */
static bool end_parked(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    return spool_step_for_id(spool, SPOOL_ASIDE_PARKED, id) &&
           (sqlite3_changes(spool->db) == 0 || (spool_step_for_id(spool, SPOOL_END_PARKED, id) &&
                                                spool_step(spool, spool_fresh(spool, SPOOL_FORGET_PARKS))));
}

bool spool_answer(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], struct bytes reply, bool accepted,
                  struct bytes basket)
{
    if (!spool_begin(spool))
        return false;

    sqlite3_stmt *answer = spool_fresh(spool, SPOOL_ANSWER);
    spool_bind_id(answer, 1, id);
    sqlite3_bind_int(answer, 2, accepted);
    spool_bind_bytes(answer, 3, reply);
    bool good = spool_step(spool, answer) && end_basket(spool, id, accepted, basket) &&
                (accepted || spool_step_for_id(spool, SPOOL_UNFOLLOW, id));
    if (good && accepted)
        good = book(spool, id) && spool_step_for_id(spool, SPOOL_END_ASIDE, id) && end_parked(spool, id) &&
               spool_step(spool, spool_fresh(spool, SPOOL_PRUNE_SOLD));
    return spool_end(spool, good && spool_step(spool, spool_fresh(spool, SPOOL_PRUNE)));
}

bool spool_withdraw(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    if (!spool_begin(spool))
        return false;
    bool good = spool_step_for_id(spool, SPOOL_WITHDRAW, id) && sqlite3_changes(spool->db) == 1;
    return spool_end(spool, good && spool_step_for_id(spool, SPOOL_BASKET_FREE, id) &&
                                spool_step_for_id(spool, SPOOL_UNFOLLOW, id));
}

struct bytes spool_column(sqlite3_stmt *statement, int column, struct arena *arena)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return (struct bytes){ NULL, 0 };

    const void *data = sqlite3_column_blob(statement, column);
    size_t size = (size_t)sqlite3_column_bytes(statement, column);
    return bytes_of(size > 0 ? arena_copy(arena, data, size) : arena_alloc(arena, 1), size);
}

static struct spooled row_of(sqlite3_stmt *statement, struct arena *arena)
{
    struct spooled command = {
        .number = sqlite3_column_int64(statement, 0),
        .op = (unsigned)sqlite3_column_int64(statement, 2),
        .sent = sqlite3_column_int(statement, 3) != 0,
        .secret = sqlite3_column_int(statement, 4) != 0,
        .takes_basket = sqlite3_column_int(statement, 5) != 0,
        .answered = sqlite3_column_int(statement, 6) != 0,
        .made_us = sqlite3_column_int64(statement, 7),
        .body = spool_column(statement, 8, arena),
        .reply = spool_column(statement, 9, arena),
    };

    memcpy(command.id, sqlite3_column_blob(statement, 1), COMMAND_ID_SIZE);
    return command;
}

static struct spooled *all(sqlite3_stmt *statement, struct arena *arena, size_t *count)
{
    struct spooled *commands = NULL;
    size_t capacity = 0;

    *count = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        if (*count == capacity) {
            struct spooled *grown = arena_array(arena, capacity = capacity * 2 + 8, sizeof *grown);
            if (*count > 0)
                memcpy(grown, commands, *count * sizeof *grown);
            commands = grown;
        }
        commands[(*count)++] = row_of(statement, arena);
    }
    sqlite3_reset(statement);
    return commands;
}

struct spooled *spool_unanswered(struct spool *spool, struct arena *arena, size_t *count)
{
    return all(spool_fresh(spool, SPOOL_UNANSWERED), arena, count);
}

struct spooled *spool_not_accepted(struct spool *spool, int64_t since_us, struct arena *arena, size_t *count)
{
    sqlite3_stmt *statement = spool_fresh(spool, SPOOL_NOT_ACCEPTED);

    sqlite3_bind_int64(statement, 1, since_us);
    return all(statement, arena, count);
}

bool spool_reopen(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    if (!spool_begin(spool))
        return false;
    return spool_end(spool, spool_step_for_id(spool, SPOOL_REOPEN, id) && spool_step_for_id(spool, SPOOL_RETAKE, id) &&
                                spool_step_for_id(spool, SPOOL_REOPEN_GIVEN_UP, id));
}

static struct spooled *one(sqlite3_stmt *statement, struct arena *arena)
{
    struct spooled *command = NULL;

    if (sqlite3_step(statement) == SQLITE_ROW) {
        command = arena_alloc(arena, sizeof *command);
        *command = row_of(statement, arena);
    }
    sqlite3_reset(statement);
    return command;
}

struct spooled *spool_find(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], struct arena *arena)
{
    sqlite3_stmt *statement = spool_fresh(spool, SPOOL_FIND);

    spool_bind_id(statement, 1, id);
    return one(statement, arena);
}

struct spooled *spool_last(struct spool *spool, unsigned op, struct arena *arena)
{
    sqlite3_stmt *statement = spool_fresh(spool, SPOOL_LAST);

    sqlite3_bind_int64(statement, 1, op);
    return one(statement, arena);
}

bool basket_save(struct spool *spool, struct bytes basket)
{
    sqlite3_stmt *statement = spool_fresh(spool, SPOOL_SAVE);

    spool_bind_bytes(statement, 1, basket);
    return spool_step(spool, statement);
}

struct bytes basket_load(struct spool *spool, struct arena *arena, bool *taken, uint8_t taken_by[COMMAND_ID_SIZE])
{
    sqlite3_stmt *statement = spool_fresh(spool, SPOOL_LOAD);
    struct bytes basket = { NULL, 0 };

    *taken = false;
    if (sqlite3_step(statement) == SQLITE_ROW) {
        basket = spool_column(statement, 0, arena);
        *taken = sqlite3_column_bytes(statement, 1) == COMMAND_ID_SIZE;
        if (*taken && taken_by != NULL)
            memcpy(taken_by, sqlite3_column_blob(statement, 1), COMMAND_ID_SIZE);
    }
    sqlite3_reset(statement);
    return basket;
}

bool basket_clear(struct spool *spool)
{
    return spool_step(spool, spool_fresh(spool, SPOOL_CLEAR));
}
