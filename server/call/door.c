/* The door: what is asked of a request before anything of its own is looked at, in the order PROTOCOL.md gives. */
#include "server/call/driver.h"

#include <assert.h>
#include <string.h>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/wire/walker.h"
#include "server/call/inner.h"

#define PASSES 0

static void say_failure(struct driver *driver, struct peer *peer, uint64_t id, int code)
{
    struct arena *arena = arena_take(driver, false);

    peer_reply(driver, peer, id, failure_pack(arena, code));
    arena_give(driver, arena);
}

void driver_bad_frame(struct driver *driver, struct peer *peer)
{
    if (peer->closing)
        return;
    say_failure(driver, peer, 0, CAROLINE__V1__ERROR_CODE__BAD_FRAME);
    peer_end(peer, false, "bad_frame");
}

static bool id_in_flight(const struct peer *peer, uint64_t id)
{
    const struct pending *p;

    LIST_FOREACH(p, &peer->pending, of_peer)
    {
        if (p->id == id)
            return true;
    }
    return false;
}

static const struct op *op_of(const struct driver *driver, uint32_t number)
{
    return number < driver->op_count ? driver->ops[number] : NULL;
}

static int check_session(struct driver *driver, struct peer *peer, const struct op *op)
{
    if (!session_alive(driver, peer))
        return CAROLINE__V1__ERROR_CODE__SIGN_IN_FIRST;
    if (peer->locked && !op->when_locked)
        return CAROLINE__V1__ERROR_CODE__SESSION_LOCKED;
    if (peer->doubted)
        return CAROLINE__V1__ERROR_CODE__TRY_AGAIN;
    if (!catalogue_of_shop(driver, peer->shop_id)) /* roles are of the catalogue; it is on its way */
        return CAROLINE__V1__ERROR_CODE__TRY_AGAIN;
    return PASSES;
}

static int check_member(struct driver *driver, struct peer *peer)
{
    if (!member_alive(driver, peer))
        return CAROLINE__V1__ERROR_CODE__MEMBER_SIGN_IN_FIRST;
    return peer->doubted || !catalogue_of_shop(driver, peer->shop_id) ? CAROLINE__V1__ERROR_CODE__TRY_AGAIN : PASSES;
}

/* Nobody of the staff is there. */
static int check_kiosk(struct driver *driver, struct peer *peer, const struct op *op)
{
    if (op->kiosk == KIOSK_NOBODY)
        return CAROLINE__V1__ERROR_CODE__UNSUPPORTED;
    int code = check_member(driver, peer);

    if (op->kiosk == KIOSK_ANYBODY && code == CAROLINE__V1__ERROR_CODE__MEMBER_SIGN_IN_FIRST)
        return catalogue_of_shop(driver, peer->shop_id) ? PASSES : CAROLINE__V1__ERROR_CODE__TRY_AGAIN;
    return code;
}

/* Who may ask this, in general. */
static int check_asker(struct driver *driver, struct peer *peer, const struct op *op)
{
    if (!peer->greeted && op != driver->hello)
        return CAROLINE__V1__ERROR_CODE__HELLO_FIRST;
    if (!op)
        return CAROLINE__V1__ERROR_CODE__UNSUPPORTED;
    if (op != driver->hello && !(op->clients & CLIENT_BIT(peer->client)))
        return CAROLINE__V1__ERROR_CODE__UNSUPPORTED;
    if (op->needs >= NEEDS_DEVICE && !peer->device_id)
        return CAROLINE__V1__ERROR_CODE__NOT_ENROLLED;
    if (op->needs == NEEDS_MEMBER)
        return check_member(driver, peer);
    if (op->needs == NEEDS_SESSION && is_kiosk(peer))
        return check_kiosk(driver, peer, op);
    if (op->needs == NEEDS_SESSION) {
        int code = check_session(driver, peer, op);

        if (code != PASSES)
            return code;
        if (!peer->role_id && !op->after_one_time_pin)
            return CAROLINE__V1__ERROR_CODE__CHOOSE_PIN_FIRST;
        if (op->permission != PERMISSION_NONE && !(session_permissions(driver, peer) >> op->permission & 1))
            return CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED;
    }
    return PASSES;
}

