/* What comes between: notices while something is on its way, connections that share a session, transactions that break
 * without a reason, answers that wait for a catalogue that is gone. */
#include "told_ops.h"

#include <string.h>

#include "proto/device.pb-c.h"
#include "proto/sale.pb-c.h"
#include "proto/session.pb-c.h"
#include "world_store.h"

static int change(struct test_peer *p, unsigned number)
{
    return code_of_number(p, OP_CHANGE, number, PLAIN);
}

static bool was_told_of_its_session(struct test_peer *p)
{
    bool told_so = false;

    while (peer_has_more(p)) {
        const Caroline__V1__Push *push = peer_next(p)->push;

        told_so = told_so || (push && push->topic == CAROLINE__V1__TOPIC__TOPIC_SESSION);
    }
    return told_so;
}

/* ---- sessions ---------------------------------------------------------------------------------------------------- */

static void two_connections_of_one_session_lock_and_end_together(void **state)
{
    struct fixture *f = *state;
    struct test_peer *again = peer_create(f->world), *other = peer_create(f->world), *nobody = peer_create(f->world);

    peer_sign_in(again, DEVICE); /* the same device, the same session: the network had been away */
    peer_sign_in(other, DEVICE2);
    f->p->read_count = f->p->sent_count;
    assert_int_equal(peer_session(again, "2222"), 0);
    assert_true(was_told_of_its_session(f->p));
    assert_int_equal(change(f->p, 1), CODE(SESSION_LOCKED));
    assert_int_equal(peer_session(again, "1111"), 0);
    f->p->read_count = f->p->sent_count;
    assert_int_equal(peer_session(again, "2222"), 0);
    assert_false(was_told_of_its_session(f->p)); /* it was locked already */
    assert_int_equal(peer_session(again, "3333"), 0);
    assert_int_equal(change(f->p, 2), CODE(SIGN_IN_FIRST));
    assert_int_equal(change(other, 1), 0);
    peer_destroy(again);
    peer_destroy(other);
    peer_destroy(nobody);
}

static void who_signs_in_anew_ends_the_session_before(void **state)
{
    struct fixture *f = *state;
    struct test_peer *again = peer_create(f->world);

    peer_sign_in(again, DEVICE);
    again->peer.token_hash[5] ^= 1; /* both hold an older session */
    f->p->peer.token_hash[5] ^= 1;
    assert_int_equal(peer_session(again, "1111"), 0);
    assert_int_equal(change(again, 1), 0);
    assert_int_equal(change(f->p, 2), CODE(SIGN_IN_FIRST));
    peer_destroy(again);
}

static void one_touch_at_a_time_whoever_comes_and_goes_meanwhile(void **state)
{
    struct fixture *f = *state;
    struct test_peer *leaves = peer_create(f->world), *comes;

    peer_sign_in(leaves, DEVICE2);
    world_pass(f->world, 59000);
    assert_int_equal(change(f->p, 1), 0);
    assert_int_equal(change(leaves, 1), 0);
    world_pass(f->world, 5000);
    assert_int_equal(change(f->p, 2), 0);
    assert_int_equal(change(leaves, 2), 0);
    comes = peer_create(f->world);
    peer_sign_in(comes, DEVICE2 + 1);
    f->world->hold = true;
    world_pass(f->world, 10000); /* the touch is on its way; the next sweeps make no second one */
    world_pass(f->world, 10000);
    assert_int_equal(peer_session(leaves, "3333"), 0);
    f->world->hold = false;
    f->world->sessions_gone = true;
    size_t touched = f->world->touched_count;
    world_settle(f->world);
    assert_int_equal(f->world->touched_count, touched + 2);
    assert_int_equal(change(f->p, 3), CODE(SIGN_IN_FIRST));
    assert_int_equal(change(comes, 1), 0); /* nobody has asked about this one */
    peer_destroy(leaves);
    peer_destroy(comes);
}

static void a_stranger_whose_request_is_being_carried_out_may_linger(void **state)
{
    struct fixture *f = *state;
    struct test_peer *stranger = peer_create(f->world);

    peer_sign_in(stranger, 0);
    f->world->hold = true;
    uint64_t id = peer_ask_number(stranger, OP_ENROL_LIKE, 1, PLAIN);
    world_pass(f->world, 20000);
    assert_false(stranger->closed);
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(code_at(stranger, id), 0);
    world_pass(f->world, 10000);
    assert_true(stranger->closed);
    peer_destroy(stranger);
}

