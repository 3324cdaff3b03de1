/* Calls in flight: who waits for what, and until when. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "client/link/inside.h"
#include "common/wire/walker.h"

#define NOT_UNDERSTOOD "the server's answer could not be understood"

struct bytes owned_copy(struct bytes bytes)
{
    uint8_t *copy = malloc(bytes.size + 1);

    if (copy == NULL)
        abort();
    if (bytes.size > 0)
        memcpy(copy, bytes.data, bytes.size);
    return bytes_of(copy, bytes.size);
}

/* In training every request that can say so does: whatever the screens forget, the server never takes it in earnest. */
static const ProtobufCMessage *marked(struct link *link, const ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(descriptor, "training");

    if (!link->training || field == NULL)
        return message;
    ProtobufCMessage *copy = arena_copy(link->scratch, message, descriptor->sizeof_message);
    const protobuf_c_boolean yes = true;
    memcpy((uint8_t *)copy + field->quantifier_offset, &yes, sizeof yes);
    memcpy((uint8_t *)copy + field->offset, &yes, sizeof yes);
    return copy;
}

struct bytes packed(struct link *link, const ProtobufCMessage *message)
{
    arena_reset(link->scratch);
    struct bytes encoded = message_encode(alone_telling(link, marked(link, message)), link->scratch);
    struct bytes body = owned_copy(encoded);

    bytes_wipe(encoded);
    return body;
}

/* A request may hold a PIN. */
static void free_body(struct call *call)
{
    if (call->borrowed)
        return;
    bytes_wipe(call->body);
    free((uint8_t *)call->body.data);
}

static void take_out(struct link *link, struct call *call)
{
    TAILQ_REMOVE(&link->calls, call, in_calls);
    if (call->id != 0)
        link->in_flight--;
}

struct call *call_add(struct link *link, const struct client_op *op, struct bytes body, uint32_t deadline_ms,
                      call_done_fn *done)
{
    struct call *call = calloc(1, sizeof *call);

    if (call == NULL)
        abort();
    call->op = op;
    call->body = body;
    call->deadline_ms = deadline_ms;
    call->deadline_us = link_monotonic(link) + (int64_t)deadline_ms * 1000;
    call->done = done;
    TAILQ_INSERT_TAIL(&link->calls, call, in_calls);
    return call;
}

/* ---- answers ---- */

const char *error_sentence(const Caroline__V1__Error *error, struct arena *arena)
{
    char *sentence = arena_alloc(arena, error->sentence.len + 1);

    if (error->sentence.len == 0)
        return "refused, and no reason was given";
    memcpy(sentence, error->sentence.data, error->sentence.len);
    return sentence;
}

const ProtobufCMessage *reply_message(const ProtobufCMessageDescriptor *descriptor, const Caroline__V1__Reply *reply,
                                      struct arena *arena)
{
    const ProtobufCMessage *message = message_decode(descriptor, bytes_of(reply->body.data, reply->body.len), arena);
    const char *field, *sentence;

    return message != NULL && message_check(message, arena, &field, &sentence) ? message : NULL;
}

bool error_means_later(const Caroline__V1__Error *error)
{
    switch ((unsigned)error->code) {
    case CAROLINE__V1__ERROR_CODE__TRY_AGAIN:
    case CAROLINE__V1__ERROR_CODE__DEADLINE:
    case CAROLINE__V1__ERROR_CODE__RATE_LIMITED:
    case CAROLINE__V1__ERROR_CODE__TOO_MANY_CALLS:
    case CAROLINE__V1__ERROR_CODE__SHUTTING_DOWN:
        return true;
    case CAROLINE__V1__ERROR_CODE__MEMBER_SIGN_IN_FIRST: /* whoever signs in next is somebody else, whatever a server says */
        return false;
    default:
        return error->has_retry && error->retry;
    }
}

bool error_means_away(const Caroline__V1__Error *error)
{
    return error->code == CAROLINE__V1__ERROR_CODE__TRY_AGAIN || error->code == CAROLINE__V1__ERROR_CODE__DEADLINE;
}

bool error_wants_sign_in(const Caroline__V1__Error *error)
{
    return error->code == CAROLINE__V1__ERROR_CODE__SIGN_IN_FIRST ||
           error->code == CAROLINE__V1__ERROR_CODE__SESSION_LOCKED;
}

