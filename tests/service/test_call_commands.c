/* Commands of several stages: one transaction, one answer for ever. */
#include "told_ops.h"

#include <string.h>

/* The bytes of both answers, id aside, are the same. */
static void assert_same_answer(struct test_peer *p, uint64_t one, struct test_peer *q, uint64_t two)
{
    assert_true(bytes_equal(peer_raw_reply(p, one), peer_raw_reply(q, two)));
}

/* ---- one command --------------------------------------------------------------------------------------------------*/

static void is_locked_looked_up_carried_out_journalled_and_kept_in_one_transaction(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), 0);
    assert_string_equal(f->world->log, "BEGIN " LOCKS "hello_seen hello_seen " KEEPS);
    assert_int_equal(f->world->kept_count, 1);
    assert_int_equal(f->world->journal_count, 1);
    assert_int_equal(f->world->signature_count, 1);
    assert_int_equal(f->world->heads[0].number, 1);
    assert_int_equal(f->world->heads[0].device_id, DEVICE);
}

static void the_same_id_gets_the_same_bytes_and_changes_nothing(void **state)
{
    struct fixture *f = *state;
    uint64_t one = peer_ask_number(f->p, OP_CHANGE, 1, PLAIN);

    world_settle(f->world);
    world_forget_log(f->world);
    uint64_t two = peer_ask_number(f->p, OP_CHANGE, 1, PLAIN);
    world_settle(f->world);
    assert_same_answer(f->p, one, f->p, two);
    assert_string_equal(f->world->log, "BEGIN " LOCKS "ROLLBACK ");
    assert_int_equal(f->world->kept_count, 1);
}

static void the_same_id_with_another_body_or_op_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), 0);
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, CUT), CODE(COMMAND_REUSED));
    assert_int_equal(code_of_number(f->p, OP_WORK, 1, PLAIN), CODE(COMMAND_REUSED));
    assert_int_equal(f->world->kept_count, 1);
}

static void ids_are_a_devices_own(void **state)
{
    struct fixture *f = *state;
    struct test_peer *other = peer_create(f->world);

    peer_sign_in(other, DEVICE2);
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), 0);
    assert_int_equal(code_of_number(other, OP_CHANGE, 1, CUT), 0);
    assert_int_equal(f->world->kept_count, 2);
    peer_destroy(other);
}

static void copies_in_flight_join_the_first(void **state)
{
    struct fixture *f = *state;
    struct test_peer *peers[8];
    uint64_t ids[8];

    for (size_t i = 0; i < 8; i++) {
        peers[i] = peer_create(f->world);
        peer_sign_in(peers[i], DEVICE);
    }
    f->world->hold = true;
    for (size_t i = 0; i < 8; i++)
        ids[i] = peer_ask_number(peers[i], OP_CHANGE, 1, PLAIN);
    uint64_t reused = peer_ask_number(peers[0], OP_CHANGE, 1, CUT);
    peer_gone(peers[7]);
    f->world->hold = false;
    world_settle(f->world);
    for (size_t i = 1; i < 7; i++)
        assert_same_answer(peers[0], ids[0], peers[i], ids[i]);
    assert_int_equal(peer_reply_to(peers[0], reused)->error->code, CODE(COMMAND_REUSED));
    assert_int_equal(told.stages, 1);
    assert_int_equal(f->world->kept_count, 1);
    for (size_t i = 0; i < 8; i++)
        peer_destroy(peers[i]);
}

static void commands_of_a_device_go_in_order_and_reads_overtake(void **state)
{
    struct fixture *f = *state;

    uint64_t one = peer_ask_number(f->p, OP_CHANGE, 1, AGAIN_ONCE);
    uint64_t two = peer_ask_number(f->p, OP_CHANGE, 2, PLAIN);
    uint64_t read = peer_ask_number(f->p, OP_ACT, 0, PLAIN);
    world_settle(f->world);
    assert_int_equal(peer_next(f->p)->reply->id, read);
    assert_int_equal(peer_next(f->p)->reply->id, one);
    assert_int_equal(peer_next(f->p)->reply->id, two);
    assert_int_equal(f->world->most_transactions, 1);
}