const struct op *op_allowed(const struct call *c, unsigned number)
{
    const struct op *op = op_of(c->driver, number);

    return c->peer && op && check_asker(c->driver, c->peer, op) == PASSES ? op : NULL;
}

static bool is_command(const struct op *op)
{
    return op->kind == OP_CHANGES || op->kind == OP_GROUPED;
}

static bool too_often(struct driver *driver, struct peer *peer, const struct op *op)
{
    int64_t now_us = monotonic_us(driver);
    uint32_t most = is_kiosk(peer) && op->kiosk_per_minute ? op->kiosk_per_minute : op->per_minute;

    if (is_command(op) && !peer->device_id &&
        per_source_count(&driver->wrongs, peer->source, now_us) >= STRANGER_WRONGS)
        return true;
    if (!most)
        return false;
    if (kin_number(peer))
        return !budget_spend(&driver->budgets, kin_number(peer), op->number, most, now_us);
    if (now_us - peer->rate_from_us >= MINUTE_US) {
        peer->rate_from_us = now_us;
        peer->rate_count = 0;
    }
    if (peer->rate_count >= most)
        return true;
    peer->rate_count++;
    return false;
}

static bool may_wait_in_lane(const struct peer *peer, const struct op *op)
{
    return is_command(op) || (op->kind == OP_ACTS && peer->device_id);
}

/* How much it asks, before a byte of the body is looked at. */
static int check_size(struct driver *driver, struct peer *peer, const struct op *op,
                      const Caroline__V1__Request *request)
{
    if (driver->draining)
        return CAROLINE__V1__ERROR_CODE__SHUTTING_DOWN;
    if (peer->pending_count >= IN_FLIGHT_MAX || (may_wait_in_lane(peer, op) && lane_is_full(driver, peer->device_id)))
        return CAROLINE__V1__ERROR_CODE__TOO_MANY_CALLS;
    if (request->body.len > (op->body_max ? op->body_max : OP_BODY_MAX))
        return CAROLINE__V1__ERROR_CODE__TOO_LARGE;
    if (too_often(driver, peer, op))
        return CAROLINE__V1__ERROR_CODE__RATE_LIMITED;
    return PASSES;
}

static int check_command_id(const struct op *op, const Caroline__V1__Request *request)
{
    size_t size = request->has_command_id ? request->command_id.len : 0;
    size_t wanted = is_command(op) ? sizeof((struct call *)0)->command_id : 0;

    return size == wanted ? PASSES : CAROLINE__V1__ERROR_CODE__BAD_COMMAND_ID;
}

/* What goes with nobody signed in is found again when nobody is any more: a basket that was left is left once. Its answer is a number. */
static bool op_is_members(const struct peer *peer, const struct op *op)
{
    return op->needs == NEEDS_MEMBER || (is_kiosk(peer) && op->kiosk == KIOSK_MEMBER);
}

/* A kiosk of before does not say whose session a command is meant for, and sends it until it is answered. In whose it came first, it is
 * meant for: with nobody signed in it is 0, and nobody's ever. */
static bool said_elsewhere(struct driver *driver, const struct peer *peer, const uint8_t command_id[COMMAND_ID_SIZE])
{
    size_t count = driver->said_count < SAID_MAX ? driver->said_count : SAID_MAX;

    for (size_t i = 0; i < count; i++) {
        const struct said *said = &driver->said[i];

        if (said->device_id == peer->device_id && memcmp(said->command_id, command_id, COMMAND_ID_SIZE) == 0)
            return said->member_id != peer->member_id;
    }
    struct said *said = &driver->said[driver->said_count++ % SAID_MAX];
    said->device_id = peer->device_id;
    said->member_id = peer->member_id;
    memcpy(said->command_id, command_id, COMMAND_ID_SIZE);
    return false;
}

/* Whatever else is said of it. */
static bool is_of_a_session_before(struct driver *driver, const struct peer *peer, const struct op *op,
                                   const Caroline__V1__Request *request)
{
    return op && is_command(op) && is_kiosk(peer) && op_is_members(peer, op) &&
           check_command_id(op, request) == PASSES && said_elsewhere(driver, peer, request->command_id.data);
}

