/* Every refusal that comes before a request's own rules, in the order PROTOCOL.md gives. */
#include "world.h"
#include "world_store.h"

#include <string.h>

#include "proto/device.pb-c.h"
#include "proto/sale.pb-c.h"
#include "proto/session.pb-c.h"

enum {
    OP_READ = 201,
    OP_CHANGE = 202,
    OP_REFUND = 203,
    OP_SETTINGS = 204,
    OP_KIOSK = 205,
    OP_RARE = 206,
    OP_HELD = 207,
    OP_WHICH = 208
};

static size_t reads;
static const struct op *allowed; /* of OP_WHICH: the op of the number in it, if it may be asked here */

static enum step pong(struct call *c)
{
    Caroline__V1__Pong reply = CAROLINE__V1__PONG__INIT;

    reads++;
    return answer(c, &reply.base);
}

static enum step shown(struct call *c)
{
    Caroline__V1__ShiftShown reply = CAROLINE__V1__SHIFT_SHOWN__INIT;

    reads++;
    return answer(c, &reply.base);
}

static enum step which(struct call *c)
{
    allowed = op_allowed(c, (unsigned)number_asked(c));
    return shown(c);
}

static enum step ask_first(struct call *c)
{
    extern const struct statement sql_hello_device;
    uint8_t hash[32] = { 0 };

    ask(c, &sql_hello_device, PARAMS(PARAM_BYTES(bytes_of(hash, sizeof hash))));
    return STEP_NEXT;
}

#define READ_OP .kind = OP_READS, .request = &caroline__v1__ping__descriptor, .reply = &caroline__v1__pong__descriptor
#define CHANGE_OP                                                                                                      \
    .kind = OP_CHANGES, .request = &caroline__v1__shift_open__descriptor,                                              \
    .reply = &caroline__v1__shift_shown__descriptor, .stages = { shown }

static const struct op op_read = {
    .name = "op_read", .number = OP_READ, READ_OP, .needs = NEEDS_DEVICE, .clients = CLIENT_ANY, .stages = { pong }
};
static const struct op op_change = { .name = "op_change",
                                     .number = OP_CHANGE,
                                     CHANGE_OP,
                                     .needs = NEEDS_SESSION,
                                     .permission = PERMISSION_SELL,
                                     .clients = CLIENT_BIT(1),
                                     .body_max = 100 };
static const struct op op_refund = { .name = "op_refund",
                                     .number = OP_REFUND,
                                     .kind = OP_CHANGES,
                                     .request = &caroline__v1__sale_refund__descriptor,
                                     .reply = &caroline__v1__shift_shown__descriptor,
                                     .stages = { shown },
                                     .needs = NEEDS_SESSION,
                                     .permission = PERMISSION_REFUND,
                                     .clients = CLIENT_ANY };
static const struct op op_settings = { .name = "op_settings",
                                       .number = OP_SETTINGS,
                                       CHANGE_OP,
                                       .needs = NEEDS_SESSION,
                                       .permission = PERMISSION_SHOP_EDIT,
                                       .clients = CLIENT_ANY };
static const struct op op_kiosk = {
    .name = "op_kiosk", .number = OP_KIOSK, READ_OP, .needs = NEEDS_DEVICE, .clients = CLIENT_BIT(2), .stages = { pong }
};
static const struct op op_rare = { .name = "op_rare",
                                   .number = OP_RARE,
                                   READ_OP,
                                   .needs = NEEDS_NOTHING,
                                   .clients = CLIENT_ANY,
                                   .per_minute = 3,
                                   .stages = { pong } };
static const struct op op_held = { .name = "op_held",
                                   .number = OP_HELD,
                                   READ_OP,
                                   .needs = NEEDS_DEVICE,
                                   .clients = CLIENT_ANY,
                                   .stages = { ask_first, pong } };

static const struct op op_which = { .name = "op_which",
                                    .number = OP_WHICH,
                                    .kind = OP_READS,
                                    .needs = NEEDS_DEVICE,
                                    .clients = CLIENT_ANY,
                                    NUMBER_ASKED,
                                    .stages = { which } };

static const struct op *const ops[] = { &test_hello, &test_session, &op_read, &op_change, &op_refund, &op_settings,
                                        &op_kiosk,   &op_rare,      &op_held, &op_which,  NULL };

