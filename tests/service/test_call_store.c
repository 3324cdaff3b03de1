/* Commands of several stages when the store is in trouble: tried again, looked up, or told to try again; never carried
 * out twice. */
#include <string.h>

#include "told_ops.h"
#include "world_store.h"

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

/* ---- a catalogue in memory that is older than the database's ------------------------------------------------------ */

#define READ_RUNS 2 /* of its first stage: it asks, and is run again with a connection */

static void hear(struct fixture *f, uint64_t version)
{
    catalogue_seal(f->world->catalogue, version, 5);
    driver_catalogue_changed(f->world->driver, SHOP);
    world_settle(f->world);
}

/* In either way it is decided once, by what memory has then. */
static void waits_for_memory(struct fixture *f, int64_t how, int code)
{
    f->world->stored_version = VERSION + 1;
    uint64_t id = peer_ask_number(f->p, OP_CHANGE, 1, how);
    world_settle(f->world);
    assert_string_equal(f->world->log, "BEGIN " LOCKS "ROLLBACK ");
    assert_int_equal(f->world->wanted_version, VERSION + 1);
    driver_catalogue_changed(f->world->driver, SHOP); /* something older */
    driver_catalogue_changed(f->world->driver, SHOP + 1);
    world_settle(f->world);
    assert_null(peer_reply_to(f->p, id));
    assert_int_equal(told.runs, 0);
    hear(f, VERSION + 1);
    assert_int_equal(code_at(f->p, id), code);
    assert_int_equal(told.runs, 1);
    assert_int_equal(f->world->kept_count, 1);
}

static void a_command_waits_until_memory_is_as_new_as_the_database(void **state)
{
    waits_for_memory(*state, PLAIN, 0);
}

static void one_that_is_refused_by_its_rows_waits_likewise(void **state)
{
    waits_for_memory(*state, REFUSE_BEFORE, CODE(SHIFT_ALREADY_OPEN));
}

static void one_that_is_refused_by_the_catalogue_waits_likewise(void **state)
{
    waits_for_memory(*state, REFUSE_AFTER, CODE(TOTAL_DIFFERS));
}

/* Whoever goes on changing it keeps nobody waiting. */
static void what_is_changed_while_a_command_waits_is_not_waited_for(void **state)
{
    struct fixture *f = *state;

    f->world->stored_version = VERSION + 1;
    uint64_t id = peer_ask_number(f->p, OP_CHANGE, 1, PLAIN);
    world_settle(f->world);
    f->world->stored_version = VERSION + 2;
    hear(f, VERSION + 1);
    assert_int_equal(code_at(f->p, id), 0);
}

static void by_a_catalogue_that_stays_old_commands_go_well_and_no_refusal_is_kept(void **state)
{
    struct fixture *f = *state;

    f->world->stored_version = VERSION + 1;
    uint64_t good = peer_ask_number(f->p, OP_CHANGE, 1, PLAIN);
    world_pass(f->world, 4900);
    assert_null(peer_reply_to(f->p, good));
    world_pass(f->world, 200);
    assert_int_equal(code_at(f->p, good), 0);
    uint64_t bad = peer_ask_number(f->p, OP_CHANGE, 2, REFUSE_BEFORE);
    world_pass(f->world, 5100);
    assert_int_equal(code_at(f->p, bad), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 1);
    hear(f, VERSION + 1);
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 2, REFUSE_BEFORE), CODE(SHIFT_ALREADY_OPEN));
}

/* One behind the other, they would wait a time each. */
static void memory_that_stays_old_is_waited_for_once_by_all(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[3];

    f->world->stored_version = VERSION + 1;
    for (unsigned i = 0; i < 3; i++)
        ids[i] = peer_ask_number(f->p, OP_CHANGE, i + 1, i < 2 ? PLAIN : REFUSE_BEFORE);
    uint64_t read = peer_ask_number(f->p, OP_READ, 0, REFUSE_AFTER);
    world_pass(f->world, 4900);
    assert_null(peer_reply_to(f->p, ids[0]));
    world_pass(f->world, 200);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(code_at(f->p, ids[i]), i < 2 ? 0 : CODE(TRY_AGAIN));
    assert_int_equal(code_at(f->p, read), CODE(UNKNOWN_PRODUCT));
    f->world->stored_version = VERSION + 2; /* it moves, and is behind again */
    hear(f, VERSION + 1);
    uint64_t next = peer_ask_number(f->p, OP_CHANGE, 4, PLAIN);
    world_pass(f->world, 4900);
    assert_null(peer_reply_to(f->p, next));
    hear(f, VERSION + 2);
    assert_int_equal(code_at(f->p, next), 0);
}

static void a_refused_read_is_decided_anew_by_what_the_database_has(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_READ, 0, REFUSE_AFTER), CODE(UNKNOWN_PRODUCT));
    assert_string_equal(f->world->log, "BEGIN hello_device ROLLBACK BEGIN catalogue_head_of ROLLBACK ");
    f->world->stored_version = VERSION + 1;
    uint64_t id = peer_ask_number(f->p, OP_READ, 0, REFUSE_AFTER);
    world_settle(f->world);
    assert_null(peer_reply_to(f->p, id));
    assert_int_equal(code_of_number(f->p, OP_READ, 0, PLAIN), 0); /* what is not refused does not wait */
    int runs = told.runs;
    hear(f, VERSION + 1);
    assert_int_equal(code_at(f->p, id), CODE(UNKNOWN_PRODUCT));
    assert_int_equal(told.runs, runs + READ_RUNS);
}

