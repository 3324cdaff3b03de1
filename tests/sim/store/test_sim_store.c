/* The simulated store keeps to the contract of every store, and shows what only a simulation can choose. */
#include <stdlib.h>

#include "contract.h"
#include "server/store/scripts.h"
#include "tests/sim/store/sim_store.h"

struct sim_world {
    struct world world; /* first */
    struct sim_database *database;
    struct sim_store *store, *other;
    struct instant now;
    int turns;
    int heard, again;
    int64_t heard_number;
};

/* The oldest event; when there is none, time passes until somebody has waited long enough. */
static void turn(struct world *world)
{
    struct sim_world *self = (struct sim_world *)world;
    struct instant deadline = sim_database_deadline(self->database);

    self->turns++;
    if (sim_database_pending(self->database) > 0)
        sim_database_step(self->database, 0, SIM_FINE);
    else if (deadline.us != INT64_MAX)
        sim_database_advance(self->database, self->now = deadline);
}

static bool overdue(struct world *world, bool restart)
{
    struct sim_world *self = (struct sim_world *)world;

    if (restart)
        self->turns = 0;
    return self->turns > 1000;
}

static void heard(void *user, int64_t shop_id, const char *word, int64_t number)
{
    struct sim_world *world = user;

    (void)shop_id;
    (void)word;
    world->heard++;
    world->heard_number = number;
}

static void again(void *user)
{
    ((struct sim_world *)user)->again++;
}

static int setup(void **state)
{
    struct sim_world *world = calloc(1, sizeof(*world));

    world->database = sim_database_create();
    world->store = sim_store_create(world->database, &(struct sim_store_config){ .writers = 3, .readers = 2 });
    world->other = sim_store_create(
        world->database,
        &(struct sim_store_config){ .writers = 3, .readers = 2, .heard = heard, .again = again, .user = world });
    world->world.store = sim_store_store(world->store);
    world->world.writers = 2;
    world->world.turn = turn;
    world->world.overdue = overdue;
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct sim_world *world = *state;

    sim_store_destroy(world->store);
    sim_store_destroy(world->other);
    sim_database_destroy(world->database);
    free(world);
    return 0;
}

/* Makes what this transaction waits for happen. */
static void step(struct sim_world *world, const struct trial *trial, enum sim_event_kind kind, enum sim_fate fate)
{
    for (size_t i = 0; i < sim_database_pending(world->database); i++) {
        struct sim_event event = sim_database_event(world->database, i);
        if (event.txn == &trial->txn && event.kind == kind) {
            sim_database_step(world->database, i, fate);
            return;
        }
    }
    fail_msg("no such event");
}

static struct trial *begun(struct sim_world *world, struct sim_store *store)
{
    struct trial *trial = trial_create(&world->world, TXN_WRITE, 0);

    txn_begin(sim_store_store(store), &trial->txn, trial_done);
    step(world, trial, SIM_LEND, SIM_FINE);
    assert_int_equal(trial->outcome, STORE_OK);
    return trial;
}

static void commits(struct sim_world *world, struct trial *trial, enum sim_fate work, enum sim_fate answer)
{
    txn_commit(&trial->txn, trial_done);
    step(world, trial, SIM_WORK, work);
    step(world, trial, SIM_ANSWER, answer);
}

static void a_connection_lost_before_the_work_has_done_nothing(void **state)
{
    struct sim_world *world = *state;
    struct trial *trial = begun(world, world->store);

    reserve(trial, 20, 5);
    txn_run(&trial->txn, trial_done);
    step(world, trial, SIM_WORK, SIM_LOST);
    step(world, trial, SIM_ANSWER, SIM_FINE);
    assert_int_equal(trial->outcome, STORE_AWAY);
    trial_begin(trial);
    reserve(trial, 20, 5);
    commits(world, trial, SIM_LOST, SIM_FINE);
    assert_int_equal(trial->outcome, STORE_UNKNOWN);
    trial_destroy(trial);
    assert_int_equal(reserved(&world->world, 20), 0);
}

static void an_answer_lost_leaves_it_unknown_and_committed(void **state)
{
    struct sim_world *world = *state;
    struct trial *trial = begun(world, world->store);

    reserve(trial, 21, 5);
    commits(world, trial, SIM_FINE, SIM_LOST);
    assert_int_equal(trial->outcome, STORE_UNKNOWN);
    trial_destroy(trial);
    assert_int_equal(reserved(&world->world, 21), 5);
}