struct fixture {
    struct world *world;
    struct test_peer *p;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    f->world = world_create(ops, NULL);
    f->p = peer_create(f->world);
    reads = 0;
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

static int change(struct test_peer *p, unsigned number)
{
    return code_of(p, OP_CHANGE, command(number), NULL);
}

/* ---- the frame and the envelope -----------------------------------------------------------------------------------*/

static void bytes_that_are_no_request_close(void **state)
{
    struct fixture *f = *state;

    driver_receive(f->world->driver, &f->p->peer, bytes_of_text("GET / HTTP/1.1"));
    Caroline__V1__FromServer *said = peer_next(f->p);
    assert_int_equal(said->reply->error->code, CODE(BAD_FRAME));
    assert_int_equal(said->reply->id, 0);
    assert_true(f->p->closed);
}

static void a_bad_length_is_answered_once_and_closes(void **state)
{
    struct fixture *f = *state;

    driver_bad_frame(f->world->driver, &f->p->peer);
    driver_bad_frame(f->world->driver, &f->p->peer);
    assert_int_equal(f->p->sent_count, 1);
    assert_int_equal(peer_next(f->p)->reply->error->code, CODE(BAD_FRAME));
    assert_true(f->p->closed && !f->p->at_once);
    assert_false(driver_reads(&f->p->peer));
}

static void an_id_of_zero_closes(void **state)
{
    struct fixture *f = *state;
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;

    request.has_op = true;
    request.op = OP_READ;
    peer_send(f->p, &request);
    assert_int_equal(peer_next(f->p)->reply->error->code, CODE(BAD_FRAME));
    assert_true(f->p->closed);
}

static void an_id_that_is_in_flight_closes(void **state)
{
    struct fixture *f = *state;
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;

    peer_sign_in(f->p, DEVICE);
    f->world->hold = true;
    request.has_id = request.has_op = true;
    request.id = 77;
    request.op = OP_HELD;
    peer_send(f->p, &request);
    peer_send(f->p, &request);
    assert_int_equal(peer_next(f->p)->reply->error->code, CODE(BAD_FRAME));
    assert_true(f->p->closed);
}

static void nothing_is_read_from_a_closing_connection(void **state)
{
    struct fixture *f = *state;

    driver_bad_frame(f->world->driver, &f->p->peer);
    peer_ask(f->p, CAROLINE__V1__OP__OP_HELLO, NULL, NULL);
    world_settle(f->world);
    assert_int_equal(f->p->sent_count, 1);
}

/* ---- who asks -----------------------------------------------------------------------------------------------------*/

static void an_op_before_hello_closes_even_an_unknown_one(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of(f->p, 9999, NULL, NULL), CODE(HELLO_FIRST));
    assert_true(f->p->closed);
}

static void an_unknown_op_is_unsupported_and_the_connection_stays(void **state)
{
    struct fixture *f = *state;

    peer_sign_in(f->p, DEVICE);
    assert_int_equal(code_of(f->p, 9999, NULL, NULL), CODE(UNSUPPORTED));
    assert_int_equal(code_of(f->p, 190, NULL, NULL), CODE(UNSUPPORTED));
    assert_int_equal(code_of(f->p, UINT32_MAX, NULL, NULL), CODE(UNSUPPORTED));
    assert_int_equal(code_of(f->p, OP_READ, NULL, NULL), 0);
    assert_false(f->p->closed);
}

static void an_op_of_other_clients_is_unsupported(void **state)
{
    struct fixture *f = *state;

    peer_sign_in(f->p, DEVICE);
    assert_int_equal(code_of(f->p, OP_KIOSK, NULL, NULL), CODE(UNSUPPORTED));
}

static void a_stranger_is_served_hello_and_what_needs_nothing(void **state)
{
    struct fixture *f = *state;

    peer_sign_in(f->p, 0);
    assert_int_equal(code_of(f->p, OP_READ, NULL, NULL), CODE(NOT_ENROLLED));
    assert_int_equal(change(f->p, 1), CODE(NOT_ENROLLED));
    assert_int_equal(code_of(f->p, OP_RARE, NULL, NULL), 0);
}

static void a_stranger_who_lingers_is_closed(void **state)
{
    struct fixture *f = *state;
    struct test_peer *till = peer_create(f->world);

    peer_sign_in(f->p, 0);
    peer_sign_in(till, DEVICE);
    world_pass(f->world, 16000);
    assert_true(f->p->closed && f->p->at_once);
    assert_false(till->closed);
    peer_destroy(till);
}

