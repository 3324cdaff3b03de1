/* The spool's SQLite file. */
#include "client/link/spool_inner.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TEXT_OF(number) #number
#define AS_TEXT(number) TEXT_OF(number)
#define ANSWERS_KEPT    "200"
#define LOCK_WAIT_MS    2000

/* A WAL because a commit is then one fsync; exclusive because one program sells at a time, and so that no second file
 * of shared memory is needed. secure_delete: what is let go leaves no trace in the file. */
static const char opening[] = "PRAGMA locking_mode = EXCLUSIVE;"
                              "PRAGMA journal_mode = WAL;"
                              "PRAGMA synchronous = FULL;"
                              "PRAGMA secure_delete = ON;"
                              "PRAGMA foreign_keys = ON;";
static const char setup[] = "BEGIN IMMEDIATE;"
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
                            "CREATE TABLE IF NOT EXISTS offline_sale ("
                            "    number     INTEGER PRIMARY KEY,"
                            "    command_id BLOB NOT NULL UNIQUE CHECK (length(command_id) = 16),"
                            "    booked     INTEGER NOT NULL DEFAULT 0,"
                            "    body       BLOB NOT NULL,"
                            "    paper      BLOB NOT NULL);"
                            "CREATE INDEX IF NOT EXISTS offline_unbooked ON offline_sale (number) WHERE booked = 0;"
                            "CREATE TABLE IF NOT EXISTS aside ("
                            "    command_id BLOB PRIMARY KEY CHECK (length(command_id) = 16),"
                            "    shift_id   INTEGER NOT NULL,"
                            "    staff_id   INTEGER NOT NULL);"
                            "CREATE TABLE IF NOT EXISTS aside_park (" /* which command parks its basket */
                            "    command_id BLOB PRIMARY KEY CHECK (length(command_id) = 16),"
                            "    park_id    BLOB NOT NULL UNIQUE CHECK (length(park_id) = 16));"
                            "CREATE TABLE IF NOT EXISTS given_up (" /* nobody waits for its basket */
                            "    command_id BLOB PRIMARY KEY CHECK (length(command_id) = 16));"
                            "CREATE TABLE IF NOT EXISTS followed (" /* its answer says that it has begun */
                            "    command_id BLOB PRIMARY KEY CHECK (length(command_id) = 16));"
                            "CREATE TABLE IF NOT EXISTS not_booked (" /* and waits with the server */
                            "    number    INTEGER PRIMARY KEY AUTOINCREMENT,"
                            "    park_id   BLOB NOT NULL UNIQUE CHECK (length(park_id) = 16),"
                            "    parked_id INTEGER NOT NULL DEFAULT 0," /* 0: not noted */
                            "    person    TEXT NOT NULL DEFAULT '',"
                            "    seen      INTEGER NOT NULL DEFAULT 0,"
                            "    body      BLOB NOT NULL,"
                            "    reply     BLOB);"
                            "CREATE TABLE IF NOT EXISTS offline_series ("
                            "    only   INTEGER PRIMARY KEY CHECK (only = 1),"
                            "    newest INTEGER NOT NULL);"
                            "INSERT OR IGNORE INTO offline_series VALUES (1, 0);"
                            "CREATE TABLE IF NOT EXISTS origin ("
                            "    only      INTEGER PRIMARY KEY CHECK (only = 1),"
                            "    device_id INTEGER NOT NULL,"  /* 0: nobody has said */
                            "    in_use    INTEGER NOT NULL);" /* 1: what was written last may be in FILE-wal alone */
                            "INSERT OR IGNORE INTO origin VALUES (1, 0, 0);"
                            "PRAGMA user_version = " AS_TEXT(SPOOL_VERSION) ";"
                                                                            "COMMIT;";