static void a_run_given_up_may_be_tried_again(void **state)
{
    struct sim_world *world = *state;
    struct trial *trial = begun(world, world->store);

    reserve(trial, 22, 5);
    commits(world, trial, SIM_AGAIN, SIM_FINE);
    assert_int_equal(trial->outcome, STORE_AGAIN);
    trial_begin(trial);
    reserve(trial, 22, 5);
    commits(world, trial, SIM_FINE, SIM_FINE);
    assert_int_equal(trial->outcome, STORE_OK);
    trial_destroy(trial);
    assert_int_equal(reserved(&world->world, 22), 5);
}

/* ---- behind a COMMIT ---- */

static bool has_event(struct sim_world *world, const struct trial *trial, enum sim_event_kind kind)
{
    for (size_t i = 0; i < sim_database_pending(world->database); i++) {
        struct sim_event event = sim_database_event(world->database, i);
        if (event.txn == &trial->txn && event.kind == kind)
            return true;
    }
    return false;
}

/* Two of one lane: the first has asked for COMMIT, the second was lent the connection behind it. */
static void follow(struct sim_world *world, struct trial **first, struct trial **second, int64_t node, int64_t count)
{
    *first = trial_create(&world->world, TXN_WRITE, 5);
    *second = trial_create(&world->world, TXN_WRITE, 5);
    trial_begin(*first);
    txn_begin(world->world.store, &(*second)->txn, trial_done);
    assert_false(has_event(world, *second, SIM_LEND));
    reserve(*first, node, count);
    txn_commit(&(*first)->txn, trial_done);
    step(world, *second, SIM_LEND, SIM_FINE);
    assert_int_equal((*second)->outcome, STORE_OK);
}

static void the_next_of_a_lane_goes_behind_the_commit_of_the_one_before(void **state)
{
    struct sim_world *world = *state;
    struct trial *first, *second;

    follow(world, &first, &second, 40, 5);
    struct rows *rows = reserve(second, 40, 7);
    txn_commit(&second->txn, trial_done);
    assert_false(has_event(world, second, SIM_WORK));
    step(world, first, SIM_WORK, SIM_FINE);
    step(world, second, SIM_WORK, SIM_FINE);
    assert_false(has_event(world, second, SIM_ANSWER));
    step(world, first, SIM_ANSWER, SIM_FINE);
    step(world, second, SIM_ANSWER, SIM_FINE);
    assert_int_equal(first->outcome, STORE_OK);
    assert_int_equal(second->outcome, STORE_OK);
    assert_int_equal(row_int(rows, 0, "first"), 6);
    trial_destroy(first);
    trial_destroy(second);
    assert_int_equal(reserved(&world->world, 40), 12);
}

static void what_went_behind_a_commit_that_fails_is_tried_again(void **state)
{
    struct sim_world *world = *state;
    struct trial *first, *second;

    follow(world, &first, &second, 41, INT64_C(1) << 50);
    reserve(second, 41, 7);
    txn_run(&second->txn, trial_done);
    step(world, first, SIM_WORK, SIM_FINE);
    step(world, first, SIM_ANSWER, SIM_FINE);
    assert_int_equal(first->outcome, STORE_BROKEN);
    assert_int_equal(trial_wait(second, 2), STORE_AGAIN);
    trial_destroy(first);
    trial_destroy(second);
    follow(world, &first, &second, 41, INT64_C(1) << 50);
    assert_int_equal(trial_wait(first, 2), STORE_BROKEN); /* before the second has sent anything */
    assert_int_equal(trial_run(second), STORE_AGAIN);
    trial_begin(second);
    reserve(second, 41, 7);
    assert_int_equal(trial_commit(second), STORE_OK);
    trial_destroy(first);
    trial_destroy(second);
    assert_int_equal(reserved(&world->world, 41), 7);
}

static void a_connection_is_lost_to_all_that_goes_over_it(void **state)
{
    struct sim_world *world = *state;
    struct trial *first, *second;

    follow(world, &first, &second, 42, 5);
    reserve(second, 42, 7);
    txn_commit(&second->txn, trial_done);
    step(world, first, SIM_WORK, SIM_FINE);
    step(world, second, SIM_WORK, SIM_LOST);
    assert_int_equal(trial_wait(first, 2), STORE_UNKNOWN); /* its answer had not come */
    assert_int_equal(trial_wait(second, 2), STORE_UNKNOWN);
    trial_destroy(first);
    trial_destroy(second);
    assert_int_equal(reserved(&world->world, 42), 5);
}

