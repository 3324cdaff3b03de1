/* A member's own session as the door sees it: at a kiosk, by its connection alone, for a minute without a request, and for what its ops say. */
#include <string.h>

#include "proto/device.pb-c.h"
#include "world.h"

#define MEMBER 501

enum { OP_IN = 201, OP_OUT, OP_SELF, OP_SELF_CHANGE, OP_EITHER, OP_ANYBODY, OP_STAFF, OP_PING, OP_RENEW };
/* What OP_IN is asked for. */
enum { BY_PIN, BY_CODE, LATER_SECRET, ANOTHER };

static struct {
    int64_t member_id, staff_id;
    bool by_code;
} seen;

static enum step done(struct call *c)
{
    Caroline__V1__ShiftShown reply = CAROLINE__V1__SHIFT_SHOWN__INIT;

    seen.member_id = c->member_id;
    seen.staff_id = c->staff_id;
    seen.by_code = c->member_by_code;
    return answer(c, &reply.base);
}

static enum step enter(struct call *c)
{
    int64_t what = number_asked(c);

    member_set(c, what == ANOTHER ? MEMBER + 1 : MEMBER, (struct instant){ what == LATER_SECRET ? 9 : 0 },
               (struct instant){ c->now.us + 600 * SECOND_US }, what == BY_CODE);
    return done(c);
}

/* As who chooses another PIN. */
static enum step renew(struct call *c)
{
    member_set(c, c->member_id, (struct instant){ 9 }, (struct instant){ c->now.us + 600 * SECOND_US }, false);
    return done(c);
}

static enum step leave(struct call *c)
{
    session_clear(c);
    return done(c);
}

#define KIOSK_BIT   CLIENT_BIT(2)
#define COUNTER_BIT CLIENT_BIT(1)
#define TEST_OP(of_number, of_kind, who, of_clients, at_kiosk, stage)                                                  \
    {                                                                                                                  \
        .name = "op", .number = (of_number), .kind = (of_kind), .needs = (who), .clients = (of_clients),               \
        .kiosk = (at_kiosk), NUMBER_ASKED, .stages = {                                                                 \
            stage                                                                                                      \
        }                                                                                                              \
    }
static const struct op op_in = TEST_OP(OP_IN, OP_ACTS, NEEDS_DEVICE, KIOSK_BIT, KIOSK_NOBODY, enter);
static const struct op op_out = TEST_OP(OP_OUT, OP_ACTS, NEEDS_DEVICE, CLIENT_ANY, KIOSK_NOBODY, leave);
static const struct op op_self = TEST_OP(OP_SELF, OP_READS, NEEDS_MEMBER, KIOSK_BIT, KIOSK_NOBODY, done);
static const struct op op_self_change =
    TEST_OP(OP_SELF_CHANGE, OP_CHANGES, NEEDS_MEMBER, KIOSK_BIT, KIOSK_NOBODY, done);
static const struct op op_either =
    TEST_OP(OP_EITHER, OP_READS, NEEDS_SESSION, KIOSK_BIT | COUNTER_BIT, KIOSK_MEMBER, done);
static const struct op op_anybody =
    TEST_OP(OP_ANYBODY, OP_READS, NEEDS_SESSION, KIOSK_BIT | COUNTER_BIT, KIOSK_ANYBODY, done);
/* A bug: of a kiosk among its clients it says nothing. */
static const struct op op_staff = TEST_OP(OP_STAFF, OP_READS, NEEDS_SESSION, CLIENT_ANY, KIOSK_NOBODY, done);
static const struct op op_ping = TEST_OP(OP_PING, OP_READS, NEEDS_DEVICE, CLIENT_ANY, KIOSK_NOBODY, done);
static const struct op op_renew = TEST_OP(OP_RENEW, OP_CHANGES, NEEDS_MEMBER, KIOSK_BIT, KIOSK_NOBODY, renew);
static const struct op *const ops[] = { &test_hello, &test_session, &op_in,    &op_out,  &op_self,  &op_self_change,
                                        &op_either,  &op_anybody,   &op_staff, &op_ping, &op_renew, NULL };

struct fixture {
    struct world *world;
    struct test_peer *p;
};

