/* Commands of several stages: one transaction, one answer for ever, whatever the store does. */
#include "world.h"

#include <string.h>

#include "common/base/text.h"
#include "db/queries.h"
#include "proto/device.pb-c.h"
#include "proto/sale.pb-c.h"

enum {
    OP_CHANGE = 201,
    OP_SECRET = 202,
    OP_ACT = 203,
    OP_READ = 204,
    OP_WORK = 205,
    OP_ENROL_LIKE = 206,
    OP_GREET = 207,
    OP_LONG_ACT = 208
};
enum { PLAIN, REFUSE_BEFORE, REFUSE_AFTER, AGAIN_ONCE, FAIL, RAISE, CUT, HUGE, KEEP_REFUSAL, NOTE };

#define CODE(name) CAROLINE__V1__ERROR_CODE__##name
#define LOCKS      "device_lock command_find strand_head "
#define KEEPS      "journal_write strand_advance journal_sign command_keep COMMIT "

static struct {
    int runs, stages, again;
    char secret; /* the next answer's */
    bool worked;
} seen;

static int64_t what(const struct call *c)
{
    return ((const Caroline__V1__ShiftOpen *)c->message)->float_minor;
}

static enum step answer_number(struct call *c, int64_t number)
{
    Caroline__V1__ShiftShown reply = CAROLINE__V1__SHIFT_SHOWN__INIT;

    reply.has_drawer_minor = true;
    reply.drawer_minor = number;
    return answer(c, &reply.base);
}

static void write_something(struct call *c)
{
    ask(c, &sql_hello_seen, PARAMS(PARAM_INT(c->device_id), PARAM_INSTANT(c->now)));
}

static enum step write_stage(struct call *c)
{
    seen.runs++;
    if (what(c) == REFUSE_BEFORE)
        return refuse(c, CODE(SHIFT_ALREADY_OPEN), "number %d", 1);
    write_something(c);
    return STEP_NEXT;
}

static enum step answer_stage(struct call *c)
{
    Caroline__V1__ShiftShown detail = CAROLINE__V1__SHIFT_SHOWN__INIT;
    Caroline__V1__SaleShown huge = CAROLINE__V1__SALE_SHOWN__INIT;
    static uint8_t bytes[70000];

    seen.stages++;
    switch (what(c)) {
    case REFUSE_AFTER:
        return refuse_detail(c, CODE(TOTAL_DIFFERS), &detail.base, "written, and then refused");
    case AGAIN_ONCE:
        if (seen.again++ == 0)
            return STEP_AGAIN;
        break;
    case FAIL:
        return STEP_FAILED;
    case RAISE:
        catalogue_raise(c, SHOP);
        break;
    case CUT:
        device_cut(c, DEVICE2);
        staff_cut(c, STAFF + 1);
        break;
    case HUGE:
        huge.has_text = true;
        huge.text = (ProtobufCBinaryData){ .len = sizeof bytes, .data = bytes };
        return refuse_detail(c, CODE(BAD_CLAIM), &huge.base, "too much to say");
    default:
        break;
    }
    journal_change(c, 99, "float", NULL, "100");
    write_something(c);
    return answer_number(c, what(c) == RAISE ? (int64_t)catalogue_newest(c->catalogue) : seen.runs);
}

/* An answer that holds a secret, which is another for every copy. */
static enum step secret_stage(struct call *c)
{
    if (c->repeated && what(c) == REFUSE_BEFORE)
        return refuse_field(c, CODE(CODE_USED), "float_minor", "used");
    write_something(c);
    return answer_number(c, ++seen.secret);
}

static ProtobufCMessage *without_secret(struct call *c)
{
    Caroline__V1__ShiftShown *reply = arena_alloc(c->txn.arena, sizeof *reply);

    caroline__v1__shift_shown__init(reply);
    return &reply->base;
}

static enum step act_stage(struct call *c)
{
    seen.runs++;
    if (what(c) == PLAIN)
        return answer_number(c, 1);
    if (what(c) == NOTE)
        journal_note(c, STAFF, "waved");
    else
        write_something(c);
    if (what(c) == REFUSE_AFTER)
        return refuse(c, CODE(PIN_WEAK), "no");
    if (what(c) == KEEP_REFUSAL) {
        journal_note(c, 0, "refused");
        return refuse_and_keep(c, CODE(SIGN_IN_FAILED), "counted");
    }
    return answer_number(c, 2);
}

