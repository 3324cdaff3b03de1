/* Migrations, one transaction each, under a lock, with a hash of what was applied. */
#include "server/store/migrate.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/bytes.h"
#include "common/base/failpoint.h"
#include "common/wire/digest.h"
#include "server/store/link_fault.h"
#include "server/store/outcome.h"

#define LOCK_KEY "4917012811000012" /* pg_advisory_lock: one migration at a time in a database */

struct migration_run {
    PGconn *conn;
    FILE *out;
    char *problem;
    size_t size;
};

static long number_of(const struct script *script)
{
    return strtol(script->name, NULL, 10);
}

static void hash_of(const struct script *script, char hex[65])
{
    uint8_t hash[32];

    sha256(bytes_of_text(script->sql), hash);
    for (size_t i = 0; i < sizeof(hash); i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
}

/* NULL, and the problem set, when it failed. */
static PGresult *query(struct migration_run *run, const char *sql, int count, const char *const *values)
{
    PGresult *result = PQexecParams(run->conn, sql, count, NULL, values, NULL, NULL, 0);

    if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK)
        return result;
    outcome_sentence(run->problem, run->size, PQresultErrorMessage(result));
    PQclear(result);
    return NULL;
}

static bool execute(struct migration_run *run, const char *sql, int count, const char *const *values)
{
    PGresult *result = query(run, sql, count, values);

    PQclear(result);
    return result != NULL;
}

/* Several statements at once. */
static bool execute_script(struct migration_run *run, const char *name, const char *sql)
{
    PGresult *result = PQexec(run->conn, sql);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK ||
                PQresultStatus(result) == PGRES_EMPTY_QUERY;

    if (!done) {
        char text[300];
        snprintf(run->problem, run->size, "%s failed and was rolled back: %s", name,
                 outcome_sentence(text, sizeof(text), PQresultErrorMessage(result)));
    }
    PQclear(result);
    return done;
}

static bool apply(struct migration_run *run, const struct script *script)
{
    char number[16], hash[65];
    const char *values[] = { number, script->name, hash, CAROLINE_VERSION };

    snprintf(number, sizeof(number), "%ld", number_of(script));
    hash_of(script, hash);
    if (!execute(run, "BEGIN", 0, NULL))
        return false;
    FAILPOINT(migration_begun);
    bool applied = execute_script(run, script->name, script->sql);
    FAILPOINT(migration_ran);
    applied = applied && execute(run,
                                 "INSERT INTO schema_migration (version, name, sha256, applied_at, app_version)"
                                 " VALUES ($1::integer, $2, $3, now(), $4)",
                                 4, values);
    FAILPOINT(migration_noted);
    if (!applied || !execute(run, "COMMIT", 0, NULL)) {
        PQclear(PQexec(run->conn, "ROLLBACK"));
        return false;
    }
    FAILPOINT(migration_done);
    if (run->out != NULL)
        fprintf(run->out, "applied %s\n", script->name);
    return true;
}

/* What was applied must be what we have, in the same order, and nothing beyond it. Returns how many of ours stand. */
static enum migrate_verdict compare(struct migration_run *run, const struct script *scripts, size_t count,
                                    size_t *applied)
{
    enum migrate_verdict verdict = MIGRATE_DONE;
    PGresult *rows = query(run, "SELECT version, name, sha256 FROM schema_migration ORDER BY version", 0, NULL);

    if (rows == NULL)
        return MIGRATE_FAILED;
    *applied = (size_t)PQntuples(rows);
    for (int i = 0; i < PQntuples(rows) && verdict == MIGRATE_DONE; i++) {
        const char *name = PQgetvalue(rows, i, 1);
        char hash[65];

        if ((size_t)i >= count) {
            verdict = MIGRATE_REFUSED;
            snprintf(
                run->problem, run->size,
                "the database has migration %s, which this server does not know: install the newer caroline-server",
                name);
            break;
        }
        hash_of(&scripts[i], hash);
        if (strtol(PQgetvalue(rows, i, 0), NULL, 10) != number_of(&scripts[i]) || strcmp(name, scripts[i].name) != 0) {
            verdict = MIGRATE_REFUSED;
            snprintf(run->problem, run->size,
                     "the database has migration %s where this server has %s: they are not of one history", name,
                     scripts[i].name);
        } else if (strcmp(PQgetvalue(rows, i, 2), hash) != 0) {
            verdict = MIGRATE_REFUSED;
            snprintf(run->problem, run->size,
                     "migration %s was edited after it had been applied: put the file back and write a new migration",
                     name);
        }
    }
    PQclear(rows);
    return verdict;
}

static enum migrate_verdict migrate_locked(struct migration_run *run, const struct script *scripts, size_t count,
                                           const char *access)
{
    size_t applied = 0;

    if (!execute(run,
                 "CREATE TABLE IF NOT EXISTS schema_migration (version integer PRIMARY KEY, name text NOT NULL,"
                 " sha256 text NOT NULL, applied_at timestamptz NOT NULL, app_version text NOT NULL)",
                 0, NULL))
        return MIGRATE_FAILED;
    enum migrate_verdict verdict = compare(run, scripts, count, &applied);
    if (verdict != MIGRATE_DONE)
        return verdict;
    for (size_t i = applied; i < count; i++)
        if (!apply(run, &scripts[i]))
            return MIGRATE_FAILED;
    if (access == NULL)
        return MIGRATE_DONE;
    if (!execute(run, "BEGIN", 0, NULL))
        return MIGRATE_FAILED;
    bool granted = execute_script(run, "access", access);
    FAILPOINT(migration_access);
    granted = granted && execute(run, "COMMIT", 0, NULL);
    if (!granted)
        PQclear(PQexec(run->conn, "ROLLBACK"));
    return granted ? MIGRATE_DONE : MIGRATE_FAILED;
}

static void silent(void *user, const PGresult *notice)
{
    (void)user;
    (void)notice;
}

enum migrate_verdict migrate_scripts(const char *owner_uri, const struct script *scripts, size_t count,
                                     const char *access, FILE *out, char *problem, size_t size)
{
    const char *keywords[] = { "connect_timeout", "dbname", "application_name", "client_encoding", NULL };
    const char *values[] = { "10", owner_uri, "caroline migrate", "UTF8", NULL };
    struct migration_run run = { .out = out, .problem = problem, .size = size };
    enum migrate_verdict verdict = MIGRATE_AWAY;

    for (size_t i = 1; i < count; i++)
        assert(number_of(&scripts[i - 1]) < number_of(&scripts[i]));
    run.conn = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(run.conn) != CONNECTION_OK) {
        outcome_sentence(problem, size, PQerrorMessage(run.conn));
        PQfinish(run.conn);
        return MIGRATE_AWAY;
    }
    PQsetNoticeReceiver(run.conn, silent, NULL);
    FAILPOINT_LENT(run.conn);
    /* Another migration under way is waited for; it may well have done our work. */
    if (execute(&run, "SELECT pg_advisory_lock(" LOCK_KEY ")", 0, NULL))
        verdict = migrate_locked(&run, scripts, count, access);
    if (PQstatus(run.conn) != CONNECTION_OK)
        verdict = MIGRATE_AWAY;
    PQfinish(run.conn); /* and the lock with it */
    return verdict;
}

enum migrate_verdict migrate(const char *owner_uri, FILE *out, char *problem, size_t size)
{
    return migrate_scripts(owner_uri, migrations, migrations_count, access_script[0].sql, out, problem, size);
}