static void greet(struct test_peer *p, const char *device, Caroline__V1__ClientKind kind)
{
    Caroline__V1__Hello hello = CAROLINE__V1__HELLO__INIT;

    hello.has_client = hello.has_client_version = true;
    hello.client = kind;
    hello.client_version = (ProtobufCBinaryData){ .len = strlen(device), .data = (uint8_t *)(uintptr_t)device };
    assert_int_equal(code_of(p, CAROLINE__V1__OP__OP_HELLO, NULL, &hello.base), 0);
    p->read_count = p->sent_count;
}

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    f->world = world_create(ops, NULL);
    f->p = peer_create(f->world);
    greet(f->p, "11", CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    peer_destroy(f->p);
    world_destroy(f->world);
    test_free(f);
    return 0;
}

static int ask_op(struct test_peer *p, unsigned op)
{
    return code_of_number(p, op, 0, 0);
}

static void sign_in(struct test_peer *p, int64_t how)
{
    assert_int_equal(code_of_number(p, OP_IN, 0, how), 0);
    p->read_count = p->sent_count;
}

/* Its screen is told that nobody is signed in any more. */
static void assert_told(struct test_peer *p)
{
    Caroline__V1__FromServer *said = peer_next(p);

    assert_int_equal(said->push->topic, CAROLINE__V1__TOPIC__TOPIC_SESSION);
    assert_false(peer_has_more(p));
}

static void what_goes_at_a_kiosk_says_its_op(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask_op(f->p, OP_SELF), CODE(MEMBER_SIGN_IN_FIRST));
    assert_int_equal(code_of_number(f->p, OP_SELF_CHANGE, 1, 0), CODE(MEMBER_SIGN_IN_FIRST));
    assert_int_equal(ask_op(f->p, OP_EITHER), CODE(MEMBER_SIGN_IN_FIRST));
    assert_int_equal(ask_op(f->p, OP_ANYBODY), 0);
    assert_int_equal(seen.member_id, 0);
    assert_int_equal(ask_op(f->p, OP_STAFF), CODE(UNSUPPORTED));
    sign_in(f->p, BY_PIN);
    const unsigned all[] = { OP_SELF, OP_EITHER, OP_ANYBODY };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        seen.member_id = 0;
        assert_int_equal(ask_op(f->p, all[i]), 0);
        assert_int_equal(seen.member_id, MEMBER);
        assert_int_equal(seen.staff_id, 0);
        assert_false(seen.by_code);
    }
    assert_int_equal(code_of_number(f->p, OP_SELF_CHANGE, 2, 0), 0);
    assert_int_equal(ask_op(f->p, OP_STAFF), CODE(UNSUPPORTED));
    sign_in(f->p, BY_CODE);
    assert_int_equal(ask_op(f->p, OP_SELF), 0);
    assert_true(seen.by_code);
}

/* Not "the same, later": who signs in next is somebody else. */
static void what_was_asked_with_nobody_signed_in_is_not_to_be_asked_again(void **state)
{
    struct fixture *f = *state;
    const unsigned all[] = { OP_SELF, OP_SELF_CHANGE, OP_EITHER };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        uint64_t id = peer_ask_number(f->p, all[i], all[i] == OP_SELF_CHANGE, 0);

        world_settle(f->world);
        const Caroline__V1__Error *error = peer_reply_to(f->p, id)->error;
        assert_int_equal(error->code, CODE(MEMBER_SIGN_IN_FIRST));
        assert_false(error->retry);
    }
}

/* As a kiosk sends it that does not say whose it is: again and again, until somebody else is signed in. */
static void a_command_goes_over_from_no_session_to_another(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_SELF_CHANGE, 1, 0), CODE(MEMBER_SIGN_IN_FIRST));
    sign_in(f->p, BY_PIN);
    assert_int_equal(code_of_number(f->p, OP_SELF_CHANGE, 1, 0), CODE(OTHER_MEMBER));
    assert_int_equal(code_of_number(f->p, OP_SELF_CHANGE, 2, 0), 0);
    assert_int_equal(code_of_number(f->p, OP_SELF_CHANGE, 2, 0), 0);
    world_mishap(f->world, "BEGIN", STORE_AWAY, NULL);
    assert_int_equal(code_of_number(f->p, OP_SELF_CHANGE, 3, 0), CODE(TRY_AGAIN));
    assert_int_equal(code_of_number(f->p, OP_IN, 0, ANOTHER), 0);
    f->p->read_count = f->p->sent_count;
    assert_int_equal(code_of_number(f->p, OP_SELF_CHANGE, 3, 0), CODE(OTHER_MEMBER));
    assert_int_equal(code_of_number(f->p, OP_SELF_CHANGE, 2, 0), CODE(OTHER_MEMBER));
    sign_in(f->p, BY_PIN);
    assert_int_equal(code_of_number(f->p, OP_SELF_CHANGE, 3, 0), 0);
}