static enum step read_first(struct call *c)
{
    uint8_t hash[32] = { 0 };

    seen.runs++;
    ask(c, &sql_hello_device, PARAMS(PARAM_BYTES(bytes_of(hash, sizeof hash))));
    return STEP_NEXT;
}

static enum step read_second(struct call *c)
{
    if (what(c) == REFUSE_AFTER)
        return refuse(c, CODE(UNKNOWN_SALE), "none");
    return answer_number(c, 3);
}

static void work(void *argument)
{
    *(int *)argument += 1;
}

struct worked {
    int first, second;
};

static enum step work_stage(struct call *c)
{
    struct worked *w = c->shared;

    offload(c, work, &w->first);
    offload(c, work, &w->second);
    write_something(c);
    return STEP_NEXT;
}

static enum step worked_stage(struct call *c)
{
    const struct worked *w = c->shared;

    assert_int_equal(w->first, 1);
    assert_int_equal(w->second, 1);
    seen.worked = true;
    return answer_number(c, w->first + w->second);
}

/* Becomes a device, and notes it: its strand is locked once it is known which it is. */
static enum step greet_stage(struct call *c)
{
    device_set(c, DEVICE2, SHOP, 1);
    journal_note(c, DEVICE2, "greeted");
    if (what(c) == REFUSE_AFTER)
        peer_close_after(c);
    return answer_number(c, 4);
}

/* Everything a service may ask of the driver besides. */
static enum step long_first(struct call *c)
{
    uint8_t bytes[4] = { 0 };

    write_something(c);
    random_bytes(c, bytes, sizeof bytes);
    assert_memory_equal(bytes, "\x5a\x5a\x5a\x5a", 4);
    assert_true(next_id(c) < next_id(c));
    assert_true(may(c, PERMISSION_SELL) && may(c, PERMISSION_NONE) && !may(c, PERMISSION_ROLE_EDIT));
    assert_non_null(catalogue_of(c, SHOP));
    assert_null(catalogue_of(c, SHOP + 1));
    assert_int_equal(idle_lock_s(c), 120);
    assert_non_null(session_token_hash(c));
    assert_false(session_locked(c));
    assert_null(peer_key_hash(c));
    assert_false(peer_certificate_expired(c));
    return STEP_NEXT;
}

static enum step long_second(struct call *c)
{
    if (what(c) == REFUSE_AFTER)
        return refuse(c, CODE(BAD_CLAIM), "%s",
                      "a sentence that is far too long for a frame's error is cut at a character and not within one: "
                      "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
                      "\u00e9\u00e9\u00e9\u00e9"
                      "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
                      "\u00e9\u00e9\u00e9\u00e9"
                      "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
                      "\u00e9\u00e9\u00e9\u00e9"
                      "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
                      "\u00e9\u00e9\u00e9\u00e9"
                      "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
                      "\u00e9\u00e9\u00e9\u00e9");
    return answer_number(c, 5);
}

#define MESSAGES .request = &caroline__v1__shift_open__descriptor, .reply = &caroline__v1__shift_shown__descriptor

static const struct op op_change = { .name = "op_change",
                                     .number = OP_CHANGE,
                                     .kind = OP_CHANGES,
                                     .needs = NEEDS_SESSION,
                                     .permission = PERMISSION_SELL,
                                     .clients = CLIENT_ANY,
                                     MESSAGES,
                                     .stages = { write_stage, answer_stage } };
static const struct op op_secret = { .name = "op_secret",
                                     .number = OP_SECRET,
                                     .kind = OP_CHANGES,
                                     .needs = NEEDS_SESSION,
                                     .clients = CLIENT_ANY,
                                     MESSAGES,
                                     .stages = { secret_stage },
                                     .kept = without_secret };
static const struct op op_act = { .name = "op_act",
                                  .number = OP_ACT,
                                  .kind = OP_ACTS,
                                  .needs = NEEDS_DEVICE,
                                  .clients = CLIENT_ANY,
                                  MESSAGES,
                                  .stages = { act_stage } };
