/* The print queue's SQLite file. */
#include "client/link/print_queue.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client/link/spool_inner.h"

#define QUEUE_VERSION "1"
#define PRINTED_KEPT  "500"
#define LOCK_WAIT_MS  2000

/* As the spool's (spool.c): a commit is one fsync, and one program prints. */
static const char setup[] = "PRAGMA locking_mode = EXCLUSIVE;"
                            "PRAGMA journal_mode = WAL;"
                            "PRAGMA synchronous = FULL;"
                            "BEGIN IMMEDIATE;"
                            "CREATE TABLE IF NOT EXISTS job ("
                            "    number  INTEGER PRIMARY KEY AUTOINCREMENT,"
                            "    key     TEXT NOT NULL UNIQUE,"
                            "    begun   INTEGER NOT NULL DEFAULT 0,"
                            "    printed INTEGER NOT NULL DEFAULT 0,"
                            "    bytes   BLOB,"
                            "    CHECK (printed = (bytes IS NULL)));"
                            "CREATE INDEX IF NOT EXISTS job_waiting ON job (number) WHERE printed = 0;"
                            "PRAGMA user_version = " QUEUE_VERSION ";"
                            "COMMIT;";

enum statement_name { PUT, SKIP, NEXT, BEGIN, UNSENT, DONE, PRUNE, WAITING, ANY, STATEMENTS };

static const char *const sql[STATEMENTS] = {
    [PUT] = "INSERT INTO job (key, bytes) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING",
    [SKIP] = "INSERT INTO job (key, printed) VALUES (?1, 1) ON CONFLICT (key) DO NOTHING",
    [NEXT] = "SELECT number, begun, bytes, key FROM job WHERE printed = 0 ORDER BY number LIMIT 1",
    [BEGIN] = "UPDATE job SET begun = 1 WHERE number = ?1 AND printed = 0",
    [UNSENT] = "UPDATE job SET begun = 0 WHERE number = ?1 AND printed = 0",
    [DONE] = "UPDATE job SET printed = 1, bytes = NULL WHERE number = ?1",
    [PRUNE] = "DELETE FROM job WHERE printed = 1 AND (number <= ?1 - " PRINTED_KEPT ")",
    [WAITING] = "SELECT count(*) FROM job WHERE printed = 0",
    [ANY] = "SELECT EXISTS (SELECT 1 FROM job)",
};

struct print_queue {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    bool is_new;
    char problem[200];
};

static sqlite3_stmt *fresh(struct print_queue *queue, enum statement_name name)
{
    sqlite3_reset(queue->statements[name]);
    sqlite3_clear_bindings(queue->statements[name]);
    return queue->statements[name];
}

static bool step(struct print_queue *queue, sqlite3_stmt *statement)
{
    int outcome = sqlite3_step(statement);

    if (outcome != SQLITE_DONE)
        snprintf(queue->problem, sizeof queue->problem, "could not write to the disk: %s", sqlite3_errmsg(queue->db));
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return outcome == SQLITE_DONE;
}

static bool step_for(struct print_queue *queue, enum statement_name name, int64_t number)
{
    sqlite3_stmt *statement = fresh(queue, name);

    sqlite3_bind_int64(statement, 1, number);
    return step(queue, statement);
}

static int64_t number_of(struct print_queue *queue, enum statement_name name)
{
    sqlite3_stmt *statement = fresh(queue, name);
    int64_t number = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;

    sqlite3_reset(statement);
    return number;
}

static int open_file(struct print_queue *queue, const char *path)
{
    mode_t mask = umask(0077);
    int outcome =
        sqlite3_open_v2(path, &queue->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW, NULL);

    if (outcome == SQLITE_OK) {
        sqlite3_busy_timeout(queue->db, LOCK_WAIT_MS);
        outcome = sqlite3_exec(queue->db, setup, NULL, NULL, NULL);
    }
    umask(mask);
    if (outcome == SQLITE_OK && !spool_is_sound(queue->db))
        outcome = SQLITE_CORRUPT;
    for (int i = 0; i < STATEMENTS && outcome == SQLITE_OK; i++)
        outcome = sqlite3_prepare_v3(queue->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &queue->statements[i], NULL);
    return outcome & 0xff;
}

