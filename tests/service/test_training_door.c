/* The door of a session that practises: a request is another op there, or none; what the till believes has to be so. Beside it what
 * is refused and leaves no trace: a payment card's number, wherever it stands. */
#include <string.h>

#include "proto/coupon.pb-c.h"
#include "proto/device.pb-c.h"
#include "proto/sale.pb-c.h"
#include "proto/session.pb-c.h"
#include "world.h"
#include "world_store.h"

enum { OP_TRAIN = 201, OP_TRAIN_BOOKED, OP_SELL, OP_SETTLE, OP_LOOK, OP_PING, OP_RING_UP, OP_COUPON, OP_SECRET };

#define TRAINING 901

static struct {
    unsigned sold, practised, looked;
    int64_t training_id;
} done;

static enum step shown(struct call *c)
{
    Caroline__V1__ShiftShown reply = CAROLINE__V1__SHIFT_SHOWN__INIT;

    done.training_id = c->training.id;
    return answer(c, &reply.base);
}

static enum step sell(struct call *c)
{
    done.sold++;
    return shown(c);
}

static enum step practise(struct call *c)
{
    done.practised++;
    return shown(c);
}

static enum step look(struct call *c)
{
    done.looked++;
    return shown(c);
}

static enum step train(struct call *c)
{
    session_train(c, (struct training){ .id = number_asked(c), .from = 1 });
    return shown(c);
}

static enum step no_such_coupon(struct call *c)
{
    return refuse(c, CODE(UNKNOWN_COUPON), "there is no such coupon");
}

static enum step no_secret_wanted(struct call *c)
{
    return refuse(c, CODE(NO_SECRET_WANTED), "this looks like a secret");
}

#define SESSION_OP .needs = NEEDS_SESSION, .clients = CLIENT_ANY
static const struct op op_train = { .name = "op_train",
                                    .number = OP_TRAIN,
                                    .kind = OP_ACTS,
                                    SESSION_OP,
                                    NUMBER_ASKED,
                                    .stages = { train },
                                    .training = &op_train };
static const struct op op_train_booked = { .name = "op_train_booked",
                                           .number = OP_TRAIN_BOOKED,
                                           .kind = OP_CHANGES,
                                           SESSION_OP,
                                           NUMBER_ASKED,
                                           .stages = { train },
                                           .training = &op_train_booked };
static const struct op op_practise = {
    .name = "op_practise", .number = OP_SELL, .kind = OP_CHANGES, SESSION_OP, NUMBER_ASKED, .stages = { practise }
};
static const struct op op_sell = { .name = "op_sell",
                                   .number = OP_SELL,
                                   .kind = OP_CHANGES,
                                   SESSION_OP,
                                   NUMBER_ASKED,
                                   .stages = { sell },
                                   .training = &op_practise };
static const struct op op_settle = {
    .name = "op_settle", .number = OP_SETTLE, .kind = OP_CHANGES, SESSION_OP, NUMBER_ASKED, .stages = { sell }
};
static const struct op op_look = { .name = "op_look",
                                   .number = OP_LOOK,
                                   .kind = OP_READS,
                                   SESSION_OP,
                                   .request = &caroline__v1__ping__descriptor,
                                   .reply = &caroline__v1__shift_shown__descriptor,
                                   .stages = { look } };
static const struct op op_ping = { .name = "op_ping",
                                   .number = OP_PING,
                                   .kind = OP_READS,
                                   .needs = NEEDS_DEVICE,
                                   .clients = CLIENT_ANY,
                                   .request = &caroline__v1__ping__descriptor,
                                   .reply = &caroline__v1__shift_shown__descriptor,
                                   .stages = { look } };
static const struct op op_ring_up = { .name = "op_ring_up",
                                      .number = OP_RING_UP,
                                      .kind = OP_CHANGES,
                                      SESSION_OP,
                                      .request = &caroline__v1__sale_ring_up__descriptor,
                                      .reply = &caroline__v1__shift_shown__descriptor,
                                      .stages = { sell } };
static const struct op op_coupon = { .name = "op_coupon",
                                     .number = OP_COUPON,
                                     .kind = OP_CHANGES,
                                     SESSION_OP,
                                     .request = &caroline__v1__coupon_show__descriptor,
                                     .reply = &caroline__v1__shift_shown__descriptor,
                                     .stages = { no_such_coupon } };
