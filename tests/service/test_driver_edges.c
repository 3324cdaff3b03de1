/* What the driver does beside the requests: connections that end while something of theirs is on its way, notices that come
 * at odd moments, refusals that are committed, clocks that jump, a thousand sessions. */
#include "world.h"
#include "world_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "db/queries.h"
#include "proto/device.pb-c.h"
#include "proto/session.pb-c.h"

enum { OP_READ = 201, OP_FOLLOW, OP_KEPT, OP_SECRET, OP_LEAVE, OP_ENROL };
enum { FOLLOW_AT_ONCE, FOLLOW_REFUSED, FOLLOW_AND_CLOSE };
enum { KEPT_NOTED = 10, KEPT_RAISED, KEPT_BY_A_STRANGER };

/* ---- ops ---- */

static void ask_something(struct call *c)
{
    uint8_t hash[32] = { 0 };

    ask(c, &sql_hello_device, PARAMS(PARAM_BYTES(bytes_of(hash, sizeof hash))));
}

static enum step ask_first(struct call *c)
{
    ask_something(c);
    return STEP_NEXT;
}

static enum step answer_empty(struct call *c)
{
    Caroline__V1__ShiftShown reply = CAROLINE__V1__SHIFT_SHOWN__INIT;

    return answer(c, &reply.base);
}

/* A Hello that looks its device up; the version is its number. */
static enum step greet(struct call *c)
{
    const Caroline__V1__Hello *request = (const Caroline__V1__Hello *)c->message;
    Caroline__V1__Helloed reply = CAROLINE__V1__HELLOED__INIT;
    char text[16] = "";

    memcpy(text, request->client_version.data, request->client_version.len);
    int64_t device_id = strtoll(text, NULL, 10);
    device_set(c, device_id, device_id ? SHOP : 0, request->client);
    return answer(c, &reply.base);
}

static enum step follow(struct call *c)
{
    topic_follow(c, CAROLINE__V1__TOPIC__TOPIC_CATALOGUE, 0);
    if (number_asked(c) == FOLLOW_REFUSED)
        return refuse(c, CODE(BAD_CLAIM), "not now");
    if (number_asked(c) == FOLLOW_AND_CLOSE)
        peer_close_after(c);
    return answer_empty(c);
}

static enum step refuse_but_keep(struct call *c)
{
    if (number_asked(c) == KEPT_RAISED)
        catalogue_raise(c, SHOP);
    if (number_asked(c) == KEPT_NOTED)
        journal_note(c, 99, "wrong_code");
    ask_something(c);
    return refuse_and_keep(c, CODE(CODE_WRONG), "counted");
}

static ProtobufCMessage *nothing_of_it(struct call *c)
{
    Caroline__V1__ShiftShown *reply = arena_alloc(c->txn.arena, sizeof *reply);

    caroline__v1__shift_shown__init(reply);
    return &reply->base;
}

static enum step leave(struct call *c)
{
    session_clear(c);
    journal_note(c, STAFF, "sign_out");
    return answer_empty(c);
}

static const struct op op_hello = {
    .name = "op_hello",
    .number = CAROLINE__V1__OP__OP_HELLO,
    .kind = OP_ACTS,
    .clients = CLIENT_ANY,
    .per_minute = 5,
    .request = &caroline__v1__hello__descriptor,
    .reply = &caroline__v1__helloed__descriptor,
    .stages = { ask_first, greet },
};
#define OP(named, of_number, of_kind, who)                                                                             \
    .name = named, .number = (of_number), .kind = (of_kind), .needs = (who), .clients = CLIENT_ANY, NUMBER_ASKED
static const struct op op_read = { OP("op_read", OP_READ, OP_READS, NEEDS_DEVICE),
                                   .stages = { ask_first, answer_empty } };
static const struct op op_follow = { OP("op_follow", OP_FOLLOW, OP_READS, NEEDS_DEVICE), .stages = { follow } };
static const struct op op_kept = { OP("op_kept", OP_KEPT, OP_CHANGES, NEEDS_SESSION), .stages = { refuse_but_keep } };
static const struct op op_secret = { OP("op_secret", OP_SECRET, OP_CHANGES, NEEDS_SESSION), .stages = { answer_empty },
                                     .kept = nothing_of_it };
static const struct op op_leave = { OP("op_leave", OP_LEAVE, OP_ACTS, NEEDS_DEVICE), .stages = { leave } };
static const struct op op_enrol = { OP("op_enrol", OP_ENROL, OP_CHANGES, NEEDS_NOTHING),
                                    .stages = { refuse_but_keep } };