static void close_file(struct print_queue *queue)
{
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(queue->statements[i]);
    sqlite3_close(queue->db);
    memset(queue, 0, sizeof *queue);
}

/* Its log with it, which belongs to no other file. */
static bool put_aside(const char *path, struct arena *arena)
{
    if (remove(arena_format(arena, "%s-wal", path)) != 0 && errno != ENOENT)
        return false;
    return rename(path, arena_format(arena, "%s.damaged", path)) == 0;
}

struct print_queue *print_queue_open(const char *path, struct arena *arena, const char **problem)
{
    struct print_queue *queue = calloc(1, sizeof *queue);
    int outcome;

    if (queue == NULL)
        abort();
    outcome = open_file(queue, path);
    if (outcome == SQLITE_CORRUPT || outcome == SQLITE_NOTADB) {
        close_file(queue);
        if (put_aside(path, arena))
            outcome = open_file(queue, path);
    }
    if (outcome != SQLITE_OK) {
        *problem = outcome == SQLITE_BUSY || outcome == SQLITE_LOCKED
                       ? arena_format(arena, "%s is in use: the counter is open in another window", path)
                       : arena_format(arena, "could not open %s: %s", path,
                                      queue->db != NULL ? sqlite3_errmsg(queue->db) : "it is damaged");
        print_queue_close(queue);
        return NULL;
    }
    queue->is_new = number_of(queue, ANY) == 0;
    return queue;
}

void print_queue_close(struct print_queue *queue)
{
    if (queue == NULL)
        return;
    close_file(queue);
    free(queue);
}

bool print_queue_is_new(const struct print_queue *queue)
{
    return queue->is_new;
}

bool print_queue_put(struct print_queue *queue, const char *key, struct bytes bytes, const char **problem)
{
    sqlite3_stmt *put = fresh(queue, PUT);

    sqlite3_bind_text(put, 1, key, -1, SQLITE_STATIC);
    sqlite3_bind_blob64(put, 2, bytes.size > 0 ? (const void *)bytes.data : "", bytes.size, SQLITE_STATIC);
    if (step(queue, put)) {
        queue->is_new = false;
        return true;
    }
    *problem = queue->problem;
    return false;
}

bool print_queue_skip(struct print_queue *queue, const char *key)
{
    sqlite3_stmt *skip = fresh(queue, SKIP);

    sqlite3_bind_text(skip, 1, key, -1, SQLITE_STATIC);
    queue->is_new = false;
    return step(queue, skip);
}

struct print_job *print_queue_next(struct print_queue *queue, struct arena *arena)
{
    sqlite3_stmt *next = fresh(queue, NEXT);
    struct print_job *job = NULL;

    if (sqlite3_step(next) == SQLITE_ROW) {
        size_t size = (size_t)sqlite3_column_bytes(next, 2);
        const void *data = sqlite3_column_blob(next, 2);

        job = arena_alloc(arena, sizeof *job);
        job->number = sqlite3_column_int64(next, 0);
        job->begun = sqlite3_column_int(next, 1) != 0;
        job->key = arena_text(arena, (const char *)sqlite3_column_text(next, 3));
        job->bytes = bytes_of(size > 0 ? arena_copy(arena, data, size) : NULL, size);
    }
    sqlite3_reset(next);
    return job;
}

bool print_queue_begin(struct print_queue *queue, int64_t number)
{
    return step_for(queue, BEGIN, number);
}

bool print_queue_unsent(struct print_queue *queue, int64_t number)
{
    return step_for(queue, UNSENT, number);
}

bool print_queue_done(struct print_queue *queue, int64_t number)
{
    return step_for(queue, DONE, number) && step_for(queue, PRUNE, number);
}

size_t print_queue_waiting(struct print_queue *queue)
{
    return (size_t)number_of(queue, WAITING);
}
