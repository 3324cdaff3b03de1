/* What a connection does between transactions: it takes the next of a lane behind the COMMIT of the one before, and it
 * forgets plans that were made while tables were small. */
#include "postgres_world.h"

#define LANE 91

static struct statement sql_of(const char *name, const char *text)
{
    return (struct statement){ .name = name, .sql = text, .index = -1 };
}

/* COMMIT waits for a lock that a session beside holds, and fails if it is told to. */
static const char slow_commit[] =
    "CREATE TABLE slow (bad boolean); GRANT SELECT, INSERT ON slow TO caroline_app;"
    "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(4711);"
    " IF NEW.bad THEN RAISE check_violation; END IF; RETURN NULL; END $$;"
    "CREATE CONSTRAINT TRIGGER lingers AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION linger()";

/* Two of a lane: the first commits and cannot yet, the second has begun. */
struct pair {
    struct trial *ahead, *behind;
    PGconn *holder;
};

static struct pair pair_of(struct postgres_world *world, const char *insert)
{
    struct statement slow = sql_of("slow", insert);
    struct pair pair = { trial_create(&world->world, TXN_WRITE, LANE), trial_create(&world->world, TXN_WRITE, LANE),
                         PQconnectdb(world->admin) };

    PQclear(PQexec(pair.holder, "SELECT pg_advisory_lock(4711)"));
    assert_int_equal(trial_begin(pair.ahead), STORE_OK);
    txn_begin(world->world.store, &pair.behind->txn, trial_done);
    world->world.turn(&world->world);
    assert_int_equal(pair.behind->answers, 0); /* the lane is under way, and does not commit */
    txn_ask(&pair.ahead->txn, &slow, NO_PARAMS);
    reserve(pair.ahead, 70, 1);
    txn_commit(&pair.ahead->txn, trial_done);
    assert_int_equal(trial_wait(pair.behind, 1), STORE_OK);
    assert_int_equal(pair.ahead->answers, 1);
    return pair;
}

static void pair_over(struct pair *pair)
{
    trial_destroy(pair->ahead);
    trial_destroy(pair->behind);
    PQfinish(pair->holder);
}

static void let_commit(struct pair *pair)
{
    PQclear(PQexec(pair->holder, "SELECT pg_advisory_unlock(4711)"));
}

static void is_asked_behind_the_commit_and_sees_what_it_did(void **state)
{
    struct postgres_world *world = *state;
    struct pair pair = pair_of(world, "INSERT INTO slow VALUES (false)");
    struct trial *third = trial_create(*state, TXN_WRITE, LANE);
    int64_t before = 1;

    txn_begin(world->world.store, &third->txn, trial_done);
    struct rows *rows = reserve(pair.behind, 70, 1);
    txn_run(&pair.behind->txn, trial_done);
    let_commit(&pair);
    assert_int_equal(trial_wait(pair.ahead, 2), STORE_OK);
    assert_int_equal(trial_wait(pair.behind, 2), STORE_OK);
    assert_int_equal(row_int(rows, 0, "first"), before + 1);
    assert_int_equal(third->answers, 0);
    reserve(pair.behind, 70, 1);
    assert_int_equal(trial_commit(pair.behind), STORE_OK);
    assert_int_equal(trial_wait(third, 1), STORE_OK);
    txn_rollback(&third->txn);
    trial_destroy(third);
    pair_over(&pair);
}

static void may_be_rolled_back_before_it_has_asked(void **state)
{
    struct pair pair = pair_of(*state, "INSERT INTO slow VALUES (false)");

    txn_rollback(&pair.behind->txn);
    let_commit(&pair);
    assert_int_equal(trial_wait(pair.ahead, 2), STORE_OK);
    assert_int_equal(trial_begin(pair.behind), STORE_OK);
    txn_rollback(&pair.behind->txn);
    pair_over(&pair);
}

/* A deferred constraint: the transaction is over when COMMIT fails, and what is behind finds nothing amiss. */
static void goes_on_when_the_commit_itself_fails(void **state)
{
    struct pair pair = pair_of(*state, "INSERT INTO slow VALUES (true)");
    int64_t before = reserved(*state, 71);

    reserve(pair.behind, 71, 1);
    txn_run(&pair.behind->txn, trial_done);
    let_commit(&pair);
    assert_int_equal(trial_wait(pair.ahead, 2), STORE_BROKEN);
    assert_int_equal(trial_wait(pair.behind, 2), STORE_OK);
    assert_int_equal(trial_commit(pair.behind), STORE_OK);
    assert_int_equal(reserved(*state, 71), before + 1);
    pair_over(&pair);
}

