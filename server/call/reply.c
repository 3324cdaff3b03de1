/* Replies: packed once without their id, so that the bytes that are kept are the bytes that are sent again. */
#include "server/call/call.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/wire/walker.h"
#include "server/call/inner.h"

#define SENTENCE_MAX 300 /* characters */
#define UTF8_MAX     4   /* bytes of one */

/* What a person reads where the driver itself says no, and whether the same request may succeed later. */
static const struct failure {
    int code;
    bool retry;
    const char *sentence;
} failures[] = {
    { CAROLINE__V1__ERROR_CODE__BAD_FRAME, false, "this is no request: the connection ends" },
    { CAROLINE__V1__ERROR_CODE__BAD_BODY, false, "the body is not the message of this operation" },
    { CAROLINE__V1__ERROR_CODE__UNSUPPORTED, false, "this server does not offer that to this kind of client" },
    { CAROLINE__V1__ERROR_CODE__HELLO_FIRST, false, "say hello first: the connection ends" },
    { CAROLINE__V1__ERROR_CODE__NOT_ENROLLED, false, "this device is not enrolled" },
    { CAROLINE__V1__ERROR_CODE__SIGN_IN_FIRST, true, "sign in first" },
    { CAROLINE__V1__ERROR_CODE__MEMBER_SIGN_IN_FIRST, false, /* whoever signs in next is somebody else */
      "sign in first: nobody is signed in here, or not any more" },
    { CAROLINE__V1__ERROR_CODE__OTHER_MEMBER, false,
      "this was asked in another session than the one that is open here, or is not any more: nothing was done" },
    { CAROLINE__V1__ERROR_CODE__SESSION_LOCKED, true, "locked: enter the PIN" },
    { CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED, false, "your role does not allow this" },
    { CAROLINE__V1__ERROR_CODE__CHOOSE_PIN_FIRST, false, "this was a one-time PIN: choose another PIN first" },
    { CAROLINE__V1__ERROR_CODE__TRAINING_ON, false, "not in training: end the training first" },
    { CAROLINE__V1__ERROR_CODE__TRAINING_OFF, false,
      "the till believes itself in training, and its session is in none: nothing was practised, and nothing sold" },
    { CAROLINE__V1__ERROR_CODE__TOO_MANY_CALLS, true, "more calls are in flight than may be" },
    { CAROLINE__V1__ERROR_CODE__TOO_LARGE, false, "the body is larger than this operation takes" },
    { CAROLINE__V1__ERROR_CODE__RATE_LIMITED, true, "too often: wait a minute" },
    { CAROLINE__V1__ERROR_CODE__BAD_COMMAND_ID, false, "a command has an id of 16 bytes, and nothing else has one" },
    { CAROLINE__V1__ERROR_CODE__COMMAND_REUSED, false, "this command id was used for another request" },
    { CAROLINE__V1__ERROR_CODE__DEADLINE, true, "the time for this request ran out before it was begun" },
    { CAROLINE__V1__ERROR_CODE__TRY_AGAIN, true, "please try again" },
    { CAROLINE__V1__ERROR_CODE__SHUTTING_DOWN, true, "the server is going down: connect again" },
    { CAROLINE__V1__ERROR_CODE__DEVICE_REVOKED, false, "this device was taken out of service" },
};

static const struct failure *failure_of(int code)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        if (failures[i].code == code)
            return &failures[i];
    }
    return NULL;
}

const char *failure_sentence(int code)
{
    const struct failure *failure = failure_of(code);

    return failure ? failure->sentence : "refused";
}

static ProtobufCBinaryData view(struct bytes bytes)
{
    return (ProtobufCBinaryData){ .len = bytes.size, .data = (uint8_t *)(uintptr_t)bytes.data };
}

struct bytes error_pack(struct arena *arena, int code, const char *field, const ProtobufCMessage *detail,
                        const char *sentence)
{
    Caroline__V1__Error error = CAROLINE__V1__ERROR__INIT;
    Caroline__V1__Reply reply = CAROLINE__V1__REPLY__INIT;
    const struct failure *failure = failure_of(code);

    error.has_code = true;
    error.code = (Caroline__V1__ErrorCode)code;
    error.has_sentence = true;
    error.sentence = view(bytes_of_text(sentence));
    if (field) {
        error.has_field = true;
        error.field = view(bytes_of_text(field));
    }
    if (failure && failure->retry) {
        error.has_retry = true;
        error.retry = true;
    }
    if (detail) {
        error.has_detail = true;
        error.detail = view(message_encode(detail, arena));
    }
    reply.error = &error;
    return message_encode(&reply.base, arena);
}

struct bytes failure_pack(struct arena *arena, int code)
{
    return error_pack(arena, code, NULL, NULL, failure_sentence(code));
}

struct bytes away_pack(struct arena *arena)
{
    return error_pack(arena, CAROLINE__V1__ERROR_CODE__TRY_AGAIN, NULL, NULL,
                      "the shop's database is away: please try again");
}