enum statement_name {
    BEGIN,
    COMMIT,
    PUT,
    TAKE_BASKET,
    FOLLOW,
    UNFOLLOW,
    MARK_SENT,
    ANSWER,
    BASKET_SOLD,
    BASKET_BROUGHT,
    BASKET_FREE,
    PRUNE,
    WITHDRAW,
    UNANSWERED,
    NOT_ACCEPTED,
    REOPEN,
    RETAKE,
    REOPEN_GIVEN_UP,
    FIND,
    LAST,
    SAVE,
    LOAD,
    CLEAR,
    NEWEST,
    NUMBERS_BEHIND,
    SELL,
    BOOK,
    WIPE,
    PRUNE_SOLD,
    UNBOOKED,
    REFUSED,
    SELL_AGAIN,
    LAST_SOLD,
    NEXT_UNBOOKED,
    PUT_ASIDE,
    END_ASIDE,
    IS_ASIDE,
    ASIDE_REFUSED,
    ASIDE_COUNT,
    ASIDE_PARKED,
    END_PARKED,
    FORGET_PARKS,
    STATEMENTS
};

#define SOLD    "SELECT number, booked, body, paper FROM offline_sale "
#define COLUMNS "SELECT number, id, op, sent, secret, takes_basket, answered, made_us, body, reply FROM command "

static const char *const sql[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [PUT] = "INSERT INTO command (id, op, secret, takes_basket, made_us, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [TAKE_BASKET] = "UPDATE basket SET taken_by = ?1",
    [FOLLOW] = "INSERT INTO followed (command_id) VALUES (?1)",
    [UNFOLLOW] = "DELETE FROM followed WHERE command_id = ?1",
    [MARK_SENT] = "UPDATE command SET sent = 1 WHERE id = ?1",
    [ANSWER] =
        "UPDATE command SET answered = 1, accepted = ?2, reply = CASE WHEN secret THEN NULL ELSE ?3 END WHERE id = ?1",
    [BASKET_SOLD] = "DELETE FROM basket WHERE taken_by = ?1",
    [BASKET_BROUGHT] = "UPDATE basket SET bytes = ?2, taken_by = NULL WHERE taken_by = ?1",
    [BASKET_FREE] = "UPDATE basket SET taken_by = NULL WHERE taken_by = ?1",
    [PRUNE] = "DELETE FROM command WHERE answered = 1 AND id NOT IN (SELECT command_id FROM aside)"
              " AND id NOT IN (SELECT command_id FROM given_up)"
              " AND id NOT IN (SELECT command_id FROM followed)"
              " AND number <= (SELECT max(number) FROM command) - " ANSWERS_KEPT,
    [WITHDRAW] = "DELETE FROM command WHERE id = ?1 AND sent = 0 AND answered = 0",
    [UNANSWERED] = COLUMNS "WHERE answered = 0 ORDER BY number",
    [NOT_ACCEPTED] =
        COLUMNS "WHERE answered = 1 AND accepted = 0 AND reply IS NOT NULL AND made_us >= ?1 ORDER BY number",
    [REOPEN] = "UPDATE command SET answered = 0, reply = NULL WHERE id = ?1",
    /* 77 and 72: BASKET_VOID and SALE_OFFLINE end a basket too. What was put aside has none here. */
    [RETAKE] = "UPDATE basket SET taken_by = ?1 WHERE taken_by IS NULL AND EXISTS (SELECT 1 FROM command AS c"
               " WHERE c.id = ?1 AND c.takes_basket = 1 AND c.id NOT IN (SELECT command_id FROM aside)"
               " AND NOT EXISTS (SELECT 1 FROM command AS d WHERE d.number > c.number"
               " AND (d.takes_basket = 1 OR d.op IN (72, 77))))",
    /* 66: BASKET_RESUME. Its place is another's by now: what it brings waits until there is room. */
    [REOPEN_GIVEN_UP] = "INSERT OR IGNORE INTO given_up (command_id) SELECT id FROM command WHERE id = ?1"
                        " AND op = 66 AND takes_basket = 1 AND NOT EXISTS (SELECT 1 FROM basket WHERE taken_by = ?1)",
    [FIND] = COLUMNS "WHERE id = ?1",
    [LAST] = COLUMNS "WHERE op = ?1 AND answered = 1 AND accepted = 1 ORDER BY number DESC LIMIT 1",
    [SAVE] =
        "INSERT INTO basket (only, bytes) VALUES (1, ?1) ON CONFLICT (only) DO UPDATE SET bytes = ?1, taken_by = NULL",
    [LOAD] = "SELECT bytes, taken_by FROM basket",
    [CLEAR] = "DELETE FROM basket",
    [NEWEST] = "SELECT newest FROM offline_series",
    [NUMBERS_BEHIND] = "UPDATE offline_series SET newest = max(newest, ?1)",
    [SELL] = "INSERT INTO offline_sale (number, command_id, body, paper) VALUES (?1, ?2, ?3, ?4)",
    [BOOK] = "UPDATE offline_sale SET booked = 1, body = zeroblob(0) WHERE command_id = ?1",
    [WIPE] = "UPDATE command SET body = zeroblob(0) WHERE id = ?1 AND id IN (SELECT command_id FROM offline_sale WHERE "
             "booked)",
    [PRUNE_SOLD] =
        "DELETE FROM offline_sale WHERE booked = 1 AND number <= (SELECT newest FROM offline_series) - " ANSWERS_KEPT,
    [UNBOOKED] = "SELECT count(*) FROM offline_sale WHERE booked = 0",
    [REFUSED] =
        SOLD "WHERE booked = 0 AND command_id NOT IN (SELECT id FROM command WHERE answered = 0) ORDER BY number",
    [SELL_AGAIN] = "UPDATE offline_sale SET command_id = ?2 WHERE number = ?1",
    [LAST_SOLD] = SOLD "ORDER BY number DESC LIMIT 1",
    [NEXT_UNBOOKED] = SOLD "WHERE booked = 0 AND number > ?1 ORDER BY number LIMIT 1",
    [PUT_ASIDE] = "INSERT INTO aside (command_id, shift_id, staff_id) VALUES (?1, ?2, ?3)",
    [END_ASIDE] = "DELETE FROM aside WHERE command_id = ?1",
    [IS_ASIDE] = "SELECT count(*) FROM aside WHERE command_id = ?1",
    [ASIDE_REFUSED] =
        "SELECT c.number, c.id, a.shift_id, a.staff_id, c.body, c.reply, p.park_id FROM aside AS a"
        " JOIN command AS c ON c.id = a.command_id LEFT JOIN aside_park AS p ON p.command_id = a.command_id "
        "WHERE c.answered = 1 AND c.number > ?1 ORDER BY c.number LIMIT 1",
    [ASIDE_COUNT] = "SELECT count(*) FROM aside",
    [ASIDE_PARKED] = "INSERT OR IGNORE INTO not_booked (park_id, body, reply)"
                     " SELECT p.park_id, c.body, c.reply FROM aside_park AS p JOIN aside AS a USING (command_id)"
                     " JOIN command AS c ON c.id = p.command_id WHERE p.park_id = ?1",
    [END_PARKED] = "DELETE FROM aside WHERE command_id = (SELECT command_id FROM aside_park WHERE park_id = ?1)",
    [FORGET_PARKS] = "DELETE FROM aside_park WHERE command_id NOT IN (SELECT command_id FROM aside)",
};