struct link_answer answer_of(struct link *link, const struct client_op *op, const Caroline__V1__Reply *reply,
                             const char *sentence)
{
    struct link_answer answer = { .outcome = LINK_FAILED, .sentence = sentence };
    const char *field, *wrong;

    if (reply == NULL)
        return answer;
    answer.sentence = NOT_UNDERSTOOD;
    if (reply->error != NULL) {
        if (!message_check(&reply->error->base, link->frame, &field, &wrong))
            return answer;
        answer.outcome = LINK_REFUSED;
        answer.error = reply->error;
        answer.code = (unsigned)reply->error->code;
        answer.later = error_means_later(reply->error) && !error_wants_sign_in(reply->error);
        answer.sentence = error_sentence(reply->error, link->frame);
        return answer;
    }
    if (reply->has_body) /* neither an error nor a body says nothing at all */
        answer.reply = reply_message(op->reply, reply, link->frame);
    if (answer.reply == NULL)
        return answer;
    answer.outcome = LINK_OK;
    answer.body = bytes_of(reply->body.data, reply->body.len);
    answer.sentence = "";
    return answer;
}

static void on_read_done(struct link *link, struct call *call, const Caroline__V1__Reply *reply, const char *sentence)
{
    struct link_answer answer = answer_of(link, call->op, reply, sentence);

    if (answer.outcome == LINK_FAILED && alone_unlock(link, call))
        return;
    if (answer.outcome == LINK_OK)
        session_saw(link, call, &answer);
    if (answer.error != NULL) {
        session_missed(link, answer.error);
        alone_refused(link, call, answer.error);
    }
    if (answer.outcome == LINK_FAILED && call->op->number == CAROLINE__V1__OP__OP_SESSION_CLOSE)
        session_closed_here(link);
    if (call->answered != NULL)
        call->answered(call->owner, &answer);
    if (call->op->number == CAROLINE__V1__OP__OP_SESSION_OPEN ||
        call->op->number == CAROLINE__V1__OP__OP_SESSION_UNLOCK)
        bytes_wipe(answer.body);
}

void link_call(struct link *link, unsigned op_number, const ProtobufCMessage *message, unsigned deadline_ms,
               link_answer_fn *answered, void *owner)
{
    const struct client_op *op = client_op(op_number);

    assert(op != NULL && !op->command && message->descriptor == op->request);
    struct call *call =
        call_add(link, op, packed(link, message), deadline_ms > 0 ? deadline_ms : LINK_DEADLINE_MS, on_read_done);
    call->answered = answered;
    call->owner = owner;
    if (op_number == CAROLINE__V1__OP__OP_SESSION_LOCK)
        session_locks(link);
    if (call->body.size > BODY_MAX)
        call->failed = TOO_LARGE;
    else if (link->stage != STAGE_UP)
        call->failed = "there is no connection to the server";
    calls_pump(link);
}

/* ---- sending ---- */

static bool may_send(const struct link *link, const struct call *call)
{
    if (call->id != 0 || call->failed != NULL || link->in_flight >= CALLS_MAX)
        return false;
    switch (link->stage) {
    case STAGE_UP:
        return true;
    case STAGE_GREETING:
        return call->op->number == CAROLINE__V1__OP__OP_HELLO;
    case STAGE_RESUMING:
        return call->op->number == CAROLINE__V1__OP__OP_SESSION_RESUME;
    case STAGE_DOWN:
    case STAGE_DIALLING:
        return false;
    }
    return false;
}

static bool send_call(struct link *link, struct call *call)
{
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;

    call->id = ++link->last_id;
    link->in_flight++;
    call->sent_us = link_monotonic(link);
    request.has_id = true;
    request.id = call->id;
    request.has_op = true;
    request.op = call->op->number;
    request.has_deadline_ms = true;
    request.deadline_ms = call->deadline_ms;
    request.has_body = true;
    request.body = (ProtobufCBinaryData){ .data = (uint8_t *)call->body.data, .len = call->body.size };
    if (call->op->command) {
        request.has_command_id = true;
        request.command_id = (ProtobufCBinaryData){ .data = call->command->id, .len = COMMAND_ID_SIZE };
    }
    if (call->command != NULL)
        call->deadline_us = link_monotonic(link) + (int64_t)COMMAND_SILENT_MS * 1000;
    arena_reset(link->scratch);
    struct bytes encoded = message_encode(&request.base, link->scratch);
    bool sent = connection_send(link->connection, encoded);
    bytes_wipe(encoded);
    return sent;
}