static void the_staffs_session_is_no_members(void **state)
{
    struct fixture *f = *state;
    struct test_peer *till = peer_create(f->world);

    greet(till, "12", CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER);
    assert_int_equal(ask_op(till, OP_ANYBODY), CODE(SIGN_IN_FIRST));
    assert_int_equal(ask_op(till, OP_EITHER), CODE(SIGN_IN_FIRST));
    assert_int_equal(peer_session(till, "1111"), 0);
    assert_int_equal(ask_op(till, OP_SELF), CODE(UNSUPPORTED));
    assert_int_equal(ask_op(till, OP_EITHER), 0);
    assert_int_equal(seen.member_id, 0);
    assert_int_equal(seen.staff_id, STAFF);
    peer_destroy(till);
}

static void a_minute_without_a_request_of_theirs_ends_it_and_their_screen_is_told(void **state)
{
    struct fixture *f = *state;

    sign_in(f->p, BY_PIN);
    world_pass(f->world, 50000);
    assert_int_equal(ask_op(f->p, OP_SELF), 0); /* this keeps it */
    world_pass(f->world, 50000);
    assert_int_equal(ask_op(f->p, OP_ANYBODY), 0); /* so does this */
    world_pass(f->world, 50000);
    assert_int_equal(ask_op(f->p, OP_PING), 0); /* and this does not: a program asks by itself */
    f->p->read_count = f->p->sent_count;
    world_pass(f->world, 15000);
    assert_told(f->p);
    assert_int_equal(ask_op(f->p, OP_SELF), CODE(MEMBER_SIGN_IN_FIRST));
    assert_int_equal(ask_op(f->p, OP_ANYBODY), 0);
    assert_int_equal(seen.member_id, 0);
    assert_false(f->p->closed);
}

static void between_two_sweeps_the_door_looks_at_the_clock(void **state)
{
    struct fixture *f = *state;

    sign_in(f->p, BY_PIN);
    world_pass(f->world, 57000);
    assert_int_equal(ask_op(f->p, OP_SELF), 0);
    world_pass(f->world, 59999);
    assert_int_equal(ask_op(f->p, OP_SELF), 0);
    f->world->monotonic_us += 60 * SECOND_US;
    assert_int_equal(ask_op(f->p, OP_SELF), CODE(MEMBER_SIGN_IN_FIRST));
}

static void it_ends_at_its_hour_however_busy_they_are(void **state)
{
    struct fixture *f = *state;

    sign_in(f->p, BY_PIN);
    for (int i = 0; i < 14; i++) {
        assert_int_equal(ask_op(f->p, OP_SELF), 0);
        world_pass(f->world, 40000);
    }
    world_pass(f->world, 40000);
    assert_int_equal(ask_op(f->p, OP_SELF), CODE(MEMBER_SIGN_IN_FIRST));
}

static void it_is_its_connections_and_no_others(void **state)
{
    struct fixture *f = *state;
    struct test_peer *beside = peer_create(f->world);

    greet(beside, "11", CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK);
    sign_in(f->p, BY_PIN);
    assert_int_equal(ask_op(beside, OP_SELF), CODE(MEMBER_SIGN_IN_FIRST));
    assert_int_equal(ask_op(f->p, OP_OUT), 0);
    assert_int_equal(ask_op(f->p, OP_SELF), CODE(MEMBER_SIGN_IN_FIRST));
    peer_destroy(beside);
}

