/* Every statement of db/queries/ against the schema: it is right, and its parameters are of the types that struct param
 * can send. A wrong one would keep the server from starting. */
#include "postgres_world.h"

#include <stdio.h>

static struct cluster cluster;
static char *owner, *app, *reader;

/* int8, bool, text, bytea, timestamptz, date, and arrays of them, by their numbers in pg_type.dat. */
static bool can_be_sent(Oid type)
{
    static const Oid types[] = { 20, 16, 25, 17, 1184, 1082, 1016, 1000, 1009, 1001, 1185, 1182 };

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (types[i] == type)
            return true;
    return false;
}

/* A domain is sent as what it is made of. */
static Oid base_of(PGconn *conn, Oid type)
{
    char sql[100];

    snprintf(sql, sizeof(sql),
             "SELECT CASE WHEN typtype = 'd' THEN typbasetype ELSE oid END FROM pg_type WHERE oid = %u", type);
    PGresult *result = PQexec(conn, sql);
    Oid base = (Oid)strtoul(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return base;
}

/* And what struct rows can read. */
static bool can_be_read(Oid type)
{
    static const Oid types[] = { 20, 21, 23, 18, 16, 25, 1043, 19, 17, 1184, 1082, 1016, 1009, 1001, 114, 2278 };

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (types[i] == type)
            return true;
    return false;
}

static void every_statement_fits_the_schema_and_the_store(void **state)
{
    PGconn *conn = PQconnectdb(app);
    size_t wrong = 0;

    (void)state;
    assert_int_equal(PQstatus(conn), CONNECTION_OK);
    for (size_t i = 0; i < statement_count; i++) {
        const struct statement *statement = statements[i];
        assert_int_equal(statement->index, i);
        PGresult *prepared = PQprepare(conn, statement->name, statement->sql, 0, NULL);
        if (PQresultStatus(prepared) != PGRES_COMMAND_OK) {
            print_error("%s: %s", statement->name, PQresultErrorMessage(prepared));
            wrong++;
        }
        PQclear(prepared);
        if (strncmp(statement->name, "init_", 5) == 0)
            continue; /* --init sends these as text, by a connection of its own */
        PGresult *described = PQdescribePrepared(conn, statement->name);
        for (int p = 0; p < PQnparams(described); p++)
            if (!can_be_sent(base_of(conn, PQparamtype(described, p)))) {
                print_error("%s: $%d has type %u, which no PARAM_... is: cast it, as $%d::bigint::integer\n",
                            statement->name, p + 1, PQparamtype(described, p), p + 1);
                wrong++;
            }
        for (int c = 0; c < PQnfields(described); c++)
            if (!can_be_read(PQftype(described, c))) {
                print_error("%s: column %s has type %u, which no row_...() reads: cast it\n", statement->name,
                            PQfname(described, c), PQftype(described, c));
                wrong++;
            }
        PQclear(described);
    }
    PQfinish(conn);
    assert_int_equal(wrong, 0);
}

/* As the server has them in it, by the role and in the frame that they are run with. */
static void every_check_runs_and_holds_for_an_empty_shop(void **state)
{
    PGconn *conn = PQconnectdb(reader);
    size_t wrong = 0;

    (void)state;
    assert_true(checks_count > 30);
    for (size_t i = 0; i < checks_count; i++) {
        char *sql = malloc(strlen(checks[i].sql) + 100);
        sprintf(sql, "WITH wrong AS MATERIALIZED (\n%s\n) SELECT * FROM wrong LIMIT 1", checks[i].sql);
        PGresult *result = PQexec(conn, sql);
        if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 0) {
            print_error("%s: %s\n", checks[i].name, PQntuples(result) == 0 ? PQresultErrorMessage(result) : "a row");
            wrong++;
        }
        PQclear(result);
        free(sql);
    }
    PQfinish(conn);
    assert_int_equal(wrong, 0);
}

/* Migrations are applied once, and access.sql may be run at any time. */
static void migrating_again_changes_nothing(void **state)
{
    char problem[400] = "";

    (void)state;
    assert_int_equal(migrate(owner, NULL, problem, sizeof(problem)), MIGRATE_DONE);
    assert_string_equal(problem, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_fits_the_schema_and_the_store),
        cmocka_unit_test(every_check_runs_and_holds_for_an_empty_shop),
        cmocka_unit_test(migrating_again_changes_nothing),
    };
    char problem[400] = "";

    cluster_start(&cluster);
    owner = cluster_uri(&cluster, "owner");
    app = cluster_uri(&cluster, "app");
    reader = cluster_uri(&cluster, "read");
    if (migrate(owner, NULL, problem, sizeof(problem)) != MIGRATE_DONE) {
        fprintf(stderr, "%s\n", problem);
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    cluster_stop(&cluster);
    free(owner);
    free(app);
    free(reader);
    return failed;
}
