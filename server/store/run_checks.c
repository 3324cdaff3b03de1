/* The invariants, run in place: each is a query that returns no row when all is well. */
#include "server/store/run_checks.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <string.h>

#include "server/store/outcome.h"
#include "server/store/scripts.h"

static bool execute(PGconn *conn, const char *sql, char *problem, size_t size)
{
    PGresult *result = PQexec(conn, sql);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK;

    if (!done)
        outcome_sentence(problem, size, PQresultErrorMessage(result));
    PQclear(result);
    return done;
}

/* The first row for which it does not hold, column=value; no person's data stands in these tables in the clear. */
static void print_row(FILE *out, const PGresult *rows)
{
    for (int column = 0; column < PQnfields(rows); column++)
        fprintf(out, "%s%s=%s", column ? " " : "", PQfname(rows, column),
                PQgetisnull(rows, 0, column) ? "null" : PQgetvalue(rows, 0, column));
}

static enum checks_verdict run_one(PGconn *conn, const struct script *check, FILE *out, char *problem, size_t size)
{
    PGresult *rows = PQexec(conn, check->sql);
    enum checks_verdict verdict = CHECKS_HOLD;

    if (PQresultStatus(rows) != PGRES_TUPLES_OK) {
        char text[300];

        snprintf(problem, size, "check %s could not be run: %s", check->name,
                 outcome_sentence(text, sizeof text, PQresultErrorMessage(rows)));
        PQclear(rows);
        return CHECKS_FAILED;
    }
    if (PQntuples(rows) == 0) {
        fprintf(out, "%-32s holds\n", check->name);
    } else {
        verdict = CHECKS_DO_NOT_HOLD;
        fprintf(out, "%-32s does not hold, %d rows, the first: ", check->name, PQntuples(rows));
        print_row(out, rows);
        fputc('\n', out);
    }
    PQclear(rows);
    return verdict;
}

static enum checks_verdict run_all(PGconn *conn, FILE *out, char *problem, size_t size)
{
    enum checks_verdict verdict = CHECKS_HOLD;

    if (!execute(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", problem, size))
        return CHECKS_FAILED;
    for (size_t i = 0; i < checks_count; i++) {
        enum checks_verdict one = run_one(conn, &checks[i], out, problem, size);

        if (one == CHECKS_FAILED)
            return one;
        if (one == CHECKS_DO_NOT_HOLD)
            verdict = one;
    }
    return verdict;
}

enum checks_verdict run_checks(const char *uri, FILE *out, char *problem, size_t size)
{
    const char *const keys[] = { "dbname", "fallback_application_name", "connect_timeout", NULL };
    const char *const values[] = { uri, "caroline-server --check", "10", NULL };
    PGconn *conn = PQconnectdbParams(keys, values, 1);
    enum checks_verdict verdict = CHECKS_AWAY;

    if (PQstatus(conn) == CONNECTION_OK)
        verdict = run_all(conn, out, problem, size);
    else
        outcome_sentence(problem, size, PQerrorMessage(conn));
    PQfinish(conn);
    return verdict;
}