static const struct op op_read = { .name = "op_read",
                                   .number = OP_READ,
                                   .kind = OP_READS,
                                   .needs = NEEDS_DEVICE,
                                   .clients = CLIENT_ANY,
                                   MESSAGES,
                                   .stages = { read_first, read_second } };
static const struct op op_work = { .name = "op_work",
                                   .number = OP_WORK,
                                   .kind = OP_CHANGES,
                                   .needs = NEEDS_SESSION,
                                   .clients = CLIENT_ANY,
                                   MESSAGES,
                                   .shared_size = sizeof(struct worked),
                                   .stages = { work_stage, worked_stage } };
static const struct op op_enrol_like = { .name = "op_enrol_like",
                                         .number = OP_ENROL_LIKE,
                                         .kind = OP_CHANGES,
                                         .needs = NEEDS_NOTHING,
                                         .clients = CLIENT_ANY,
                                         MESSAGES,
                                         .stages = { write_stage, answer_stage } };

static const struct op op_greet = { .name = "op_greet",
                                    .number = OP_GREET,
                                    .kind = OP_ACTS,
                                    .needs = NEEDS_NOTHING,
                                    .clients = CLIENT_ANY,
                                    MESSAGES,
                                    .stages = { greet_stage } };
static const struct op op_long_act = { .name = "op_long_act",
                                       .number = OP_LONG_ACT,
                                       .kind = OP_ACTS,
                                       .needs = NEEDS_DEVICE,
                                       .clients = CLIENT_ANY,
                                       MESSAGES,
                                       .stages = { long_first, long_second } };

static const struct op *const ops[] = { &op_greet, &op_long_act, &test_hello, &test_session,  &op_change, &op_secret,
                                        &op_act,   &op_read,     &op_work,    &op_enrol_like, NULL };

struct fixture {
    struct world *world;
    struct test_peer *p;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    memset(&seen, 0, sizeof seen);
    f->world = world_create(ops, NULL);
    f->p = peer_create(f->world);
    peer_sign_in(f->p, DEVICE);
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

static uint64_t ask_op(struct test_peer *p, unsigned op, unsigned id, int64_t number)
{
    Caroline__V1__ShiftOpen message = CAROLINE__V1__SHIFT_OPEN__INIT;

    message.has_float_minor = true;
    message.float_minor = number;
    return peer_ask(p, op, id ? command(id) : NULL, &message.base);
}

static int do_op(struct test_peer *p, unsigned op, unsigned id, int64_t number)
{
    uint64_t asked = ask_op(p, op, id, number);

    world_settle(p->world);
    Caroline__V1__Reply *reply = peer_reply_to(p, asked);
    assert_non_null(reply);
    return reply->error ? (int)reply->error->code : 0;
}

/* The bytes of both answers, id aside, are the same. */
static void assert_same_answer(struct test_peer *p, uint64_t one, struct test_peer *q, uint64_t two)
{
    assert_true(bytes_equal(peer_raw_reply(p, one), peer_raw_reply(q, two)));
}

/* ---- one command --------------------------------------------------------------------------------------------------*/

static void is_locked_looked_up_carried_out_journalled_and_kept_in_one_transaction(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), 0);
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
    uint64_t one = ask_op(f->p, OP_CHANGE, 1, PLAIN);

    world_settle(f->world);
    world_forget_log(f->world);
    uint64_t two = ask_op(f->p, OP_CHANGE, 1, PLAIN);
    world_settle(f->world);
    assert_same_answer(f->p, one, f->p, two);
    assert_string_equal(f->world->log, "BEGIN " LOCKS "ROLLBACK ");
    assert_int_equal(f->world->kept_count, 1);
}

static void the_same_id_with_another_body_or_op_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), 0);
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, CUT), CODE(COMMAND_REUSED));
    assert_int_equal(do_op(f->p, OP_WORK, 1, PLAIN), CODE(COMMAND_REUSED));
    assert_int_equal(f->world->kept_count, 1);
}