static void a_person_is_asked_for(void **state)
{
    struct fixture *f = *state;

    peer_sign_in(f->p, DEVICE);
    assert_int_equal(driver_frame_max(&f->p->peer), 65536);
    assert_int_equal(peer_session(f->p, "3333"), 0);
    assert_int_equal(change(f->p, 1), CODE(SIGN_IN_FIRST));
    assert_int_equal(driver_frame_max(&f->p->peer), 4096);
    assert_int_equal(peer_session(f->p, "2222"), 0);
    assert_int_equal(change(f->p, 1), CODE(SESSION_LOCKED));
    assert_int_equal(peer_session(f->p, "1111"), 0);
    assert_int_equal(change(f->p, 1), 0);
}

static void a_role_without_the_permission_is_denied_and_nothing_is_asked(void **state)
{
    struct fixture *f = *state;

    peer_sign_in(f->p, DEVICE);
    assert_int_equal(code_of(f->p, OP_SETTINGS, command(1), NULL), CODE(PERMISSION_DENIED));
    assert_string_equal(f->world->log, "");
    assert_int_equal(reads, 0);
}

/* What an op does for another it does for who may ask that one. */
static void an_op_is_lent_to_who_may_ask_it(void **state)
{
    static const struct {
        unsigned number;
        const char *session;
        const struct op *allowed;
    } rows[] = {
        { OP_CHANGE, "1111", &op_change }, { OP_SETTINGS, "1111", NULL }, { OP_KIOSK, "1111", NULL },
        { OP_READ, "1111", &op_read },     { 190, "1111", NULL },         { 9999, "1111", NULL },
        { OP_CHANGE, "2222", NULL },       { OP_READ, "2222", &op_read }, { OP_CHANGE, "3333", NULL },
    };
    struct fixture *f = *state;

    peer_sign_in(f->p, DEVICE);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(peer_session(f->p, rows[i].session), 0);
        allowed = &op_which;
        assert_int_equal(code_of_number(f->p, OP_WHICH, 0, rows[i].number), 0);
        assert_ptr_equal(allowed, rows[i].allowed);
    }
}

static void a_permission_taken_away_holds_at_once(void **state)
{
    struct fixture *f = *state;
    struct role role = { .id = ROLE, .name = "cashier" };

    peer_sign_in(f->p, DEVICE);
    assert_int_equal(change(f->p, 1), 0);
    catalogue_put_role(f->world->catalogue, VERSION + 1, &role);
    catalogue_seal(f->world->catalogue, VERSION + 1, 1);
    assert_int_equal(change(f->p, 2), CODE(PERMISSION_DENIED));
}

static void without_the_catalogue_nobody_can_tell(void **state)
{
    struct fixture *f = *state;

    peer_sign_in(f->p, DEVICE);
    f->world->no_catalogue = true;
    assert_int_equal(change(f->p, 1), CODE(TRY_AGAIN));
}

/* ---- how much -----------------------------------------------------------------------------------------------------*/

static void at_most_sixteen_are_in_flight(void **state)
{
    struct fixture *f = *state;
    uint64_t last = 0;

    peer_sign_in(f->p, DEVICE);
    f->world->hold = true;
    for (int i = 0; i < 17; i++)
        last = peer_ask(f->p, OP_HELD, NULL, NULL);
    assert_int_equal(f->p->sent_count - f->p->read_count, 1);
    assert_int_equal(peer_reply_to(f->p, last)->error->code, CODE(TOO_MANY_CALLS));
    assert_true(peer_reply_to(f->p, last)->error->retry);
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(f->p->sent_count - f->p->read_count, 17);
    assert_int_equal(code_of(f->p, OP_READ, NULL, NULL), 0);
}

static void a_body_above_the_ops_limit_is_not_looked_at(void **state)
{
    struct fixture *f = *state;
    Caroline__V1__SessionUnlock junk = CAROLINE__V1__SESSION_UNLOCK__INIT;
    uint8_t bytes[200];

    memset(bytes, 0xff, sizeof bytes);
    junk.has_pin = true;
    junk.pin = (ProtobufCBinaryData){ .len = sizeof bytes, .data = bytes };
    peer_sign_in(f->p, DEVICE);
    assert_int_equal(code_of(f->p, OP_CHANGE, command(1), &junk.base), CODE(TOO_LARGE));
}

static void what_may_be_asked_rarely_is_limited_by_the_minute(void **state)
{
    struct fixture *f = *state;

    peer_sign_in(f->p, DEVICE);
    world_pass(f->world, 61000);
    for (int i = 0; i < 3; i++)
        assert_int_equal(code_of(f->p, OP_RARE, NULL, NULL), 0);
    assert_int_equal(code_of(f->p, OP_RARE, NULL, NULL), CODE(RATE_LIMITED));
    assert_int_equal(code_of(f->p, OP_READ, NULL, NULL), 0);
    world_pass(f->world, 61000);
    assert_int_equal(code_of(f->p, OP_RARE, NULL, NULL), 0);
}