void kept_command_id(int64_t member_id, struct bytes said, uint8_t kept[COMMAND_ID_SIZE])
{
    uint8_t member[8], digest[DIGEST_SIZE];

    assert(said.size == COMMAND_ID_SIZE);
    memcpy(kept, said.data, COMMAND_ID_SIZE);
    if (member_id == 0)
        return;
    put_u64(member, (uint64_t)member_id);
    sha256_two(bytes_of(member, sizeof member), said, digest);
    memcpy(kept, digest, COMMAND_ID_SIZE);
}

/* The call, its message not decoded yet. It stands in its own arena. */
static struct work *work_create(struct driver *driver, struct peer *peer, const struct op *op,
                                const Caroline__V1__Request *request, struct arena *request_arena)
{
    struct arena *arena = arena_take(driver, false);
    struct work *w = arena_alloc(arena, sizeof *w);
    int64_t deadline_ms = request->deadline_ms ? request->deadline_ms : DEADLINE_MS;

    w->request_arena = request_arena;
    w->body = bytes_of(request->body.data, request->has_body ? request->body.len : 0);
    w->deadline_us = monotonic_us(driver) + deadline_ms * 1000;
    w->asked.peer = peer;
    w->asked.id = request->id;
    w->asked.work = w;
    w->call = (struct call){
        .op = op,
        .driver = driver,
        .peer = peer,
        .arena = arena,
        .device_id = peer->device_id,
        .shop_id = peer->shop_id,
        .staff_id = peer->staff_id,
        .role_id = peer->staff_id ? peer->role_id : 0,
        .one_time_pin = peer->staff_id && !peer->role_id,
        .member_id = peer->member_id,
        .member_until = peer->session_expires,
        .member_by_code = peer->by_code,
        .client = peer->client,
        .training = peer->training,
        .vault = driver->config.vault,
    };
    w->permissions = session_permissions(driver, peer);
    w->call.discount_ppm = peer->staff_id ? peer->discount_ppm : 0;
    if (is_command(op))
        kept_command_id(op_is_members(peer, op) ? peer->member_id : 0,
                        bytes_of(request->command_id.data, request->command_id.len), w->call.command_id);

    LIST_INSERT_HEAD(&peer->pending, &w->asked, of_peer);
    peer->pending_count++;
    TAILQ_INSERT_TAIL(&driver->works, w, link);
    driver->in_flight++;
    return w;
}

/* The body is the op's message, and every field of it within its limits. Otherwise it is answered here. */
static bool decode(struct work *w)
{
    struct call *c = &w->call;
    const char *field, *sentence;

    c->message = message_decode(c->op->request, w->body, w->request_arena);
    if (!c->message) {
        work_fail(w, CAROLINE__V1__ERROR_CODE__BAD_BODY);
        return false;
    }
    switch (request_check(c->message, c->arena, &field, &sentence)) {
    case REQUEST_OK_MAYBE_CARD:
        w->maybe_card = true;
        return true;
    case REQUEST_OK:
        return true;
    case REQUEST_BAD_FIELD:
        work_reply(w, error_pack(c->arena, CAROLINE__V1__ERROR_CODE__BAD_FIELD, field, NULL, sentence));
        return false;
    case REQUEST_CARD_NUMBER: /* not even its hash is kept */
        if (protobuf_c_message_descriptor_get_field_by_name(c->op->request, "tenders"))
            sentence = arena_format(c->arena, "%s; if a card was charged for this, give the money back", sentence);
        work_reply(w, error_pack(c->arena, CAROLINE__V1__ERROR_CODE__CARD_NUMBER, field, NULL, sentence));
        return false;
    }
    return false;
}

/* What the till believes its session to be in: false where the request does not say, or says that it is in no training. */
static bool says_training(const struct call *c, bool *says)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(c->op->request, "training");
    protobuf_c_boolean value;

    if (!field)
        return false;
    memcpy(&value, (const uint8_t *)c->message + field->offset, sizeof value);
    *says = value;
    return true;
}

