/* Clients: what they send, and what the server says to them, held against what it owes them. */
#include "clients.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "common/wire/frame.h"
#include "common/wire/walker.h"
#include "proto/device.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/session.pb-c.h"
#include "reference.h"
#include "script.h"
#include "target.h"

/* ---- what the server says ---- */

/* The reply without its id: what must be the same for every copy. */
static struct bytes without_id(const struct client *c, struct bytes payload)
{
    ProtobufCMessage *message = message_decode(&caroline__v1__from_server__descriptor, payload, c->crowd->arena);
    Caroline__V1__Reply *reply = ((Caroline__V1__FromServer *)message)->reply;

    reply->has_id = false;
    return message_encode(&reply->base, c->crowd->arena);
}

static struct waiting take_waiting(struct client *c, uint64_t id)
{
    for (size_t i = 0; i < c->waiting_count; i++)
        if (c->waiting[i].id == id) {
            struct waiting waiting = c->waiting[i];
            c->waiting[i] = c->waiting[--c->waiting_count];
            return waiting;
        }
    assert(!"an answer that nobody waits for");
    return (struct waiting){ 0 };
}

static bool may_be_sent_again(int code)
{
    const int not_kept[] = { CAROLINE__V1__ERROR_CODE__TRY_AGAIN,        CAROLINE__V1__ERROR_CODE__DEADLINE,
                             CAROLINE__V1__ERROR_CODE__RATE_LIMITED,     CAROLINE__V1__ERROR_CODE__TOO_MANY_CALLS,
                             CAROLINE__V1__ERROR_CODE__SIGN_IN_FIRST,    CAROLINE__V1__ERROR_CODE__SESSION_LOCKED,
                             CAROLINE__V1__ERROR_CODE__NOT_ENROLLED,     CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED,
                             CAROLINE__V1__ERROR_CODE__DEVICE_REVOKED,   CAROLINE__V1__ERROR_CODE__UNSUPPORTED,
                             CAROLINE__V1__ERROR_CODE__BAD_COMMAND_ID,   CAROLINE__V1__ERROR_CODE__TOO_LARGE,
                             CAROLINE__V1__ERROR_CODE__BAD_BODY,         CAROLINE__V1__ERROR_CODE__BAD_FIELD,
                             CAROLINE__V1__ERROR_CODE__CHOOSE_PIN_FIRST, CAROLINE__V1__ERROR_CODE__SHUTTING_DOWN };

    for (size_t i = 0; i < sizeof not_kept / sizeof *not_kept; i++)
        if (not_kept[i] == code)
            return true;
    return false;
}

static void take_answer(struct client *c, const struct answer *answer, struct bytes payload)
{
    struct waiting waiting = take_waiting(c, answer->id);

    if (fuzz_loud)
        printf("    %s: %s -> %d %.*s\n", profiles[c->who].name, waiting.op ? waiting.op->name : "?", answer->code,
               (int)answer->sentence.size, (const char *)answer->sentence.data);
    if (!waiting.op) {
        assert(answer->is_refused);
        return;
    }
    c->crowd->spoilt = c->crowd->spoilt || (c->crowd->opening && answer->is_refused);
    c->crowd->news = answer_take(waiting.op, answer, c->crowd->known, c->crowd->arena) || c->crowd->news;
    if (!answer->is_refused && waiting.message)
        known_harvest(c->crowd->known, waiting.message, waiting.op->name);
    if (answer->id == c->last_id)
        c->last_reply = may_be_sent_again(answer->code) ? bytes_of(NULL, 0) : without_id(c, payload);
    else if (waiting.again && c->last_reply.size > 0 && !waiting.op->kept && !may_be_sent_again(answer->code))
        assert(bytes_equal(c->last_reply, without_id(c, payload)));
}

static void on_send(struct peer *peer, struct bytes payload)
{
    struct client *c = (struct client *)peer;

    if (c->closed)
        return;
    struct answer answer = answer_read(payload, c->crowd->arena);
    if (answer.is_reply && answer.id == 0) {
        assert(c->bad_frame && answer.code == CAROLINE__V1__ERROR_CODE__BAD_FRAME);
        answer_counts[0][answer.code]++;
        c->bad_frame = false;
        c->may_end = true;
    } else if (answer.is_reply) {
        take_answer(c, &answer, payload);
    }
}

static void on_close(struct peer *peer, bool at_once, const char *reason)
{
    struct client *c = (struct client *)peer;

    if (fuzz_loud)
        printf("    %s: closed, %s\n", profiles[c->who].name, reason);
    c->closed = true;
    (void)at_once;
    assert(strcmp(reason, "bad_frame") != 0 || c->may_end);
}

static bool is_empty(const struct peer *peer)
{
    (void)peer;
    return true;
}

static const struct peer_class client_class = { .send = on_send, .close = on_close, .empty = is_empty };

