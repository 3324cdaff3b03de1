/* Ops of stages that do as they are told. */
#include "told_ops.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "db/queries.h"
#include "proto/device.pb-c.h"
#include "proto/sale.pb-c.h"

struct told told;

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
    told.runs++;
    if (number_asked(c) == REFUSE_BEFORE)
        return refuse(c, CODE(SHIFT_ALREADY_OPEN), "number %d", 1);
    write_something(c);
    return STEP_NEXT;
}

static enum step answer_stage(struct call *c)
{
    Caroline__V1__ShiftShown detail = CAROLINE__V1__SHIFT_SHOWN__INIT;
    Caroline__V1__SaleShown huge = CAROLINE__V1__SALE_SHOWN__INIT;
    static uint8_t bytes[70000];

    told.stages++;
    switch (number_asked(c)) {
    case REFUSE_AFTER:
        return refuse_detail(c, CODE(TOTAL_DIFFERS), &detail.base, "written, and then refused");
    case AGAIN_ONCE:
        if (told.again++ == 0)
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
    case RAISE_ALL:
        catalogue_raise(c, 0);
        break;
    case RAISE_OTHER:
        catalogue_raise(c, SHOP + 1);
        break;
    case RAISE_REFUSED:
        catalogue_raise(c, SHOP);
        return refuse(c, CODE(BAD_CLAIM), "raised, and then refused");
    case TOLD:
        session_told(c);
        break;
    case KEEP_REFUSAL:
        journal_change(c, 99, "float", NULL, "100");
        return refuse_and_keep(c, CODE(CODE_WRONG), "counted");
    case HUGE:
        huge.has_text = true;
        huge.text = (ProtobufCBinaryData){ .len = sizeof bytes, .data = bytes };
        return refuse_detail(c, CODE(BAD_CLAIM), &huge.base, "too much to say");
    default:
        break;
    }
    journal_change(c, 99, "float", NULL, "100");
    write_something(c);
    return answer_number(c, number_asked(c) == RAISE ? (int64_t)catalogue_newest(c->catalogue) : told.runs);
}

/* An answer that holds a secret, which is another for every copy. */
static enum step secret_stage(struct call *c)
{
    if (number_asked(c) == REFUSE_AFTER)
        return refuse(c, CODE(BAD_CLAIM), "no secret for this");
    if (c->repeated && number_asked(c) == REFUSE_BEFORE)
        return refuse_field(c, CODE(CODE_USED), "float_minor", "used");
    write_something(c);
    return answer_number(c, ++told.secret);
}

static ProtobufCMessage *without_secret(struct call *c)
{
    Caroline__V1__ShiftShown *reply = arena_alloc(c->txn.arena, sizeof *reply);

    caroline__v1__shift_shown__init(reply);
    return &reply->base;
}

static enum step act_stage(struct call *c)
{
    told.runs++;
    if (number_asked(c) == PLAIN)
        return answer_number(c, 1);
    told.who = (struct who){ .signed_in = session_token_hash(c) != NULL,
                             .locked = session_locked(c),
                             .key = peer_key_hash(c) != NULL,
                             .expired = peer_certificate_expired(c) };
    if (number_asked(c) == NOTE)
        journal_note(c, STAFF, "waved");
    else if (number_asked(c) == TOLD)
        staff_cut(c, STAFF + 1); /* nothing but this: it is written, too */
    else
        write_something(c);
    if (number_asked(c) == REFUSE_AFTER)
        return refuse(c, CODE(PIN_WEAK), "no");
    if (number_asked(c) == KEEP_REFUSAL) {
        journal_note(c, 0, "refused");
        return refuse_and_keep(c, CODE(SIGN_IN_FAILED), "counted");
    }
    return answer_number(c, 2);
}

static enum step read_first(struct call *c)
{
    uint8_t hash[32] = { 0 };

    told.runs++;
    if (number_asked(c) == REFUSE_BEFORE) /* from memory alone */
        return refuse(c, CODE(UNKNOWN_PRODUCT), "none");
    ask(c, &sql_hello_device, PARAMS(PARAM_BYTES(bytes_of(hash, sizeof hash))));
    return STEP_NEXT;
}

static enum step read_second(struct call *c)
{
    if (number_asked(c) == REFUSE_AFTER)
        return refuse(c, CODE(UNKNOWN_PRODUCT), "none");
    if (number_asked(c) == REFUSE_SALE)
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

static enum step work_alone_stage(struct call *c)
{
    struct worked *w = c->shared;

    offload(c, work, &w->first);
    offload(c, work, &w->second);
    return STEP_NEXT;
}

static enum step worked_stage(struct call *c)
{
    const struct worked *w = c->shared;