static void ids_are_a_devices_own(void **state)
{
    struct fixture *f = *state;
    struct test_peer *other = peer_create(f->world);

    peer_sign_in(other, DEVICE2);
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), 0);
    assert_int_equal(do_op(other, OP_CHANGE, 1, CUT), 0);
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
        ids[i] = ask_op(peers[i], OP_CHANGE, 1, PLAIN);
    uint64_t reused = ask_op(peers[0], OP_CHANGE, 1, CUT);
    peer_gone(peers[7]);
    f->world->hold = false;
    world_settle(f->world);
    for (size_t i = 1; i < 7; i++)
        assert_same_answer(peers[0], ids[0], peers[i], ids[i]);
    assert_int_equal(peer_reply_to(peers[0], reused)->error->code, CODE(COMMAND_REUSED));
    assert_int_equal(seen.stages, 1);
    assert_int_equal(f->world->kept_count, 1);
    for (size_t i = 0; i < 8; i++)
        peer_destroy(peers[i]);
}

static void commands_of_a_device_go_in_order_and_reads_overtake(void **state)
{
    struct fixture *f = *state;

    uint64_t one = ask_op(f->p, OP_CHANGE, 1, AGAIN_ONCE);
    uint64_t two = ask_op(f->p, OP_CHANGE, 2, PLAIN);
    uint64_t read = ask_op(f->p, OP_ACT, 0, PLAIN);
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
    ask_op(f->p, OP_CHANGE, 1, PLAIN);
    ask_op(f->p, OP_READ, 0, PLAIN);
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
    assert_int_equal(do_op(stranger, OP_ENROL_LIKE, 1, PLAIN), 0);
    assert_string_equal(f->world->log, "BEGIN number_lock number_lock command_find strand_head hello_seen "
                                       "hello_seen " KEEPS);
    assert_int_equal(f->world->heads[0].device_id, 2); /* the strand of node 1 */
    assert_int_equal(do_op(stranger, OP_ENROL_LIKE, 1, PLAIN), 0);
    assert_int_equal(f->world->kept_count, 1);
    peer_destroy(stranger);
}

static void threads_work_beside_the_store(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(do_op(f->p, OP_WORK, 1, PLAIN), 0);
    assert_true(seen.worked);
}

/* ---- refusals -----------------------------------------------------------------------------------------------------*/

static void a_refusal_before_anything_was_written_is_kept_in_its_transaction(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(do_op(f->p, OP_CHANGE, 1, REFUSE_BEFORE), CODE(SHIFT_ALREADY_OPEN));
    assert_string_equal(f->world->log, "BEGIN " LOCKS "command_keep COMMIT ");
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, REFUSE_BEFORE), CODE(SHIFT_ALREADY_OPEN));
    assert_int_equal(seen.runs, 1);
    assert_int_equal(f->world->journal_count, 0);
}

static void a_refusal_after_a_write_is_rolled_back_and_kept_in_a_second(void **state)
{
    struct fixture *f = *state;
    uint64_t one = ask_op(f->p, OP_CHANGE, 1, REFUSE_AFTER);

    world_settle(f->world);
    assert_string_equal(f->world->log, "BEGIN " LOCKS "hello_seen ROLLBACK BEGIN " LOCKS "command_keep COMMIT ");
    uint64_t two = ask_op(f->p, OP_CHANGE, 1, REFUSE_AFTER);
    world_settle(f->world);
    assert_int_equal(peer_reply_to(f->p, one)->error->code, CODE(TOTAL_DIFFERS));
    assert_true(peer_reply_to(f->p, one)->error->has_detail);
    assert_same_answer(f->p, one, f->p, two);
    assert_int_equal(seen.runs, 1);
}

static void a_failure_is_not_kept(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(do_op(f->p, OP_CHANGE, 1, FAIL), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 0);
    assert_string_equal(f->world->log, "BEGIN " LOCKS "hello_seen ROLLBACK ");
}

static void an_answer_larger_than_a_frame_is_a_fault_and_kept(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(do_op(f->p, OP_CHANGE, 1, HUGE), CODE(FAULT));
    assert_int_equal(f->world->kept_count, 1);
}

static void a_revoked_device_is_refused_and_cut_off(void **state)
{
    struct fixture *f = *state;

    f->world->revoked = true;
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), CODE(DEVICE_REVOKED));
    assert_true(f->p->closed);
    assert_string_equal(f->world->log, "BEGIN " LOCKS "ROLLBACK ");
}

/* ---- the store's troubles -----------------------------------------------------------------------------------------*/

static void a_deadlock_is_tried_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "hello_seen", STORE_AGAIN, NULL);
    world_mishap(f->world, "COMMIT", STORE_AGAIN, NULL);
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), 0);
    assert_int_equal(seen.runs, 3);
    assert_int_equal(f->world->kept_count, 1);
}

