/* Scripts by chance: steps that mostly make sense, with values that mostly are there. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/frame.h"
#include "common/wire/walker.h"
#include "known.h"
#include "messages.h"
#include "profiles.h"
#include "proto/envelope.pb-c.h"
#include "reference.h"
#include "script.h"
#include "server/service/ops.h"
#include "target.h"

#define STEPS_MOST   64
#define STEPS_BEFORE 8
#define STEPS_BEHIND 4

static size_t op_count(void)
{
    size_t count = 0;

    while (all_ops[count])
        count++;
    return count;
}

/* ---- messages ---- */

/* Mostly what is known of such things, if it is a kind that is referred to. */
static bool refer(struct maker *maker, const ProtobufCMessageDescriptor *message, const ProtobufCFieldDescriptor *field,
                  uint64_t *number, struct bytes *bytes)
{
    static const char *const made_up[] = { "pin", "phone", "email", "sku", "plu", "badge", "card", NULL };
    char key[32];
    bool often = true;

    if (known_key(message, field, "", key)[0] == '\0')
        return false;
    for (const char *const *at = made_up; *at; at++)
        often = often && strcmp(*at, key) != 0;
    often = often && !strstr(key, ".name");
    if (one_in(maker->chance, often ? 5 : 2))
        return false;
    unsigned which = one_in(maker->chance, 3) ? REFERENCE_LAST : (unsigned)below(maker->chance, 12);
    if (number) {
        bool wide = field->type == PROTOBUF_C_TYPE_UINT64 || field->type == PROTOBUF_C_TYPE_INT64;
        *number = (wide ? REFERENCE_64 : REFERENCE_32) | which;
    } else {
        uint8_t *reference = arena_alloc(maker->arena, 2);
        reference[0] = 1;
        reference[1] = (uint8_t)which;
        *bytes = bytes_of(reference, 2);
    }
    return true;
}

static struct maker maker_of(struct chance *chance, struct arena *arena)
{
    return (struct maker){ .chance = chance, .arena = arena, .wild = one_in(chance, 3) ? 16 : 0, .hint = refer };
}

static ProtobufCBinaryData data_of(struct bytes bytes)
{
    return (ProtobufCBinaryData){ bytes.size, (uint8_t *)(uintptr_t)bytes.data };
}

/* The envelope: mostly right. */
static void put_envelope(struct maker *maker, const struct op *op, Caroline__V1__Request *request)
{
    struct chance *chance = maker->chance;
    bool command = op->kind == OP_CHANGES || op->kind == OP_GROUPED;
    uint8_t *id = arena_alloc(maker->arena, 2);

    request->has_op = true;
    request->op = one_in(chance, 200) ? (uint32_t)chance_next(chance) % 300 : op->number;
    if (command != one_in(chance, 60)) {
        id[0] = 1;
        id[1] = (uint8_t)(one_in(chance, 12)    ? below(chance, 8)
                          : one_in(chance, 100) ? REFERENCE_FATAL
                                                : REFERENCE_LAST);
        request->has_command_id = true;
        request->command_id = data_of(bytes_of(id, one_in(chance, 80) ? 1 : 2));
    }
    if (one_in(chance, 30)) {
        request->has_deadline_ms = true;
        request->deadline_ms = (uint32_t)below(chance, 3);
    }
    if (one_in(chance, 60)) {
        request->has_id = true;
        request->id = below(chance, 3);
    }
}

static uint8_t who_may(struct chance *chance, const struct op *op)
{
    for (unsigned tries = 0; tries < 12 && !one_in(chance, 8); tries++) {
        uint8_t who = (uint8_t)below(chance, PROFILES);
        const struct profile *profile = &profiles[who];
        if (profile->client && (op->clients & CLIENT_BIT(profile->client)) &&
            (op->needs == NEEDS_NOTHING || profile->key != KEY_NONE) &&
            (op->needs != NEEDS_SESSION || profile->staff || (profile->key == KEY_KIOSK && op->kiosk == KIOSK_ANYBODY)))
            return who;
    }
    return (uint8_t)below(chance, PROFILES);
}

static void put_request(struct chance *chance, struct buffer *script, const struct op *op, ProtobufCMessage *message,
                        struct script_step *step, struct maker *maker)
{
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;

    put_envelope(maker, op, &request);
    request.has_body = true;
    request.body = data_of(message_encode(message, maker->arena));
    if (request.body.len > FRAME_MAX - 100)
        return;
    step->kind = one_in(chance, 5) ? SCRIPT_SEND : SCRIPT_CALL;
    step->bytes = message_encode(&request.base, maker->arena);
    script_put(script, step);
}

static void make_call(struct chance *chance, struct buffer *script)
{
    struct arena *arena = arena_create(0);
    struct maker maker = maker_of(chance, arena);
    const struct op *op = all_ops[below(chance, op_count())];
    struct script_step step = { .who = who_may(chance, op) };

    put_request(chance, script, op, maker_message(&maker, op->request), &step, &maker);
    arena_destroy(arena);
}