static const struct op op_secret = { .name = "op_secret",
                                     .number = OP_SECRET,
                                     .kind = OP_CHANGES,
                                     SESSION_OP,
                                     NUMBER_ASKED,
                                     .stages = { no_secret_wanted } };
static const struct op *const ops[] = { &test_hello, &test_session, &op_train,  &op_train_booked,
                                        &op_sell,    &op_settle,    &op_look,   &op_ping,
                                        &op_ring_up, &op_coupon,    &op_secret, NULL };

struct fixture {
    struct world *world;
    struct test_peer *p;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    f->world = world_create_wide(ops, NULL, 100);
    f->p = peer_create(f->world);
    peer_sign_in(f->p, DEVICE);
    memset(&done, 0, sizeof done);
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

/* As a till asks that believes itself in training, or not. */
static uint64_t send(struct test_peer *p, unsigned op, unsigned command_id, bool training, int64_t number)
{
    Caroline__V1__ShiftOpen message = CAROLINE__V1__SHIFT_OPEN__INIT;

    message.has_float_minor = true;
    message.float_minor = number;
    message.has_training = message.training = training;
    return peer_ask(p, op, command_id ? command(command_id) : NULL, &message.base);
}

static int ask_as(struct test_peer *p, unsigned op, unsigned command_id, bool training, int64_t number)
{
    uint64_t id = send(p, op, command_id, training, number);

    world_settle(p->world);
    return code_at(p, id);
}

static const char *sentence_at(struct test_peer *p, uint64_t id)
{
    const Caroline__V1__Error *error = peer_reply_to(p, id)->error;

    return arena_format(p->world->arena, "%.*s", (int)error->sentence.len, (const char *)error->sentence.data);
}

/* ---- in training ---- */

static void a_request_is_what_its_session_is_in(void **state)
{
    static const struct {
        const char *what;
        bool trains, says;
        unsigned op;
        int code;
        unsigned sold, practised, looked;
    } rows[] = {
        { "in earnest", false, false, OP_SELL, 0, 1, 0, 0 },
        { "what is not practised, in earnest", false, false, OP_SETTLE, 0, 1, 0, 0 },
        { "a till that believes itself in training", false, true, OP_SELL, CODE(TRAINING_OFF), 0, 0, 0 },
        { "practised", true, true, OP_SELL, 0, 0, 1, 0 },
        { "a till that asks in earnest", true, false, OP_SELL, CODE(TRAINING_ON), 0, 0, 0 },
        { "what is not practised", true, true, OP_SETTLE, CODE(TRAINING_ON), 0, 0, 0 },
        { "a look that goes in earnest", false, false, OP_LOOK, 0, 0, 0, 1 },
        { "a look that does not go", true, false, OP_LOOK, CODE(TRAINING_ON), 0, 0, 0 },
        { "what is of no session", true, false, OP_PING, 0, 0, 0, 1 },
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool is_command = rows[i].op == OP_SELL || rows[i].op == OP_SETTLE;

        print_message("%s\n", rows[i].what);
        f->p->peer.training = (struct training){ .id = rows[i].trains ? TRAINING : 0 };
        memset(&done, 0, sizeof done);
        int code = is_command ? ask_as(f->p, rows[i].op, (unsigned)i + 1, rows[i].says, 0)
                              : code_of(f->p, rows[i].op, NULL, NULL);
        assert_int_equal(code, rows[i].code);
        assert_int_equal(done.sold, rows[i].sold);
        assert_int_equal(done.practised, rows[i].practised);
        assert_int_equal(done.looked, rows[i].looked);
        if (code == 0)
            assert_int_equal(done.training_id, rows[i].trains ? TRAINING : 0);
    }
}

/* The refusal is kept: the same command is not carried out either once the training is over. */
static void a_till_that_asks_in_earnest_is_told_so_again(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask_as(f->p, OP_TRAIN, 0, false, TRAINING), 0);
    uint64_t id = send(f->p, OP_SELL, 1, false, 0);
    world_settle(f->world);
    assert_int_equal(code_at(f->p, id), CODE(TRAINING_ON));
    assert_string_equal(sentence_at(f->p, id),
                        "this session is in training, and the till asks in earnest: nothing was done");
    assert_int_equal(ask_as(f->p, OP_TRAIN, 0, true, 0), 0);
    assert_int_equal(ask_as(f->p, OP_SELL, 1, false, 0), CODE(TRAINING_ON));
    assert_int_equal(ask_as(f->p, OP_SELL, 2, false, 0), 0);
    assert_int_equal(done.sold, 1);
}