static void a_role_that_is_not_there_allows_nothing(void **state)
{
    struct fixture *f = *state;

    f->p->peer.role_id = 99;
    f->p->peer.permissions_version = 0;
    assert_int_equal(change(f->p, 1), CODE(PERMISSION_DENIED));
}

static void with_a_one_time_pin_one_may_choose_another_and_no_more(void **state)
{
    struct fixture *f = *state;

    f->p->peer.role_id = 0;
    f->p->peer.permissions_version = 0;
    assert_int_equal(change(f->p, 1), CODE(CHOOSE_PIN_FIRST));
    assert_int_equal(code_of_number(f->p, OP_SECRET, 2, PLAIN), 0);
}

static void who_asks_is_known_as_long_as_they_are_there(void **state)
{
    struct fixture *f = *state;

    f->p->peer.has_key = f->p->peer.certificate_expired = true;
    assert_int_equal(code_of_number(f->p, OP_ACT, 0, CUT), 0);
    assert_true(told.who.signed_in && told.who.key && told.who.expired && !told.who.locked);
    assert_int_equal(peer_session(f->p, "2222"), 0);
    assert_int_equal(code_of_number(f->p, OP_ACT, 0, CUT), 0);
    assert_true(told.who.signed_in && told.who.locked);
    assert_int_equal(peer_session(f->p, "3333"), 0);
    assert_int_equal(code_of_number(f->p, OP_ACT, 0, CUT), 0);
    assert_false(told.who.signed_in || told.who.locked);
    f->world->hold = true;
    peer_ask_number(f->p, OP_ACT, 0, CUT);
    peer_gone(f->p); /* the act goes on without them */
    f->world->hold = false;
    world_settle(f->world);
    assert_false(told.who.signed_in || told.who.locked || told.who.key || told.who.expired);
}

/* ---- notices ------------------------------------------------------------------------------------------------------ */

static void a_hello_that_waits_reads_what_the_notice_was_about(void **state)
{
    struct fixture *f = *state;
    Caroline__V1__Hello hello = CAROLINE__V1__HELLO__INIT;

    f->world->hold = true;
    peer_ask_number(f->p, OP_CHANGE, 1, PLAIN);
    hello.has_client = hello.has_client_version = true;
    hello.client = CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER;
    hello.client_version = (ProtobufCBinaryData){ .len = 2, .data = (uint8_t *)(uintptr_t) "11" };
    peer_ask(f->p, CAROLINE__V1__OP__OP_HELLO, NULL, &hello.base); /* behind the command */
    driver_heard(f->world->driver, "device", DEVICE2);
    f->world->hold = false;
    world_settle(f->world);
    assert_false(f->p->closed);
    assert_int_equal(f->world->standing_count, 0);
}

static void a_notice_of_somebody_else_ends_no_session_that_is_being_opened(void **state)
{
    struct fixture *f = *state;
    Caroline__V1__FromServer *said;
    Caroline__V1__SessionUnlock message = CAROLINE__V1__SESSION_UNLOCK__INIT;

    message.has_pin = true;
    message.pin = (ProtobufCBinaryData){ .len = 4, .data = (uint8_t *)(uintptr_t) "4444" };
    f->world->hold = true;
    f->p->read_count = f->p->sent_count;
    peer_ask(f->p, OP_TEST_SESSION, NULL, &message.base);
    peer_ask_number(f->p, OP_CHANGE, 1, PLAIN);
    driver_heard(f->world->driver, "staff", STAFF + 1);
    driver_heard(f->world->driver, "session", DEVICE);
    driver_heard(f->world->driver, "session", DEVICE);
    f->world->hold = false;
    world_settle(f->world);
    while (peer_has_more(f->p)) {
        said = peer_next(f->p);
        assert_true(said->reply && !said->reply->error);
    }
    assert_int_equal(change(f->p, 2), 0);
}

static void a_session_that_is_locked_here_and_there_is_locked_once(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(peer_session(f->p, "2222"), 0);
    f->p->read_count = f->p->sent_count;
    f->world->sessions_locked = true;
    driver_heard(f->world->driver, "session", DEVICE);
    world_settle(f->world);
    assert_false(peer_has_more(f->p));
}

static void a_look_that_cannot_begin_is_taken_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "BEGIN", STORE_AWAY, NULL);
    driver_look(f->world->driver);
    world_settle(f->world);
    assert_int_equal(f->world->standing_count, 0);
    world_pass(f->world, 10000);
    assert_int_equal(f->world->standing_count, 1);
}

