/* The spool's SQLite file. */
#include "client/link/spool.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SPOOL_VERSION "1"
#define ANSWERS_KEPT  "200"
#define LOCK_WAIT_MS  2000

/* A WAL because a commit is then one fsync; exclusive because one program sells at a time, and so that no second file
 * of shared memory is needed. secure_delete: what is let go leaves no trace in the file. */
static const char setup[] = "PRAGMA locking_mode = EXCLUSIVE;"
                            "PRAGMA journal_mode = WAL;"
                            "PRAGMA synchronous = FULL;"
                            "PRAGMA secure_delete = ON;"
                            "PRAGMA foreign_keys = ON;"
                            "BEGIN IMMEDIATE;"
                            "CREATE TABLE IF NOT EXISTS command ("
                            "    number       INTEGER PRIMARY KEY AUTOINCREMENT,"
                            "    id           BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
                            "    op           INTEGER NOT NULL,"
                            "    sent         INTEGER NOT NULL DEFAULT 0,"
                            "    secret       INTEGER NOT NULL,"
                            "    takes_basket INTEGER NOT NULL,"
                            "    made_us      INTEGER NOT NULL,"
                            "    body         BLOB,"
                            "    answered     INTEGER NOT NULL DEFAULT 0,"
                            "    accepted     INTEGER NOT NULL DEFAULT 0,"
                            "    reply        BLOB);"
                            "CREATE INDEX IF NOT EXISTS command_unanswered ON command (number) WHERE answered = 0;"
                            "CREATE TABLE IF NOT EXISTS basket ("
                            "    only     INTEGER PRIMARY KEY CHECK (only = 1),"
                            "    bytes    BLOB NOT NULL,"
                            "    taken_by BLOB);"
                            "PRAGMA user_version = " SPOOL_VERSION ";"
                            "COMMIT;";

enum statement_name {
    BEGIN,
    COMMIT,
    PUT,
    TAKE_BASKET,
    MARK_SENT,
    ANSWER,
    BASKET_SOLD,
    BASKET_BROUGHT,
    BASKET_FREE,
    PRUNE,
    WITHDRAW,
    UNANSWERED,
    FIND,
    LAST,
    SAVE,
    LOAD,
    CLEAR,
    STATEMENTS
};

#define COLUMNS "SELECT number, id, op, sent, secret, takes_basket, answered, made_us, body, reply FROM command "

static const char *const sql[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [PUT] = "INSERT INTO command (id, op, secret, takes_basket, made_us, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [TAKE_BASKET] = "UPDATE basket SET taken_by = ?1",
    [MARK_SENT] = "UPDATE command SET sent = 1 WHERE id = ?1",
    [ANSWER] =
        "UPDATE command SET answered = 1, accepted = ?2, reply = CASE WHEN secret THEN NULL ELSE ?3 END WHERE id = ?1",
    [BASKET_SOLD] = "DELETE FROM basket WHERE taken_by = ?1",
    [BASKET_BROUGHT] = "UPDATE basket SET bytes = ?2, taken_by = NULL WHERE taken_by = ?1",
    [BASKET_FREE] = "UPDATE basket SET taken_by = NULL WHERE taken_by = ?1",
    [PRUNE] = "DELETE FROM command WHERE answered = 1 AND number <= (SELECT max(number) FROM command) - " ANSWERS_KEPT,
    [WITHDRAW] = "DELETE FROM command WHERE id = ?1 AND sent = 0 AND answered = 0",
    [UNANSWERED] = COLUMNS "WHERE answered = 0 ORDER BY number",
    [FIND] = COLUMNS "WHERE id = ?1",
    [LAST] = COLUMNS "WHERE op = ?1 AND answered = 1 AND accepted = 1 ORDER BY number DESC LIMIT 1",
    [SAVE] =
        "INSERT INTO basket (only, bytes) VALUES (1, ?1) ON CONFLICT (only) DO UPDATE SET bytes = ?1, taken_by = NULL",
    [LOAD] = "SELECT bytes, taken_by FROM basket",
    [CLEAR] = "DELETE FROM basket",
};

