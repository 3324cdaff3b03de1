/* Settings of a connection: what we set, and what we refuse to work without. */
#include "server/store/link_check.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/scripts.h"

/* Times are limits on the database's side: a frozen server's statements end, its transactions are rolled back and their
 * locks let go. Writers plan once: their statements are look-ups by key whatever the arrays hold, and planning anew
 * each time costs more than it could save. A plan made while a table was empty must not read the whole of it once it is
 * full: so writers always go by an index, a row at a time. */
static const char question[] =
    "SELECT current_setting('server_version_num'), pg_is_in_recovery()::text, current_setting('fsync'),"
    "       current_setting('full_page_writes'), current_setting('synchronous_commit'), "
    "current_setting('data_checksums'),"
    "       current_setting('server_encoding'), (to_regclass('schema_migration') IS NOT NULL)::text,"
    "       set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false),"
    "       set_config('idle_in_transaction_session_timeout', $3, false), set_config('plan_cache_mode', $4, false),"
    "       set_config('enable_seqscan', $5, false), set_config('enable_hashjoin', $5, false),"
    "       set_config('enable_mergejoin', $5, false),"
    "       set_config('timezone', 'UTC', false), set_config('jit', 'off', false),"
    "       set_config('default_transaction_isolation', 'read committed', false)";
enum { VERSION, STANDBY, FSYNC, FULL_PAGE_WRITES, SYNCHRONOUS_COMMIT, CHECKSUMS, ENCODING, SCHEMA };

void link_check_ask(struct link *link)
{
    const struct link_settings *settings = link->settings;
    char statement[24], lock[24], idle[24];
    bool writes = link->use == LINK_WRITER;
    const char *values[] = { statement, lock, idle, writes ? "force_generic_plan" : "auto", writes ? "off" : "on" };

    snprintf(statement, sizeof(statement), "%" PRId64, settings->statement_ms[link->use]);
    snprintf(lock, sizeof(lock), "%" PRId64, settings->lock_ms);
    snprintf(idle, sizeof(idle), "%" PRId64, settings->idle_transaction_ms);
    PQsendQueryParams(link->socket.conn, question, 5, NULL, values, NULL, NULL, 0);
}

static bool is(const PGresult *answer, int column, const char *text)
{
    return strcmp(PQgetvalue(answer, 0, column), text) == 0;
}

enum link_verdict link_check_judge(const struct link *link, const PGresult *answer, char *sentence, size_t size)
{
    static const struct {
        int column;
        const char *name;
    } durable[] = { { FSYNC, "fsync" },
                    { FULL_PAGE_WRITES, "full_page_writes" },
                    { SYNCHRONOUS_COMMIT, "synchronous_commit" } };

    if (strtol(PQgetvalue(answer, 0, VERSION), NULL, 10) < 150000) {
        snprintf(sentence, size, "PostgreSQL 15 or newer is needed, and this is %s",
                 PQparameterStatus(link->socket.conn, "server_version"));
        return LINK_UNFIT;
    }
    for (size_t i = 0; i < sizeof(durable) / sizeof(durable[0]); i++)
        if (is(answer, durable[i].column, "off")) {
            snprintf(sentence, size,
                     "%s is off: a sale could be lost after its receipt was printed; set it to on in postgresql.conf, "
                     "or for "
                     "the role or database that turns it off",
                     durable[i].name);
            return LINK_UNFIT;
        }
    if (link->settings->private_cluster && is(answer, CHECKSUMS, "off")) {
        snprintf(sentence, size,
                 "data checksums are off: make the cluster anew by deploy/cluster, or turn them on by pg_checksums "
                 "--enable");
        return LINK_UNFIT;
    }
    if (!is(answer, ENCODING, "UTF8")) {
        snprintf(sentence, size, "the database's encoding is %s: make it anew with ENCODING 'UTF8'",
                 PQgetvalue(answer, 0, ENCODING));
        return LINK_UNFIT;
    }
    if (is(answer, SCHEMA, "false")) {
        snprintf(sentence, size, "the database has no schema yet: run caroline-server --migrate");
        return LINK_UNFIT;
    }
    if (is(answer, STANDBY, "true") && link->use == LINK_WRITER) {
        snprintf(sentence, size, "this PostgreSQL is a standby: waiting for the primary");
        return LINK_NOT_NOW;
    }
    return LINK_FIT;
}

void link_check_ask_version(struct link *link)
{
    PQsendQueryParams(link->socket.conn, "SELECT coalesce(max(version), 0)::text FROM schema_migration", 0, NULL, NULL,
                      NULL, NULL, 0);
}

enum link_verdict link_check_judge_version(const PGresult *answer, char *sentence, size_t size)
{
    long theirs = strtol(PQgetvalue(answer, 0, 0), NULL, 10);
    long ours = strtol(migrations[migrations_count - 1].name, NULL, 10);

    assert(migrations_count > 0);
    if (theirs > ours) {
        snprintf(sentence, size,
                 "the database has schema %ld and this server knows %ld: install the newer caroline-server", theirs,
                 ours);
        return LINK_UNFIT;
    }
    if (theirs < ours) {
        snprintf(sentence, size, "the database has schema %ld and this server needs %ld: run caroline-server --migrate",
                 theirs, ours);
        return LINK_UNFIT;
    }
    return LINK_FIT;
}