static void a_device_nobody_is_signed_in_on_is_not_asked_about_its_sessions(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(peer_session(f->p, "3333"), 0);
    driver_heard(f->world->driver, "session", DEVICE);
    world_settle(f->world);
    assert_int_equal(f->world->standing_count, 0);
}

/* ---- the end ------------------------------------------------------------------------------------------------------ */

static bool drained;

static void on_drained(void *context)
{
    (void)context;
    drained = true;
}

static void draining_waits_for_a_look_that_is_on_its_way_and_begins_none(void **state)
{
    struct fixture *f = *state;
    struct driver *driver = f->world->driver;

    drained = false;
    f->world->hold = true;
    driver_look(driver);
    driver_drain(driver, on_drained, NULL);
    world_pass(f->world, 1000);
    assert_false(drained);
    f->world->hold = false;
    world_settle(f->world);
    assert_true(drained);
    driver_look(driver);
    world_settle(f->world);
    assert_int_equal(f->world->standing_count, 1);
}

static void draining_waits_for_a_touch_that_is_on_its_way(void **state)
{
    struct fixture *f = *state;

    drained = false;
    world_pass(f->world, 59000);
    change(f->p, 1);
    world_pass(f->world, 4000);
    change(f->p, 2);
    f->world->hold = true;
    world_pass(f->world, 6000);
    driver_drain(f->world->driver, on_drained, NULL);
    world_pass(f->world, 100);
    assert_false(drained);
    f->world->hold = false;
    world_settle(f->world);
    assert_true(drained);
}

static void nobody_need_wait_for_the_drain(void **state)
{
    struct fixture *f = *state;

    driver_drain(f->world->driver, NULL, NULL);
    world_settle(f->world);
    assert_int_equal(change(f->p, 1), CODE(SHUTTING_DOWN));
    driver_destroy(NULL);
}

static void a_connection_that_ends_twice_ends_once(void **state)
{
    struct fixture *f = *state;

    f->world->hold = f->world->revoked = true;
    uint64_t first = peer_ask_number(f->p, OP_ACT, 0, NOTE);
    uint64_t second = peer_ask_number(f->p, OP_ACT, 0, NOTE);
    assert_true(driver_reads(&f->p->peer));
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(code_at(f->p, first), CODE(DEVICE_REVOKED));
    assert_int_equal(code_at(f->p, second), CODE(DEVICE_REVOKED));
    assert_true(f->p->closed && !f->p->at_once);
    assert_false(driver_reads(&f->p->peer));
}

static void without_a_watch_nothing_is_known_of_the_invariants(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(driver_invariants(f->world->driver)->looked.us, 0);
}

/* ---- transactions ------------------------------------------------------------------------------------------------- */

static void break_thrice(struct world *world, const char *where, const char *problem)
{
    for (int i = 0; i < 3; i++)
        world_mishap(world, where, STORE_BROKEN, problem);
}

static void what_breaks_without_a_reason_may_be_asked_again(void **state)
{
    struct fixture *f = *state;

    break_thrice(f->world, "hello_seen", NULL);
    assert_int_equal(change(f->p, 1), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 0);
    assert_int_equal(change(f->p, 1), 0);
}

static void a_value_that_does_not_fit_is_a_fault_and_kept(void **state)
{
    struct fixture *f = *state;

    break_thrice(f->world, "hello_seen", "22003 numeric_value_out_of_range");
    assert_int_equal(change(f->p, 1), CODE(FAULT));
    assert_int_equal(change(f->p, 1), CODE(FAULT));
    assert_int_equal(f->world->kept_count, 1);
}

static void a_refusal_that_cannot_be_kept_may_be_asked_again(void **state)
{
    struct fixture *f = *state;

    break_thrice(f->world, "command_keep", "23505 command_pkey");
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, REFUSE_AFTER), CODE(TRY_AGAIN));
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, REFUSE_AFTER), CODE(TOTAL_DIFFERS));
}

static void a_secrets_id_with_another_body_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_SECRET, 1, PLAIN), 0);
    assert_int_equal(code_of_number(f->p, OP_SECRET, 1, NOTE), CODE(COMMAND_REUSED));
    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, PLAIN), CODE(COMMAND_REUSED));
}

