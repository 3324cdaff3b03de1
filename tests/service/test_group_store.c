/* Groups in trouble: the store breaks, forgets or is away; memory is older than the database; a command kills. A bad
 * command fails alone, and nobody is answered what is not so. */
#include "group_ops.h"

#include <string.h>

static int count_of(const char *text, const char *word)
{
    int count = 0;

    for (const char *at = text; (at = strstr(at, word)); at++)
        count++;
    return count;
}

/* ---- the store's troubles -----------------------------------------------------------------------------------------*/

static void a_constraint_takes_the_group_apart_and_the_bad_one_fails_alone(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    /* the group breaks; then, one by one, the second again */
    world_mishap(f->world, "hello_seen", STORE_BROKEN, "23514 sale money_check");
    world_mishap(f->world, "hello_seen", STORE_OK, NULL);
    world_mishap(f->world, "hello_seen", STORE_BROKEN, "23514 sale money_check");
    for (unsigned i = 0; i < TILLS; i++)
        ids[i] = peer_ask_number(f->till[i], OP_SELL, i + 1, PLAIN);
    world_settle(f->world);
    assert_int_equal(f->world->kept_count, TILLS);
    for (unsigned i = 0; i < TILLS; i++)
        assert_int_equal(code_at(f->till[i], ids[i]), i == 1 ? CODE(FAULT) : 0);
    assert_int_equal(f->world->journal_count, TILLS - 1);
}

static void a_broken_group_of_one_is_tried_once_more(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "hello_seen", STORE_BROKEN, "23505 sale");
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, PLAIN), 0);
    assert_int_equal(grouped.decided, 2);
}

static void what_others_may_mend_is_no_fault(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "hello_seen", STORE_BROKEN, "42501 sale");
    world_mishap(f->world, "hello_seen", STORE_BROKEN, "42501 sale");
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, PLAIN), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 0);
}

static void a_deadlock_is_tried_again_five_times(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 4; i++)
        world_mishap(f->world, "group_devices", STORE_AGAIN, NULL);
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, PLAIN), 0);
    for (int i = 0; i < 5; i++)
        world_mishap(f->world, "COMMIT", STORE_AGAIN, NULL);
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 2, PLAIN), CODE(TRY_AGAIN));
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 2, PLAIN), 0);
}

static void an_unknown_outcome_is_looked_up_before_anybody_is_answered(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    world_mishap(f->world, "COMMIT", STORE_UNKNOWN, NULL);
    f->world->mishaps[0].committed = true;
    for (unsigned i = 0; i < TILLS; i++)
        ids[i] = peer_ask_number(f->till[i], OP_SELL, i + 1, i == 2 ? REFUSE : PLAIN);
    world_settle(f->world);
    for (unsigned i = 0; i < TILLS; i++)
        assert_int_equal(code_at(f->till[i], ids[i]), i == 2 ? CODE(STOCK_SHORT) : 0);
    assert_int_equal(grouped.decided, TILLS);
    assert_int_equal(f->world->kept_count, TILLS);

    world_mishap(f->world, "COMMIT", STORE_UNKNOWN, NULL);
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 77, PLAIN), 0);
    assert_int_equal(grouped.decided, TILLS + 2);
    assert_int_equal(f->world->kept_count, TILLS + 1);
    assert_int_equal(count_of(f->world->log, "COMMIT"), 3);
}

static void without_a_database_all_that_waits_is_told_to_try_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "BEGIN", STORE_AWAY, NULL);
    uint64_t one = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);
    uint64_t two = peer_ask_number(f->till[1], OP_SELL, 2, PLAIN);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], one), CODE(TRY_AGAIN));
    assert_int_equal(code_at(f->till[1], two), CODE(TRY_AGAIN));
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, PLAIN), 0);
}

/* ---- the catalogue ------------------------------------------------------------------------------------------------*/

static void a_group_waits_until_memory_is_as_new_as_the_database(void **state)
{
    struct fixture *f = *state;

    f->world->stored_version = VERSION + 1;
    uint64_t id = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);
    world_settle(f->world);
    assert_int_equal(f->world->wanted_version, VERSION + 1);
    assert_null(peer_reply_to(f->till[0], id));
    assert_int_equal(grouped.decided, 0);
    driver_catalogue_changed(f->world->driver, SHOP + 1);
    catalogue_seal(f->world->catalogue, VERSION + 1, 5);
    driver_catalogue_changed(f->world->driver, SHOP);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], id), 0);
}

static void but_not_for_ever(void **state)
{
    struct fixture *f = *state;

    f->world->stored_version = VERSION + 1;
    uint64_t id = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);
    world_pass(f->world, 6000);
    assert_int_equal(code_at(f->till[0], id), CODE(TRY_AGAIN));
}

static void a_kind_may_find_the_catalogue_too_old(void **state)
{
    struct fixture *f = *state;

    grouped.again = 1;
    uint64_t id = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);
    world_settle(f->world);
    assert_null(peer_reply_to(f->till[0], id));
    driver_catalogue_changed(f->world->driver, 0);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], id), 0);
    assert_int_equal(grouped.fills, 2);
}