/* ---- clients ---- */

void client_hang_up(struct client *c)
{
    if (!c->opened)
        return;
    driver_closed(c->crowd->house->driver, &c->peer);
    c->opened = c->closed = false;
    c->waiting_count = 0;
    c->bad_frame = false;
}

/* Everything happens that can; then every request has its answer, or its connection is gone. */
void crowd_settle(struct crowd *crowd)
{
    house_settle(crowd->house);
    for (size_t i = 0; i < PROFILES; i++) {
        struct client *c = &crowd->clients[i];
        if (!c->opened)
            continue;
        assert((c->waiting_count == 0 && !c->bad_frame) || c->closed);
        c->waiting_count = 0;
        c->bad_frame = false;
        if (c->closed)
            client_hang_up(c);
    }
}

static void open_client(struct crowd *crowd, struct client *c, uint8_t who)
{
    const struct profile *profile = &profiles[who];
    struct bytes last = c->last, last_reply = c->last_reply;

    memset(c, 0, sizeof *c);
    c->crowd = crowd;
    c->last = last;
    c->last_reply = last_reply;
    c->who = who;
    c->peer.class = &client_class;
    c->peer.has_key = profile->key != KEY_NONE;
    c->peer.certificate_expired = profile->expired;
    if (c->peer.has_key)
        memcpy(c->peer.key_hash, c->crowd->keys->hashes[profile->key], sizeof c->peer.key_hash);
    c->opened = true;
    c->next_id = 1000;
    driver_opened(c->crowd->house->driver, &c->peer);
}

static void say(struct client *c, const struct op *op, const ProtobufCMessage *message);

static ProtobufCBinaryData text_data(const char *text)
{
    return (ProtobufCBinaryData){ strlen(text), (uint8_t *)(uintptr_t)text };
}

/* What its profile says comes first: Hello, and the person. Whoever is turned away now that was not at first has been
 * changed by a script: the house is spoilt for those to come. */
static void introduce(struct client *c)
{
    const struct profile *profile = &profiles[c->who];
    Caroline__V1__Hello hello = CAROLINE__V1__HELLO__INIT;
    Caroline__V1__SessionOpen session = CAROLINE__V1__SESSION_OPEN__INIT;

    if (profile->client == 0)
        return;
    hello.has_protocol = hello.has_client = true;
    hello.protocol = 1;
    hello.client = (Caroline__V1__ClientKind)profile->client;
    say(c, script_op(CAROLINE__V1__OP__OP_HELLO), &hello.base);
    crowd_settle(c->crowd);
    if (profile->staff && c->opened) {
        session.has_name = session.has_pin = true;
        session.name = text_data(profile->staff);
        session.pin = text_data(profile->pin);
        say(c, script_op(CAROLINE__V1__OP__OP_SESSION_OPEN), &session.base);
        crowd_settle(c->crowd);
    }
    c->crowd->spoilt = c->crowd->spoilt || !c->opened || (profile->staff && c->peer.staff_id == 0);
}

struct client *crowd_client(struct crowd *crowd, uint8_t who)
{
    struct client *c = &crowd->clients[who];

    if (c->closed)
        crowd_settle(crowd);
    if (!c->opened) {
        unsigned fate_after = crowd->house->fate_after;
        crowd->house->fate_after = 0; /* faults are for what comes behind */
        open_client(crowd, c, who);
        introduce(c);
        crowd->house->fate_after = fate_after;
    }
    return c;
}

/* ---- frames ---- */

/* One frame's payload, as net hands it on; what is to be answered is noted first. */
static void take_payload(struct client *c, struct bytes payload, bool again)
{
    const Caroline__V1__Request *request =
        (const Caroline__V1__Request *)message_decode(&caroline__v1__request__descriptor, payload, c->crowd->arena);
    bool known = false;

    if (!driver_reads(&c->peer) || c->waiting_count == WAITING_MOST)
        crowd_settle(c->crowd);
    if (c->closed || !c->opened)
        return;
    for (size_t i = 0; request && i < c->waiting_count; i++)
        known = known || c->waiting[i].id == request->id;
    if (!request || request->id == 0 || known) {
        c->bad_frame = true;
    } else {
        const struct op *op = script_op(request->op);
        struct bytes body = bytes_of(request->body.data, request->body.len);
        c->waiting[c->waiting_count++] =
            (struct waiting){ .id = request->id,
                              .op = op,
                              .message = op ? message_decode(op->request, body, c->crowd->arena) : NULL,
                              .again = again };
    }
    driver_receive(c->crowd->house->driver, &c->peer, payload);
}