static void a_connection_that_goes_away_takes_no_command_with_it(void **state)
{
    struct fixture *f = *state;

    f->world->hold = true;
    peer_ask_number(f->p, OP_CHANGE, 1, PLAIN);
    peer_ask_number(f->p, OP_READ, 0, PLAIN);
    peer_gone(f->p);
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(f->world->kept_count, 1);
    assert_int_equal(driver_in_flight(f->world->driver), 0);
}

static void commands_of_nobodys_device_meet_at_a_number(void **state)
{
    struct fixture *f = *state;
    struct test_peer *stranger = peer_create(f->world);

    peer_sign_in(stranger, 0);
    assert_int_equal(code_of_number(stranger, OP_ENROL_LIKE, 1, PLAIN), 0);
    assert_string_equal(f->world->log, "BEGIN number_lock number_lock command_find strand_head hello_seen "
                                       "hello_seen " KEEPS);
    assert_int_equal(f->world->heads[0].device_id, 2); /* the strand of node 1 */
    assert_int_equal(code_of_number(stranger, OP_ENROL_LIKE, 1, PLAIN), 0);
    assert_int_equal(f->world->kept_count, 1);
    peer_destroy(stranger);
}

static void threads_work_beside_the_store(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_WORK, 1, PLAIN), 0);
    assert_true(told.worked);
}

/* ---- refusals -----------------------------------------------------------------------------------------------------*/

static void a_refusal_before_anything_was_written_is_kept_in_its_transaction(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, REFUSE_BEFORE), CODE(SHIFT_ALREADY_OPEN));
    assert_string_equal(f->world->log, "BEGIN " LOCKS "command_keep COMMIT ");
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, REFUSE_BEFORE), CODE(SHIFT_ALREADY_OPEN));
    assert_int_equal(told.runs, 1);
    assert_int_equal(f->world->journal_count, 0);
}

static void a_refusal_after_a_write_is_rolled_back_and_kept_in_a_second(void **state)
{
    struct fixture *f = *state;
    uint64_t one = peer_ask_number(f->p, OP_CHANGE, 1, REFUSE_AFTER);

    world_settle(f->world);
    assert_string_equal(f->world->log,
                        "BEGIN " LOCKS "hello_seen ROLLBACK BEGIN " SETTLED_LOCKS "command_keep COMMIT ");
    uint64_t two = peer_ask_number(f->p, OP_CHANGE, 1, REFUSE_AFTER);
    world_settle(f->world);
    assert_int_equal(peer_reply_to(f->p, one)->error->code, CODE(TOTAL_DIFFERS));
    assert_true(peer_reply_to(f->p, one)->error->has_detail);
    assert_same_answer(f->p, one, f->p, two);
    assert_int_equal(told.runs, 1);
}

static void a_failure_is_not_kept(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, FAIL), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 0);
    assert_string_equal(f->world->log, "BEGIN " LOCKS "hello_seen ROLLBACK ");
}

static void an_answer_larger_than_a_frame_is_a_fault_and_kept(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, HUGE), CODE(FAULT));
    assert_int_equal(f->world->kept_count, 1);
}

static void a_revoked_device_is_refused_and_cut_off(void **state)
{
    struct fixture *f = *state;

    f->world->revoked = true;
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), CODE(DEVICE_REVOKED));
    assert_true(f->p->closed);
    assert_string_equal(f->world->log, "BEGIN " LOCKS "ROLLBACK ");
}

static void a_command_that_killed_twice_is_not_tried_again(void **state)
{
    struct fixture *f = *state;

    memcpy(f->world->killer, command(1), 16);
    f->world->killer_crashes = 1;
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 2, PLAIN), 0);
    f->world->killer_crashes = 2;
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), CODE(FAULT));
    f->world->killer_crashes = 0;
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), CODE(FAULT));
    assert_int_equal(told.runs, 1);
}

/* ---- secrets ------------------------------------------------------------------------------------------------------*/