static void another_secret_ends_it_once_somebody_says_so(void **state)
{
    struct fixture *f = *state;
    struct test_peer *beside = peer_create(f->world);

    greet(beside, "12", CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK);
    sign_in(f->p, BY_PIN);
    sign_in(beside, LATER_SECRET); /* who changed it has the newer one */
    driver_heard(f->world->driver, "member", MEMBER + 1);
    world_settle(f->world);
    assert_int_equal(f->world->standing_count, 0);
    f->world->secret_changed_us = 9;
    driver_heard(f->world->driver, "member", MEMBER);
    world_settle(f->world);
    assert_int_equal(f->world->standing_count, 1);
    assert_told(f->p);
    assert_int_equal(ask_op(f->p, OP_SELF), CODE(MEMBER_SIGN_IN_FIRST));
    assert_int_equal(ask_op(beside, OP_SELF), 0);
    peer_destroy(beside);
}

static void who_is_nobody_any_more_is_signed_out_and_by_a_look_without_a_notice_too(void **state)
{
    struct fixture *f = *state;

    sign_in(f->p, BY_PIN);
    driver_look(f->world->driver);
    world_settle(f->world);
    assert_int_equal(ask_op(f->p, OP_SELF), 0);
    f->world->members_ended = true;
    f->p->read_count = f->p->sent_count;
    driver_look(f->world->driver);
    world_settle(f->world);
    assert_told(f->p);
    assert_int_equal(ask_op(f->p, OP_SELF), CODE(MEMBER_SIGN_IN_FIRST));
}

static void who_changes_their_secret_goes_on_and_who_was_signed_out_meanwhile_does_not(void **state)
{
    struct fixture *f = *state;

    sign_in(f->p, BY_PIN);
    assert_int_equal(code_of_number(f->p, OP_RENEW, 1, 0), 0);
    f->world->secret_changed_us = 9;
    driver_heard(f->world->driver, "member", MEMBER);
    world_settle(f->world);
    assert_int_equal(ask_op(f->p, OP_SELF), 0);
    f->world->hold = true;
    uint64_t id = peer_ask_number(f->p, OP_RENEW, 2, 0);
    world_pass(f->world, 70000);
    f->world->hold = false;
    world_settle(f->world);
    (void)id;
    assert_int_equal(ask_op(f->p, OP_SELF), CODE(MEMBER_SIGN_IN_FIRST));
}

static void a_look_that_failed_signs_nobody_out(void **state)
{
    struct fixture *f = *state;

    sign_in(f->p, BY_PIN);
    f->world->members_ended = true;
    world_mishap(f->world, "standing_members", STORE_AWAY, NULL);
    driver_heard(f->world->driver, "member", MEMBER);
    world_settle(f->world);
    assert_int_equal(ask_op(f->p, OP_SELF), 0);
    world_pass(f->world, 10000); /* it is asked again */
    assert_int_equal(ask_op(f->p, OP_SELF), CODE(MEMBER_SIGN_IN_FIRST));
}

static void a_kiosk_sends_whole_baskets_with_nobody_signed_in(void **state)
{
    struct fixture *f = *state;
    struct test_peer *stranger = peer_create(f->world);

    assert_true(driver_frame_max(&f->p->peer) > driver_frame_max(&stranger->peer));
    peer_destroy(stranger);
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(what_goes_at_a_kiosk_says_its_op),
        SENTENCE(what_was_asked_with_nobody_signed_in_is_not_to_be_asked_again),
        SENTENCE(a_command_goes_over_from_no_session_to_another),
        SENTENCE(the_staffs_session_is_no_members),
        SENTENCE(a_minute_without_a_request_of_theirs_ends_it_and_their_screen_is_told),
        SENTENCE(between_two_sweeps_the_door_looks_at_the_clock),
        SENTENCE(it_ends_at_its_hour_however_busy_they_are),
        SENTENCE(it_is_its_connections_and_no_others),
        SENTENCE(another_secret_ends_it_once_somebody_says_so),
        SENTENCE(who_is_nobody_any_more_is_signed_out_and_by_a_look_without_a_notice_too),
        SENTENCE(who_changes_their_secret_goes_on_and_who_was_signed_out_meanwhile_does_not),
        SENTENCE(a_look_that_failed_signs_nobody_out),
        SENTENCE(a_kiosk_sends_whole_baskets_with_nobody_signed_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