static void all_connections_of_a_session_train_and_no_others(void **state)
{
    struct fixture *f = *state;
    struct test_peer *again = peer_create(f->world), *other = peer_create(f->world), *nobody = peer_create(f->world);

    peer_sign_in(again, DEVICE);
    peer_sign_in(other, DEVICE2);
    peer_sign_in(nobody, DEVICE);
    nobody->peer.staff_id = 0;
    assert_int_equal(ask_as(f->p, OP_TRAIN, 0, false, TRAINING), 0);
    assert_int_equal(ask_as(again, OP_SELL, 1, true, 0), 0);
    assert_int_equal(done.practised, 1);
    assert_int_equal(ask_as(other, OP_SELL, 1, false, 0), 0);
    assert_int_equal(done.sold, 1);
    assert_int_equal(nobody->peer.training.id, 0);
    assert_int_equal(peer_session(again, "3333"), 0); /* who signs in next is in none */
    assert_int_equal(peer_session(again, "1111"), 0);
    assert_int_equal(ask_as(again, OP_SELL, 2, false, 0), 0);
    assert_int_equal(done.sold, 2);
    peer_destroy(again);
    peer_destroy(other);
    peer_destroy(nobody);
}

/* A look at what stands was on its way when the training began: what it brings is of before, and it is asked again. */
static void what_a_look_brings_is_not_of_a_training_since(void **state)
{
    struct fixture *f = *state;

    f->world->hold = true;
    driver_look(f->world->driver);
    assert_true(f->p->peer.asked);
    assert_int_equal(code_at(f->p, send(f->p, OP_TRAIN, 0, false, TRAINING)), 0);
    assert_true(f->p->peer.look && !f->p->peer.asked);
    f->world->hold = false;
    world_settle(f->world);
    world_forget_log(f->world);
}

/* What another server began, or ended, for the same session. */
static void a_training_is_known_by_a_look(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < 4; i++) {
        bool trains = i % 2 == 0;

        f->world->session_training_id = trains ? TRAINING : 0;
        driver_look(f->world->driver);
        world_settle(f->world);
        assert_int_equal(f->p->peer.training.id, trains ? TRAINING : 0);
        assert_int_equal(f->p->peer.training.from, trains ? 1 : 0);
        assert_int_equal(ask_as(f->p, OP_SELL, 2 * i + 1, trains, 0), 0);
        assert_int_equal(ask_as(f->p, OP_SELL, 2 * i + 2, !trains, 0), trains ? CODE(TRAINING_ON) : CODE(TRAINING_OFF));
    }
    assert_int_equal(done.practised, 2);
    assert_int_equal(done.sold, 2);
}

/* Nor is one begun while its own session is about to change: its answer tells of that. */
static void a_look_waits_for_what_a_session_is_about_to_begin(void **state)
{
    struct fixture *f = *state;

    f->world->hold_committed = true;
    uint64_t id = send(f->p, OP_TRAIN_BOOKED, 1, false, TRAINING);
    world_pass(f->world, 0);
    f->world->hold_committed = false;
    driver_look(f->world->driver);
    assert_false(f->p->peer.asked);
    world_tell_committed(f->world);
    assert_int_equal(code_at(f->p, id), 0);
    assert_int_equal(f->p->peer.training.id, TRAINING);
    assert_true(f->p->peer.asked); /* now that it has begun */
}

/* Whoever was signed out while it was carried out practises nothing. */
static void who_was_signed_out_meanwhile_is_in_no_training(void **state)
{
    struct fixture *f = *state;

    f->world->hold_committed = true;
    send(f->p, OP_TRAIN_BOOKED, 1, false, TRAINING);
    world_pass(f->world, 0);
    f->world->hold_committed = false;
    f->world->sessions_ended = true;
    driver_heard(f->world->driver, "staff", STAFF);
    world_tell_committed(f->world);
    world_settle(f->world);
    assert_int_equal(f->p->peer.staff_id, 0);
    assert_int_equal(f->p->peer.training.id, 0);
}