static const struct op *const ops[] = { &op_hello,  &test_session, &op_read,  &op_follow, &op_kept,
                                        &op_secret, &op_leave,     &op_enrol, NULL };
static const struct topic_class *const topics[] = { &test_topic, NULL };

struct fixture {
    struct world *world;
    struct test_peer *p;
};

static int set_up_wide(void **state, size_t device_connections)
{
    struct fixture *f = calloc(1, sizeof *f);

    f->world = world_create_wide(ops, topics, device_connections);
    f->p = peer_create(f->world);
    peer_sign_in(f->p, DEVICE);
    *state = f;
    return 0;
}

static int set_up(void **state)
{
    return set_up_wide(state, 100);
}

static int set_up_two(void **state)
{
    return set_up_wide(state, 2);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    peer_destroy(f->p);
    world_destroy(f->world);
    free(f);
    return 0;
}

static uint64_t say_hello(struct test_peer *p, const char *device)
{
    Caroline__V1__Hello hello = CAROLINE__V1__HELLO__INIT;

    hello.has_client = hello.has_client_version = true;
    hello.client = CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER;
    hello.client_version = (ProtobufCBinaryData){ .len = strlen(device), .data = (uint8_t *)(uintptr_t)device };
    return peer_ask(p, CAROLINE__V1__OP__OP_HELLO, NULL, &hello.base);
}

/* ---- connections ---- */

static void a_connection_keeps_the_number_it_was_given(void **state)
{
    struct fixture *f = *state;
    uint64_t first = f->p->peer.number;
    struct test_peer *other = peer_create(f->world);

    assert_true(first != 0 && other->peer.number == first + 1);
    driver_closed(f->world->driver, &other->peer);
    other->peer.number = 4711; /* as net has it in its log already */
    driver_opened(f->world->driver, &other->peer);
    assert_int_equal(other->peer.number, 4711);
    peer_destroy(other);
}

/* Not while it says hello, for what follows is read by who it is; a call too many is read, and refused. */
static void a_connection_is_read_from_unless_it_says_hello_or_ends(void **state)
{
    struct fixture *f = *state;
    struct test_peer *other = peer_create(f->world);

    f->world->hold = true;
    uint64_t hello = say_hello(other, "12");
    assert_false(driver_reads(&other->peer));
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(code_at(other, hello), 0);
    assert_true(driver_reads(&other->peer));
    f->world->hold = true;
    uint64_t last = 0;
    for (int i = 0; i < 17; i++)
        last = peer_ask_number(other, OP_READ, 0, 0);
    assert_int_equal(code_at(other, last), CODE(TOO_MANY_CALLS));
    assert_true(driver_reads(&other->peer));
    driver_bad_frame(f->world->driver, &other->peer);
    assert_false(driver_reads(&other->peer));
    f->world->hold = false;
    peer_destroy(other);
}

/* A stranger without a key is counted by its connection: five hellos a minute. */
static void a_stranger_without_a_key_says_hello_so_often_a_minute(void **state)
{
    struct fixture *f = *state;
    struct test_peer *stranger = peer_create(f->world);

    for (int minute = 0; minute < 2; minute++) {
        for (int i = 0; i < 6; i++) {
            uint64_t id = say_hello(stranger, "0");

            world_settle(f->world);
            assert_int_equal(code_at(stranger, id), i < 5 ? 0 : CODE(RATE_LIMITED));
        }
        stranger->peer.opened_us += 61 * SECOND_US; /* so that it does not linger too long */
        world_pass(f->world, 61000);
    }
    struct test_peer *other = peer_create(f->world);
    uint64_t id = say_hello(other, "0");
    world_settle(f->world);
    assert_int_equal(code_at(other, id), 0);
    peer_destroy(stranger);
    peer_destroy(other);
}

/* Two of a device may stand; what ends already is none of them. */
static void a_connection_that_ends_takes_no_place_of_its_device(void **state)
{
    struct fixture *f = *state;
    struct test_peer *second = peer_create(f->world), *third = peer_create(f->world), *fourth = peer_create(f->world);

    peer_sign_in(second, DEVICE);
    driver_bad_frame(f->world->driver, &second->peer); /* it ends once its answer is out */
    assert_true(second->closed);
    world_pass(f->world, 1000);
    peer_sign_in(third, DEVICE);
    assert_false(f->p->closed);
    peer_sign_in(fourth, DEVICE);
    assert_true(f->p->closed); /* the longest unused */
    assert_false(third->closed);
    peer_destroy(second);
    peer_destroy(third);
    peer_destroy(fourth);
}