    assert_int_equal(w->first, 1);
    assert_int_equal(w->second, 1);
    told.worked = true;
    return answer_number(c, w->first + w->second);
}

/* Becomes a device, and notes it: its strand is locked once it is known which it is. */
static enum step greet_stage(struct call *c)
{
    device_set(c, DEVICE2, SHOP, 1);
    journal_note(c, DEVICE2, "greeted");
    if (number_asked(c) == REFUSE_AFTER)
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
    if (number_asked(c) == REFUSE_AFTER)
        return refuse(c, CODE(BAD_CLAIM), "%s",
                      "a sentence that is far too long for a frame's error is cut at characters and never within it: "
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
                      "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac");
    return answer_number(c, 5);
}

static const struct op op_change = { .name = "op_change",
                                     .number = OP_CHANGE,
                                     .kind = OP_CHANGES,
                                     .needs = NEEDS_SESSION,
                                     .permission = PERMISSION_SELL,
                                     .clients = CLIENT_ANY,
                                     NUMBER_ASKED,
                                     .stages = { write_stage, answer_stage } };
static const struct op op_shop_change = { .name = "op_shop_change",
                                          .number = OP_SHOP_CHANGE,
                                          .kind = OP_CHANGES,
                                          .needs = NEEDS_SESSION,
                                          .clients = CLIENT_ANY,
                                          .locks_shop = true,
                                          NUMBER_ASKED,
                                          .stages = { write_stage, answer_stage } };
static const struct op op_work_alone = { .name = "op_work_alone",
                                         .number = OP_WORK_ALONE,
                                         .kind = OP_CHANGES,
                                         .needs = NEEDS_SESSION,
                                         .clients = CLIENT_ANY,
                                         NUMBER_ASKED,
                                         .shared_size = sizeof(struct worked),
                                         .stages = { work_alone_stage, worked_stage } };
static const struct op op_secret = { .name = "op_secret",
                                     .number = OP_SECRET,
                                     .kind = OP_CHANGES,
                                     .needs = NEEDS_SESSION,
                                     .clients = CLIENT_ANY,
                                     NUMBER_ASKED,
                                     .stages = { secret_stage },
                                     .after_one_time_pin = true,
                                     .kept = without_secret };
static const struct op op_act = { .name = "op_act",
                                  .number = OP_ACT,
                                  .kind = OP_ACTS,
                                  .needs = NEEDS_DEVICE,
                                  .clients = CLIENT_ANY,
                                  NUMBER_ASKED,
                                  .stages = { act_stage } };
static const struct op op_read = { .name = "op_read",
                                   .number = OP_READ,
                                   .kind = OP_READS,
                                   .needs = NEEDS_DEVICE,
                                   .clients = CLIENT_ANY,
                                   NUMBER_ASKED,
                                   .stages = { read_first, read_second } };
static const struct op op_work = { .name = "op_work",
                                   .number = OP_WORK,
                                   .kind = OP_CHANGES,
                                   .needs = NEEDS_SESSION,
                                   .clients = CLIENT_ANY,
                                   NUMBER_ASKED,
                                   .shared_size = sizeof(struct worked),
                                   .stages = { work_stage, worked_stage } };
static const struct op op_enrol_like = { .name = "op_enrol_like",
                                         .number = OP_ENROL_LIKE,
                                         .kind = OP_CHANGES,
                                         .needs = NEEDS_NOTHING,
                                         .clients = CLIENT_ANY,
                                         NUMBER_ASKED,
                                         .stages = { write_stage, answer_stage } };

static const struct op op_greet = { .name = "op_greet",
                                    .number = OP_GREET,
                                    .kind = OP_ACTS,
                                    .needs = NEEDS_NOTHING,
                                    .clients = CLIENT_ANY,
                                    NUMBER_ASKED,
                                    .stages = { greet_stage } };
static const struct op op_long_act = { .name = "op_long_act",
                                       .number = OP_LONG_ACT,
                                       .kind = OP_ACTS,
                                       .needs = NEEDS_DEVICE,
                                       .clients = CLIENT_ANY,
                                       NUMBER_ASKED,
                                       .stages = { long_first, long_second } };

const struct op *const told_ops[] = { &op_greet,       &op_long_act,   &test_hello, &test_session, &op_change,
                                      &op_shop_change, &op_work_alone, &op_secret,  &op_act,       &op_read,
                                      &op_work,        &op_enrol_like, NULL };

int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f); /* not test_calloc(): a test may open a world anew half-way */

    assert(f);
    memset(&told, 0, sizeof told);
    f->world = world_create_wide(told_ops, NULL, 100);
    f->p = peer_create(f->world);
    peer_sign_in(f->p, DEVICE);
    *state = f;
    return 0;
}

int tear_down(void **state)
{
    struct fixture *f = *state;

    peer_destroy(f->p);
    world_destroy(f->world);
    free(f);
    return 0;
}