static void five_deadlocks_are_enough(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 5; i++)
        world_mishap(f->world, "COMMIT", STORE_AGAIN, NULL);
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 0);
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), 0);
}

static void without_a_database_the_answer_is_try_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "BEGIN", STORE_AWAY, NULL);
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), CODE(TRY_AGAIN));
    world_mishap(f->world, "device_lock", STORE_AWAY, NULL);
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), CODE(TRY_AGAIN));
    world_mishap(f->world, "hello_seen", STORE_AWAY, NULL);
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), CODE(TRY_AGAIN));
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), 0);
    assert_int_equal(f->world->kept_count, 1);
}

static void an_unknown_outcome_that_was_committed_is_found_and_answered(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "COMMIT", STORE_UNKNOWN, NULL);
    f->world->mishaps[0].committed = true;
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), 0);
    assert_int_equal(seen.runs, 1);
    assert_int_equal(f->world->kept_count, 1);
    assert_int_equal(f->world->heads[0].number, 1);
}

static void an_unknown_outcome_that_was_not_is_carried_out(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "COMMIT", STORE_UNKNOWN, NULL);
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), 0);
    assert_int_equal(seen.runs, 2);
    assert_int_equal(f->world->kept_count, 1);
    assert_int_equal(f->world->heads[0].number, 1);
}

static void an_unknown_outcome_of_a_kept_refusal_is_looked_up_too(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "COMMIT", STORE_UNKNOWN, NULL);
    f->world->mishaps[0].committed = true;
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, REFUSE_AFTER), CODE(TOTAL_DIFFERS));
    assert_int_equal(f->world->kept_count, 1);
}

static void a_constraint_that_keeps_breaking_is_a_fault_and_kept(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 3; i++)
        world_mishap(f->world, "hello_seen", STORE_BROKEN, "23514 hello_seen money_check");
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), CODE(FAULT));
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), CODE(FAULT));
    assert_int_equal(f->world->kept_count, 1);
}

static void a_race_that_broke_once_is_tried_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "hello_seen", STORE_BROKEN, "23505 hello_seen device_pkey");
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), 0);
}

static void a_database_that_others_may_mend_is_no_fault(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 3; i++)
        world_mishap(f->world, "hello_seen", STORE_BROKEN, "42501 hello_seen");
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), CODE(TRY_AGAIN));
    assert_int_equal(f->world->kept_count, 0);
}

static void a_command_that_killed_twice_is_not_tried_again(void **state)
{
    struct fixture *f = *state;

    memcpy(f->world->killer, command(1), 16);
    f->world->killer_crashes = 1;
    assert_int_equal(do_op(f->p, OP_CHANGE, 2, PLAIN), 0);
    f->world->killer_crashes = 2;
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), CODE(FAULT));
    f->world->killer_crashes = 0;
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), CODE(FAULT));
    assert_int_equal(seen.runs, 1);
}

/* ---- secrets ------------------------------------------------------------------------------------------------------*/

static void an_answer_with_a_secret_is_not_kept_and_a_copy_gets_a_new_one(void **state)
{
    struct fixture *f = *state;
    uint64_t one = ask_op(f->p, OP_SECRET, 1, PLAIN);

    world_settle(f->world);
    struct bytes kept = f->world->kept[0].reply;
    assert_true(kept.size < peer_raw_reply(f->p, one).size);
    uint64_t two = ask_op(f->p, OP_SECRET, 1, PLAIN);
    world_settle(f->world);
    assert_false(bytes_equal(peer_raw_reply(f->p, one), peer_raw_reply(f->p, two)));
    assert_int_equal(f->world->kept_count, 1);
    assert_int_equal(do_op(f->p, OP_SECRET, 1, RAISE), CODE(COMMAND_REUSED));
}

static void a_copy_of_a_secret_may_be_refused_and_the_kept_answer_stays(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(do_op(f->p, OP_SECRET, 1, REFUSE_BEFORE), 0);
    assert_int_equal(do_op(f->p, OP_SECRET, 1, REFUSE_BEFORE), CODE(CODE_USED));
    assert_int_equal(f->world->kept_count, 1);
}

/* ---- what a command does to the world -----------------------------------------------------------------------------*/