struct bytes reply_pack(struct arena *arena, const ProtobufCMessage *message)
{
    Caroline__V1__Reply reply = CAROLINE__V1__REPLY__INIT;

    reply.has_body = true;
    reply.body = view(message_encode(message, arena));
    return message_encode(&reply.base, arena);
}

struct bytes reply_bytes(struct call *c, const ProtobufCMessage *message)
{
    return reply_pack(c->txn.arena, message);
}

/* FromServer { reply { id, ... } }: the id stands before the bytes that were packed without one. */
static size_t put_varint(uint8_t *at, uint64_t value)
{
    size_t size = 0;

    while (value >= 0x80) {
        at[size++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    at[size++] = (uint8_t)value;
    return size;
}

void peer_reply(struct driver *driver, struct peer *peer, uint64_t id, struct bytes reply)
{
    uint8_t envelope[32];
    uint8_t id_field[11] = { 0 };
    size_t id_size = 0;

    if (id != 0) {
        id_field[id_size++] = 1 << 3; /* Reply.id, a varint */
        id_size += put_varint(id_field + id_size, id);
    }

    size_t size = 0;
    envelope[size++] = 1 << 3 | 2; /* FromServer.reply, with a length */
    size += put_varint(envelope + size, id_size + reply.size);
    memcpy(envelope + size, id_field, id_size);
    size += id_size;
    assert(reply.size <= REPLY_MAX);

    uint8_t *payload = driver->payload;
    memcpy(payload, envelope, size);
    memcpy(payload + size, reply.data, reply.size);
    FAILPOINT(reply_before);
    peer->class->send(peer, bytes_of(payload, size + reply.size));
    FAILPOINT(reply_after);
    driver->counts.calls++;
}

/* ---- what services say ---- */

static enum step set_reply(struct work *w, struct bytes reply, bool refusal)
{
    if (reply.size > REPLY_MAX) {
        w->too_long = true;
        log_event(LOG_ERROR, "reply_too_large", "op=%s size=%zu", w->call.op->name, reply.size);
        reply = error_pack(w->call.txn.arena, CAROLINE__V1__ERROR_CODE__FAULT, NULL, NULL,
                           "the answer is larger than a frame may be");
        refusal = true;
    }
    w->reply = reply;
    w->has_reply = true;
    w->is_refusal = refusal;
    return refusal ? STEP_REFUSED : STEP_REPLY;
}

enum step answer(struct call *c, const ProtobufCMessage *reply)
{
    assert(reply->descriptor == c->op->reply);
    return set_reply(work_of(c), reply_pack(c->txn.arena, reply), false);
}

/* To so many characters, none of them cut in two. */
static void cut(char *text, size_t most)
{
    const struct bytes all = bytes_of_text(text);
    size_t at = 0, length;
    uint32_t c;

    while (most-- > 0 && (length = text_next(bytes_of(all.data + at, all.size - at), &c)) > 0)
        at += length;
    text[at] = '\0';
}

void refusal_not_kept(struct call *c)
{
    work_of(c)->is_secret = true;
}

bool leaves_no_trace(const struct work *w)
{
    return w->is_refusal && !w->keeps && (w->is_secret || w->maybe_card);
}

__attribute__((format(printf, 5, 0))) static enum step refuse_with(struct call *c, int code, const char *field,
                                                                   const ProtobufCMessage *detail, const char *sentence,
                                                                   va_list arguments)
{
    char text[SENTENCE_MAX * UTF8_MAX + 1];

    vsnprintf(text, sizeof text, sentence, arguments);
    cut(text, SENTENCE_MAX);
    if (code == CAROLINE__V1__ERROR_CODE__NO_SECRET_WANTED)
        refusal_not_kept(c);
    work_of(c)->refusal = code;
    return set_reply(work_of(c), error_pack(c->txn.arena, code, field, detail, text), true);
}

enum step refuse(struct call *c, int code, const char *sentence, ...)
{
    va_list arguments;

    va_start(arguments, sentence);
    enum step step = refuse_with(c, code, NULL, NULL, sentence, arguments);
    va_end(arguments);
    return step;
}

enum step refuse_field(struct call *c, int code, const char *field, const char *sentence, ...)
{
    va_list arguments;

    va_start(arguments, sentence);
    enum step step = refuse_with(c, code, field, NULL, sentence, arguments);
    va_end(arguments);
    return step;
}

enum step refuse_detail(struct call *c, int code, const ProtobufCMessage *detail, const char *sentence, ...)
{
    va_list arguments;

    va_start(arguments, sentence);
    enum step step = refuse_with(c, code, NULL, detail, sentence, arguments);
    va_end(arguments);
    return step;
}

enum step refuse_and_keep(struct call *c, int code, const char *sentence, ...)
{
    va_list arguments;

    assert(c->op->kind == OP_ACTS || c->op->kind == OP_CHANGES);
    va_start(arguments, sentence);
    refuse_with(c, code, NULL, NULL, sentence, arguments);
    va_end(arguments);
    work_of(c)->keeps = true;
    return STEP_REPLY;
}