/* It ended while its Hello was looked up: it is nobody's, and takes no place. */
static void who_ends_while_saying_hello_takes_no_place(void **state)
{
    struct fixture *f = *state;
    struct test_peer *second = peer_create(f->world), *third = peer_create(f->world);

    f->world->hold = true;
    say_hello(second, "11");
    driver_bad_frame(f->world->driver, &second->peer);
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(second->peer.device_id, DEVICE);
    peer_sign_in(third, DEVICE);
    assert_false(f->p->closed || third->closed);
    peer_destroy(second);
    peer_destroy(third);
}

/* ---- following ---- */

static void who_is_refused_or_ends_follows_nothing(void **state)
{
    static const struct {
        int64_t how;
        int code;
        bool closed, follows;
    } rows[] = { { FOLLOW_AT_ONCE, 0, false, true },
                 { FOLLOW_REFUSED, CODE(BAD_CLAIM), false, false },
                 { FOLLOW_AND_CLOSE, 0, true, false } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture *f = *state;

        assert_int_equal(code_of_number(f->p, OP_FOLLOW, 0, rows[i].how), rows[i].code);
        assert_int_equal(f->p->closed, rows[i].closed);
        assert_non_null(peer_next(f->p)->reply);
        assert_int_equal(peer_has_more(f->p), rows[i].follows);
        catalogue_seal(f->world->catalogue, VERSION + 1, 1);
        f->p->read_count = f->p->sent_count;
        driver_catalogue_changed(f->world->driver, SHOP);
        assert_int_equal(peer_has_more(f->p), rows[i].follows);
        assert_int_equal(tear_down(state), 0);
        assert_int_equal(set_up(state), 0);
    }
}

/* ---- refusals that are committed ---- */

static void a_refusal_that_is_kept_writes_its_note_and_no_change(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_KEPT, 1, KEPT_NOTED), CODE(CODE_WRONG));
    assert_int_equal(f->world->journal_count, 1);
    assert_int_equal(f->world->kept_count, 1);
    assert_non_null(strstr(f->world->log, "COMMIT"));
}

/* Memory need not catch up with what was refused. */
static void a_refusal_that_is_kept_waits_for_no_catalogue(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_KEPT, 1, KEPT_RAISED), CODE(CODE_WRONG));
    assert_int_equal(f->world->wanted_version, 0);
}

/* It is counted, and not kept: a stranger has no id of its own. */
static void a_stranger_s_refusal_is_counted_and_not_kept(void **state)
{
    struct fixture *f = *state;
    struct test_peer *stranger = peer_create(f->world);

    world_forget_log(f->world);
    peer_sign_in(stranger, 0);
    assert_int_equal(code_of_number(stranger, OP_ENROL, 1, KEPT_BY_A_STRANGER), CODE(CODE_WRONG));
    assert_non_null(strstr(f->world->log, "hello_device COMMIT"));
    assert_int_equal(f->world->kept_count, 0);
    peer_destroy(stranger);
}

static void a_secret_s_id_of_another_op_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(code_of_number(f->p, OP_KEPT, 1, 0), CODE(CODE_WRONG));
    assert_int_equal(code_of_number(f->p, OP_SECRET, 1, 0), CODE(COMMAND_REUSED));
    assert_int_equal(code_of_number(f->p, OP_SECRET, 2, 0), 0);
    assert_int_equal(code_of_number(f->p, OP_SECRET, 2, 0), 0);
    assert_int_equal(f->world->kept_count, 2);
}

/* ---- notices ---- */

/* The device's connections are cut; what others have on its way goes on. */
static void who_is_cut_off_takes_nobody_along(void **state)
{
    struct fixture *f = *state;
    struct test_peer *other = peer_create(f->world);

    peer_sign_in(other, DEVICE2);
    f->world->hold = true;
    uint64_t read = peer_ask_number(other, OP_READ, 0, 0);
    uint64_t leaving = peer_ask_number(other, OP_LEAVE, 0, 0);
    driver_heard(f->world->driver, "device", DEVICE);
    assert_true(f->p->closed);
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(code_at(other, read), 0);
    assert_int_equal(code_at(other, leaving), 0);
    assert_int_equal(f->world->standing_count, 0);
    peer_destroy(other);
}

