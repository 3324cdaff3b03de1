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

static const uint8_t born[16] = "born on this day";

static void member_born(int64_t id)
{
    struct instant then = { 0 };

    both(&sql_member_write, PARAMS(PARAM_INT(id), PARAM_INT(1), PARAM_NULL(), PARAM_NULL(), PARAM_NULL(), PARAM_NULL(),
                                   PARAM_NULL(), PARAM_NULL(), PARAM_NULL(), PARAM_INSTANT(then)));
    both(&sql_member_write_account,
         PARAMS(PARAM_INT(id), PARAM_INT(0), PARAM_BYTES(bytes_of(born, sizeof(born))), PARAM_NULL()));
}

/* A sign-in on the day that begins at day_start. */
static bool is_given(int64_t member_id, struct instant day_start)
{
    static int64_t lot_id = 6000;
    struct bytes blind = bytes_of(born, sizeof(born));

    return both(&sql_kiosk_birthday,
                PARAMS(PARAM_INT(member_id), PARAM_INT(100), PARAM_BYTESES(&blind, 1), PARAM_INT(++lot_id),
                       PARAM_INT(1970), PARAM_DAY(((struct day){ 2 })), PARAM_DAY(((struct day){ 9 })),
                       PARAM_INSTANT(day_start), PARAM_INSTANT(day_start))) == 1;
}

static void a_kiosk_gives_for_a_birthday_to_who_kept_something_bought_before(void **state)
{
    enum { NONE = 5001, BOUGHT, BACK, PART, EMPTIES, ATTACHED, ATTACHED_LATE, GONE, STAYS };
    const struct instant before = { 1000 }, start = { 2000 };

    (void)state;
    for (int64_t id = NONE; id <= STAYS; id++)
        member_born(id);
    both_sale(5101, BOUGHT, PARAM_NULL_INT, 250, start);
    assert_false(is_given(BOUGHT, start)); /* on the day itself */
    both_sale(5102, BOUGHT, PARAM_NULL_INT, 250, before);
    assert_true(is_given(BOUGHT, start));
    assert_false(is_given(BOUGHT, start));
    assert_false(is_given(NONE, start));
    both_sale(5103, BACK, PARAM_NULL_INT, 250, before);
    both_sale(5104, BACK, 5103, -250, start);
    assert_false(is_given(BACK, start));
    both_sale(5105, PART, PARAM_NULL_INT, 500, before);
    both_sale(5106, PART, 5105, -250, before);
    assert_true(is_given(PART, start));
    both_sale(5107, EMPTIES, PARAM_NULL_INT, 25, before);
    both(&sql_counter_deposit_insert,
         PARAMS(PARAM_INTS(((int64_t[]){ 5107 }), 1), PARAM_INTS(((int64_t[]){ 0 }), 1),
                PARAM_INTS(((int64_t[]){ PARAM_NULL_INT }), 1), PARAM_INTS(((int64_t[]){ 25 }), 1)));
    assert_false(is_given(EMPTIES, start));
    for (int64_t i = 0; i < 2; i++) { /* a forgotten card: when it was sold is what counts */
        struct instant sold = i == 0 ? before : start;
        int64_t sale_id = 5108 + i;
        both_sale(sale_id, PARAM_NULL_INT, PARAM_NULL_INT, 250, sold);
        both(&sql_attach_insert,
             PARAMS(PARAM_INT(sale_id), PARAM_INTS(&sale_id, 1), PARAM_INT(ATTACHED + i), PARAM_INSTANTS(&sold, 1),
                    PARAM_INTS(((int64_t[]){ 0 }), 1), PARAM_INTS(((int64_t[]){ 0 }), 1), PARAM_INT(0), PARAM_INT(1),
                    PARAM_INT(11), PARAM_INT(61), PARAM_INSTANT(start)));
        assert_int_equal(is_given(ATTACHED + i, start), i == 0);
    }
    both_sale(5110, GONE, PARAM_NULL_INT, 250, before);
    assert_false(is_given(STAYS, start));
    both(&sql_member_merge_from_account, PARAMS(PARAM_INT(GONE), PARAM_INT(STAYS)));
    assert_false(is_given(GONE, start));
    assert_true(is_given(STAYS, start));
    both_hold_the_same();
}

/* Points and the end of the looking are one change of one row: of two the second would be lost. */
static void a_friend_who_was_paid_for_is_looked_at_no_more(void **state)
{
    enum { FRIEND = 5201, REFERRER, SALE };
    const struct instant then = { 1000 }, now = { 2000 };

    (void)state;
    member_born(FRIEND);
    member_born(REFERRER);
    both(&sql_member_write_referral, PARAMS(PARAM_INT(FRIEND), PARAM_INT(REFERRER), PARAM_INSTANT(then)));
    both_sale(SALE, FRIEND, PARAM_NULL_INT, 250, then);
    both(&sql_sweep_referrals_pay,
         PARAMS(PARAM_INT(FRIEND), PARAM_INT(30), PARAM_INT(50), PARAM_INT(7001), PARAM_INT(7002),
                PARAM_DAY(((struct day){ 2 })), PARAM_DAY(((struct day){ 9 })), PARAM_INSTANT(now), PARAM_INT(FRIEND),
                PARAM_INT(REFERRER)));
    both_hold_the_same();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_answers_in_the_columns_that_postgresql_gives),
        cmocka_unit_test(every_statement_is_asked),
        cmocka_unit_test(the_same_is_said_and_kept),
        cmocka_unit_test(a_kiosk_gives_for_a_birthday_to_who_kept_something_bought_before),
        cmocka_unit_test(a_friend_who_was_paid_for_is_looked_at_no_more),
    };

    twins_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    twins_close();
    return failed;
}
