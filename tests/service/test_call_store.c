/* Commands of several stages when the store is in trouble: tried again, looked up, or told to try again; never carried
 * out twice. */
#include "told_ops.h"

static void a_deadlock_is_tried_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "hello_seen", STORE_AGAIN, NULL);
    world_mishap(f->world, "COMMIT", STORE_AGAIN, NULL);
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), 0);
    assert_int_equal(told.runs, 3);
    assert_int_equal(f->world->kept_count, 1);
}

static void five_deadlocks_are_enough(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 5; i++)
        world_mishap(f->world, "COMMIT", STORE_AGAIN, NULL);
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 0);
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), 0);
}

static void without_a_database_the_answer_is_try_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "BEGIN", STORE_AWAY, NULL);
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), CODE(TRY_AGAIN));
    world_mishap(f->world, "device_lock", STORE_AWAY, NULL);
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), CODE(TRY_AGAIN));
    world_mishap(f->world, "hello_seen", STORE_AWAY, NULL);
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), CODE(TRY_AGAIN));
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), 0);
    assert_int_equal(f->world->kept_count, 1);
}

static void an_unknown_outcome_that_was_committed_is_found_and_answered(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "COMMIT", STORE_UNKNOWN, NULL);
    f->world->mishaps[0].committed = true;
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), 0);
    assert_int_equal(told.runs, 1);
    assert_int_equal(f->world->kept_count, 1);
    assert_int_equal(f->world->heads[0].number, 1);
}

static void an_unknown_outcome_that_was_not_is_carried_out(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "COMMIT", STORE_UNKNOWN, NULL);
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), 0);
    assert_int_equal(told.runs, 2);
    assert_int_equal(f->world->kept_count, 1);
    assert_int_equal(f->world->heads[0].number, 1);
}

static void an_unknown_outcome_of_a_kept_refusal_is_looked_up_too(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "COMMIT", STORE_UNKNOWN, NULL);
    f->world->mishaps[0].committed = true;
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, REFUSE_AFTER), CODE(TOTAL_DIFFERS));
    assert_int_equal(f->world->kept_count, 1);
}

static void a_constraint_that_keeps_breaking_is_a_fault_and_kept(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 3; i++)
        world_mishap(f->world, "hello_seen", STORE_BROKEN, "23514 hello_seen money_check");
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), CODE(FAULT));
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), CODE(FAULT));
    assert_int_equal(f->world->kept_count, 1);
}

static void a_race_that_broke_once_is_tried_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "hello_seen", STORE_BROKEN, "23505 hello_seen device_pkey");
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), 0);
}

static void a_database_that_others_may_mend_is_no_fault(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 3; i++)
        world_mishap(f->world, "hello_seen", STORE_BROKEN, "42501 hello_seen");
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 0);
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(a_deadlock_is_tried_again),
        SENTENCE(five_deadlocks_are_enough),
        SENTENCE(without_a_database_the_answer_is_try_again),
        SENTENCE(an_unknown_outcome_that_was_committed_is_found_and_answered),
        SENTENCE(an_unknown_outcome_that_was_not_is_carried_out),
        SENTENCE(an_unknown_outcome_of_a_kept_refusal_is_looked_up_too),
        SENTENCE(a_constraint_that_keeps_breaking_is_a_fault_and_kept),
        SENTENCE(a_race_that_broke_once_is_tried_again),
        SENTENCE(a_database_that_others_may_mend_is_no_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