static void an_answer_with_a_secret_is_not_kept_and_a_copy_gets_a_new_one(void **state)
{
    struct fixture *f = *state;
    uint64_t one = peer_ask_number(f->p, OP_SECRET, 1, PLAIN);

    world_settle(f->world);
    struct bytes kept = f->world->kept[0].reply;
    assert_true(kept.size < peer_raw_reply(f->p, one).size);
    uint64_t two = peer_ask_number(f->p, OP_SECRET, 1, PLAIN);
    world_settle(f->world);
    assert_false(bytes_equal(peer_raw_reply(f->p, one), peer_raw_reply(f->p, two)));
    assert_int_equal(f->world->kept_count, 1);
    assert_int_equal(code_of_number(f->p, OP_SECRET, 1, RAISE), CODE(COMMAND_REUSED));
}

static void a_copy_of_a_secret_may_be_refused_and_the_kept_answer_stays(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_SECRET, 1, REFUSE_BEFORE), 0);
    assert_int_equal(code_of_number(f->p, OP_SECRET, 1, REFUSE_BEFORE), CODE(CODE_USED));
    assert_int_equal(f->world->kept_count, 1);
}

static void a_secret_on_its_way_is_not_told_to_another_person(void **state)
{
    struct fixture *f = *state;
    struct test_peer *again = peer_create(f->world), *other = peer_create(f->world);

    peer_sign_in(again, DEVICE);
    peer_sign_in(other, DEVICE);
    assert_int_equal(peer_session(other, "5555"), 0);
    f->world->hold = true;
    uint64_t one = peer_ask_number(f->p, OP_SECRET, 1, PLAIN);
    uint64_t two = peer_ask_number(other, OP_SECRET, 1, PLAIN);
    uint64_t three = peer_ask_number(again, OP_SECRET, 1, PLAIN);
    uint64_t reused = peer_ask_number(other, OP_SECRET, 1, RAISE);
    f->world->hold = false;
    world_settle(f->world);
    assert_same_answer(f->p, one, again, three);
    assert_false(bytes_equal(peer_raw_reply(f->p, one), peer_raw_reply(other, two))); /* its own turn, as a repeat */
    assert_int_equal(code_at(other, reused), CODE(COMMAND_REUSED));
    assert_int_equal(f->world->kept_count, 1);
    peer_destroy(again);
    peer_destroy(other);
}

/* ---- what a command does to the world -----------------------------------------------------------------------------*/

static void the_answer_to_a_change_of_the_catalogue_waits_for_memory(void **state)
{
    struct fixture *f = *state;
    uint64_t id = peer_ask_number(f->p, OP_CHANGE, 1, RAISE);

    for (int i = 0; i < 20 && f->world->wanted_version == 0; i++)
        world_pass(f->world, 0);
    assert_int_equal(f->world->wanted_version, VERSION + 1);
    assert_null(peer_reply_to(f->p, id));
    driver_catalogue_changed(f->world->driver, SHOP); /* of something else */
    assert_null(peer_reply_to(f->p, id));
    catalogue_seal(f->world->catalogue, VERSION + 1, 5);
    driver_catalogue_changed(f->world->driver, SHOP);
    assert_non_null(peer_reply_to(f->p, id));
}

static void but_not_for_ever(void **state)
{
    struct fixture *f = *state;
    uint64_t id = peer_ask_number(f->p, OP_CHANGE, 1, RAISE);

    world_pass(f->world, 900);
    assert_null(peer_reply_to(f->p, id));
    world_pass(f->world, 200);
    assert_null(peer_reply_to(f->p, id)->error);
}

static void who_is_cut_off_is_told_in_every_process_and_ended_in_this(void **state)
{
    struct fixture *f = *state;
    struct test_peer *other = peer_create(f->world);

    peer_sign_in(other, DEVICE2);
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, CUT), 0);
    assert_string_equal(f->world->told, "0:staff:22");
    assert_non_null(strstr(f->world->log, "command_keep tell tell COMMIT"));
    assert_true(other->closed && other->at_once);
    assert_false(f->p->closed);
    peer_destroy(other);
}