/* As it comes from a connection: cut into frames like server/net/ does. */
static void take_stream(struct client *c, struct bytes stream, bool again)
{
    struct bytes payload;

    while (c->opened && !c->closed) {
        enum frame_verdict verdict = frame_next(stream, driver_frame_max(&c->peer), &payload);
        if (verdict == FRAME_WAIT)
            return;
        if (verdict != FRAME_READY) {
            c->bad_frame = true;
            driver_bad_frame(c->crowd->house->driver, &c->peer);
            return;
        }
        stream = bytes_of(payload.data + payload.size, stream.size - FRAME_HEAD - payload.size);
        take_payload(c, payload, again);
    }
}

static void send_frame(struct client *c, struct bytes payload, bool again)
{
    uint8_t *frame = arena_alloc(c->crowd->arena, FRAME_HEAD + payload.size);

    put_u32(frame, (uint32_t)payload.size);
    memcpy(frame + FRAME_HEAD, payload.data, payload.size);
    take_stream(c, bytes_of(frame, FRAME_HEAD + payload.size), again);
}

/* ---- requests ---- */

static bool is_command(const struct op *op)
{
    return op->kind == OP_CHANGES || op->kind == OP_GROUPED;
}

/* A command id of its own, or one that was used before. */
static void give_command_id(struct client *c, Caroline__V1__Request *request, unsigned which)
{
    uint8_t *id = arena_alloc(c->crowd->arena, 16);
    uint64_t number = ++c->crowd->next_command;

    if (which < REFERENCE_FATAL && number > which + 1)
        number -= which + 1;
    put_u64(id, number);
    id[15] = which == REFERENCE_FATAL ? HOUSE_FATAL : 0xc0;
    request->command_id = (ProtobufCBinaryData){ 16, id };
}

/* References become what they stand for. Bytes that are no message stay as they are. */
static struct bytes resolved(struct client *c, struct bytes bytes)
{
    ProtobufCMessage *envelope = message_decode(&caroline__v1__request__descriptor, bytes, c->crowd->arena);
    Caroline__V1__Request *request = (Caroline__V1__Request *)envelope;
    const struct op *op = request ? script_op(request->op) : NULL;
    unsigned which;

    if (!request)
        return bytes;
    if (!request->has_id) {
        request->has_id = true;
        request->id = ++c->next_id;
    }
    if (request->has_command_id &&
        reference_in_bytes(bytes_of(request->command_id.data, request->command_id.len), &which))
        give_command_id(c, request, which);
    ProtobufCMessage *message =
        op ? message_decode(op->request, bytes_of(request->body.data, request->body.len), c->crowd->arena) : NULL;
    if (message) {
        known_resolve(c->crowd->known, message, op->name, c->crowd->arena);
        struct bytes body = message_encode(message, c->crowd->arena);
        request->body = (ProtobufCBinaryData){ body.size, (uint8_t *)(uintptr_t)body.data };
    }
    struct bytes whole = message_encode(envelope, c->crowd->arena);
    if (whole.size > 0 && op && is_command(op) && request->command_id.len == 16) {
        c->last = whole;
        c->last_id = request->id;
        c->last_reply = bytes_of(NULL, 0);
    }
    return whole.size > 0 ? whole : bytes;
}

static void say(struct client *c, const struct op *op, const ProtobufCMessage *message)
{
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;
    struct bytes body = message_encode(message, c->crowd->arena);

    request.has_id = request.has_op = request.has_body = true;
    request.id = ++c->next_id;
    request.op = op->number;
    request.body = (ProtobufCBinaryData){ body.size, (uint8_t *)(uintptr_t)body.data };
    send_frame(c, message_encode(&request.base, c->crowd->arena), false);
}

/* Under another request's id. */
void client_again(struct client *c)
{
    if (c->last.size == 0)
        return;
    ProtobufCMessage *envelope = message_decode(&caroline__v1__request__descriptor, c->last, c->crowd->arena);
    Caroline__V1__Request *request = (Caroline__V1__Request *)envelope;
    request->id = ++c->next_id;
    send_frame(c, message_encode(envelope, c->crowd->arena), true);
}

void client_send(struct client *c, struct bytes request)
{
    if (c->opened && request.size > 0)
        send_frame(c, resolved(c, request), false);
}

void client_stream(struct client *c, struct bytes stream)
{
    take_stream(c, stream, false);
}

/* ---- all of them ---- */

void crowd_begin(struct crowd *crowd)
{
    crowd->arena = arena_create(0);
    memcpy(crowd->known, crowd->known_open, sizeof *crowd->known);
}

void crowd_end(struct crowd *crowd)
{
    crowd_settle(crowd);
    for (size_t i = 0; i < PROFILES; i++)
        client_hang_up(&crowd->clients[i]);
    crowd->house->fate_after = 0;
    crowd->house->order = chance_of(0);
    house_settle(crowd->house);
    memset(crowd->clients, 0, sizeof crowd->clients);
    arena_destroy(crowd->arena);
    crowd->arena = NULL;
}