/* Its row was read before the notice, and may say the opposite by now: who it is is looked up once more. */
static void a_device_that_is_cut_off_while_it_says_hello_is_looked_up(void **state)
{
    for (int ended = 0; ended < 2; ended++) {
        struct fixture *f = *state;
        struct test_peer *other = peer_create(f->world);

        f->world->hold = true;
        uint64_t hello = say_hello(other, "12");
        driver_heard(f->world->driver, "device", DEVICE2);
        f->world->devices_ended = ended;
        f->world->hold = false;
        world_settle(f->world);
        assert_int_equal(code_at(other, hello), 0);
        assert_int_equal(f->world->standing_count, 1);
        assert_int_equal(other->closed, ended);
        assert_false(f->p->closed); /* nobody asked about that one */
        peer_destroy(other);
        assert_int_equal(tear_down(state), 0);
        assert_int_equal(set_up(state), 0);
    }
}

/* Carried out and not answered yet: whose notice is heard then is asked about, and nobody else. */
static void open_session_silently(struct fixture *f, const char *word, int64_t number, size_t looks)
{
    Caroline__V1__SessionUnlock message = CAROLINE__V1__SESSION_UNLOCK__INIT;

    message.has_pin = true;
    message.pin = (ProtobufCBinaryData){ .len = 4, .data = (uint8_t *)(uintptr_t) "4444" };
    f->world->standing_count = 0;
    f->world->hold_committed = true;
    uint64_t id = peer_ask(f->p, OP_TEST_SESSION, NULL, &message.base);
    world_pass(f->world, 0);
    f->world->hold_committed = false;
    driver_heard(f->world->driver, word, number);
    assert_int_equal(f->world->standing_count, 0);
    world_tell_committed(f->world);
    world_settle(f->world);
    assert_int_equal(code_at(f->p, id), 0);
    assert_int_equal(f->world->standing_count, looks);
    assert_int_equal(code_of_number(f->p, OP_SECRET, (unsigned)f->p->next_id, 0), 0);
}

static void a_session_that_is_being_opened_is_doubted_by_its_own_notices_alone(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(peer_session(f->p, "3333"), 0);
    open_session_silently(f, "staff", STAFF + 1, 0);
    assert_int_equal(peer_session(f->p, "3333"), 0);
    open_session_silently(f, "staff", STAFF, 1);
    open_session_silently(f, "session", DEVICE2, 0);
    open_session_silently(f, "session", DEVICE, 1);
}

/* Who is leaving is not asked about before they have left; the device then is. */
static void a_session_that_is_being_closed_is_not_looked_up(void **state)
{
    struct fixture *f = *state;

    f->world->hold_committed = true;
    uint64_t id = peer_ask_number(f->p, OP_LEAVE, 0, 0);
    world_pass(f->world, 0);
    f->world->hold_committed = false;
    driver_heard(f->world->driver, "session", DEVICE);
    world_pass(f->world, 0);
    assert_int_equal(f->world->standing_count, 0);
    world_tell_committed(f->world);
    world_settle(f->world);
    assert_int_equal(code_at(f->p, id), 0);
    assert_int_equal(f->world->standing_count, 1);
    assert_false(f->p->closed);
}

/* A notice comes while the look is on its way that another one began: until a second look has said no, it may have ended. */
static void a_session_is_doubted_until_the_last_notice_is_looked_up(void **state)
{
    struct fixture *f = *state;
    Caroline__V1__SessionUnlock message = CAROLINE__V1__SESSION_UNLOCK__INIT;

    assert_int_equal(peer_session(f->p, "3333"), 0);
    message.has_pin = true;
    message.pin = (ProtobufCBinaryData){ .len = 4, .data = (uint8_t *)(uintptr_t) "4444" };
    f->world->hold_committed = true;
    peer_ask(f->p, OP_TEST_SESSION, NULL, &message.base);
    world_pass(f->world, 0);
    f->world->hold_committed = false;
    driver_heard(f->world->driver, "staff", STAFF);
    world_tell_committed(f->world); /* signed in, in doubt, and looked up */
    driver_heard(f->world->driver, "session", DEVICE);
    driver_heard(f->world->driver, "session", DEVICE);
    while (f->world->standing_count == 0)
        assert_true(world_event(f->world));
    f->world->hold = true; /* the second look */
    assert_int_equal(code_of_number(f->p, OP_SECRET, 1, 0), CODE(TRY_AGAIN));
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(f->world->standing_count, 2);
    assert_int_equal(code_of_number(f->p, OP_SECRET, 1, 0), 0);
}