/* ---- a session's hour ---- */

static void a_session_ends_at_its_hour_however_busy_it_is(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < 59; i++) {
        assert_int_equal(ask_as(f->p, OP_SELL, i + 1, false, 0), 0);
        world_pass(f->world, 60000);
    }
    f->world->now_us += 60 * SECOND_US; /* before the next sweep */
    assert_int_equal(ask_as(f->p, OP_SELL, 60, false, 0), CODE(SIGN_IN_FIRST));
    assert_int_equal(done.sold, 59);
}

/* ---- what leaves no trace ---- */

/* 4111 1111 1111 1111 is Visa's number for tests: its digits check by Luhn's rule. */
static const char card[] = "4111 1111 1111 1111";
static const ProtobufCBinaryData card_number = { .len = sizeof card - 1, .data = (uint8_t *)(uintptr_t)card };

static void a_cards_number_is_not_kept_and_its_money_is_spoken_of(void **state)
{
    struct fixture *f = *state;
    Caroline__V1__SaleRingUp sale = CAROLINE__V1__SALE_RING_UP__INIT;
    Caroline__V1__Tender tender = CAROLINE__V1__TENDER__INIT, *tenders[] = { &tender };

    tender.has_reference = true;
    tender.reference = card_number;
    sale.n_tenders = 1;
    sale.tenders = tenders;
    uint64_t id = peer_ask(f->p, OP_RING_UP, command(1), &sale.base);
    world_settle(f->world);
    assert_int_equal(code_at(f->p, id), CODE(CARD_NUMBER));
    assert_non_null(strstr(sentence_at(f->p, id), "if a card was charged for this, give the money back"));
    assert_null(strstr(sentence_at(f->p, id), "4111"));
    assert_int_equal(f->world->kept_count, 0);
    assert_int_equal(done.sold, 0);
    tender.reference = (ProtobufCBinaryData){ .len = 2, .data = (uint8_t *)(uintptr_t) "A1" };
    assert_int_equal(code_of(f->p, OP_RING_UP, command(1), &sale.base), 0); /* the same command, put right */
    assert_int_equal(f->world->kept_count, 1);
}

/* Of a field that may hold any digits: what was scanned for a coupon, and is refused, is not kept; other scans' refusals are. */
static void a_refusal_of_what_may_be_a_cards_number_is_not_kept(void **state)
{
    struct fixture *f = *state;
    Caroline__V1__CouponShow show = CAROLINE__V1__COUPON_SHOW__INIT;

    show.has_code = true;
    show.code = card_number;
    assert_int_equal(code_of(f->p, OP_COUPON, command(1), &show.base), CODE(UNKNOWN_COUPON));
    assert_int_equal(f->world->kept_count, 0);
    show.code = (ProtobufCBinaryData){ .len = 7, .data = (uint8_t *)(uintptr_t) "CC-1001" };
    assert_int_equal(code_of(f->p, OP_COUPON, command(2), &show.base), CODE(UNKNOWN_COUPON));
    assert_int_equal(f->world->kept_count, 1);
}

static void a_secret_that_nobody_wanted_is_not_kept(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask_as(f->p, OP_SECRET, 1, false, 0), CODE(NO_SECRET_WANTED));
    assert_int_equal(f->world->kept_count, 0);
}

int main(void)
{
#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SENTENCE(a_request_is_what_its_session_is_in),
        SENTENCE(a_till_that_asks_in_earnest_is_told_so_again),
        SENTENCE(all_connections_of_a_session_train_and_no_others),
        SENTENCE(what_a_look_brings_is_not_of_a_training_since),
        SENTENCE(a_training_is_known_by_a_look),
        SENTENCE(a_look_waits_for_what_a_session_is_about_to_begin),
        SENTENCE(who_was_signed_out_meanwhile_is_in_no_training),
        SENTENCE(a_session_ends_at_its_hour_however_busy_it_is),
        SENTENCE(a_cards_number_is_not_kept_and_its_money_is_spoken_of),
        SENTENCE(a_refusal_of_what_may_be_a_cards_number_is_not_kept),
        SENTENCE(a_secret_that_nobody_wanted_is_not_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
