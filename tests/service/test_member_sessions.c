/* A member's own session as the door sees it: at a kiosk, by its connection alone, for a minute without a request, and for what its ops say. */
#include <string.h>

#include "proto/device.pb-c.h"
#include "proto/kiosk.pb-c.h"
#include "world.h"
#include "world_store.h"

#define MEMBER 501

enum {
    OP_IN = 201,
    OP_OUT,
    OP_SELF,
    OP_SELF_CHANGE,
    OP_EITHER,
    OP_ANYBODY,
    OP_STAFF,
    OP_PING,
    OP_RENEW,
    OP_IN_BOOKED,
    OP_ERASE,
    OP_RARE,
    OP_LEAVE,
    OP_LEFT
};
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

/* In a transaction of its own. */
static enum step enter_booked(struct call *c)
{
    journal_note(c, MEMBER, "sign_in");
    return enter(c);
}

static enum step erase(struct call *c)
{
    member_clear(c);
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
static const struct op op_in_booked =
    TEST_OP(OP_IN_BOOKED, OP_ACTS, NEEDS_DEVICE, KIOSK_BIT, KIOSK_NOBODY, enter_booked);
static const struct op op_erase = TEST_OP(OP_ERASE, OP_CHANGES, NEEDS_MEMBER, KIOSK_BIT, KIOSK_NOBODY, erase);
static const struct op op_rare = { .name = "op",
                                   .number = OP_RARE,
                                   .kind = OP_READS,
                                   .needs = NEEDS_DEVICE,
                                   .clients = CLIENT_ANY,
                                   .per_minute = 3,
                                   .kiosk_per_minute = 2,
                                   NUMBER_ASKED,
                                   .stages = { done } };
/* These say by a field for whose session they are meant. */
#define LEAVE_ASKED .request = &caroline__v1__basket_leave__descriptor, .reply = &caroline__v1__shift_shown__descriptor
static const struct op op_leave = { .name = "op",
                                    .number = OP_LEAVE,
                                    .kind = OP_CHANGES,
                                    .needs = NEEDS_SESSION,
                                    .clients = KIOSK_BIT | COUNTER_BIT,
                                    .kiosk = KIOSK_ANYBODY,
                                    LEAVE_ASKED,
                                    .stages = { done } };
static const struct op op_left = { .name = "op",
                                   .number = OP_LEFT,
                                   .kind = OP_READS,
                                   .needs = NEEDS_SESSION,
                                   .clients = KIOSK_BIT | COUNTER_BIT,
                                   .kiosk = KIOSK_ANYBODY,
                                   LEAVE_ASKED,
                                   .stages = { done } };
static const struct op *const ops[] = { &test_hello, &test_session, &op_in,    &op_out,  &op_self,  &op_self_change,
                                        &op_either,  &op_anybody,   &op_staff, &op_ping, &op_renew, &op_in_booked,
                                        &op_erase,   &op_rare,      &op_leave, &op_left, NULL };

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
    sign_in(f->p, BY_PIN);
    f->world->now_us += 599 * SECOND_US;
    assert_int_equal(ask_op(f->p, OP_SELF), 0);
    f->world->now_us += SECOND_US; /* its hour */
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

/* says < 0: it does not say. */
static int leave_as(struct test_peer *p, unsigned op, unsigned number, int64_t says)
{
    Caroline__V1__BasketLeave message = CAROLINE__V1__BASKET_LEAVE__INIT;

    message.has_session_member_id = says >= 0;
    message.session_member_id = (uint64_t)says;
    return code_of(p, op, number ? command(number) : NULL, &message.base);
}

/* What was asked before somebody signed in, or out, is not carried out for whoever is there now; and that is its answer for good. */
static void what_says_whose_it_is_goes_in_that_session_alone(void **state)
{
    static const struct {
        int64_t signed_in, says;
        int code;
    } rows[] = {
        { 0, -1, 0 },
        { 0, 0, 0 },
        { 0, MEMBER, CODE(OTHER_MEMBER) },
        { MEMBER, -1, 0 },
        { MEMBER, MEMBER, 0 },
        { MEMBER, 0, CODE(OTHER_MEMBER) },
        { MEMBER, MEMBER + 1, CODE(OTHER_MEMBER) },
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].signed_in)
            sign_in(f->p, BY_PIN);
        assert_int_equal(leave_as(f->p, OP_LEFT, 0, rows[i].says), rows[i].code);
        assert_int_equal(leave_as(f->p, OP_LEAVE, (unsigned)i + 1, rows[i].says), rows[i].code);
        assert_int_equal(f->world->kept_count, i + 1);
        assert_int_equal(ask_op(f->p, OP_OUT), 0);
    }
    assert_int_equal(leave_as(f->p, OP_LEAVE, 3, MEMBER), CODE(OTHER_MEMBER));
    sign_in(f->p, BY_PIN);
    assert_int_equal(leave_as(f->p, OP_LEAVE, 3, MEMBER), CODE(OTHER_MEMBER)); /* too late now */
}