struct spool {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    char problem[200];
};

static bool note(struct spool *spool)
{
    snprintf(spool->problem, sizeof spool->problem, "could not write to the disk: %s", sqlite3_errmsg(spool->db));
    return false;
}

static sqlite3_stmt *fresh(struct spool *spool, enum statement_name name)
{
    sqlite3_reset(spool->statements[name]);
    sqlite3_clear_bindings(spool->statements[name]);
    return spool->statements[name];
}

static void bind_id(sqlite3_stmt *statement, int at, const uint8_t id[COMMAND_ID_SIZE])
{
    sqlite3_bind_blob(statement, at, id, COMMAND_ID_SIZE, SQLITE_STATIC);
}

/* An empty message is an empty blob, not null. */
static void bind_bytes(sqlite3_stmt *statement, int at, struct bytes bytes)
{
    sqlite3_bind_blob64(statement, at, bytes.size > 0 ? (const void *)bytes.data : "", bytes.size, SQLITE_STATIC);
}

static bool step(struct spool *spool, sqlite3_stmt *statement)
{
    int outcome = sqlite3_step(statement);

    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return outcome == SQLITE_DONE || note(spool);
}

static bool step_for_id(struct spool *spool, enum statement_name name, const uint8_t id[COMMAND_ID_SIZE])
{
    sqlite3_stmt *statement = fresh(spool, name);

    bind_id(statement, 1, id);
    return step(spool, statement);
}

static bool begin(struct spool *spool)
{
    return step(spool, spool->statements[BEGIN]);
}

static bool end(struct spool *spool, bool good)
{
    if (good && step(spool, spool->statements[COMMIT]))
        return true;
    sqlite3_exec(spool->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

static const char *sentence_of(const char *path, int outcome, sqlite3 *db, struct arena *arena)
{
    switch (outcome) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return arena_format(arena, "%s is in use by another program of this identity", path);
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return arena_format(
            arena,
            "%s is damaged: what was being sent when it happened is not known; look at the last receipts, "
            "then move the file away",
            path);
    default:
        return arena_format(arena, "could not open %s: %s", path, db != NULL ? sqlite3_errmsg(db) : "no memory");
    }
}

/* A few thousand rows at most: the whole file is checked at every start. */
static bool is_sound(sqlite3 *db)
{
    sqlite3_stmt *check = NULL;
    bool sound = false;

    if (sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &check, NULL) == SQLITE_OK &&
        sqlite3_step(check) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(check, 0);
        sound = text != NULL && strcmp(text, "ok") == 0;
    }
    sqlite3_finalize(check);
    return sound;
}

struct spool *spool_open(const char *path, struct arena *arena, const char **problem)
{
    struct spool *spool = calloc(1, sizeof *spool);
    mode_t mask = umask(0077);
    int outcome = SQLITE_NOMEM;

    if (spool == NULL)
        abort();
    outcome =
        sqlite3_open_v2(path, &spool->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW, NULL);
    if (outcome == SQLITE_OK) {
        sqlite3_busy_timeout(spool->db, LOCK_WAIT_MS);
        outcome = sqlite3_exec(spool->db, setup, NULL, NULL, NULL);
    }
    umask(mask);
    if (outcome == SQLITE_OK && !is_sound(spool->db))
        outcome = SQLITE_CORRUPT;
    for (int i = 0; i < STATEMENTS && outcome == SQLITE_OK; i++)
        outcome = sqlite3_prepare_v3(spool->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &spool->statements[i], NULL);
    if (outcome != SQLITE_OK) {
        *problem = sentence_of(path, outcome & 0xff, spool->db, arena);
        spool_close(spool);
        return NULL;
    }
    return spool;
}

void spool_close(struct spool *spool)
{
    if (spool == NULL)
        return;
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(spool->statements[i]);
    sqlite3_close(spool->db);
    free(spool);
}

const char *spool_problem(const struct spool *spool)
{
    return spool->problem;
}