static void the_minutes_count_is_of_the_device_and_not_of_a_connection(void **state)
{
    struct fixture *f = *state;
    struct test_peer *other = peer_create(f->world), *another = peer_create(f->world);

    peer_sign_in(f->p, DEVICE);
    peer_sign_in(other, DEVICE);
    peer_sign_in(another, DEVICE + 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(code_of(i == 1 ? other : f->p, OP_RARE, NULL, NULL), 0);
    assert_int_equal(code_of(other, OP_RARE, NULL, NULL), CODE(RATE_LIMITED));
    peer_destroy(other);
    other = peer_create(f->world);
    peer_sign_in(other, DEVICE);
    assert_int_equal(code_of(other, OP_RARE, NULL, NULL), CODE(RATE_LIMITED));
    assert_int_equal(code_of(another, OP_RARE, NULL, NULL), 0);
    peer_destroy(other);
    peer_destroy(another);
}

static void one_connection_more_than_a_device_may_have_ends_another(void **state)
{
    enum { MOST = 16, SIGNED_OUT = 3 };
    struct fixture *f = *state;
    struct test_peer *peers[MOST], *newcomers[SIGNED_OUT + 2];

    for (size_t i = 0; i < MOST; i++) {
        peers[i] = peer_create(f->world);
        world_pass(f->world, 10);
        peer_sign_in(peers[i], DEVICE);
        if (i + 1 == SIGNED_OUT)
            assert_int_equal(peer_session(peers[i], "3333"), 0); /* on all that hold the session */
    }
    peer_sign_in(f->p, DEVICE + 1);
    for (size_t went = 0; went < SIGNED_OUT + 2; went++) {
        newcomers[went] = peer_create(f->world);
        world_pass(f->world, 10);
        peer_sign_in(newcomers[went], DEVICE);
        assert_string_equal(peers[went]->reason, "too_many_of_device");
        assert_false(peers[went]->at_once);
        for (size_t i = 0; i < MOST; i++)
            assert_int_equal(peers[i]->closed, i <= went);
        assert_false(newcomers[went]->closed || f->p->closed);
    }
    for (size_t i = 0; i < SIGNED_OUT + 2; i++)
        peer_destroy(newcomers[i]);
    for (size_t i = 0; i < MOST; i++)
        peer_destroy(peers[i]);
}

/* ---- command id, body, fields -------------------------------------------------------------------------------------*/

static void a_command_has_an_id_of_sixteen_bytes_and_nothing_else_has_one(void **state)
{
    struct fixture *f = *state;
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;
    uint8_t bytes[17] = { 1 };

    peer_sign_in(f->p, DEVICE);
    assert_int_equal(code_of(f->p, OP_CHANGE, NULL, NULL), CODE(BAD_COMMAND_ID));
    assert_int_equal(code_of(f->p, OP_READ, command(1), NULL), CODE(BAD_COMMAND_ID));
    request.has_id = request.has_op = request.has_command_id = true;
    request.op = OP_CHANGE;
    for (size_t size = 0; size <= sizeof bytes; size++) {
        request.id = 1000 + size;
        request.command_id = (ProtobufCBinaryData){ .len = size, .data = bytes };
        peer_send(f->p, &request);
        world_settle(f->world);
        Caroline__V1__Reply *reply = peer_reply_to(f->p, request.id);
        assert_non_null(reply);
        assert_int_equal(reply->error ? (int)reply->error->code : 0, size == 16 ? 0 : CODE(BAD_COMMAND_ID));
    }
}

static void a_body_that_is_another_message_is_refused(void **state)
{
    struct fixture *f = *state;
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;
    uint8_t broken[] = { 0x0a, 0x7f, 0x01 };

    peer_sign_in(f->p, DEVICE);
    request.has_id = request.has_op = request.has_body = request.has_command_id = true;
    request.id = 500;
    request.op = OP_REFUND;
    request.command_id = (ProtobufCBinaryData){ .len = 16, .data = (uint8_t *)(uintptr_t)command(1) };
    request.body = (ProtobufCBinaryData){ .len = sizeof broken, .data = broken };
    peer_send(f->p, &request);
    world_settle(f->world);
    assert_int_equal(peer_reply_to(f->p, 500)->error->code, CODE(BAD_BODY));
}

static void a_field_out_of_its_limits_is_named(void **state)
{
    struct fixture *f = *state;
    Caroline__V1__SaleRefund refund = CAROLINE__V1__SALE_REFUND__INIT;

    peer_sign_in(f->p, DEVICE);
    refund.has_reason = true;
    refund.reason = (ProtobufCBinaryData){ .len = 3, .data = (uint8_t *)(uintptr_t) "a\x1b[" };
    uint64_t id = peer_ask(f->p, OP_REFUND, command(1), &refund.base);
    world_settle(f->world);
    Caroline__V1__Reply *reply = peer_reply_to(f->p, id);
    assert_int_equal(reply->error->code, CODE(BAD_FIELD));
    assert_memory_equal(reply->error->field.data, "reason", 6);
    assert_int_equal(reads, 0);
}

static void a_deadline_that_has_passed_changes_nothing(void **state)
{
    struct fixture *f = *state;
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;

    peer_sign_in(f->p, DEVICE);
    f->world->hold = true;
    peer_ask(f->p, OP_CHANGE, command(1), NULL); /* the device's next waits for it */
    request.has_id = request.has_op = request.has_command_id = request.has_deadline_ms = true;
    request.id = 900;
    request.op = OP_CHANGE;
    request.command_id = (ProtobufCBinaryData){ .len = 16, .data = (uint8_t *)(uintptr_t)command(2) };
    request.deadline_ms = 1000;
    peer_send(f->p, &request);
    world_pass(f->world, 1001);
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(peer_reply_to(f->p, 900)->error->code, CODE(DEADLINE));
    assert_int_equal(f->world->kept_count, 1);
}

/* ---- the end ------------------------------------------------------------------------------------------------------*/

static bool drained;

static void on_drained(void *context)
{
    (void)context;
    drained = true;
}

static void draining_finishes_what_is_in_flight_and_takes_nothing_new(void **state)
{
    struct fixture *f = *state;

    drained = false;
    peer_sign_in(f->p, DEVICE);
    f->world->hold = true;
    uint64_t under_way = peer_ask(f->p, OP_CHANGE, command(1), NULL);
    driver_drain(f->world->driver, on_drained, NULL);
    uint64_t late = peer_ask(f->p, OP_CHANGE, command(2), NULL);
    world_pass(f->world, 1000);
    assert_false(drained);
    assert_int_equal(peer_reply_to(f->p, late)->error->code, CODE(SHUTTING_DOWN));
    f->world->hold = false;
    world_settle(f->world);
    assert_true(drained);
    assert_null(peer_reply_to(f->p, under_way)->error);
    driver_log_state(f->world->driver);
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(bytes_that_are_no_request_close),
        SENTENCE(a_bad_length_is_answered_once_and_closes),
        SENTENCE(an_id_of_zero_closes),
        SENTENCE(an_id_that_is_in_flight_closes),
        SENTENCE(nothing_is_read_from_a_closing_connection),
        SENTENCE(an_op_before_hello_closes_even_an_unknown_one),
        SENTENCE(an_unknown_op_is_unsupported_and_the_connection_stays),
        SENTENCE(an_op_of_other_clients_is_unsupported),
        SENTENCE(a_stranger_is_served_hello_and_what_needs_nothing),
        SENTENCE(a_stranger_who_lingers_is_closed),
        SENTENCE(a_person_is_asked_for),
        SENTENCE(a_role_without_the_permission_is_denied_and_nothing_is_asked),
        SENTENCE(an_op_is_lent_to_who_may_ask_it),
        SENTENCE(a_permission_taken_away_holds_at_once),
        SENTENCE(without_the_catalogue_nobody_can_tell),
        SENTENCE(at_most_sixteen_are_in_flight),
        SENTENCE(a_body_above_the_ops_limit_is_not_looked_at),
        SENTENCE(what_may_be_asked_rarely_is_limited_by_the_minute),
        SENTENCE(the_minutes_count_is_of_the_device_and_not_of_a_connection),
        SENTENCE(one_connection_more_than_a_device_may_have_ends_another),
        SENTENCE(a_command_has_an_id_of_sixteen_bytes_and_nothing_else_has_one),
        SENTENCE(a_body_that_is_another_message_is_refused),
        SENTENCE(a_field_out_of_its_limits_is_named),
        SENTENCE(a_deadline_that_has_passed_changes_nothing),
        SENTENCE(draining_finishes_what_is_in_flight_and_takes_nothing_new),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
