/* One SQLite file of wrapped keys: rollback journal, every commit synced with its directory, deleted bytes overwritten.
 */
#include "server/vault/keyfile.h"

#include <stdio.h>
#include <string.h>

#include "common/base/log.h"

#define FORMAT 1

/* EXTRA is FULL and a sync of the directory behind the journal's unlinking, which is what commits. */
static const char settings[] = "PRAGMA journal_mode = DELETE;"
                               "PRAGMA synchronous = EXTRA;"
                               "PRAGMA secure_delete = ON;"
                               "PRAGMA trusted_schema = OFF;"
                               "PRAGMA temp_store = MEMORY;";

static const char schema[] =
    "BEGIN;"
    "CREATE TABLE head ("
    "  one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL, vault_id BLOB NOT NULL,"
    "  generation INTEGER NOT NULL, chain BLOB NOT NULL, chain_before BLOB NOT NULL,"
    "  last_person INTEGER NOT NULL);"
    "CREATE TABLE person (id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, wrapped BLOB);"
    "COMMIT;";

static bool broken(const struct keyfile *file)
{
    log_event(LOG_ERROR, "key_store_failed", "file=%s problem=\"%s\"", file->path, sqlite3_errmsg(file->db));
    return false;
}

static sqlite3 *database_of(const char *path, const char **problem)
{
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, settings, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return db;
    problem_is(problem, "could not open the key store %s: %s", path, db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
    sqlite3_close(db);
    return NULL;
}

bool keyfile_create(const char *path, const uint8_t vault_id[16], const char **problem)
{
    static const uint8_t nothing[DIGEST_SIZE];
    if (!file_make(path, problem))
        return false;
    sqlite3 *db = database_of(path, problem);
    if (!db)
        return false;

    sqlite3_stmt *insert = NULL;
    bool made =
        sqlite3_exec(db, schema, NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "INSERT INTO head VALUES (1, ?1, ?2, 0, ?3, ?3, 0)", -1, &insert, NULL) == SQLITE_OK &&
        sqlite3_bind_int(insert, 1, FORMAT) == SQLITE_OK &&
        sqlite3_bind_blob(insert, 2, vault_id, 16, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_bind_blob(insert, 3, nothing, sizeof nothing, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_step(insert) == SQLITE_DONE;
    if (!made)
        problem_is(problem, "could not make the key store %s: %s", path, sqlite3_errmsg(db));
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return made;
}

static bool is_whole(struct keyfile *file, const char **problem)
{
    sqlite3_stmt *check = NULL;
    bool whole = sqlite3_prepare_v2(file->db, "PRAGMA quick_check(1)", -1, &check, NULL) == SQLITE_OK &&
                 sqlite3_step(check) == SQLITE_ROW && !strcmp((const char *)sqlite3_column_text(check, 0), "ok");
    if (!whole)
        problem_is(problem, "the key store %s is damaged: %s", file->path, sqlite3_errmsg(file->db));
    sqlite3_finalize(check);
    return whole;
}

bool keyfile_open(struct keyfile *file, const char *path, const char **problem)
{
    const struct {
        sqlite3_stmt **statement;
        const char *sql;
    } statements[] = {
        { &file->get, "SELECT id, epoch, wrapped FROM person WHERE id = ?1" },
        { &file->put, "INSERT INTO person VALUES (?1, ?2, ?3) "
                      "ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, wrapped = excluded.wrapped" },
        { &file->list, "SELECT id FROM person WHERE id > ?1 AND wrapped IS NOT NULL ORDER BY id LIMIT ?2" },
        { &file->list_dropped, "SELECT id FROM person WHERE id > ?1 AND wrapped IS NULL ORDER BY id LIMIT ?2" },
        { &file->scan, "SELECT id, epoch, wrapped FROM person ORDER BY id" },
        { &file->head_get, "SELECT vault_id, generation, chain, chain_before, last_person, format FROM head" },
        { &file->count_lost, "SELECT count(*) FROM person WHERE epoch = 0 AND wrapped IS NOT NULL" },
        { &file->head_put, "UPDATE head SET generation = ?1, chain = ?2, chain_before = ?3, last_person = ?4" },
    };

    pthread_mutex_init(&file->lock, NULL);
    snprintf(file->path, sizeof file->path, "%s", path);
    if (!file_is_private(path, problem) || !(file->db = database_of(path, problem)) || !is_whole(file, problem))
        return false;
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (sqlite3_prepare_v3(file->db, statements[i].sql, -1, SQLITE_PREPARE_PERSISTENT, statements[i].statement,
                               NULL))
            return problem_is(problem, "%s is no key store: %s", path, sqlite3_errmsg(file->db));

    bool known = sqlite3_step(file->head_get) == SQLITE_ROW && sqlite3_column_int(file->head_get, 5) == FORMAT;
    sqlite3_reset(file->head_get);
    return known || problem_is(problem, "%s is a key store of another version", path);
}

void keyfile_close(struct keyfile *file)
{
    sqlite3_stmt *const statements[] = { file->get,        file->put,  file->list,     file->list_dropped,
                                         file->count_lost, file->scan, file->head_get, file->head_put };
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        sqlite3_finalize(statements[i]);
    sqlite3_close(file->db);
    pthread_mutex_destroy(&file->lock);
}

/* What a step says, for those that read. The statement is reset by the caller. */
static enum keyfile_answer answer_of(const struct keyfile *file, int code)
{
    if (code == SQLITE_ROW)
        return KEYFILE_FOUND;
    if (code == SQLITE_DONE)
        return KEYFILE_NONE;
    if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED)
        return KEYFILE_BUSY;
    broken(file);
    return KEYFILE_BROKEN;
}

static void person_from(sqlite3_stmt *row, struct keyfile_person *person)
{
    size_t size = (size_t)sqlite3_column_bytes(row, 2);
    *person = (struct keyfile_person){ .id = sqlite3_column_int64(row, 0), .epoch = sqlite3_column_int64(row, 1) };
    if (size != WRAPPED_SIZE)
        return;
    memcpy(person->wrapped, sqlite3_column_blob(row, 2), size);
    person->wrapped_size = size;
}

enum keyfile_answer keyfile_get(struct keyfile *file, int64_t id, struct keyfile_person *person)
{
    sqlite3_bind_int64(file->get, 1, id);
    enum keyfile_answer answer = answer_of(file, sqlite3_step(file->get));
    if (answer == KEYFILE_FOUND)
        person_from(file->get, person);
    sqlite3_reset(file->get);
    return answer;
}

enum keyfile_answer keyfile_next(struct keyfile *file, bool *begun, struct keyfile_person *person)
{
    if (!*begun)
        sqlite3_reset(file->scan);
    *begun = true;
    enum keyfile_answer answer = answer_of(file, sqlite3_step(file->scan));
    if (answer == KEYFILE_FOUND)
        person_from(file->scan, person);
    else
        sqlite3_reset(file->scan);
    return answer;
}

static void blob_from(sqlite3_stmt *row, int column, uint8_t *into, size_t size)
{
    memset(into, 0, size);
    if ((size_t)sqlite3_column_bytes(row, column) == size)
        memcpy(into, sqlite3_column_blob(row, column), size);
}

enum keyfile_answer keyfile_head(struct keyfile *file, struct keyfile_head *head)
{
    enum keyfile_answer answer = answer_of(file, sqlite3_step(file->head_get));
    if (answer == KEYFILE_FOUND) {
        blob_from(file->head_get, 0, head->vault_id, sizeof head->vault_id);
        head->generation = sqlite3_column_int64(file->head_get, 1);
        blob_from(file->head_get, 2, head->chain, sizeof head->chain);
        blob_from(file->head_get, 3, head->chain_before, sizeof head->chain_before);
        head->last_person = sqlite3_column_int64(file->head_get, 4);
    }
    sqlite3_reset(file->head_get);
    return answer;
}

static bool step_once(struct keyfile *file, sqlite3_stmt *statement)
{
    bool done = sqlite3_step(statement) == SQLITE_DONE;
    if (!done)
        broken(file);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return done;
}

static bool put_person(struct keyfile *file, const struct keyfile_person *person)
{
    sqlite3_bind_int64(file->put, 1, person->id);
    sqlite3_bind_int64(file->put, 2, person->epoch);
    if (person->wrapped_size)
        sqlite3_bind_blob(file->put, 3, person->wrapped, (int)person->wrapped_size, SQLITE_STATIC);
    return step_once(file, file->put);
}

static bool put_head(struct keyfile *file, const struct keyfile_head *head)
{
    sqlite3_bind_int64(file->head_put, 1, head->generation);
    sqlite3_bind_blob(file->head_put, 2, head->chain, sizeof head->chain, SQLITE_STATIC);
    sqlite3_bind_blob(file->head_put, 3, head->chain_before, sizeof head->chain_before, SQLITE_STATIC);
    sqlite3_bind_int64(file->head_put, 4, head->last_person);
    return step_once(file, file->head_put);
}

/* Another process may be reading; writers of all processes come one at a time, by the lock file. */
static bool begin(struct keyfile *file)
{
    sqlite3_busy_timeout(file->db, 5000);
    return sqlite3_exec(file->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK || broken(file);
}

static bool end(struct keyfile *file, bool good)
{
    if (good)
        good = sqlite3_exec(file->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK || broken(file);
    if (!good && !sqlite3_get_autocommit(file->db))
        sqlite3_exec(file->db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_busy_timeout(file->db, 0);
    return good;
}

bool keyfile_put(struct keyfile *file, const struct keyfile_person *person, const struct keyfile_head *head)
{
    return end(file, begin(file) && put_person(file, person) && put_head(file, head));
}

/* The next with a key, so many at a time, before any of them is written: a scan looks for its place anew behind each row that is. */
static bool next_some(struct keyfile *file, bool *begun, struct keyfile_person *persons, size_t *count)
{
    enum keyfile_answer answer = KEYFILE_FOUND;

    for (*count = 0; *count<KEYFILE_AT_ONCE; *count += persons[*count].wrapped_size> 0)
        if ((answer = keyfile_next(file, begun, &persons[*count])) != KEYFILE_FOUND)
            break;
    return answer == KEYFILE_FOUND || answer == KEYFILE_NONE;
}

static bool change_each(struct keyfile *file, keyfile_change_fn *change, void *user)
{
    struct keyfile_person persons[KEYFILE_AT_ONCE];
    bool begun = false, good = true;
    size_t count = KEYFILE_AT_ONCE;

    while (good && count == KEYFILE_AT_ONCE) {
        good = next_some(file, &begun, persons, &count) && change(user, persons, count);
        for (size_t i = 0; good && i < count; i++)
            good = put_person(file, &persons[i]);
    }
    sqlite3_reset(file->scan);
    return good;
}

bool keyfile_change_all(struct keyfile *file, keyfile_change_fn *change, keyfile_after_fn *after, void *user,
                        const struct keyfile_head *head)
{
    return end(file, begin(file) && change_each(file, change, user) && after(user) && put_head(file, head));
}

bool keyfile_count_lost(struct keyfile *file, size_t *count)
{
    bool counted = answer_of(file, sqlite3_step(file->count_lost)) == KEYFILE_FOUND;

    *count = counted ? (size_t)sqlite3_column_int64(file->count_lost, 0) : 0;
    sqlite3_reset(file->count_lost);
    return counted;
}

bool keyfile_list(struct keyfile *file, bool dropped, int64_t after_id, int64_t *ids, size_t most, size_t *count)
{
    sqlite3_stmt *list = dropped ? file->list_dropped : file->list;
    enum keyfile_answer answer = KEYFILE_FOUND;

    *count = 0;
    sqlite3_bind_int64(list, 1, after_id);
    sqlite3_bind_int64(list, 2, (sqlite3_int64)most);
    while (*count < most && (answer = answer_of(file, sqlite3_step(list))) == KEYFILE_FOUND)
        ids[(*count)++] = sqlite3_column_int64(list, 0);
    sqlite3_reset(list);
    return answer == KEYFILE_FOUND || answer == KEYFILE_NONE;
}