static void make_other(struct chance *chance, struct buffer *script)
{
    static const uint32_t pauses[] = { 1, 100, 5000, 61000, 121000, 900000, 3600000, 43200000, 86400000 };
    uint8_t bytes[64];
    struct script_step step = { .kind = SCRIPT_STREAM + (enum step_kind)below(chance, SCRIPT_STEPS - SCRIPT_STREAM),
                                .who = (uint8_t)below(chance, PROFILES) };
    size_t size = 2;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)chance_next(chance);
    if (step.kind == SCRIPT_STREAM) { /* frames of any length, cut off somewhere */
        size = below(chance, sizeof bytes);
        put_u32(bytes, one_in(chance, 3) ? (uint32_t)chance_next(chance) : (uint32_t)below(chance, 70000));
    } else if (step.kind == SCRIPT_PASS) {
        size = 4;
        put_u32(bytes, pauses[below(chance, sizeof pauses / sizeof *pauses)]);
    } else if (step.kind == SCRIPT_FAULT) {
        bytes[0] = (uint8_t)(1 + below(chance, 2));
        bytes[1] = (uint8_t)below(chance, 30);
    } else if (step.kind == SCRIPT_MOVE || (step.kind == SCRIPT_LEAVE && !one_in(chance, 20))) {
        return; /* a new shop takes long */
    } else if (step.kind == SCRIPT_AGAIN || step.kind == SCRIPT_CLOSE || step.kind >= SCRIPT_LEAVE) {
        size = 0;
    }
    step.bytes = bytes_of(bytes, size);
    script_put(script, &step);
}

static void make_step(struct chance *chance, struct buffer *script)
{
    if (one_in(chance, 8))
        make_other(chance, script);
    else
        make_call(chance, script);
}

void script_make(struct chance *chance, struct buffer *script)
{
    for (size_t steps = 1 + below(chance, 10); steps > 0; steps--)
        make_step(chance, script);
}

/* ---- changes ---- */

/* The request with its message changed; as it is where it is none. */
static void change_call(struct chance *chance, struct buffer *script, struct script_step *step)
{
    struct arena *arena = arena_create(0);
    struct maker maker = maker_of(chance, arena);
    ProtobufCMessage *envelope = message_decode(&caroline__v1__request__descriptor, step->bytes, arena),
                     *message = NULL;
    const Caroline__V1__Request *request = (const Caroline__V1__Request *)envelope;
    const struct op *op = request ? script_op(request->op) : NULL;

    if (op)
        message = message_decode(op->request, bytes_of(request->body.data, request->body.len), arena);
    if (message && !one_in(chance, 12)) {
        maker_change(&maker, message);
        put_request(chance, script, op, message, step, &maker);
    } else {
        struct buffer bytes = { 0 };
        put(&bytes, step->bytes.data, step->bytes.size);
        bytes_mutate(chance, &bytes, NULL);
        step->bytes = bytes_of(bytes.data, bytes.size);
        script_put(script, step);
        buffer_fini(&bytes);
    }
    arena_destroy(arena);
}

static void change_step(struct chance *chance, struct buffer *script, struct script_step *step)
{
    switch (below(chance, 8)) {
    case 0: /* gone */
        break;
    case 1:
        script_put(script, step);
        script_put(script, step);
        break;
    case 2:
        make_step(chance, script);
        script_put(script, step);
        break;
    case 3:
        step->who = (uint8_t)below(chance, PROFILES);
        script_put(script, step);
        break;
    case 4:
        if (step->kind <= SCRIPT_SEND)
            step->kind = step->kind == SCRIPT_CALL ? SCRIPT_SEND : SCRIPT_CALL;
        script_put(script, step);
        break;
    default:
        if (step->kind <= SCRIPT_SEND)
            change_call(chance, script, step);
        else
            make_other(chance, script);
        break;
    }
}

bool script_mutate(struct chance *chance, struct buffer *script)
{
    struct bytes before = bytes_of(script->data, script->size);
    struct buffer changed = { 0 };
    struct script_step step;
    size_t steps = 0, i = 0;

    for (size_t at = 0; script_next(before, &at, &step);)
        steps++;
    if (steps == 0)
        return false;
    /* Long ones are mostly cut to what led to the step that is changed. */
    size_t which = below(chance, steps), first = which > STEPS_BEFORE && !one_in(chance, 8) ? which - STEPS_BEFORE : 0;
    size_t end = one_in(chance, 8) ? STEPS_MOST : which + STEPS_BEHIND;
    for (size_t at = 0; script_next(before, &at, &step) && i <= end; i++) {
        if (i < first || step.kind == SCRIPT_MOVE)
            continue;
        if (i == which)
            change_step(chance, &changed, &step);
        else
            script_put(&changed, &step);
    }
    if (one_in(chance, 4))
        make_step(chance, &changed);
    buffer_fini(script);
    *script = changed;
    return true;
}