struct spool {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    bool claimed;
    char problem[200];
};

bool spool_failed(struct spool *spool, const char *why)
{
    snprintf(spool->problem, sizeof spool->problem, "%s%s", why == NULL ? "could not write to the disk: " : why,
             why == NULL ? sqlite3_errmsg(spool->db) : "");
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
    return outcome == SQLITE_DONE || spool_failed(spool, NULL);
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
        return arena_format(
            arena,
            "%s is in use: the counter is open in another window (F12 leaves it), or a command is at work in its name",
            path);
    case SQLITE_SCHEMA:
        return arena_format(arena, "%s was written by a newer program than this one", path);
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

bool spool_number(sqlite3 *db, const char *text, int64_t *number)
{
    sqlite3_stmt *statement = NULL;
    bool good =
        sqlite3_prepare_v2(db, text, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;

    if (good)
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return good;
}

/* A few thousand rows at most: the whole file is checked at every start. */
bool spool_is_sound(sqlite3 *db)
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
    int64_t version = 0;

    if (spool == NULL)
        abort();
    outcome = sqlite3_open_v2(path, &spool->db,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW |
                                  SQLITE_OPEN_NOMUTEX, /* one thread's */
                              NULL);
    if (outcome == SQLITE_OK) {
        sqlite3_busy_timeout(spool->db, LOCK_WAIT_MS);
        outcome = sqlite3_exec(spool->db, opening, NULL, NULL, NULL);
    }
    if (outcome == SQLITE_OK && !spool_number(spool->db, "PRAGMA user_version", &version))
        outcome = sqlite3_errcode(spool->db);
    if (outcome == SQLITE_OK && version > SPOOL_VERSION)
        outcome = SQLITE_SCHEMA;
    if (outcome == SQLITE_OK)
        outcome = sqlite3_exec(spool->db, setup, NULL, NULL, NULL);
    umask(mask);
    if (outcome == SQLITE_OK && !spool_is_sound(spool->db))
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
    if (spool->claimed)
        sqlite3_exec(spool->db, "UPDATE origin SET in_use = 0", NULL, NULL, NULL);
    sqlite3_close(spool->db);
    free(spool);
}

sqlite3 *spool_database(struct spool *spool)
{
    return spool->db;
}

void spool_claimed(struct spool *spool)
{
    spool->claimed = true;
}

const char *spool_problem(const struct spool *spool)
{
    return spool->problem;
}

static bool put(struct spool *spool, const struct spooled *command)
{
    sqlite3_stmt *statement = fresh(spool, PUT);

    bind_id(statement, 1, command->id);
    sqlite3_bind_int64(statement, 2, command->op);
    sqlite3_bind_int(statement, 3, command->secret);
    sqlite3_bind_int(statement, 4, command->takes_basket);
    sqlite3_bind_int64(statement, 5, command->made_us);
    if (!command->secret)
        bind_bytes(statement, 6, command->body);
    return step(spool, statement);
}

bool spool_put(struct spool *spool, const struct spooled *command)
{
    if (!begin(spool))
        return false;

    bool good = put(spool, command);
    if (good && command->takes_basket)
        good = step_for_id(spool, TAKE_BASKET, command->id);
    if (good && command->ends_basket)
        good = step(spool, fresh(spool, CLEAR));
    if (good && command->follow)
        good = step_for_id(spool, FOLLOW, command->id);
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

/* What was not sold offline has nothing to be wiped. */
static bool book(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    return step_for_id(spool, BOOK, id) && (sqlite3_changes(spool->db) == 0 || step_for_id(spool, WIPE, id));
}

/* The basket of what was put aside waits with the server from here on, and why is not forgotten. */
static bool end_parked(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    return step_for_id(spool, ASIDE_PARKED, id) &&
           (sqlite3_changes(spool->db) == 0 ||
            (step_for_id(spool, END_PARKED, id) && step(spool, fresh(spool, FORGET_PARKS))));
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
    bool good = step(spool, answer) && end_basket(spool, id, accepted, basket) &&
                (accepted || step_for_id(spool, UNFOLLOW, id));
    if (good && accepted)
        good = book(spool, id) && step_for_id(spool, END_ASIDE, id) && end_parked(spool, id) &&
               step(spool, fresh(spool, PRUNE_SOLD));
    return end(spool, good && step(spool, fresh(spool, PRUNE)));
}

bool spool_withdraw(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    if (!begin(spool))
        return false;
    bool good = step_for_id(spool, WITHDRAW, id) && sqlite3_changes(spool->db) == 1;
    return end(spool, good && step_for_id(spool, BASKET_FREE, id) && step_for_id(spool, UNFOLLOW, id));
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
    return all(fresh(spool, UNANSWERED), arena, count);
}

struct spooled *spool_not_accepted(struct spool *spool, int64_t since_us, struct arena *arena, size_t *count)
{
    sqlite3_stmt *statement = fresh(spool, NOT_ACCEPTED);

    sqlite3_bind_int64(statement, 1, since_us);
    return all(statement, arena, count);
}

bool spool_reopen(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    if (!begin(spool))
        return false;
    return end(spool, step_for_id(spool, REOPEN, id) && step_for_id(spool, RETAKE, id) &&
                          step_for_id(spool, REOPEN_GIVEN_UP, id));
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
    return step(spool, fresh(spool, CLEAR));
}

/* ---- what was sold offline ---- */

static int64_t one_number(struct spool *spool, enum statement_name name)
{
    sqlite3_stmt *statement = fresh(spool, name);
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
    return one_number(spool, NEWEST) + 1;
}

static bool numbers_behind(struct spool *spool, int64_t newest)
{
    sqlite3_stmt *statement = fresh(spool, NUMBERS_BEHIND);

    sqlite3_bind_int64(statement, 1, newest);
    return step(spool, statement);
}

bool spool_numbers_behind(struct spool *spool, int64_t newest)
{
    return newest < spool_next_number(spool) || numbers_behind(spool, newest);
}

static bool sell(struct spool *spool, const struct spooled *command, int64_t number, struct bytes paper)
{
    sqlite3_stmt *statement = fresh(spool, SELL);

    sqlite3_bind_int64(statement, 1, number);
    bind_id(statement, 2, command->id);
    bind_bytes(statement, 3, command->body);
    bind_bytes(statement, 4, paper);
    return step(spool, statement);
}

bool spool_sell(struct spool *spool, const struct spooled *command, int64_t number, struct bytes paper,
                const uint8_t aside[COMMAND_ID_SIZE])
{
    if (!begin(spool))
        return false;
    bool good = put(spool, command) && sell(spool, command, number, paper) && numbers_behind(spool, number);
    return end(spool,
               good && (aside == NULL ? step(spool, fresh(spool, CLEAR)) : step_for_id(spool, END_ASIDE, aside)));
}

bool spool_put_aside(struct spool *spool, const struct put_aside *aside)
{
    if (!begin(spool))
        return false;

    sqlite3_stmt *statement = fresh(spool, PUT_ASIDE);
    bind_id(statement, 1, aside->id);
    sqlite3_bind_int64(statement, 2, aside->shift_id);
    sqlite3_bind_int64(statement, 3, aside->staff_id);
    return end(spool, step(spool, statement) && step_for_id(spool, BASKET_SOLD, aside->id));
}

bool spool_is_aside(struct spool *spool, const uint8_t id[COMMAND_ID_SIZE])
{
    sqlite3_stmt *statement = fresh(spool, IS_ASIDE);

    bind_id(statement, 1, id);
    bool is = sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0) > 0;
    sqlite3_reset(statement);
    return is;
}

struct put_aside *spool_aside_refused(struct spool *spool, int64_t after, struct arena *arena)
{
    sqlite3_stmt *statement = fresh(spool, ASIDE_REFUSED);
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
    int64_t count = one_number(spool, ASIDE_COUNT);

    return count < 0 ? 0 : (size_t)count;
}

size_t spool_unbooked(struct spool *spool)
{
    int64_t count = one_number(spool, UNBOOKED);

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
    sqlite3_stmt *statement = fresh(spool, REFUSED);

    *count = 0;
    while (*count < most && sqlite3_step(statement) == SQLITE_ROW)
        sold[(*count)++] = sold_of(statement, arena);
    sqlite3_reset(statement);
    return sold;
}

bool spool_sell_again(struct spool *spool, const struct spooled *command, int64_t number)
{
    if (!begin(spool))
        return false;

    bool good = put(spool, command);
    sqlite3_stmt *statement = fresh(spool, SELL_AGAIN);
    sqlite3_bind_int64(statement, 1, number);
    bind_id(statement, 2, command->id);
    return end(spool, good && step(spool, statement));
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
    return one_sold(fresh(spool, LAST_SOLD), arena);
}

struct sold_offline *spool_next_unbooked(struct spool *spool, int64_t after, struct arena *arena)
{
    sqlite3_stmt *statement = fresh(spool, NEXT_UNBOOKED);

    sqlite3_bind_int64(statement, 1, after);
    return one_sold(statement, arena);
}