static void the_answer_to_a_change_of_the_catalogue_waits_for_memory(void **state)
{
    struct fixture *f = *state;
    uint64_t id = ask_op(f->p, OP_CHANGE, 1, RAISE);

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
    uint64_t id = ask_op(f->p, OP_CHANGE, 1, RAISE);

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
    assert_int_equal(do_op(f->p, OP_CHANGE, 1, CUT), 0);
    assert_string_equal(f->world->told, "0:staff:22");
    assert_non_null(strstr(f->world->log, "command_keep tell tell COMMIT"));
    assert_true(other->closed && other->at_once);
    assert_false(f->p->closed);
    peer_destroy(other);
}

static void the_journal_names_person_command_and_change(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), 0);
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

    assert_int_equal(do_op(f->p, OP_CHANGE, 1, PLAIN), 0);
    int64_t first_us = f->world->heads[0].at.us;
    f->world->now_us -= 10 * SECOND_US;
    assert_int_equal(do_op(f->p, OP_CHANGE, 2, PLAIN), 0);
    assert_int_equal(f->world->heads[0].at.us, first_us);
    assert_int_equal(f->world->heads[0].number, 2);
}

/* ---- acts and reads -----------------------------------------------------------------------------------------------*/

static void an_act_that_asks_nothing_needs_no_database(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(do_op(f->p, OP_ACT, 0, PLAIN), 0);
    assert_string_equal(f->world->log, "");
}

static void an_act_holds_its_devices_lock_and_commits(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(do_op(f->p, OP_ACT, 0, CUT), 0);
    assert_string_equal(f->world->log, "BEGIN device_lock strand_head hello_seen COMMIT ");
}

static void an_act_is_journalled_when_it_says_so(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(do_op(f->p, OP_ACT, 0, NOTE), 0);
    assert_string_equal(f->world->log,
                        "BEGIN device_lock strand_head journal_write strand_advance journal_sign COMMIT ");
    assert_int_equal(f->world->journal_count, 1);
}

static void an_acts_refusal_is_forgotten_unless_it_is_to_be_kept(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(do_op(f->p, OP_ACT, 0, REFUSE_AFTER), CODE(PIN_WEAK));
    assert_non_null(strstr(f->world->log, "ROLLBACK"));
    assert_int_equal(do_op(f->p, OP_ACT, 0, KEEP_REFUSAL), CODE(SIGN_IN_FAILED));
    assert_int_equal(f->world->journal_count, 1);
    assert_int_equal(f->world->kept_count, 0);
}

static void a_revoked_device_acts_no_more(void **state)
{
    struct fixture *f = *state;

    f->world->revoked = true;
    assert_int_equal(do_op(f->p, OP_ACT, 0, NOTE), CODE(DEVICE_REVOKED));
    assert_true(f->p->closed);
}

static void an_act_of_unknown_outcome_may_be_asked_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "COMMIT", STORE_UNKNOWN, NULL);
    assert_int_equal(do_op(f->p, OP_ACT, 0, CUT), CODE(TRY_AGAIN));
}

static void a_read_runs_without_locks_and_is_tried_again(void **state)
{
    struct fixture *f = *state;

    world_mishap(f->world, "hello_device", STORE_AGAIN, NULL);
    world_mishap(f->world, "hello_device", STORE_BROKEN, "XX000 hello_device");
    assert_int_equal(do_op(f->p, OP_READ, 0, PLAIN), 0);
    assert_string_equal(f->world->log, "BEGIN hello_device BEGIN hello_device BEGIN hello_device ROLLBACK ");
    assert_int_equal(do_op(f->p, OP_READ, 0, REFUSE_AFTER), CODE(UNKNOWN_SALE));
    for (int i = 0; i < 3; i++)
        world_mishap(f->world, "hello_device", STORE_BROKEN, "23000 hello_device");
    assert_int_equal(do_op(f->p, OP_READ, 0, PLAIN), CODE(TRY_AGAIN));
    world_mishap(f->world, "hello_device", STORE_UNKNOWN, NULL);
    assert_int_equal(do_op(f->p, OP_READ, 0, PLAIN), CODE(TRY_AGAIN));
}

