/* The simulated store and PostgreSQL are asked the same, and must say the same. */
#include "server/store/scripts.h"
#include "twins.h"

#define TRANSACTIONS 1500

static void both_judge_the_same(void)
{
    struct sim_exec x = { .database = sim.database, .snapshot = UINT64_MAX };
    PGconn *conn = PQconnectdb(postgres->read);

    for (size_t i = 0; i < checks_count; i++) {
        char row[500];
        if (strcmp(checks[i].name, "entries_untouched") == 0)
            continue; /* PostgreSQL's own counts, of its own */
        PGresult *result = PQexec(conn, checks[i].sql);
        if (PQresultStatus(result) != PGRES_TUPLES_OK)
            fail_msg("%s: %s", checks[i].name, PQresultErrorMessage(result));
        bool theirs = PQntuples(result) == 0, ours = sim_check_one(&x, checks[i].name, row, sizeof(row));
        PQclear(result);
        if (theirs != ours)
            fail_msg("%s holds for %s alone: %s", checks[i].name, theirs ? "PostgreSQL" : "the simulated store", row);
    }
    PQfinish(conn);
}

/* ---- tests ---- */

static enum column_kind kind_of_type(Oid type)
{
    switch (type) {
    case 20: /* bigint, integer, smallint, "char" */
    case 23:
    case 21:
    case 18:
        return COLUMN_INT;
    case 16:
        return COLUMN_BOOL;
    case 1184:
        return COLUMN_INSTANT;
    case 1082:
        return COLUMN_DAY;
    case 1009: /* text[] */
        return COLUMN_TEXTS;
    default:
        return COLUMN_BYTES;
    }
}

static void every_statement_answers_in_the_columns_that_postgresql_gives(void **state)
{
    PGconn *conn = PQconnectdb(postgres->app);

    (void)state;
    for (size_t i = 0; i < statement_count; i++) {
        const struct statement *statement = statements[i];
        const struct sim_known *known = &sim.database->known[i];
        PQclear(PQprepare(conn, statement->name, statement->sql, 0, NULL));
        PGresult *described = PQdescribePrepared(conn, statement->name);
        if (PQnfields(described) != (int)known->column_count)
            fail_msg("%s: PostgreSQL answers in %d columns", statement->name, PQnfields(described));
        for (int c = 0; c < PQnfields(described); c++)
            if (strcmp(PQfname(described, c), known->columns[c].name) != 0 ||
                kind_of_type(PQftype(described, c)) != known->columns[c].kind)
                fail_msg("%s: column %d is %s of type %u in PostgreSQL, and %s", statement->name, c,
                         PQfname(described, c), PQftype(described, c), known->columns[c].name);
        PQclear(described);
    }
    PQfinish(conn);
}

/* --init's are asked first of all; what PostgreSQL's clock and version say is its own. */
static void every_statement_is_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < statement_count; i++) {
        const struct statement *statement = statements[i];
        bool asked = strncmp(statement->name, "init_", 5) == 0 || statement == &sql_check_run_clock ||
                     statement == &sql_server_show_database;
        for (size_t k = 0; k < KINDS_COUNT && !asked; k++)
            asked = statement_kinds[k].statement == statement;
        if (!asked)
            fail_msg("%s is missing in statement_kinds.h", statement->name);
    }
}

static size_t never_went_well(void)
{
    size_t never = 0;

    for (size_t i = 0; i < KINDS_COUNT; i++)
        never += succeeded[i] == 0;
    return never;
}

static void the_same_is_said_and_kept(void **state)
{
    (void)state;
    both_begin();
    both_furnish();
    both_hold_the_same();
    /* Some statements go well only after a few others have: until all have, or long enough. */
    for (int i = 0; i < TRANSACTIONS || (never_went_well() > 0 && i < 40 * TRANSACTIONS); i++)
        one_transaction();
    both_hold_the_same();
    both_judge_the_same();
    for (size_t i = 0; i < KINDS_COUNT; i++)
        if (succeeded[i] == 0)
            print_error("%s never went well\n", statement_kinds[i].statement->name);
    assert_int_equal(never_went_well(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_answers_in_the_columns_that_postgresql_gives),
        cmocka_unit_test(every_statement_is_asked),
        cmocka_unit_test(the_same_is_said_and_kept),
    };

    twins_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    twins_close();
    return failed;
}
