/* Two transactions at a time on the simulated store and on PostgreSQL: where one waits the other waits, and sees what it
 * sees when it goes on. */
#include "twins.h"

#define TRANSACTIONS 300 /* before, one at a time: so that there are rows to meet at */
#define PAIRS        300
#define DRAWS        6 /* of each statement, or until it waits */

/* The one of two stores, and the other: a transaction of each. */
struct twin {
    struct trial *theirs, *ours;
    struct pair asked;
    struct param params[PARAMS_MAX];
    size_t count;
    bool open;
};

/* What locks or writes. The simulated store has no key-share locks, which what changes a key would meet. */
static bool meets_others(const struct statement *statement)
{
    static const struct statement *const change_keys[] = { &sql_product_put_release, &sql_product_put_keys,
                                                           &sql_staff_update, &sql_device_renew,
                                                           &sql_device_renew_shown };

    for (size_t i = 0; i < sizeof(change_keys) / sizeof(*change_keys); i++)
        if (statement == change_keys[i])
            return false;
    return strstr(statement->sql, "FOR ") != NULL || strstr(statement->sql, "INSERT ") != NULL ||
           strstr(statement->sql, "UPDATE ") != NULL || strstr(statement->sql, "DELETE ") != NULL;
}

/* What comes next for one of ours, if anything may. */
static bool step_ours(const struct trial *trial)
{
    for (size_t i = 0; i < sim_database_pending(sim.database); i++)
        if (sim_database_event(sim.database, i).txn == &trial->txn) {
            sim_database_step(sim.database, i, SIM_FINE);
            return true;
        }
    return false;
}

static bool answers_ours(const struct trial *trial, int answers)
{
    while (trial->answers < answers && step_ours(trial))
        continue;
    return trial->answers == answers;
}

