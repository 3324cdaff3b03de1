/* Scripts of many clients against the whole server: frames, decoding, the walker, the door, services, groups, rules, on
 * the simulated store. Whatever comes:
 *
 *   every request has one answer, or its connection was ended by the protocol's rules;
 *   every answer is what PROTOCOL.md says, within the limits of the .proto files;
 *   the same command sent again has the same answer, byte for byte;
 *   nothing is left waiting, no transaction is open, no memory is kept;
 *   the store's invariants hold.
 *
 * A house serves many scripts, one after the other, with new connections; a failing input is written with all that came
 * before it in its house. A run in which an op never went well has failed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocated.h"
#include "answers.h"
#include "common/base/log.h"
#include "common/wire/frame.h"
#include "common/wire/walker.h"
#include "house.h"
#include "known.h"
#include "proto/device.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/session.pb-c.h"
#include "reference.h"
#include "scene_open.h"
#include "script.h"
#include "target.h"

#define HOUSE_SCRIPTS 50 /* then there is a new one */
#define CHECK_EVERY   10
#define WAITING_MOST  64

struct waiting {
    uint64_t id;
    const struct op *op;       /* NULL: no op; its answer is an error */
    ProtobufCMessage *message; /* what was asked; in the script's arena */
    bool again;                /* its answer is to be that of `last` */
};

struct client {
    struct peer peer; /* first */
    uint8_t who;
    bool opened, closed, at_once;
    struct waiting waiting[WAITING_MOST];
    size_t waiting_count;
    uint64_t next_id;
    bool bad_frame; /* one has come: an answer to nobody, and the end */
    struct bytes stream;
    /* its last command, and what the server said to it, without the id */
    struct bytes last, last_reply;
    uint64_t last_id;
};

static struct {
    struct house_keys keys;
    struct house *house;
    struct known *known, *known_open; /* now; and when the shop had opened */
    struct client clients[PROFILES];
    struct arena *arena; /* of the script */
    struct buffer history;
    size_t scripts;
    size_t memory, left; /* in use before the house was entered, and when the last script was over */
    unsigned grown;
    uint64_t next_command;
    bool news, spoilt, opening;
} s;

/* ---- what the server says ---- */

/* The reply without its id: what must be the same for every copy. */
static struct bytes without_id(struct bytes payload)
{
    ProtobufCMessage *message = message_decode(&caroline__v1__from_server__descriptor, payload, s.arena);
    Caroline__V1__Reply *reply = ((Caroline__V1__FromServer *)message)->reply;

    reply->has_id = false;
    return message_encode(&reply->base, s.arena);
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
    s.spoilt = s.spoilt || (s.opening && answer->is_refused);
    s.news = answer_take(waiting.op, answer, s.known, s.arena) || s.news;
    if (!answer->is_refused && waiting.message)
        known_harvest(s.known, waiting.message, waiting.op->name);
    if (answer->id == c->last_id)
        c->last_reply = may_be_sent_again(answer->code) ? bytes_of(NULL, 0) : without_id(payload);
    else if (waiting.again && c->last_reply.size > 0 && !waiting.op->kept && !may_be_sent_again(answer->code))
        assert(bytes_equal(c->last_reply, without_id(payload)));
}