void calls_pump(struct link *link)
{
    struct call *call, *next;

    commands_pump(link);
    for (call = TAILQ_FIRST(&link->calls); call != NULL && link->in_flight < CALLS_MAX; call = next) {
        next = TAILQ_NEXT(call, in_calls);
        if (may_send(link, call) && !send_call(link, call)) {
            /* Ended under our hands: its event is on the way, and takes all calls with it. */
            break;
        }
    }
    calls_alarm(link);
}

/* ---- coming back ---- */

static void finish(struct link *link, struct call *call, const Caroline__V1__Reply *reply, const char *sentence)
{
    take_out(link, call);
    if (!call->over)
        call->done(link, call, reply, sentence);
    free_body(call);
    free(call);
}

/* What the server answers from its memory tells nothing of its database. */
static bool takes_database(const struct call *call)
{
    unsigned op = call->op->number;

    return op != CAROLINE__V1__OP__OP_PING && op != CAROLINE__V1__OP__OP_HELLO &&
           op != CAROLINE__V1__OP__OP_CATALOGUE_FOLLOW && op != CAROLINE__V1__OP__OP_SESSION_RESUME;
}

void calls_reply(struct link *link, const Caroline__V1__Reply *reply)
{
    struct call *call;

    if (reply->id == 0 && reply->error != NULL) {
        link_lost(link, error_sentence(reply->error, link->frame));
        return;
    }
    TAILQ_FOREACH(call, &link->calls, in_calls)
    {
        if (call->id != 0 && call->id == reply->id) {
            bool asks_database = takes_database(call);
            int64_t sent_us = call->sent_us;
            finish(link, call, reply, NULL);
            if (asks_database && reply->error != NULL && error_means_away(reply->error))
                link_troubled(link, sent_us, true);
            else if (asks_database)
                link_untroubled(link);
            return;
        }
    }
}

/* Callbacks may ask again; what they ask while the link is down has `failed` set, and waits for the next turn. */
static struct call *first_standing(struct link *link)
{
    struct call *call;

    TAILQ_FOREACH(call, &link->calls, in_calls)
    if (call->failed == NULL)
        return call;
    return NULL;
}

void calls_lost(struct link *link, const char *sentence)
{
    struct call *call;

    while ((call = first_standing(link)) != NULL)
        finish(link, call, NULL, sentence);
}

static void drop(struct link *link, struct call *call)
{
    take_out(link, call);
    free_body(call);
    free(call);
}

void calls_drop(struct link *link)
{
    struct call *call;

    while ((call = TAILQ_FIRST(&link->calls)) != NULL)
        drop(link, call);
}

bool call_unsent_drop(struct link *link, const struct command *command)
{
    struct call *call;

    TAILQ_FOREACH(call, &link->calls, in_calls)
    if (call->command == command && call->id == 0) {
        drop(link, call);
        return true;
    }
    return false;
}

/* ---- deadlines ---- */

/* A command that waits for its turn has all the time in the world. */
static bool has_deadline(const struct call *call)
{
    return !call->over && (call->command == NULL || call->id != 0);
}

static struct call *first_past(struct link *link, int64_t now_us)
{
    struct call *call;

    TAILQ_FOREACH(call, &link->calls, in_calls)
    if (call->failed != NULL || (has_deadline(call) && call->deadline_us <= now_us))
        return call;
    return NULL;
}

static void tell_past(struct link *link)
{
    int64_t now_us = link_monotonic(link);
    struct call *call;

    while ((call = first_past(link, now_us)) != NULL) {
        if (call->failed != NULL || call->id == 0) {
            finish(link, call, NULL, call->failed != NULL ? call->failed : "there was no time left to ask the server");
        } else if (call->command != NULL) {
            link_lost(link, "the server does not answer");
        } else {
            int64_t sent_us = call->sent_us;
            call->over = true;
            call->done(link, call, NULL, "the server did not answer in time");
            link_troubled(link, sent_us, false);
        }
    }
}

static void on_alarm(uv_timer_t *timer)
{
    struct link *link = timer->data;

    tell_past(link);
    if (!link->closing)
        calls_pump(link);
}

void calls_alarm(struct link *link)
{
    int64_t now_us = link_monotonic(link), first_us = commands_next_us(link);
    struct call *call;

    TAILQ_FOREACH(call, &link->calls, in_calls)
    {
        if (call->failed != NULL)
            first_us = now_us;
        else if (has_deadline(call) && call->deadline_us < first_us)
            first_us = call->deadline_us;
    }
    if (first_us == INT64_MAX)
        uv_timer_stop(link->alarm);
    else
        uv_timer_start(link->alarm, on_alarm, first_us > now_us ? (uint64_t)(first_us - now_us + 999) / 1000 : 0, 0);
}
