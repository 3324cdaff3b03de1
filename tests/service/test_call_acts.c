/* Acts, which hold their device's lock and keep no answer; reads, which lock nothing; and what a service may ask of the
 * driver in either. */
#include "told_ops.h"

#include <string.h>

#include "common/base/text.h"

static void an_act_that_asks_nothing_needs_no_database(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_ACT, 0, PLAIN), 0);
    assert_string_equal(f->world->log, "");
}

static void an_act_holds_its_devices_lock_and_commits(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_ACT, 0, CUT), 0);
    assert_string_equal(f->world->log, "BEGIN device_lock strand_head hello_seen COMMIT ");
}

static void acts_of_a_device_wait_without_a_connection_and_let_commands_pass(void **state)
{
    struct fixture *f = *state;

    uint64_t acts[3];
    for (int i = 0; i < 3; i++)
        acts[i] = peer_ask_number(f->p, OP_ACT, 0, CUT);
    uint64_t command = peer_ask_number(f->p, OP_CHANGE, 1, PLAIN);
    world_settle(f->world);
    assert_int_equal(peer_next(f->p)->reply->id, acts[0]);
    assert_int_equal(peer_next(f->p)->reply->id, command);
    assert_int_equal(peer_next(f->p)->reply->id, acts[1]);
    assert_int_equal(peer_next(f->p)->reply->id, acts[2]);
    assert_int_equal(f->world->most_transactions, 1);
}

static void a_device_has_a_thousand_under_way_and_no_more(void **state)
{
    struct fixture *f = *state;
    struct test_peer *peers[63]; /* of 16 calls each: 1,008 */

    f->world->hold = true;
    for (size_t i = 0; i < 63; i++) {
        peers[i] = peer_create(f->world);
        peer_sign_in(peers[i], DEVICE);
        for (int k = 0; k < 15; k++)
            peer_ask_number(peers[i], OP_ACT, 0, CUT);
    }
    for (size_t i = 0; i < 62; i++)
        peer_ask_number(peers[i], OP_ACT, 0, CUT);
    assert_int_equal(driver_in_flight(f->world->driver), 1000);
    assert_int_equal(code_of_number(peers[62], OP_ACT, 0, CUT), CODE(TOO_MANY_CALLS));
    world_pass(f->world, 31000); /* their deadlines: all that wait are over at once */
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(driver_in_flight(f->world->driver), 0);
    for (size_t i = 0; i < 63; i++)
        peer_destroy(peers[i]);
}

static void an_act_is_journalled_when_it_says_so(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_ACT, 0, NOTE), 0);
    assert_string_equal(f->world->log,
                        "BEGIN device_lock strand_head journal_write strand_advance journal_sign COMMIT ");
    assert_int_equal(f->world->journal_count, 1);
}

static void an_acts_refusal_is_forgotten_unless_it_is_to_be_kept(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_ACT, 0, REFUSE_AFTER), CODE(PIN_WEAK));
    assert_non_null(strstr(f->world->log, "ROLLBACK"));
    assert_int_equal(code_of_number(f->p, OP_ACT, 0, KEEP_REFUSAL), CODE(SIGN_IN_FAILED));
    assert_int_equal(f->world->journal_count, 1);
    assert_int_equal(f->world->kept_count, 0);
}

static void a_revoked_device_acts_no_more(void **state)
{
    struct fixture *f = *state;

    f->world->revoked = true;
    assert_int_equal(code_of_number(f->p, OP_ACT, 0, CUT), CODE(DEVICE_REVOKED)); /* asked and answered in one stage */
    assert_null(strstr(f->world->log, "COMMIT"));
    assert_true(f->p->closed);
}

static void an_act_of_unknown_outcome_may_be_asked_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "COMMIT", STORE_UNKNOWN, NULL);
    assert_int_equal(code_of_number(f->p, OP_ACT, 0, CUT), CODE(TRY_AGAIN));
}

static void a_read_runs_without_locks_and_is_tried_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "hello_device", STORE_AGAIN, NULL);
    world_mishap(f->world, "hello_device", STORE_BROKEN, "XX000 hello_device");
    assert_int_equal(code_of_number(f->p, OP_READ, 0, PLAIN), 0);
    assert_string_equal(f->world->log, "BEGIN hello_device BEGIN hello_device BEGIN hello_device ROLLBACK ");
    assert_int_equal(code_of_number(f->p, OP_READ, 0, REFUSE_AFTER), CODE(UNKNOWN_PRODUCT));
    for (int i = 0; i < 3; i++)
        world_mishap(f->world, "hello_device", STORE_BROKEN, "23000 hello_device");
    assert_int_equal(code_of_number(f->p, OP_READ, 0, PLAIN), CODE(TRY_AGAIN));
    world_mishap(f->world, "hello_device", STORE_UNKNOWN, NULL);
    assert_int_equal(code_of_number(f->p, OP_READ, 0, PLAIN), CODE(TRY_AGAIN));
}

static void an_act_that_becomes_a_device_locks_that_ones_strand(void **state)
{
    struct fixture *f = *state;
    struct test_peer *stranger = peer_create(f->world);

    peer_sign_in(stranger, 0);
    assert_int_equal(code_of_number(stranger, OP_GREET, 0, PLAIN), 0);
    assert_string_equal(f->world->log,
                        "BEGIN device_lock strand_head journal_write strand_advance journal_sign COMMIT ");
    assert_int_equal(f->world->heads[0].device_id, DEVICE2);
    assert_int_equal(stranger->peer.device_id, DEVICE2);
    assert_false(stranger->closed);
    world_mishap(f->world, "device_lock", STORE_AGAIN, NULL);
    assert_int_equal(code_of_number(stranger, OP_GREET, 0, REFUSE_AFTER), 0);
    assert_true(stranger->closed && !stranger->at_once);
    peer_destroy(stranger);
}

static void what_a_service_may_ask_is_answered(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_LONG_ACT, 0, PLAIN), 0);
    f->world->revoked = true;
    assert_int_equal(code_of_number(f->p, OP_LONG_ACT, 0, PLAIN), CODE(DEVICE_REVOKED));
}

static void a_long_sentence_is_cut_at_a_character(void **state)
{
    struct fixture *f = *state;
    uint64_t id = peer_ask_number(f->p, OP_LONG_ACT, 0, REFUSE_AFTER);

    world_settle(f->world);
    ProtobufCBinaryData sentence = peer_reply_to(f->p, id)->error->sentence;
    size_t characters = 0;
    for (size_t i = 0; i < sentence.len; i++)
        characters += (sentence.data[i] & 0xc0) != 0x80;
    assert_in_range(characters, 299, 300);
    assert_int_equal(text_check(bytes_of(sentence.data, sentence.len), 300), TEXT_OK);
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(an_act_that_asks_nothing_needs_no_database),
        SENTENCE(an_act_holds_its_devices_lock_and_commits),
        SENTENCE(acts_of_a_device_wait_without_a_connection_and_let_commands_pass),
        SENTENCE(a_device_has_a_thousand_under_way_and_no_more),
        SENTENCE(an_act_is_journalled_when_it_says_so),
        SENTENCE(an_acts_refusal_is_forgotten_unless_it_is_to_be_kept),
        SENTENCE(a_revoked_device_acts_no_more),
        SENTENCE(an_act_of_unknown_outcome_may_be_asked_again),
        SENTENCE(a_read_runs_without_locks_and_is_tried_again),
        SENTENCE(an_act_that_becomes_a_device_locks_that_ones_strand),
        SENTENCE(what_a_service_may_ask_is_answered),
        SENTENCE(a_long_sentence_is_cut_at_a_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