static void an_act_that_becomes_a_device_locks_that_ones_strand(void **state)
{
    struct fixture *f = *state;
    struct test_peer *stranger = peer_create(f->world);

    peer_sign_in(stranger, 0);
    assert_int_equal(do_op(stranger, OP_GREET, 0, PLAIN), 0);
    assert_string_equal(f->world->log,
                        "BEGIN device_lock strand_head journal_write strand_advance journal_sign COMMIT ");
    assert_int_equal(f->world->heads[0].device_id, DEVICE2);
    assert_int_equal(stranger->peer.device_id, DEVICE2);
    assert_false(stranger->closed);
    world_mishap(f->world, "device_lock", STORE_AGAIN, NULL);
    assert_int_equal(do_op(stranger, OP_GREET, 0, REFUSE_AFTER), 0);
    assert_true(stranger->closed && !stranger->at_once);
    peer_destroy(stranger);
}

static void what_a_service_may_ask_is_answered(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(do_op(f->p, OP_LONG_ACT, 0, PLAIN), 0);
    f->world->revoked = true;
    assert_int_equal(do_op(f->p, OP_LONG_ACT, 0, PLAIN), CODE(DEVICE_REVOKED));
}

static void a_long_sentence_is_cut_at_a_character(void **state)
{
    struct fixture *f = *state;
    uint64_t id = ask_op(f->p, OP_LONG_ACT, 0, REFUSE_AFTER);

    world_settle(f->world);
    ProtobufCBinaryData sentence = peer_reply_to(f->p, id)->error->sentence;
    assert_in_range(sentence.len, 290, 300);
    assert_int_equal(text_check(bytes_of(sentence.data, sentence.len), 300), TEXT_OK);
}

static void a_change_elsewhere_waits_for_nobodys_memory(void **state)
{
    struct fixture *f = *state;

    f->world->hold = true;
    ask_op(f->p, OP_CHANGE, 1, RAISE);
    ask_op(f->p, OP_READ, 0, PLAIN);
    driver_log_state(f->world->driver);
    catalogue_seal(f->world->catalogue, VERSION + 1, 5); /* memory was told before the answer came */
    f->world->hold = false;
    world_settle(f->world);
    assert_int_equal(driver_in_flight(f->world->driver), 0);
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
        SENTENCE(a_deadlock_is_tried_again),
        SENTENCE(five_deadlocks_are_enough),
        SENTENCE(without_a_database_the_answer_is_try_again),
        SENTENCE(an_unknown_outcome_that_was_committed_is_found_and_answered),
        SENTENCE(an_unknown_outcome_that_was_not_is_carried_out),
        SENTENCE(an_unknown_outcome_of_a_kept_refusal_is_looked_up_too),
        SENTENCE(a_constraint_that_keeps_breaking_is_a_fault_and_kept),
        SENTENCE(a_race_that_broke_once_is_tried_again),
        SENTENCE(a_database_that_others_may_mend_is_no_fault),
        SENTENCE(a_command_that_killed_twice_is_not_tried_again),
        SENTENCE(an_answer_with_a_secret_is_not_kept_and_a_copy_gets_a_new_one),
        SENTENCE(a_copy_of_a_secret_may_be_refused_and_the_kept_answer_stays),
        SENTENCE(the_answer_to_a_change_of_the_catalogue_waits_for_memory),
        SENTENCE(but_not_for_ever),
        SENTENCE(who_is_cut_off_is_told_in_every_process_and_ended_in_this),
        SENTENCE(the_journal_names_person_command_and_change),
        SENTENCE(a_strands_time_never_goes_back),
        SENTENCE(an_act_that_asks_nothing_needs_no_database),
        SENTENCE(an_act_holds_its_devices_lock_and_commits),
        SENTENCE(an_act_is_journalled_when_it_says_so),
        SENTENCE(an_acts_refusal_is_forgotten_unless_it_is_to_be_kept),
        SENTENCE(a_revoked_device_acts_no_more),
        SENTENCE(an_act_of_unknown_outcome_may_be_asked_again),
        SENTENCE(an_act_that_becomes_a_device_locks_that_ones_strand),
        SENTENCE(what_a_service_may_ask_is_answered),
        SENTENCE(a_long_sentence_is_cut_at_a_character),
        SENTENCE(a_change_elsewhere_waits_for_nobodys_memory),
        SENTENCE(a_read_runs_without_locks_and_is_tried_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