static void on_send(struct peer *peer, struct bytes payload)
{
    struct client *c = (struct client *)peer;

    if (c->closed)
        return;
    struct answer answer = answer_read(payload, s.arena);
    if (answer.is_reply && answer.id == 0) {
        assert(c->bad_frame && answer.code == CAROLINE__V1__ERROR_CODE__BAD_FRAME);
        answer_counts[0][answer.code]++;
        c->bad_frame = false;
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
    c->at_once = c->at_once || at_once;
}

static bool is_empty(const struct peer *peer)
{
    (void)peer;
    return true;
}

static const struct peer_class client_class = { .send = on_send, .close = on_close, .empty = is_empty };

/* ---- clients ---- */

static void hang_up(struct client *c)
{
    if (!c->opened)
        return;
    driver_closed(s.house->driver, &c->peer);
    c->opened = false;
}

/* Everything happens that can; then every request has its answer, or its connection is gone. */
static void settle(void)
{
    house_settle(s.house);
    for (size_t i = 0; i < PROFILES; i++) {
        struct client *c = &s.clients[i];
        if (!c->opened)
            continue;
        assert((c->waiting_count == 0 && !c->bad_frame) || c->closed);
        c->waiting_count = 0;
        c->bad_frame = false;
        if (c->closed)
            hang_up(c);
    }
}

static void open_client(struct client *c, uint8_t who)
{
    const struct profile *profile = &profiles[who];
    struct bytes last = c->last, last_reply = c->last_reply;

    memset(c, 0, sizeof *c);
    c->last = last;
    c->last_reply = last_reply;
    c->who = who;
    c->peer.class = &client_class;
    c->peer.has_key = profile->key != KEY_NONE;
    c->peer.certificate_expired = profile->expired;
    if (c->peer.has_key)
        memcpy(c->peer.key_hash, s.keys.hashes[profile->key], sizeof c->peer.key_hash);
    c->opened = true;
    c->next_id = 1000;
    driver_opened(s.house->driver, &c->peer);
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
    settle();
    if (profile->staff && c->opened) {
        session.has_name = session.has_pin = true;
        session.name = text_data(profile->staff);
        session.pin = text_data(profile->pin);
        say(c, script_op(CAROLINE__V1__OP__OP_SESSION_OPEN), &session.base);
        settle();
    }
    s.spoilt = s.spoilt || !c->opened || (profile->staff && c->peer.staff_id == 0);
}

static struct client *client_of(uint8_t who)
{
    struct client *c = &s.clients[who];

    if (c->closed)
        settle();
    if (!c->opened) {
        open_client(c, who);
        introduce(c);
    }
    return c;
}

/* ---- frames ---- */

/* One frame's payload, as net hands it on; what is to be answered is noted first. */
static void take_payload(struct client *c, struct bytes payload, bool again)
{
    const Caroline__V1__Request *request =
        (const Caroline__V1__Request *)message_decode(&caroline__v1__request__descriptor, payload, s.arena);
    bool known = false;

    if (!driver_reads(&c->peer) || c->waiting_count == WAITING_MOST)
        settle();
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
                              .message = op ? message_decode(op->request, body, s.arena) : NULL,
                              .again = again };
    }
    driver_receive(s.house->driver, &c->peer, payload);
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
            driver_bad_frame(s.house->driver, &c->peer);
            return;
        }
        stream = bytes_of(payload.data + payload.size, stream.size - FRAME_HEAD - payload.size);
        take_payload(c, payload, again);
    }
}