/* It is no failure of theirs: nobody is put alone, nothing is decided, and each is answered in the end. */
static void a_kind_that_misses_a_row_begins_anew(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    grouped.missing = 7;
    for (unsigned i = 0; i < TILLS; i++)
        ids[i] = peer_ask_number(f->till[i], OP_SELL, i + 1, PLAIN);
    world_settle(f->world);
    for (unsigned i = 0; i < TILLS; i++)
        assert_int_equal(code_at(f->till[i], ids[i]), 0);
    assert_int_equal(grouped.decided, TILLS);
    assert_true(grouped.fills > 7);
    assert_int_equal(grouped.misses, 7); /* and whoever looks for it knows how often */
}

/* It may have a row of its own to miss. */
static void who_comes_when_others_missed_a_row_has_missed_none(void **state)
{
    struct fixture *f = *state;

    grouped.missing = 2;
    uint64_t first = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);
    f->world->hold = true;
    world_pass(f->world, 1);
    uint64_t later = peer_ask_number(f->till[1], OP_SELL, 2, PLAIN);
    world_pass(f->world, 1);
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], first), 0);
    assert_int_equal(code_at(f->till[1], later), 0);
    assert_int_equal(grouped.misses, 2);
    assert_int_equal(grouped.misses_now, 0);
    assert_string_equal(grouped.order, "1 2 ");
}

/* ---- commands that kill -------------------------------------------------------------------------------------------*/

static void a_suspect_goes_alone_and_after_two_crashes_nowhere(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[TILLS];

    memcpy(f->world->killer, command(2), 16);
    f->world->killer_crashes = 1;
    for (unsigned i = 0; i < TILLS; i++)
        ids[i] = peer_ask_number(f->till[i], OP_SELL, i + 1, PLAIN);
    world_settle(f->world);
    assert_int_equal(driver_counts(f->world->driver)->groups, 3);
    for (unsigned i = 0; i < TILLS; i++)
        assert_int_equal(code_at(f->till[i], ids[i]), 0);

    memcpy(f->world->killer, command(9), 16);
    f->world->killer_crashes = 2;
    int decided = grouped.decided;
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 9, PLAIN), CODE(FAULT));
    assert_int_equal(grouped.decided, decided);
    f->world->killer_crashes = 0;
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 9, PLAIN), CODE(FAULT));
}

static void what_breaks_without_a_reason_may_be_asked_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "hello_seen", STORE_BROKEN, NULL);
    world_mishap(f->world, "hello_seen", STORE_BROKEN, NULL);
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, PLAIN), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 0);
}

static void a_fault_that_cannot_be_kept_may_be_asked_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "hello_seen", STORE_BROKEN, "23514 sale money_check");
    world_mishap(f->world, "hello_seen", STORE_BROKEN, "23514 sale money_check");
    world_mishap(f->world, "command_keep", STORE_BROKEN, "23505 command_pkey");
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, PLAIN), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 0);
    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, PLAIN), 0);
}

static void a_group_whose_catalogue_is_gone_waits_for_it(void **state)
{
    struct fixture *f = *state;

    f->world->hold = true;
    uint64_t id = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);
    f->world->no_catalogue = true;
    f->world->hold = false;
    world_settle(f->world);
    assert_null(peer_reply_to(f->till[0], id));
    f->world->no_catalogue = false;
    driver_catalogue_changed(f->world->driver, SHOP);
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], id), 0);
}

static void keys_may_say_not_now(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->till[0], OP_SELL, 1, AGAIN_KEYS), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 0);
}

static void an_id_on_its_way_with_the_same_body_and_another_op_is_refused(void **state)
{
    struct fixture *f = *state;

    f->world->hold = true;
    uint64_t first = peer_ask_number(f->till[0], OP_SELL, 1, PLAIN);
    uint64_t second = peer_ask_number(f->till[0], OP_OTHER, 1, PLAIN);
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(code_at(f->till[0], first), 0);
    assert_int_equal(code_at(f->till[0], second), CODE(COMMAND_REUSED));
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(a_constraint_takes_the_group_apart_and_the_bad_one_fails_alone),
        SENTENCE(a_broken_group_of_one_is_tried_once_more),
        SENTENCE(what_others_may_mend_is_no_fault),
        SENTENCE(a_deadlock_is_tried_again_five_times),
        SENTENCE(an_unknown_outcome_is_looked_up_before_anybody_is_answered),
        SENTENCE(without_a_database_all_that_waits_is_told_to_try_again),
        SENTENCE(a_group_waits_until_memory_is_as_new_as_the_database),
        SENTENCE(but_not_for_ever),
        SENTENCE(a_kind_may_find_the_catalogue_too_old),
        SENTENCE(a_kind_that_misses_a_row_begins_anew),
        SENTENCE(who_comes_when_others_missed_a_row_has_missed_none),
        SENTENCE(a_suspect_goes_alone_and_after_two_crashes_nowhere),
        SENTENCE(what_breaks_without_a_reason_may_be_asked_again),
        SENTENCE(a_fault_that_cannot_be_kept_may_be_asked_again),
        SENTENCE(a_group_whose_catalogue_is_gone_waits_for_it),
        SENTENCE(keys_may_say_not_now),
        SENTENCE(an_id_on_its_way_with_the_same_body_and_another_op_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