static void a_lock_is_waited_for_and_what_it_guards_is_seen_as_it_was_left(void **state)
{
    struct sim_world *world = *state;
    struct trial *first = begun(world, world->store), *second = begun(world, world->other);

    reserve(first, 23, 5);
    txn_run(&first->txn, trial_done);
    step(world, first, SIM_WORK, SIM_FINE);
    step(world, first, SIM_ANSWER, SIM_FINE);
    struct rows *rows = reserve(second, 23, 7);
    txn_run(&second->txn, trial_done);
    step(world, second, SIM_WORK, SIM_FINE);
    assert_int_equal(second->answers, 1); /* blocked: no event of it */
    commits(world, first, SIM_FINE, SIM_FINE);
    step(world, second, SIM_WORK, SIM_FINE);
    step(world, second, SIM_ANSWER, SIM_FINE);
    assert_int_equal(row_int(rows, 0, "first"), 6);
    commits(world, second, SIM_FINE, SIM_FINE);
    trial_destroy(first);
    trial_destroy(second);
    assert_int_equal(reserved(&world->world, 23), 12);
}

static void a_deadlock_ends_the_one_that_closes_it(void **state)
{
    struct sim_world *world = *state;
    struct trial *first = begun(world, world->store), *second = begun(world, world->other);

    reserve(first, 24, 1);
    trial_run(first);
    reserve(second, 25, 1);
    trial_run(second);
    reserve(first, 25, 1);
    txn_run(&first->txn, trial_done);
    step(world, first, SIM_WORK, SIM_FINE);
    reserve(second, 24, 1);
    assert_int_equal(trial_run(second), STORE_AGAIN);
    assert_int_equal(strncmp(second->txn.problem, "40P01", 5), 0);
    assert_int_equal(trial_wait(first, 3), STORE_OK);
    assert_int_equal(trial_commit(first), STORE_OK);
    trial_destroy(first);
    trial_destroy(second);
    assert_int_equal(reserved(&world->world, 24), 1);
    assert_int_equal(reserved(&world->world, 25), 1);
}

static void a_lock_that_takes_too_long_is_given_up(void **state)
{
    struct sim_world *world = *state;
    struct trial *first = begun(world, world->store), *second = begun(world, world->other);

    reserve(first, 26, 1);
    trial_run(first);
    reserve(second, 26, 1);
    assert_int_equal(trial_run(second), STORE_AGAIN); /* turn() lets time pass */
    assert_int_equal(strncmp(second->txn.problem, "55P03", 5), 0);
    txn_rollback(&first->txn);
    trial_destroy(first);
    trial_destroy(second);
    assert_int_equal(reserved(&world->world, 26), 0);
}

static void a_process_that_crashes_leaves_what_was_committed(void **state)
{
    struct sim_world *world = *state;
    struct sim_store *third = sim_store_create(world->database, &(struct sim_store_config){ 0 });
    struct trial *done = begun(world, third), *sent = begun(world, third), *lent = begun(world, third);

    reserve(done, 27, 1);
    txn_commit(&done->txn, trial_done);
    step(world, done, SIM_WORK, SIM_FINE);
    reserve(sent, 28, 1);
    txn_commit(&sent->txn, trial_done);
    reserve(lent, 29, 1);
    txn_run(&lent->txn, trial_done);
    step(world, lent, SIM_WORK, SIM_FINE);
    sim_store_destroy(third);
    assert_int_equal(done->answers + sent->answers + lent->answers, 3); /* of begin alone */
    trial_destroy(done);
    trial_destroy(sent);
    trial_destroy(lent);
    assert_int_equal(reserved(&world->world, 27), 1);
    assert_int_equal(reserved(&world->world, 28), 0);
    assert_int_equal(reserved(&world->world, 29), 0);
}

static void the_database_may_crash_and_come_back(void **state)
{
    struct sim_world *world = *state;
    struct trial *lent = begun(world, world->store), *sent = begun(world, world->other);

    reserve(lent, 30, 1);
    trial_run(lent);
    reserve(sent, 31, 1);
    txn_commit(&sent->txn, trial_done);
    sim_database_crash(world->database);
    assert_int_equal(trial_wait(sent, 2), STORE_UNKNOWN);
    reserve(lent, 30, 1);
    assert_int_equal(trial_commit(lent), STORE_AWAY);
    lent->txn.wait_ms = 50;
    assert_int_equal(trial_begin(lent), STORE_AWAY);
    sim_database_restart(world->database);
    assert_int_equal(trial_begin(lent), STORE_OK);
    txn_rollback(&lent->txn);
    trial_destroy(lent);
    trial_destroy(sent);
    assert_int_equal(reserved(&world->world, 30), 0);
    assert_int_equal(reserved(&world->world, 31), 0);
}