static void waits_for_a_lock(PGconn *conn, const struct trial *theirs, int answers)
{
    bool waits = false;

    loop_overdue(&postgres->world, true);
    while (!waits) {
        loop_turn(&postgres->world);
        PGresult *result = PQexec(conn, "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
        waits = PQntuples(result) > 0;
        PQclear(result);
        if (theirs->answers == answers)
            fail_msg("PostgreSQL does not wait, and says %d", (int)theirs->outcome);
        assert_false(loop_overdue(&postgres->world, false));
    }
}

static void compare_twin(struct twin *twin)
{
    same_outcome(twin->theirs, twin->ours);
    if (twin->ours->outcome == STORE_OK)
        same_rows(twin->ours->txn.arena, &twin->asked);
    else
        twin->open = false;
}

/* Asks both the same; false: both wait. */
static bool ask_both(PGconn *conn, struct twin *twin)
{
    int answers = twin->ours->answers + 1;

    twin->asked.theirs = txn_ask(&twin->theirs->txn, twin->asked.kinds->statement, twin->params, twin->count);
    twin->asked.ours = txn_ask(&twin->ours->txn, twin->asked.kinds->statement, twin->params, twin->count);
    txn_run(&twin->theirs->txn, trial_done);
    txn_run(&twin->ours->txn, trial_done);
    if (!answers_ours(twin->ours, answers)) {
        waits_for_a_lock(conn, twin->theirs, answers);
        return false;
    }
    trial_wait(twin->theirs, answers);
    compare_twin(twin);
    return true;
}

/* What the other waited for is over: it goes on. */
static void go_on(struct twin *twin)
{
    int answers = twin->ours->answers + 1;

    assert_true(answers_ours(twin->ours, answers));
    trial_wait(twin->theirs, answers);
    compare_twin(twin);
}

/* before: what the other transaction has asked, for this to ask it as well. */
static bool ask_twin(PGconn *conn, struct twin *twin, struct twin *before)
{
    if (before->asked.kinds != NULL && random_below(2) == 0) {
        twin->asked.kinds = before->asked.kinds;
        memcpy(twin->params, before->params, sizeof(twin->params));
        twin->count = before->count;
    } else {
        do
            twin->asked.kinds = next_statement();
        while (!meets_others(twin->asked.kinds->statement));
        twin->count = random_params(twin->ours->txn.arena, twin->asked.kinds->kinds, twin->params);
    }
    return ask_both(conn, twin);
}

static void end_twin(struct twin *twin, bool commit)
{
    int answers = twin->ours->answers + 1;

    if (!twin->open)
        return;
    twin->open = false;
    if (commit) {
        txn_commit(&twin->theirs->txn, trial_done);
        txn_commit(&twin->ours->txn, trial_done);
        assert_true(answers_ours(twin->ours, answers));
        trial_wait(twin->theirs, answers);
        same_outcome(twin->theirs, twin->ours);
        return;
    }
    txn_rollback(&twin->theirs->txn);
    txn_rollback(&twin->ours->txn);
    while (sim_database_pending(sim.database) > 0 && sim_database_event(sim.database, 0).txn == NULL)
        sim_turn(&sim.world);
}

static size_t times_waited;

static void begin_twins(struct twin twins[2])
{
    for (int i = 0; i < 2; i++) {
        twins[i] = (struct twin){ .theirs = trial_create(&postgres->world, TXN_WRITE, 0),
                                  .ours = trial_create(&sim.world, TXN_WRITE, 0),
                                  .open = true };
        assert_int_equal(trial_begin(twins[i].theirs), STORE_OK);
        assert_int_equal(trial_begin(twins[i].ours), STORE_OK);
    }
}

static void let_go_of_twins(struct twin twins[2])
{
    for (int i = 0; i < 2; i++) {
        trial_destroy(twins[i].theirs);
        trial_destroy(twins[i].ours);
    }
}

static void two_transactions(PGconn *conn)
{
    struct twin twins[2];
    bool answered = true;

    begin_twins(twins);
    struct twin *first = NULL, *other = NULL;
    for (int i = 0; i < 6 && answered && twins[0].open && twins[1].open; i++) {
        first = &twins[random_below(2)];
        other = first == &twins[0] ? &twins[1] : &twins[0];
        answered = ask_twin(conn, first, other);
    }
    if (!answered) {
        times_waited++;
        end_twin(other, random_below(2) == 0);
        go_on(first);
    }
    for (int i = 0; i < 2; i++)
        end_twin(&twins[i], random_below(3) > 0);
    let_go_of_twins(twins);
}

/* Both change the same, one behind the other: what the second makes of a row is made of what the first has left. true: it waited. */
static bool one_behind_the_other(PGconn *conn, const struct statement_kinds *kinds)
{
    struct twin twins[2];
    bool waits = false;

    begin_twins(twins);
    twins[0].asked.kinds = twins[1].asked.kinds = kinds;
    twins[0].count = twins[1].count = random_params(twins[0].ours->txn.arena, kinds->kinds, twins[0].params);
    memcpy(twins[1].params, twins[0].params, sizeof(twins[0].params));
    if (ask_both(conn, &twins[0]) && twins[0].open)
        waits = !ask_both(conn, &twins[1]);
    end_twin(&twins[0], true);
    if (waits)
        go_on(&twins[1]);
    end_twin(&twins[1], true);
    let_go_of_twins(twins);
    return waits;
}

static void each_waits_where_the_other_waits_and_sees_what_it_sees(void **state)
{
    PGconn *conn = PQconnectdb(postgres->admin);

    (void)state;
    both_begin();
    both_furnish();
    for (int i = 0; i < TRANSACTIONS; i++)
        one_transaction();
    for (int i = 0; i < PAIRS; i++)
        two_transactions(conn);
    print_message("%zu of %d waited\n", times_waited, PAIRS);
    size_t waited = 0;
    for (size_t i = 0; i < KINDS_COUNT; i++)
        for (int draw = 0; draw < DRAWS && meets_others(statement_kinds[i].statement); draw++)
            if (one_behind_the_other(conn, &statement_kinds[i])) {
                waited++;
                break;
            }
    print_message("%zu statements of %zu waited for themselves\n", waited, KINDS_COUNT);
    assert_true(waited > KINDS_COUNT / 10);
    assert_true(times_waited > PAIRS / 20);
    PQfinish(conn);
    both_hold_the_same();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_waits_where_the_other_waits_and_sees_what_it_sees),
    };

    twins_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    twins_close();
    return failed;
}