static void a_secret_that_was_refused_is_refused_again(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_SECRET, 1, REFUSE_AFTER), CODE(BAD_CLAIM));
    told.secret = 0;
    assert_int_equal(code_of_number(f->p, OP_SECRET, 1, REFUSE_AFTER), CODE(BAD_CLAIM));
    assert_int_equal(told.secret, 0);
    assert_int_equal(f->world->kept_count, 1);
}

static void a_command_may_be_refused_and_what_it_wrote_stay(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, KEEP_REFUSAL), CODE(CODE_WRONG));
    assert_null(strstr(f->world->log, "ROLLBACK"));
    assert_int_equal(f->world->kept_count, 1);
}

static void a_stranger_is_refused_so_often_and_then_waits(void **state)
{
    struct fixture *f = *state;
    struct test_peer *stranger = peer_create(f->world);
    int code = 0;
    unsigned tries = 0;

    peer_sign_in(stranger, 0);
    assert_int_equal(code_of_number(stranger, OP_ENROL_LIKE, 1, PLAIN), 0); /* it is the refused ones that count */
    while (code != CODE(RATE_LIMITED) && tries++ < 100)
        code = code_of_number(stranger, OP_ENROL_LIKE, 1 + tries, REFUSE_BEFORE);
    assert_in_range(tries, 10, 99);
    assert_int_equal(f->world->kept_count, 1); /* and they leave nothing behind */
    assert_int_equal(change(f->p, 1), 0);      /* a device is no stranger */
    peer_destroy(stranger);
}

static void an_act_that_only_tells_others_tells_them(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_ACT, 0, TOLD), 0);
    assert_string_equal(f->world->told, "0:staff:22");
}

static void what_a_session_tells_of_itself_is_known_here_already(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, TOLD), 0);
    assert_string_equal(f->world->told, "0:session:11");
    assert_int_equal(f->world->standing_count, 0);
}

/* ---- the catalogue ------------------------------------------------------------------------------------------------ */

static void a_change_for_all_shops_waits_for_this_ones_memory(void **state)
{
    struct fixture *f = *state;
    uint64_t id = peer_ask_number(f->p, OP_CHANGE, 1, RAISE_ALL);

    for (int i = 0; i < 20 && f->world->wanted_version == 0; i++)
        world_pass(f->world, 0);
    catalogue_seal(f->world->catalogue, VERSION + 1, 5);
    driver_catalogue_changed(f->world->driver, SHOP + 1); /* another shop's news */
    assert_null(peer_reply_to(f->p, id));
    driver_catalogue_changed(f->world->driver, 0);
    assert_int_equal(code_at(f->p, id), 0);
}

static void a_catalogue_that_is_gone_meanwhile_is_not_waited_for_for_ever(void **state)
{
    struct fixture *f = *state;

    f->world->hold = true;
    uint64_t id = peer_ask_number(f->p, OP_CHANGE, 1, RAISE);
    f->world->no_catalogue = true;
    f->world->hold = false;
    for (int i = 0; i < 20 && f->world->wanted_version == 0; i++)
        world_pass(f->world, 0);
    assert_null(peer_reply_to(f->p, id));
    world_pass(f->world, 2000);
    assert_int_equal(code_at(f->p, id), 0);
}

static void a_stranger_who_changes_the_catalogue_waits_for_nothing(void **state)
{
    struct fixture *f = *state;
    struct test_peer *stranger = peer_create(f->world);

    peer_sign_in(stranger, 0);
    uint64_t id = peer_ask_number(stranger, OP_ENROL_LIKE, 1, RAISE_ALL);
    for (int i = 0; i < 20 && f->world->wanted_version == 0; i++)
        world_pass(f->world, 0);
    assert_int_equal(code_at(stranger, id), 0);
    peer_destroy(stranger);
}

static void a_refused_change_raises_nothing(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_CHANGE, 1, RAISE_REFUSED), CODE(BAD_CLAIM));
    assert_int_equal(f->world->stored_version, VERSION);
    assert_int_equal(f->world->wanted_version, 0);
}

static void a_change_for_another_shop_is_not_waited_for(void **state)
{
    struct fixture *f = *state;
    uint64_t id = peer_ask_number(f->p, OP_CHANGE, 1, RAISE_OTHER);

    for (int i = 0; i < 20 && f->world->wanted_version == 0; i++)
        world_pass(f->world, 0);
    assert_int_equal(code_at(f->p, id), 0);
}