static void news_come_with_the_commit_and_after_listening(void **state)
{
    struct sim_world *world = *state;
    struct trial *trial = begun(world, world->store);

    while (world->again == 0)
        turn(&world->world);
    txn_ask(&trial->txn, &sql_tell, PARAMS(PARAM_TEXT("7:session:12")));
    assert_int_equal(trial_run(trial), STORE_OK);
    assert_int_equal(sim_database_pending(world->database), 0);
    assert_int_equal(trial_commit(trial), STORE_OK);
    turn(&world->world);
    assert_int_equal(world->heard, 1);
    assert_int_equal(world->heard_number, 12);
    int listened = world->again;
    trial_begin(trial);
    txn_ask(&trial->txn, &sql_tell, PARAMS(PARAM_TEXT("7:session:13")));
    commits(world, trial, SIM_FINE, SIM_FINE);
    assert_int_equal(sim_database_event(world->database, 0).kind, SIM_NOTICE);
    sim_database_step(world->database, 0, SIM_LOST);
    turn(&world->world);
    assert_int_equal(world->heard, 1);
    assert_int_equal(world->again, listened + 1);
    trial_destroy(trial);
}

static void a_snapshot_does_not_move(void **state)
{
    struct sim_world *world = *state;
    struct trial *trial = trial_create(&world->world, TXN_SNAPSHOT, 0), *writer = begun(world, world->store);
    struct rows *before, *after;

    trial_begin(trial);
    before = txn_ask(&trial->txn, &sql_init_shops, NO_PARAMS);
    trial_run(trial);
    txn_ask(&writer->txn, &sql_init_shop, PARAMS(PARAM_INT(1)));
    assert_int_equal(trial_commit(writer), STORE_OK);
    after = txn_ask(&trial->txn, &sql_init_shops, NO_PARAMS);
    trial_commit(trial);
    assert_int_equal(row_int(before, 0, "count"), 0);
    assert_int_equal(row_int(after, 0, "count"), 0);
    trial_begin(trial);
    after = txn_ask(&trial->txn, &sql_init_shops, NO_PARAMS);
    trial_commit(trial);
    assert_int_equal(row_int(after, 0, "count"), 1);
    trial_destroy(trial);
    trial_destroy(writer);
}

static void every_statement_of_the_product_is_known(void **state)
{
    size_t unknown = 0;

    (void)state;
    for (size_t i = 0; i < statement_count; i++)
        if (!sim_store_knows(statements[i])) {
            print_error("tests/sim/store/ does not know %s\n", statements[i]->name);
            unknown++;
        }
    assert_int_equal(unknown, 0);
}

/* Each by its name in db/checks/, asked as check_run asks. */
static void every_check_is_known_and_holds_for_an_empty_shop(void **state)
{
    struct sim_world *world = *state;
    struct trial *trial = trial_create(&world->world, TXN_CHECK, 0);

    assert_int_equal(sim_database_check(world->database, 0, NULL, NULL), 0);
    assert_true(checks_count > 30);
    trial_begin(trial);
    for (size_t i = 0; i < checks_count; i++) {
        struct statement check = { .name = checks[i].name, .sql = checks[i].sql, .index = -1 };
        struct rows *rows = txn_ask(&trial->txn, &check, NO_PARAMS);
        assert_int_equal(trial_run(trial), STORE_OK);
        assert_int_equal(rows_count(rows), 0);
    }
    assert_int_equal(trial_commit(trial), STORE_OK);
    trial_destroy(trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONTRACT_CASES,
        cmocka_unit_test(a_connection_lost_before_the_work_has_done_nothing),
        cmocka_unit_test(an_answer_lost_leaves_it_unknown_and_committed),
        cmocka_unit_test(a_run_given_up_may_be_tried_again),
        cmocka_unit_test(the_next_of_a_lane_goes_behind_the_commit_of_the_one_before),
        cmocka_unit_test(what_went_behind_a_commit_that_fails_is_tried_again),
        cmocka_unit_test(a_connection_is_lost_to_all_that_goes_over_it),
        cmocka_unit_test(a_lock_is_waited_for_and_what_it_guards_is_seen_as_it_was_left),
        cmocka_unit_test(a_deadlock_ends_the_one_that_closes_it),
        cmocka_unit_test(a_lock_that_takes_too_long_is_given_up),
        cmocka_unit_test(a_process_that_crashes_leaves_what_was_committed),
        cmocka_unit_test(the_database_may_crash_and_come_back),
        cmocka_unit_test(news_come_with_the_commit_and_after_listening),
        cmocka_unit_test(a_snapshot_does_not_move),
        cmocka_unit_test(every_statement_of_the_product_is_known),
        cmocka_unit_test(every_check_is_known_and_holds_for_an_empty_shop),
    };
    struct CMUnitTest each[sizeof(tests) / sizeof(*tests)];

    memcpy(each, tests, sizeof(tests));
    for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
        each[i].setup_func = setup;
        each[i].teardown_func = teardown;
    }
    return cmocka_run_group_tests(each, NULL, NULL);
}