static void the_journal_names_person_command_and_change(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), 0);
    struct bytes entry = f->world->last_entry;
    assert_int_equal(entry.data[0], 1);
    assert_int_equal(entry.data[1], 'L');
    assert_int_equal(get_u64(entry.data + 2), DEVICE);
    assert_int_equal(get_u64(entry.data + 10), 1);
    assert_int_equal(get_u64(entry.data + 26), SHOP);
    assert_int_equal(get_u64(entry.data + 34), STAFF);
    assert_int_equal(get_u16(entry.data + 42), OP_CHANGE);
    assert_memory_equal(entry.data + 44, "\x09op_change", 10);
    assert_memory_equal(entry.data + 54, command(1), 16);
    assert_int_equal(get_u16(entry.data + 102), 1);
    assert_int_equal(get_u64(entry.data + 104), 99);
    assert_memory_equal(entry.data + 112,
                        "\5float\0\1\0\3"
                        "100",
                        13);
    assert_int_equal(entry.size, 125);
}

static void a_strands_time_never_goes_back(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), 0);
    int64_t first_us = f->world->heads[0].at.us;
    f->world->now_us -= 10 * SECOND_US;
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 2, PLAIN), 0);
    assert_int_equal(f->world->heads[0].at.us, first_us);
    assert_int_equal(f->world->heads[0].number, 2);
}

static void a_change_elsewhere_waits_for_nobodys_memory(void **state)
{
    struct fixture *f = *state;

    f->world->hold = true;
    peer_ask_number(f->p, OP_CHANGE, 1, RAISE);
    peer_ask_number(f->p, OP_READ, 0, PLAIN);
    driver_log_state(f->world->driver);
    catalogue_seal(f->world->catalogue, VERSION + 1, 5); /* memory was told before the answer came */
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(driver_in_flight(f->world->driver), 0);
}

/* As groups take them: whoever holds the shop's lock waits for no device's row that another holds who waits for the shop. */
static void the_shops_lock_is_taken_before_the_devices_row(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_SHOP_CHANGE, 1, PLAIN), 0);
    assert_string_equal(f->world->log, "BEGIN group_lock " LOCKS "hello_seen hello_seen " KEEPS);
}

static void work_goes_on_without_a_word_to_the_store(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_WORK_ALONE, 1, PLAIN), 0);
    assert_true(told.worked);
    assert_string_equal(f->world->log, "BEGIN " LOCKS KEEPS);
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(is_locked_looked_up_carried_out_journalled_and_kept_in_one_transaction),
        SENTENCE(the_same_id_gets_the_same_bytes_and_changes_nothing),
        SENTENCE(the_same_id_with_another_body_or_op_is_refused),
        SENTENCE(ids_are_a_devices_own),
        SENTENCE(copies_in_flight_join_the_first),
        SENTENCE(commands_of_a_device_go_in_order_and_reads_overtake),
        SENTENCE(a_connection_that_goes_away_takes_no_command_with_it),
        SENTENCE(commands_of_nobodys_device_meet_at_a_number),
        SENTENCE(threads_work_beside_the_store),
        SENTENCE(a_refusal_before_anything_was_written_is_kept_in_its_transaction),
        SENTENCE(a_refusal_after_a_write_is_rolled_back_and_kept_in_a_second),
        SENTENCE(a_failure_is_not_kept),
        SENTENCE(an_answer_larger_than_a_frame_is_a_fault_and_kept),
        SENTENCE(a_revoked_device_is_refused_and_cut_off),
        SENTENCE(a_command_that_killed_twice_is_not_tried_again),
        SENTENCE(an_answer_with_a_secret_is_not_kept_and_a_copy_gets_a_new_one),
        SENTENCE(a_copy_of_a_secret_may_be_refused_and_the_kept_answer_stays),
        SENTENCE(a_secret_on_its_way_is_not_told_to_another_person),
        SENTENCE(the_answer_to_a_change_of_the_catalogue_waits_for_memory),
        SENTENCE(but_not_for_ever),
        SENTENCE(who_is_cut_off_is_told_in_every_process_and_ended_in_this),
        SENTENCE(the_journal_names_person_command_and_change),
        SENTENCE(a_strands_time_never_goes_back),
        SENTENCE(a_change_elsewhere_waits_for_nobodys_memory),
        SENTENCE(the_shops_lock_is_taken_before_the_devices_row),
        SENTENCE(work_goes_on_without_a_word_to_the_store),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