static void permissions_have_names_and_only_they(void **state)
{
    (void)state;
    assert_string_equal(permission_name(PERMISSION_SELL), "sell");
    assert_string_equal(permission_name(PERMISSION_NONE), "");
    assert_string_equal(permission_name(PERMISSION_COUNT), "");
    for (int p = PERMISSION_NONE + 1; p < PERMISSION_COUNT; p++)
        assert_int_equal(permission_of(bytes_of_text(permission_name((enum permission)p))), p);
    assert_int_equal(permission_of(bytes_of_text("fly")), PERMISSION_NONE);
}

static enum step nothing_to_do(struct call *c)
{
    Caroline__V1__ShiftShown reply = CAROLINE__V1__SHIFT_SHOWN__INIT;

    return answer(c, &reply.base);
}

static void a_driver_keeps_to_what_it_is_told(void **state)
{
    struct fixture *f = *state;
    struct world *world = f->world;
    const struct invariants_seen seen = { .looked = { 7 } };
    const struct op op = {
        .name = "op", .number = 0, .kind = OP_READS, .clients = CLIENT_ANY, NUMBER_ASKED, .stages = { nothing_to_do }
    };
    const struct op *const ops[] = { &op, NULL };
    struct driver *driver = driver_create(&(struct driver_config){ .store = &world->store,
                                                                   .vault = world->vault,
                                                                   .keeper = &world->keeper,
                                                                   .ops = ops,
                                                                   .clock = &world->clock,
                                                                   .entropy = &world->entropy,
                                                                   .ids = &world->ids,
                                                                   .pool = &world->pool,
                                                                   .timers = &world->timers,
                                                                   .idle_lock_ms = 5000,
                                                                   .store_wait_ms = 100,
                                                                   .invariants = &seen });

    assert_ptr_equal(driver_invariants(driver), &seen);
    assert_int_equal(driver_counts(driver)->started.us, world->now_us);
    driver_destroy(driver);
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(two_connections_of_one_session_lock_and_end_together),
        SENTENCE(who_signs_in_anew_ends_the_session_before),
        SENTENCE(one_touch_at_a_time_whoever_comes_and_goes_meanwhile),
        SENTENCE(a_stranger_whose_request_is_being_carried_out_may_linger),
        SENTENCE(a_role_that_is_not_there_allows_nothing),
        SENTENCE(with_a_one_time_pin_one_may_choose_another_and_no_more),
        SENTENCE(who_asks_is_known_as_long_as_they_are_there),
        SENTENCE(a_hello_that_waits_reads_what_the_notice_was_about),
        SENTENCE(a_notice_of_somebody_else_ends_no_session_that_is_being_opened),
        SENTENCE(a_session_that_is_locked_here_and_there_is_locked_once),
        SENTENCE(a_look_that_cannot_begin_is_taken_again),
        SENTENCE(a_device_nobody_is_signed_in_on_is_not_asked_about_its_sessions),
        SENTENCE(draining_waits_for_a_look_that_is_on_its_way_and_begins_none),
        SENTENCE(draining_waits_for_a_touch_that_is_on_its_way),
        SENTENCE(nobody_need_wait_for_the_drain),
        SENTENCE(a_connection_that_ends_twice_ends_once),
        SENTENCE(without_a_watch_nothing_is_known_of_the_invariants),
        SENTENCE(what_breaks_without_a_reason_may_be_asked_again),
        SENTENCE(a_value_that_does_not_fit_is_a_fault_and_kept),
        SENTENCE(a_refusal_that_cannot_be_kept_may_be_asked_again),
        SENTENCE(a_secrets_id_with_another_body_is_refused),
        SENTENCE(a_secret_that_was_refused_is_refused_again),
        SENTENCE(a_command_may_be_refused_and_what_it_wrote_stay),
        SENTENCE(a_stranger_is_refused_so_often_and_then_waits),
        SENTENCE(an_act_that_only_tells_others_tells_them),
        SENTENCE(what_a_session_tells_of_itself_is_known_here_already),
        SENTENCE(a_change_for_all_shops_waits_for_this_ones_memory),
        SENTENCE(a_catalogue_that_is_gone_meanwhile_is_not_waited_for_for_ever),
        SENTENCE(a_stranger_who_changes_the_catalogue_waits_for_nothing),
        SENTENCE(a_refused_change_raises_nothing),
        SENTENCE(a_change_for_another_shop_is_not_waited_for),
        SENTENCE(permissions_have_names_and_only_they),
        SENTENCE(a_driver_keeps_to_what_it_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