/* A statement fails: COMMIT is not reached, and what is behind stands in a failed transaction. */
static void is_told_again_when_a_statement_ahead_fails(void **state)
{
    struct postgres_world *world = *state;
    struct statement bad = sql_of("bad", "INSERT INTO id_block VALUES (5000, 1)");

    for (int asked = 0; asked < 2; asked++) {
        struct trial *ahead = trial_create(*state, TXN_WRITE, LANE), *behind = trial_create(*state, TXN_WRITE, LANE);

        assert_int_equal(trial_begin(ahead), STORE_OK);
        txn_begin(world->world.store, &behind->txn, trial_done);
        txn_ask(&ahead->txn, &bad, NO_PARAMS);
        txn_commit(&ahead->txn, trial_done);
        if (asked) { /* else it finds its link gone */
            assert_int_equal(trial_wait(behind, 1), STORE_OK);
            reserve(behind, 72, 1);
            txn_run(&behind->txn, trial_done);
        }
        assert_int_equal(trial_wait(ahead, 2), STORE_BROKEN);
        if (behind->outcome == STORE_OK && behind->answers == 1 && !asked) {
            reserve(behind, 72, 1);
            txn_run(&behind->txn, trial_done);
        }
        while (behind->outcome == STORE_OK)
            world->world.turn(&world->world);
        assert_int_equal(behind->outcome, STORE_AGAIN);
        assert_int_equal(trial_begin(behind), STORE_OK);
        reserve(behind, 72, 1);
        assert_int_equal(trial_commit(behind), STORE_OK);
        trial_destroy(ahead);
        trial_destroy(behind);
    }
    assert_int_equal(reserved(*state, 72), 2);
}

static void is_away_when_the_connection_is_lost_under_both(void **state)
{
    struct postgres_world *world = *state;
    struct pair pair = pair_of(world, "INSERT INTO slow VALUES (false)");

    reserve(pair.behind, 73, 1);
    txn_run(&pair.behind->txn, trial_done);
    waits_until(world, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'advisory')");
    aside_do(world->admin,
             "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE wait_event = 'advisory'");
    assert_int_equal(trial_wait(pair.ahead, 2), STORE_UNKNOWN);
    assert_int_equal(trial_wait(pair.behind, 2), STORE_AWAY);
    pair_over(&pair);
    assert_int_equal(reserved(*state, 73), 0);
}

/* By which index the prepared statement of the next transaction's connection finds a session. */
static bool finds_a_session_by_its_key(struct world *world)
{
    struct statement explain =
        sql_of("explain", "EXPLAIN EXECUTE session_mark('\\x00', false, '2026-01-01 00:00:00+00')");
    struct trial *trial = trial_create(world, TXN_WRITE, 0);
    bool found = false;

    assert_int_equal(trial_begin(trial), STORE_OK);
    struct rows *rows = txn_ask(&trial->txn, &explain, NO_PARAMS);
    assert_int_equal(trial_commit(trial), STORE_OK);
    for (size_t i = 0; i < rows_count(rows); i++)
        found = found || strstr(row_text(rows, i, "QUERY PLAN"), "session_pkey") != NULL;
    trial_destroy(trial);
    return found;
}

static void plans_of_empty_tables_are_forgotten(void **state)
{
    struct postgres_world *world = *state;
    int transactions = 0;

    aside_do(world->owner, "ALTER TABLE session SET (autovacuum_enabled = off); ANALYZE session");
    aside_do(world->admin, "SET session_replication_role = replica;"
                           " INSERT INTO session SELECT sha256(i::text::bytea), i, i, now(), now(), now(), false, NULL"
                           " FROM generate_series(1, 3000) AS i");
    while (!finds_a_session_by_its_key(&world->world))
        assert_in_range(++transactions, 1, 600);
}

static int set_up(void **state)
{
    struct postgres_world *world = world_open();

    aside_do(world->owner, slow_commit);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_asked_behind_the_commit_and_sees_what_it_did),
        cmocka_unit_test(may_be_rolled_back_before_it_has_asked),
        cmocka_unit_test(goes_on_when_the_commit_itself_fails),
        cmocka_unit_test(is_told_again_when_a_statement_ahead_fails),
        cmocka_unit_test(plans_of_empty_tables_are_forgotten),
        cmocka_unit_test(is_away_when_the_connection_is_lost_under_both),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