bool spool_put(struct spool *spool, const struct spooled *command)
{
    if (!begin(spool))
        return false;

    sqlite3_stmt *put = fresh(spool, PUT);
    bind_id(put, 1, command->id);
    sqlite3_bind_int64(put, 2, command->op);
    sqlite3_bind_int(put, 3, command->secret);
    sqlite3_bind_int(put, 4, command->takes_basket);
    sqlite3_bind_int64(put, 5, command->made_us);
    if (!command->secret)
        bind_bytes(put, 6, command->body);
    bool good = step(spool, put);
    if (good && command->takes_basket)
        good = step_for_id(spool, TAKE_BASKET, command->id);
    if (good && command->ends_basket)
        good = step(spool, fresh(spool, CLEAR));
    return end(spool, good);
}

bool spool_mark_sent(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    return step_for_id(spool, MARK_SENT, id);
}

static bool end_basket(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], bool accepted, struct bytes basket)
{
    if (!accepted || basket.data == NULL)
        return step_for_id(spool, accepted ? BASKET_SOLD : BASKET_FREE, id);

    sqlite3_stmt *brought = fresh(spool, BASKET_BROUGHT);
    bind_id(brought, 1, id);
    bind_bytes(brought, 2, basket);
    return step(spool, brought);
}

bool spool_answer(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE], struct bytes reply, bool accepted,
                  struct bytes basket)
{
    if (!begin(spool))
        return false;

    sqlite3_stmt *answer = fresh(spool, ANSWER);
    bind_id(answer, 1, id);
    sqlite3_bind_int(answer, 2, accepted);
    bind_bytes(answer, 3, reply);
    bool good = step(spool, answer) && end_basket(spool, id, accepted, basket);
    return end(spool, good && step(spool, fresh(spool, PRUNE)));
}

bool spool_withdraw(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    if (!begin(spool))
        return false;
    bool good = step_for_id(spool, WITHDRAW, id) && sqlite3_changes(spool->db) == 1;
    return end(spool, good && step_for_id(spool, BASKET_FREE, id));
}

static struct bytes column_bytes(sqlite3_stmt *statement, int column, struct arena *arena)
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
        .body = column_bytes(statement, 8, arena),
        .reply = column_bytes(statement, 9, arena),
    };

    memcpy(command.id, sqlite3_column_blob(statement, 1), COMMAND_ID_SIZE);
    return command;
}

struct spooled *spool_unanswered(struct spool *spool, struct arena *arena, size_t *count)
{
    sqlite3_stmt *statement = fresh(spool, UNANSWERED);
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
    sqlite3_stmt *statement = fresh(spool, FIND);

    bind_id(statement, 1, id);
    return one(statement, arena);
}

struct spooled *spool_last(struct spool *spool, unsigned op, struct arena *arena)
{
    sqlite3_stmt *statement = fresh(spool, LAST);

    sqlite3_bind_int64(statement, 1, op);
    return one(statement, arena);
}

bool basket_save(struct spool *spool, struct bytes basket)
{
    sqlite3_stmt *statement = fresh(spool, SAVE);

    bind_bytes(statement, 1, basket);
    return step(spool, statement);
}

struct bytes basket_load(struct spool *spool, struct arena *arena, bool *taken, uint8_t taken_by[COMMAND_ID_SIZE])
{
    sqlite3_stmt *statement = fresh(spool, LOAD);
    struct bytes basket = { NULL, 0 };

    *taken = false;
    if (sqlite3_step(statement) == SQLITE_ROW) {
        basket = column_bytes(statement, 0, arena);
        *taken = sqlite3_column_bytes(statement, 1) == COMMAND_ID_SIZE;
        if (*taken && taken_by != NULL)
            memcpy(taken_by, sqlite3_column_blob(statement, 1), COMMAND_ID_SIZE);
    }
    sqlite3_reset(statement);
    return basket;
}

bool basket_clear(struct spool *spool)
{
    return step(spool, fresh(spool, CLEAR));
}