/* ---- the clock ---- */

static const char *logged(const struct world *world, const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = arena_alloc(world->arena, 4096);

    assert_non_null(file);
    text[fread(text, 1, 4095, file)] = '\0';
    fclose(file);
    return text;
}

static void a_wall_clock_that_jumps_is_said(void **state)
{
    static const struct {
        int64_t moved_s;
        const char *said; /* NULL: nothing */
    } rows[] = { { 0, NULL },
                 { 2, NULL }, /* slewed */
                 { 3, "clock_jumped by_s=3\n" },
                 { -3, "clock_jumped by_s=-3\n" },
                 { -2, NULL } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture *f = *state;
        char path[100];

        snprintf(path, sizeof path, "%s/log%zu", f->world->directory, i);
        log_open("test", LOG_TEXT, LOG_WARN, path);
        f->world->now_us += rows[i].moved_s * SECOND_US;
        world_pass(f->world, 6000);
        const char *text = logged(f->world, path);
        log_open("test", LOG_TEXT, LOG_INFO, NULL);
        if (rows[i].said == NULL)
            assert_null(strstr(text, "clock_jumped"));
        else
            assert_non_null(strstr(text, rows[i].said));
    }
}

/* ---- many ---- */

/* A thousand rows are touched in one statement, and who is left in the next. */
static void more_sessions_than_one_statement_touches_are_touched_in_two(void **state)
{
    enum { MANY = 1001 };
    struct fixture *f = *state;
    struct test_peer **peers = calloc(MANY, sizeof(struct test_peer *));

    for (unsigned i = 0; i < MANY; i++) {
        peers[i] = peer_create(f->world);
        peer_sign_in(peers[i], DEVICE2);
        memcpy(peers[i]->peer.token_hash, &(uint32_t){ i + 1 }, sizeof(uint32_t)); /* a session each */
    }
    peer_gone(f->p);
    world_pass(f->world, 61000);
    f->world->touched_count = 0;
    for (unsigned i = 0; i < MANY; i++) {
        assert_int_equal(code_of_number(peers[i], OP_READ, 0, 0), 0);
        peers[i]->peer.used_us = f->world->monotonic_us; /* somebody is at it */
        world_forget_log(f->world);
    }
    world_pass(f->world, 5000);
    assert_int_equal(f->world->touched_count, MANY - 1);
    world_pass(f->world, 5000);
    assert_int_equal(f->world->touched_count, MANY);
    world_pass(f->world, 5000);
    assert_int_equal(f->world->touched_count, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        assert_false(peers[i]->closed);
        peer_destroy(peers[i]);
    }
    free(peers);
}

static int set_up_many(void **state)
{
    return set_up_wide(state, 2000);
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define OF_TWO(test)   cmocka_unit_test_setup_teardown(test, set_up_two, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(a_connection_keeps_the_number_it_was_given),
        SENTENCE(a_connection_is_read_from_unless_it_says_hello_or_ends),
        SENTENCE(a_stranger_without_a_key_says_hello_so_often_a_minute),
        OF_TWO(a_connection_that_ends_takes_no_place_of_its_device),
        OF_TWO(who_ends_while_saying_hello_takes_no_place),
        SENTENCE(who_is_refused_or_ends_follows_nothing),
        SENTENCE(a_refusal_that_is_kept_writes_its_note_and_no_change),
        SENTENCE(a_refusal_that_is_kept_waits_for_no_catalogue),
        SENTENCE(a_stranger_s_refusal_is_counted_and_not_kept),
        SENTENCE(a_secret_s_id_of_another_op_is_refused),
        SENTENCE(who_is_cut_off_takes_nobody_along),
        SENTENCE(a_device_that_is_cut_off_while_it_says_hello_is_looked_up),
        SENTENCE(a_session_that_is_being_opened_is_doubted_by_its_own_notices_alone),
        SENTENCE(a_session_that_is_being_closed_is_not_looked_up),
        SENTENCE(a_session_is_doubted_until_the_last_notice_is_looked_up),
        SENTENCE(a_wall_clock_that_jumps_is_said),
        cmocka_unit_test_setup_teardown(more_sessions_than_one_statement_touches_are_touched_in_two, set_up_many,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