static void send_frame(struct client *c, struct bytes payload, bool again)
{
    uint8_t *frame = arena_alloc(s.arena, FRAME_HEAD + payload.size);

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
static void give_command_id(Caroline__V1__Request *request, unsigned which)
{
    uint8_t *id = arena_alloc(s.arena, 16);
    uint64_t number = ++s.next_command;

    if (which < REFERENCE_FATAL && number > which + 1)
        number -= which + 1;
    put_u64(id, number);
    id[15] = which == REFERENCE_FATAL ? HOUSE_FATAL : 0xc0;
    request->command_id = (ProtobufCBinaryData){ 16, id };
}

/* References become what they stand for. Bytes that are no message stay as they are. */
static struct bytes resolved(struct client *c, struct bytes bytes)
{
    ProtobufCMessage *envelope = message_decode(&caroline__v1__request__descriptor, bytes, s.arena);
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
        give_command_id(request, which);
    ProtobufCMessage *message =
        op ? message_decode(op->request, bytes_of(request->body.data, request->body.len), s.arena) : NULL;
    if (message) {
        known_resolve(s.known, message, op->name, s.arena);
        struct bytes body = message_encode(message, s.arena);
        request->body = (ProtobufCBinaryData){ body.size, (uint8_t *)(uintptr_t)body.data };
    }
    struct bytes whole = message_encode(envelope, s.arena);
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
    struct bytes body = message_encode(message, s.arena);

    request.has_id = request.has_op = request.has_body = true;
    request.id = ++c->next_id;
    request.op = op->number;
    request.body = (ProtobufCBinaryData){ body.size, (uint8_t *)(uintptr_t)body.data };
    send_frame(c, message_encode(&request.base, s.arena), false);
}

/* The last command of this client once more, under another request's id. */
static void say_again(struct client *c)
{
    if (c->last.size == 0)
        return;
    ProtobufCMessage *envelope = message_decode(&caroline__v1__request__descriptor, c->last, s.arena);
    Caroline__V1__Request *request = (Caroline__V1__Request *)envelope;
    request->id = ++c->next_id;
    send_frame(c, message_encode(envelope, s.arena), true);
}

/* ---- steps ---- */

static void on_drained(void *context)
{
    (void)context;
}

static void run_step(const struct script_step *step)
{
    struct bytes bytes = step->bytes;

    switch (step->kind) {
    case SCRIPT_CALL:
    case SCRIPT_SEND: {
        struct client *c = client_of(step->who);
        if (c->opened && bytes.size > 0)
            send_frame(c, resolved(c, bytes), false);
        if (step->kind == SCRIPT_CALL)
            settle();
        break;
    }
    case SCRIPT_STREAM:
        take_stream(client_of(step->who), bytes, false);
        break;
    case SCRIPT_AGAIN:
        say_again(client_of(step->who));
        settle();
        break;
    case SCRIPT_CLOSE:
        hang_up(&s.clients[step->who]);
        s.clients[step->who].waiting_count = 0;
        break;
    case SCRIPT_PASS:
        settle();
        if (bytes.size == 4)
            house_pass(s.house, get_u32(bytes.data) % (400u * 86400u * 1000u));
        settle();
        break;
    case SCRIPT_FAULT:
        if (bytes.size == 2) {
            s.house->fate = bytes.data[0] % 2 == 1 ? SIM_LOST : SIM_AGAIN;
            s.house->fate_after = bytes.data[1];
        }
        break;
    case SCRIPT_ORDER:
        if (bytes.size == 2)
            s.house->order = chance_of(get_u16(bytes.data));
        break;
    case SCRIPT_LEAVE:
        driver_drain(s.house->driver, on_drained, NULL);
        s.spoilt = true;
        break;
    case SCRIPT_ANEW:
    case SCRIPT_MOVE:
    case SCRIPT_STEPS:
        break;
    }
}

static void begin_script(void)
{
    s.arena = arena_create(0);
    memcpy(s.known, s.known_open, sizeof *s.known);
}

static void end_script(void)
{
    settle();
    for (size_t i = 0; i < PROFILES; i++)
        hang_up(&s.clients[i]);
    s.house->fate_after = 0;
    s.house->order = chance_of(0);
    house_settle(s.house);
    memset(s.clients, 0, sizeof s.clients);
    arena_destroy(s.arena);
    s.arena = NULL;
}

/* ---- houses ---- */

static void on_wrong(void *user, const char *check, const char *row)
{
    (void)user;
    fprintf(stderr, "%s does not hold: %s\n", check, row);
}

static void check_store(void)
{
    size_t wrong = sim_database_check(s.house->database, on_wrong, NULL);

    assert(wrong == 0);
    (void)wrong;
}

static void leave_house(void)
{
    check_store();
    house_close(s.house);
    s.house = NULL;
    buffer_fini(&s.history);
    /* What is made once and kept, by libraries, is not lost: a leak grows with every house. */
    s.grown = allocated_bytes() > s.memory ? s.grown + 1 : 0;
    if (s.grown == 4) {
        fprintf(stderr, "%zu bytes are left of a house, and some of each before\n", allocated_bytes() - s.memory);
        abort();
    }
}

static void enter_house(void);

static void move_house(void)
{
    leave_house();
    enter_house();
}

static void run_script(struct bytes script)
{
    struct script_step step;

    begin_script();
    for (size_t at = 0; script_next(script, &at, &step);) {
        if (fuzz_loud)
            script_print(&step);
        if (step.kind != SCRIPT_MOVE)
            script_put(&s.history, &step);
        if (step.kind == SCRIPT_ANEW || step.kind == SCRIPT_MOVE) {
            end_script();
            if (step.kind == SCRIPT_MOVE)
                move_house();
            begin_script();
        } else {
            run_step(&step);
        }
    }
    script_put(&s.history, &(struct script_step){ .kind = SCRIPT_ANEW });
    end_script();
}

/* A new shop, opened; the same one each time. */
static void enter_house(void)
{
    struct buffer script = { 0 };
    struct arena *arena = arena_create(0);
    const char *problem = NULL;
    uint8_t secret[5];

    s.memory = allocated_bytes();
    s.house = house_open(&s.keys, secret);
    s.scripts = 0;
    s.spoilt = false;
    s.next_command = 0;
    memset(s.known_open, 0, sizeof *s.known_open);
    known_note_bytes(s.known_open, "secret", bytes_of(secret, sizeof secret));
    for (size_t i = 0; i < KEYS; i++)
        known_note_bytes(s.known_open, "certificate_request", s.keys.requests[i]);
    if (!script_read(bytes_of_text(scene_open), &script, arena, &problem)) {
        fprintf(stderr, "the opening scene, %s\n", problem);
        abort();
    }
    s.opening = true;
    run_script(bytes_of(script.data, script.size));
    s.opening = false;
    if (s.spoilt) {
        fprintf(stderr, "the shop could not be opened: -v says why\n");
        abort();
    }
    memcpy(s.known_open, s.known, sizeof *s.known);
    buffer_clear(&s.history);
    buffer_fini(&script);
    arena_destroy(arena);
}

static void open_all(void)
{
    log_set_level(fuzz_loud ? LOG_INFO : LOG_ERROR);
    house_keys_open(&s.keys);
    s.known = calloc(1, sizeof *s.known);
    s.known_open = calloc(1, sizeof *s.known_open);
    assert(s.known && s.known_open);
}

static bool run(struct bytes input)
{
    s.memory += allocated_bytes() - s.left; /* not ours */
    if (s.house && (s.scripts >= HOUSE_SCRIPTS || s.spoilt))
        leave_house();
    if (!s.house)
        enter_house();
    s.scripts++;
    s.news = false;
    run_script(input);
    if (s.scripts % CHECK_EVERY == 0)
        check_store();
    s.left = allocated_bytes();
    return s.news;
}

static bool close_all(bool full)
{
    s.memory += allocated_bytes() - s.left;
    if (s.house)
        leave_house();
    free(s.known);
    free(s.known_open);
    house_keys_close(&s.keys);
    return answers_complete(full);
}

static bool read_scene(struct bytes text, struct buffer *input)
{
    struct arena *arena = arena_create(0);
    const char *problem = NULL;
    bool whole = script_read(text, input, arena, &problem);

    if (!whole)
        fprintf(stderr, "%s\n", problem);
    arena_destroy(arena);
    return whole;
}

static struct bytes history(void)
{
    return bytes_of(s.history.data, s.history.size);
}

const struct target target_server = {
    .name = "server",
    .open = open_all,
    .run = run,
    .make = script_make,
    .mutate = script_mutate,
    .close = close_all,
    .history = history,
    .read = read_scene,
};
