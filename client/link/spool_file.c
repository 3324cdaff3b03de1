/* A spool's file: whose it is, and one from another machine.
 *
 * SQLite writes into FILE-wal first, and into FILE when that has grown or the program ends well. A till that was killed has
 * its newest sales there. So both are copied, and the copy is opened as any spool is: SQLite puts it in order, and what
 * came from the other machine stays as it was, wherever it lies. */
#include "client/link/spool_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/link/spool_inner.h"
#include "proto/envelope.pb-c.h"

#define OP(name)    CAROLINE__V1__OP__OP_##name
#define COPY_NAME   "spool.read"
#define SIZE_MOST   ((off_t)1 << 30)
#define LOCK_BYTES  0x40000000 /* SQLite's: pending, reserved, and 510 that are shared */
#define LOCK_COUNT  512
#define HEADER_SIZE 32 /* of FILE-wal */
#define FRAME_HEAD  24
#define SALT_SIZE   8

static const char *const endings[] = { "", "-wal", "-shm", "-journal" };

/* ---- the own one ---- */

bool spool_claim(struct spool *spool, int64_t device_id, struct arena *arena, const char **problem)
{
    sqlite3 *db = spool_database(spool);
    const char *claim = arena_format(arena,
                                     "UPDATE origin SET device_id = %lld, in_use = 1;"
                                     "PRAGMA wal_checkpoint(TRUNCATE);",
                                     (long long)device_id);
    int64_t before = 0;

    if (!spool_number(db, "SELECT device_id FROM origin", &before)) {
        *problem = "the spool cannot be read";
        return false;
    }
    if (before != 0 && before != device_id) {
        *problem = "the spool in this directory is another till's: take it away, and book what is in it by "
                   "caroline spool send FILE";
        return false;
    }
    if (sqlite3_exec(db, claim, NULL, NULL, NULL) != SQLITE_OK) {
        *problem = arena_format(arena, "could not write to the disk: %s", sqlite3_errmsg(db));
        return false;
    }
    spool_claimed(spool);
    return true;
}

/* ---- copying ---- */

static bool copy_bytes(int from, int to)
{
    char buffer[65536];
    ssize_t size;

    while ((size = read(from, buffer, sizeof buffer)) > 0)
        for (ssize_t at = 0; at < size;) {
            ssize_t wrote = write(to, buffer + at, (size_t)(size - at));
            if (wrote < 0)
                return false;
            at += wrote;
        }
    return size == 0;
}

static void remove_copy(const char *directory, struct arena *arena)
{
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        unlink(arena_format(arena, "%s/spool%s", directory, endings[i]));
    rmdir(directory);
}

/* Somebody writes it now. */
static bool is_locked(int file)
{
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = LOCK_BYTES, .l_len = LOCK_COUNT };

    return fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

static bool copy_file(const char *path, const char *to, struct arena *arena, const char **problem)
{
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat about;
    bool good = false;

    if (from < 0 || fstat(from, &about) != 0) {
        *problem = arena_format(arena, "could not read %s: %s", path, strerror(errno));
    } else if (!S_ISREG(about.st_mode) || about.st_size > SIZE_MOST) {
        *problem = arena_format(arena, "%s is no till's spool", path);
    } else if (is_locked(from)) {
        *problem = arena_format(arena, "%s is in use: a till that runs sends what it has by itself", path);
    } else {
        int into = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        good = into >= 0 && copy_bytes(from, into);
        if (!good)
            *problem = arena_format(arena, "could not copy %s into %s: %s", path, to, strerror(errno));
        if (into >= 0)
            close(into);
    }
    if (from >= 0)
        close(from);
    return good;
}