/* Memory heard of it while the database was asked. */
static void a_refused_read_need_not_wait_for_what_is_there(void **state)
{
    struct fixture *f = *state;

    uint64_t id = peer_ask_number(f->p, OP_READ, 0, REFUSE_AFTER);
    while (!strstr(f->world->log, "ROLLBACK BEGIN"))
        assert_true(world_event(f->world));
    assert_int_equal(told.runs, READ_RUNS);
    f->world->stored_version = VERSION + 1;
    hear(f, VERSION + 1);
    assert_int_equal(code_at(f->p, id), CODE(UNKNOWN_PRODUCT));
    assert_int_equal(told.runs, 2 * READ_RUNS);
    assert_int_equal(f->world->wanted_version, 0);
}

static void a_read_is_refused_all_the_same_where_nobody_says_more(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < 3; i++) {
        world_forget_log(f->world);
        f->world->mishap_count = f->world->mishap_next = 0;
        if (i == 0)
            world_mishap(f->world, "BEGIN", STORE_OK, NULL); /* the read's own */
        if (i < 2)
            world_mishap(f->world, i == 0 ? "BEGIN" : "catalogue_head_of", STORE_AWAY, NULL);
        else
            f->world->stored_version = VERSION + 1;
        uint64_t id = peer_ask_number(f->p, OP_READ, 0, REFUSE_AFTER);
        world_settle(f->world);
        assert_int_equal(peer_reply_to(f->p, id) != NULL, i < 2);
        world_pass(f->world, 5100);
        assert_int_equal(code_at(f->p, id), CODE(UNKNOWN_PRODUCT));
    }
    assert_int_equal(told.runs, 3 * READ_RUNS);
}

static void a_refused_read_that_nobody_waits_for_is_dropped(void **state)
{
    struct fixture *f = *state;
    struct test_peer *other = peer_create(f->world);

    peer_sign_in(other, DEVICE);
    f->world->stored_version = VERSION + 1;
    peer_ask_number(other, OP_READ, 0, REFUSE_AFTER);
    world_settle(f->world);
    assert_int_equal(driver_in_flight(f->world->driver), 1);
    peer_gone(other);
    hear(f, VERSION + 1);
    assert_int_equal(driver_in_flight(f->world->driver), 0);
    assert_int_equal(told.runs, READ_RUNS);
    peer_destroy(other);
}

static unsigned looks(const struct fixture *f)
{
    unsigned count = 0;

    for (const char *at = f->world->log; (at = strstr(at, "catalogue_head_of ")); at++)
        count++;
    return count;
}

/* The look that is on its way tells those who came before it was sent; one more tells all others. */
static void reads_that_are_refused_at_once_ask_once(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[6];

    ids[0] = peer_ask_number(f->p, OP_READ, 0, REFUSE_BEFORE);
    while (!strstr(f->world->log, "BEGIN"))
        assert_true(world_event(f->world));
    for (size_t i = 1; i < 6; i++)
        ids[i] = peer_ask_number(f->p, OP_READ, 0, REFUSE_BEFORE);
    f->world->hold = true;
    world_settle(f->world);
    assert_null(peer_reply_to(f->p, ids[5]));
    f->world->hold = false;
    f->world->stored_version = VERSION + 1;
    world_settle(f->world);
    assert_int_equal(looks(f), 2);
    for (size_t i = 0; i < 6; i++)
        assert_null(peer_reply_to(f->p, ids[i])); /* all wait for memory */
    hear(f, VERSION + 1);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(code_at(f->p, ids[i]), CODE(UNKNOWN_PRODUCT));
    assert_int_equal(told.runs, 2 * 6);
}

/* It has no second one while the first is on its way, and none is owed to those who went. */
static void a_look_that_does_not_come_back_is_waited_for_for_a_second(void **state)
{
    struct fixture *f = *state;

    f->world->hold = true;
    for (unsigned i = 0; i < 3; i++) {
        uint64_t id = peer_ask_number(f->p, OP_READ, 0, REFUSE_BEFORE);
        world_pass(f->world, 900);
        assert_null(peer_reply_to(f->p, id));
        world_pass(f->world, 200);
        assert_int_equal(code_at(f->p, id), CODE(UNKNOWN_PRODUCT));
    }
    assert_int_equal(f->world->most_transactions, 1);
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(looks(f), 1);
    assert_int_equal(f->world->transactions, 0);
    assert_int_equal(told.runs, 3);
}

static void what_memory_has_no_part_in_is_refused_without_a_look(void **state)
{
    struct fixture *f = *state;

    f->world->stored_version = VERSION + 1;
    assert_int_equal(code_of_number(f->p, OP_READ, 0, REFUSE_SALE), CODE(UNKNOWN_SALE));
    assert_int_equal(looks(f), 0);
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
        SENTENCE(a_command_waits_until_memory_is_as_new_as_the_database),
        SENTENCE(one_that_is_refused_by_its_rows_waits_likewise),
        SENTENCE(one_that_is_refused_by_the_catalogue_waits_likewise),
        SENTENCE(what_is_changed_while_a_command_waits_is_not_waited_for),
        SENTENCE(by_a_catalogue_that_stays_old_commands_go_well_and_no_refusal_is_kept),
        SENTENCE(memory_that_stays_old_is_waited_for_once_by_all),
        SENTENCE(a_refused_read_is_decided_anew_by_what_the_database_has),
        SENTENCE(a_refused_read_need_not_wait_for_what_is_there),
        SENTENCE(a_read_is_refused_all_the_same_where_nobody_says_more),
        SENTENCE(a_refused_read_that_nobody_waits_for_is_dropped),
        SENTENCE(reads_that_are_refused_at_once_ask_once),
        SENTENCE(a_look_that_does_not_come_back_is_waited_for_for_a_second),
        SENTENCE(what_memory_has_no_part_in_is_refused_without_a_look),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