/* In training a request is another op, or none. The session's state decides; where the till believes otherwise it is refused, so
 * that nothing that is practised is ever booked, and nothing that was sold is ever lost. NULL: it may go on. */
static const char *fit_to_training(struct call *c, int *code)
{
    const bool trains = c->training.id != 0;
    bool says;

    if (c->op->needs != NEEDS_SESSION)
        return NULL;
    *code = CAROLINE__V1__ERROR_CODE__TRAINING_ON;
    if (says_training(c, &says) && says != trains) {
        if (says)
            *code = CAROLINE__V1__ERROR_CODE__TRAINING_OFF;
        return says ? failure_sentence(*code)
                    : "this session is in training, and the till asks in earnest: nothing was done";
    }
    if (!trains)
        return NULL;
    if (!c->op->training)
        return failure_sentence(*code);
    c->op = c->op->training;
    return NULL;
}

/* A refusal of a command is kept like any other, behind the answer that it may have had already. true: it is over. */
static bool say_no(struct work *w, struct bytes refusal)
{
    if (is_command(w->call.op)) {
        work_settle(w, refusal);
        return false;
    }
    work_reply(w, refusal);
    return true;
}

static bool not_in_training(struct work *w)
{
    int code;
    const char *sentence = fit_to_training(&w->call, &code);

    return sentence && say_no(w, error_pack(w->call.arena, code, NULL, NULL, sentence));
}

/* For whose session it is meant: false where the request does not say. 0: with nobody signed in. */
static bool says_member(const struct call *c, uint64_t *says)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(c->op->request, "session_member_id");
    protobuf_c_boolean given;

    if (!field)
        return false;
    memcpy(&given, (const uint8_t *)c->message + field->quantifier_offset, sizeof given);
    memcpy(says, (const uint8_t *)c->message + field->offset, sizeof *says);
    return given;
}

/* A command is sent until it is answered, and by then somebody else may be signed in: in their session it is not carried out. */
static bool is_of_another_session(struct work *w)
{
    uint64_t says;

    return says_member(&w->call, &says) && says != (uint64_t)w->call.member_id &&
           say_no(w, failure_pack(w->call.arena, CAROLINE__V1__ERROR_CODE__OTHER_MEMBER));
}

static void take_in(struct driver *driver, struct peer *peer, const struct op *op, const Caroline__V1__Request *request,
                    struct arena *request_arena)
{
    struct work *w = work_create(driver, peer, op, request, request_arena);

    if (!decode(w) || not_in_training(w) || is_of_another_session(w))
        return;
    FAILPOINT(call_decoded);
    if (op == driver->hello)
        peer->greeting = true;
    if (op->needs >= NEEDS_SESSION)
        peer->used_us = monotonic_us(driver);
    if (is_command(op))
        lane_enter(w);
    else
        work_start(w);
}

void driver_receive(struct driver *driver, struct peer *peer, struct bytes payload)
{
    if (peer->closing)
        return;

    struct arena *arena = arena_take(driver, true);
    const ProtobufCMessage *message = message_decode(&caroline__v1__request__descriptor, payload, arena);
    const Caroline__V1__Request *request = (const Caroline__V1__Request *)message;

    if (!request || !request->id || id_in_flight(peer, request->id)) {
        driver_bad_frame(driver, peer);
        arena_give_bounded(driver, arena);
        return;
    }

    const struct op *op = op_of(driver, request->op);
    int code = check_asker(driver, peer, op);
    if (is_of_a_session_before(driver, peer, op, request) && code == PASSES)
        code = CAROLINE__V1__ERROR_CODE__OTHER_MEMBER;
    if (code == PASSES)
        code = check_size(driver, peer, op, request);
    if (code == PASSES)
        code = check_command_id(op, request);
    if (code == PASSES) {
        take_in(driver, peer, op, request, arena);
        return;
    }
    say_failure(driver, peer, request->id, code);
    if (code == CAROLINE__V1__ERROR_CODE__HELLO_FIRST)
        peer_end(peer, false, "hello_first");
    arena_give_bounded(driver, arena);
}