/* Opening the own file and closing it would let go of the lock on it. */
static bool is_same_file(const char *path, const char *own_path)
{
    struct stat one, other;

    return stat(path, &one) == 0 && stat(own_path, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

static bool is_there(const char *path)
{
    struct stat about;

    return lstat(path, &about) == 0;
}

/* ---- what was written last ---- */

/* How many pages stand in FILE-wal since it was last begun anew, whether they can be read or not; a part of one counts. */
static int64_t pages_written(const char *path, int64_t page_size)
{
    uint8_t header[HEADER_SIZE], head[FRAME_HEAD];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t first = file < 0 ? 0 : pread(file, header, sizeof header, 0);
    int64_t pages = first > 0 && first < HEADER_SIZE ? 1 : 0;

    if (first == HEADER_SIZE)
        for (off_t at = HEADER_SIZE;; at += FRAME_HEAD + page_size, pages++) {
            ssize_t size = pread(file, head, sizeof head, at);
            if (size <= 0 || (size == FRAME_HEAD && memcmp(head + 8, header + 16, SALT_SIZE) != 0))
                break;
        }
    if (file >= 0)
        close(file);
    return pages;
}

/* SQLite stops at the first page that is not whole, and says nothing. */
static bool is_torn(sqlite3 *db, const char *wal)
{
    sqlite3_stmt *statement = NULL;
    int64_t page_size = 0, readable = -1;

    if (!spool_number(db, "PRAGMA page_size", &page_size) || page_size < 512)
        return true;
    int64_t written = pages_written(wal, page_size);
    if (sqlite3_prepare_v2(db, "PRAGMA wal_checkpoint(PASSIVE)", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        readable = sqlite3_column_int64(statement, 1);
    sqlite3_finalize(statement);
    return readable < written;
}

/* ---- what is in it ---- */

/* Is it one at all, and one that this program knows? wal: NULL where there was none before SQLite looked, which makes one. */
static const char *look(sqlite3 *db, const char *path, const char *wal, struct arena *arena, bool *torn)
{
    int64_t version = 0, tables = 0, in_use = 0;

    if (!spool_number(db, "PRAGMA user_version", &version) ||
        !spool_number(db, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('command', 'basket')",
                      &tables))
        return arena_format(arena, "%s is torn, or no till's spool: it cannot be read; copy it from the till once more",
                            path);
    if (tables != 2 || version < 1)
        return arena_format(arena, "%s is no till's spool", path);
    if (version > SPOOL_VERSION)
        return arena_format(
            arena, "%s was written by a newer program than this one: send it from a machine that has it", path);
    if (version > 1 && wal == NULL && spool_number(db, "SELECT in_use FROM origin", &in_use) && in_use != 0)
        return arena_format(arena,
                            "the till was killed, and its newest sales are in the file beside this one: "
                            "copy %s-wal as well",
                            path);
    *torn = wal != NULL && is_torn(db, wal);
    if (!spool_is_sound(db))
        return arena_format(arena, "%s is torn: it cannot be read; copy it from the till once more", path);
    return NULL;
}

static const char *look_at_copy(const char *copy, const char *path, struct arena *arena, bool *torn)
{
    sqlite3 *db = NULL;
    const char *problem = NULL, *wal = arena_format(arena, "%s-wal", copy);

    if (!is_there(wal))
        wal = NULL;
    if (sqlite3_open_v2(copy, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL) != SQLITE_OK)
        problem = arena_format(arena, "could not open %s: %s", copy, db == NULL ? "no memory" : sqlite3_errmsg(db));
    else
        problem = look(db, path, wal, arena, torn);
    sqlite3_close(db);
    return problem;
}

/* What was sold offline as it stands in its own table; a ring-up where it has no answer, or where it was put aside, which is
 * sold whatever the answer was. */
static const char sales_sql[] =
    "SELECT 72, o.number, o.command_id, o.body, coalesce(c.made_us, 0) FROM offline_sale AS o"
    "  LEFT JOIN command AS c ON c.id = o.command_id WHERE o.booked = 0 AND length(o.body) > 0 "
    "UNION ALL "
    "SELECT 61, number, id, body, made_us FROM command"
    " WHERE op = 61 AND body IS NOT NULL AND (answered = 0 OR id IN (SELECT command_id FROM aside)) "
    "ORDER BY 1 DESC, 2";

_Static_assert(OP(SALE_OFFLINE) == 72 && OP(SALE_RING_UP) == 61, "as in the statement");

static bool take_sales(sqlite3 *db, struct arena *arena, struct spool_contents *contents)
{
    sqlite3_stmt *statement = NULL;
    int64_t most = 0;

    if (!spool_number(db, "SELECT (SELECT count(*) FROM offline_sale) + (SELECT count(*) FROM command)", &most) ||
        sqlite3_prepare_v2(db, sales_sql, -1, &statement, NULL) != SQLITE_OK)
        return false;
    struct spool_sale *sales = arena_array(arena, (size_t)most, sizeof *sales);
    while (contents->sale_count < (size_t)most && sqlite3_step(statement) == SQLITE_ROW) {
        struct spool_sale *sale = &sales[contents->sale_count++];

        sale->op = (unsigned)sqlite3_column_int(statement, 0);
        sale->number = sale->op == OP(SALE_OFFLINE) ? sqlite3_column_int64(statement, 1) : 0;
        memcpy(sale->id, sqlite3_column_blob(statement, 2), COMMAND_ID_SIZE); /* of 16 bytes: a CHECK of the table */
        sale->body = spool_column(statement, 3, arena);
        sale->made_us = sqlite3_column_int64(statement, 4);
    }
    contents->sales = sales;
    return sqlite3_finalize(statement) == SQLITE_OK;
}

static bool take(struct spool *spool, struct arena *arena, struct spool_contents *contents)
{
    sqlite3 *db = spool_database(spool);
    size_t count;
    struct spooled *all = spool_unanswered(spool, arena, &count), *others = arena_array(arena, count, sizeof *others);

    for (size_t i = 0; i < count; i++)
        if ((all[i].op != OP(SALE_OFFLINE) && all[i].op != OP(SALE_RING_UP)) || all[i].body.data == NULL)
            others[contents->other_count++] = all[i];
    contents->others = others;
    return spool_number(db, "SELECT device_id FROM origin", &contents->device_id) &&
           spool_number(db, "SELECT newest FROM offline_series", &contents->newest_number) &&
           take_sales(db, arena, contents);
}

bool spool_read(const char *path, const char *own_path, const char *directory, struct arena *arena,
                struct spool_contents *contents, const char **problem)
{
    const char *folder = arena_format(arena, "%s/" COPY_NAME, directory);
    const char *copy = arena_format(arena, "%s/spool", folder), *wal = arena_format(arena, "%s-wal", path);
    struct spool *spool = NULL;

    *contents = (struct spool_contents){ 0 };
    *problem = NULL;
    if (is_same_file(path, own_path)) {
        *problem = "this is this machine's own: what is in it goes by itself";
        return false;
    }
    remove_copy(folder, arena); /* of a run that was killed */
    if (mkdir(folder, 0700) != 0)
        *problem = arena_format(arena, "could not make %s: %s", folder, strerror(errno));
    else if (copy_file(path, copy, arena, problem) &&
             (!is_there(wal) || copy_file(wal, arena_format(arena, "%s-wal", copy), arena, problem)))
        *problem = look_at_copy(copy, path, arena, &contents->torn);
    if (*problem == NULL && (spool = spool_open(copy, arena, problem)) != NULL && !take(spool, arena, contents))
        *problem = arena_format(arena, "%s is torn: it cannot be read; copy it from the till once more", path);
    spool_close(spool);
    remove_copy(folder, arena);
    return *problem == NULL;
}