/* Ids are each device's own: another kiosk's command is not the first one's. */
static void a_command_of_another_kiosk_is_another(void **state)
{
    struct fixture *f = *state;
    struct test_peer *beside = peer_create(f->world);

    greet(beside, "12", CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK);
    sign_in(f->p, BY_PIN);
    sign_in(beside, ANOTHER);
    assert_int_equal(code_of_number(f->p, OP_SELF_CHANGE, 1, 0), 0);
    assert_int_equal(code_of_number(beside, OP_SELF_CHANGE, 1, 0), 0);
    assert_int_equal(code_of_number(f->p, OP_SELF_CHANGE, 1, 0), 0);
    peer_destroy(beside);
}

static void while_it_is_not_known_who_they_are_it_is_tried_again(void **state)
{
    struct fixture *f = *state;

    f->world->no_catalogue = true;
    assert_int_equal(ask_op(f->p, OP_ANYBODY), CODE(TRY_AGAIN));
    f->world->no_catalogue = false;
    sign_in(f->p, BY_PIN);
    f->world->no_catalogue = true;
    assert_int_equal(ask_op(f->p, OP_SELF), CODE(TRY_AGAIN));
    assert_int_equal(ask_op(f->p, OP_EITHER), CODE(TRY_AGAIN));
    f->world->no_catalogue = false;
    assert_int_equal(ask_op(f->p, OP_SELF), 0);
    f->p->peer.doubted = true;
    assert_int_equal(ask_op(f->p, OP_SELF), CODE(TRY_AGAIN));
    f->p->peer.doubted = false;
    assert_int_equal(ask_op(f->p, OP_SELF), 0);
}

static void a_kiosk_may_ask_less_often_than_a_till(void **state)
{
    struct fixture *f = *state;
    struct test_peer *till = peer_create(f->world);

    greet(till, "12", CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(ask_op(f->p, OP_RARE), i < 2 ? 0 : CODE(RATE_LIMITED));
        assert_int_equal(ask_op(till, OP_RARE), i < 3 ? 0 : CODE(RATE_LIMITED));
    }
    peer_destroy(till);
}

static void who_erases_themselves_is_signed_out(void **state)
{
    struct fixture *f = *state;

    sign_in(f->p, BY_PIN);
    assert_int_equal(code_of_number(f->p, OP_ERASE, 1, 0), 0);
    assert_int_equal(ask_op(f->p, OP_SELF), CODE(MEMBER_SIGN_IN_FIRST));
}

/* The notice of what ended a session may overtake the answer that opened it: it is doubted, and looked up. */
static void a_session_that_is_being_opened_is_doubted_by_its_members_notice(void **state)
{
    static const struct {
        int64_t member_id;
        bool ended;
        size_t looks;
        int code;
    } rows[] = {
        { MEMBER, false, 1, 0 },
        { MEMBER, true, 1, CODE(MEMBER_SIGN_IN_FIRST) },
        { MEMBER + 1, true, 0, 0 },
        { 0, true, 0, 0 },
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        f->world->hold_committed = true;
        f->world->standing_count = 0;
        f->world->members_ended = rows[i].ended;
        uint64_t id = peer_ask_number(f->p, OP_IN_BOOKED, 0, BY_PIN);
        world_pass(f->world, 0);
        f->world->hold_committed = false;
        driver_heard(f->world->driver, "member", rows[i].member_id);
        world_tell_committed(f->world);
        world_settle(f->world);
        assert_int_equal(code_at(f->p, id), 0);
        assert_int_equal(f->world->standing_count, rows[i].looks);
        f->world->members_ended = false;
        assert_int_equal(ask_op(f->p, OP_SELF), rows[i].code);
        assert_int_equal(ask_op(f->p, OP_OUT), 0);
    }
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
        SENTENCE(what_says_whose_it_is_goes_in_that_session_alone),
        SENTENCE(a_command_of_another_kiosk_is_another),
        SENTENCE(while_it_is_not_known_who_they_are_it_is_tried_again),
        SENTENCE(a_kiosk_may_ask_less_often_than_a_till),
        SENTENCE(who_erases_themselves_is_signed_out),
        SENTENCE(a_session_that_is_being_opened_is_doubted_by_its_members_notice),
        SENTENCE(a_kiosk_sends_whole_baskets_with_nobody_signed_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
