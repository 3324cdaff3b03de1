/* The spool's SQLite file: its tables, what is said to it, opening and closing. */
#include "client/link/spool_inner.h"

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

#define SOLD    "SELECT number, booked, body, paper FROM offline_sale "
#define COLUMNS "SELECT number, id, op, sent, secret, takes_basket, answered, made_us, body, reply FROM command "

static const char *const sql[SPOOL_STATEMENTS] = {
    [SPOOL_BEGIN] = "BEGIN IMMEDIATE",
    [SPOOL_COMMIT] = "COMMIT",
    [SPOOL_PUT] = "INSERT INTO command (id, op, secret, takes_basket, made_us, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [SPOOL_TAKE_BASKET] = "UPDATE basket SET taken_by = ?1",
    [SPOOL_FOLLOW] = "INSERT INTO followed (command_id) VALUES (?1)",
    [SPOOL_UNFOLLOW] = "DELETE FROM followed WHERE command_id = ?1",
    [SPOOL_MARK_SENT] = "UPDATE command SET sent = 1 WHERE id = ?1",
    [SPOOL_ANSWER] =
        "UPDATE command SET answered = 1, accepted = ?2, reply = CASE WHEN secret THEN NULL ELSE ?3 END WHERE id = ?1",
    [SPOOL_BASKET_SOLD] = "DELETE FROM basket WHERE taken_by = ?1",
    [SPOOL_BASKET_BROUGHT] = "UPDATE basket SET bytes = ?2, taken_by = NULL WHERE taken_by = ?1",
    [SPOOL_BASKET_FREE] = "UPDATE basket SET taken_by = NULL WHERE taken_by = ?1",
    [SPOOL_PRUNE] = "DELETE FROM command WHERE answered = 1 AND id NOT IN (SELECT command_id FROM aside)"
                    " AND id NOT IN (SELECT command_id FROM given_up)"
                    " AND id NOT IN (SELECT command_id FROM followed)"
                    " AND number <= (SELECT max(number) FROM command) - " ANSWERS_KEPT,
    [SPOOL_WITHDRAW] = "DELETE FROM command WHERE id = ?1 AND sent = 0 AND answered = 0",
    [SPOOL_UNANSWERED] = COLUMNS "WHERE answered = 0 ORDER BY number",
    [SPOOL_NOT_ACCEPTED] =
        COLUMNS "WHERE answered = 1 AND accepted = 0 AND reply IS NOT NULL AND made_us >= ?1 ORDER BY number",
    [SPOOL_REOPEN] = "UPDATE command SET answered = 0, reply = NULL WHERE id = ?1",
    /* 77 and 72: BASKET_VOID and SALE_OFFLINE end a basket too. What was put aside has none here. */
    [SPOOL_RETAKE] = "UPDATE basket SET taken_by = ?1 WHERE taken_by IS NULL AND EXISTS (SELECT 1 FROM command AS c"
                     " WHERE c.id = ?1 AND c.takes_basket = 1 AND c.id NOT IN (SELECT command_id FROM aside)"
                     " AND NOT EXISTS (SELECT 1 FROM command AS d WHERE d.number > c.number"
                     " AND (d.takes_basket = 1 OR d.op IN (72, 77))))",
    /* 66: BASKET_RESUME. Its place is another's by now: what it brings waits until there is room. */
    [SPOOL_REOPEN_GIVEN_UP] =
        "INSERT OR IGNORE INTO given_up (command_id) SELECT id FROM command WHERE id = ?1"
        " AND op = 66 AND takes_basket = 1 AND NOT EXISTS (SELECT 1 FROM basket WHERE taken_by = ?1)",
    [SPOOL_FIND] = COLUMNS "WHERE id = ?1",
    [SPOOL_LAST] = COLUMNS "WHERE op = ?1 AND answered = 1 AND accepted = 1 ORDER BY number DESC LIMIT 1",
    [SPOOL_SAVE] =
        "INSERT INTO basket (only, bytes) VALUES (1, ?1) ON CONFLICT (only) DO UPDATE SET bytes = ?1, taken_by = NULL",
    [SPOOL_LOAD] = "SELECT bytes, taken_by FROM basket",
    [SPOOL_CLEAR] = "DELETE FROM basket",
    [SPOOL_NEWEST] = "SELECT newest FROM offline_series",
    [SPOOL_NUMBERS_BEHIND] = "UPDATE offline_series SET newest = max(newest, ?1)",
    [SPOOL_SELL] = "INSERT INTO offline_sale (number, command_id, body, paper) VALUES (?1, ?2, ?3, ?4)",
    [SPOOL_BOOK] = "UPDATE offline_sale SET booked = 1, body = zeroblob(0) WHERE command_id = ?1",
    [SPOOL_WIPE] =
        "UPDATE command SET body = zeroblob(0) WHERE id = ?1 AND id IN (SELECT command_id FROM offline_sale WHERE "
        "booked)",
    [SPOOL_PRUNE_SOLD] =
        "DELETE FROM offline_sale WHERE booked = 1 AND number <= (SELECT newest FROM offline_series) - " ANSWERS_KEPT,
    [SPOOL_UNBOOKED] = "SELECT count(*) FROM offline_sale WHERE booked = 0",
    [SPOOL_REFUSED] =
        SOLD "WHERE booked = 0 AND command_id NOT IN (SELECT id FROM command WHERE answered = 0) ORDER BY number",
    [SPOOL_SELL_AGAIN] = "UPDATE offline_sale SET command_id = ?2 WHERE number = ?1",
    [SPOOL_LAST_SOLD] = SOLD "ORDER BY number DESC LIMIT 1",
    [SPOOL_NEXT_UNBOOKED] = SOLD "WHERE booked = 0 AND number > ?1 ORDER BY number LIMIT 1",
    [SPOOL_PUT_ASIDE] = "INSERT INTO aside (command_id, shift_id, staff_id) VALUES (?1, ?2, ?3)",
    [SPOOL_END_ASIDE] = "DELETE FROM aside WHERE command_id = ?1",
    [SPOOL_IS_ASIDE] = "SELECT count(*) FROM aside WHERE command_id = ?1",
    [SPOOL_ASIDE_REFUSED] =
        "SELECT c.number, c.id, a.shift_id, a.staff_id, c.body, c.reply, p.park_id FROM aside AS a"
        " JOIN command AS c ON c.id = a.command_id LEFT JOIN aside_park AS p ON p.command_id = a.command_id "
        "WHERE c.answered = 1 AND c.number > ?1 ORDER BY c.number LIMIT 1",
    [SPOOL_ASIDE_COUNT] = "SELECT count(*) FROM aside",
    [SPOOL_ASIDE_PARKED] = "INSERT OR IGNORE INTO not_booked (park_id, body, reply)"
                           " SELECT p.park_id, c.body, c.reply FROM aside_park AS p JOIN aside AS a USING (command_id)"
                           " JOIN command AS c ON c.id = p.command_id WHERE p.park_id = ?1",
    [SPOOL_END_PARKED] = "DELETE FROM aside WHERE command_id = (SELECT command_id FROM aside_park WHERE park_id = ?1)",
    [SPOOL_FORGET_PARKS] = "DELETE FROM aside_park WHERE command_id NOT IN (SELECT command_id FROM aside)",
};

bool spool_failed(struct spool *spool, const char *why)
{
    snprintf(spool->problem, sizeof spool->problem, "%s%s", why == NULL ? "could not write to the disk: " : why,
             why == NULL ? sqlite3_errmsg(spool->db) : "");
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
    for (int i = 0; i < SPOOL_STATEMENTS && outcome == SQLITE_OK; i++)
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
    for (int i = 0; i < SPOOL_STATEMENTS; i++)
        sqlite3_finalize(spool->statements[i]);
    for (const struct seldom *kept = spool->seldom; kept->text != NULL; kept++)
        sqlite3_finalize(kept->statement);
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
