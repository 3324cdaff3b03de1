/* What is asked of the server, and for whom: an answer to a visitor who has gone is nobody's. */
#include "client/kiosk/kiosk.h"

#include <string.h>

#include "proto/session.pb-c.h"

/* Who is signed in may ask it, and nobody else: it ends with them. New ops are, until somebody says otherwise. */
static bool is_members(unsigned op)
{
    switch (op) {
    case CAROLINE__V1__OP__OP_KIOSK_SIGN_IN:
    case CAROLINE__V1__OP__OP_REVIEW_LIST:
    case CAROLINE__V1__OP__OP_BASKET_LEAVE:
    case CAROLINE__V1__OP__OP_MEMBER_SIGN_UP:
        return false;
    default:
        return true;
    }
}

static struct kiosk_call *call_free(struct kiosk *k)
{
    for (size_t i = 0; i < KIOSK_CALLS_MAX; i++)
        if (!k->calls[i].busy)
            return &k->calls[i];
    return NULL;
}

/* A member's session is its connection's: with that it ends, if it would not end otherwise. */
static void on_closed(void *owner, const struct link_answer *answer)
{
    struct kiosk *k = owner;

    if (answer->outcome != LINK_OK && k->link != NULL)
        link_reconnect(k->link, "nobody could be signed out");
}

static void close_session(struct kiosk *k)
{
    Caroline__V1__SessionClose message = CAROLINE__V1__SESSION_CLOSE__INIT;

    link_call(k->link, CAROLINE__V1__OP__OP_SESSION_CLOSE, &message.base, 0, on_closed, k);
}

/* Somebody signed in who had left by then: nobody else may find it open. */
static void late(struct kiosk *k, unsigned op, const struct link_answer *answer)
{
    if (op == CAROLINE__V1__OP__OP_KIOSK_SIGN_IN && answer->outcome == LINK_OK && k->link != NULL)
        close_session(k);
}

static void on_answer(void *owner, const struct link_answer *answer)
{
    struct kiosk_call *call = owner, done = *call;
    struct kiosk *k = done.kiosk;

    call->busy = false;
    if (done.visit != k->visit_number) {
        late(k, done.op, answer);
        return;
    }
    if (done.holds && k->visit.waiting > 0)
        k->visit.waiting--;
    k->stale = k->dirty = true;
    if (is_members(done.op) && (answer->code == CAROLINE__V1__ERROR_CODE__MEMBER_SIGN_IN_FIRST ||
                                answer->code == CAROLINE__V1__ERROR_CODE__OTHER_MEMBER)) {
        kiosk_sign_out(k);
        account_lost(k, done.command ? "You were signed out, so that was not kept. Please sign in again."
                                     : "You were signed out. Please sign in again.");
        return;
    }
    k->answered_op = done.op;
    if (done.answered != NULL)
        done.answered(k, answer);
}

static struct kiosk_call *begin(struct kiosk *k, unsigned op, bool holds,
                                void (*answered)(struct kiosk *k, const struct link_answer *answer))
{
    struct kiosk_call *call = call_free(k);

    if (!kiosk_online(k) || call == NULL) {
        kiosk_say(k, NOTICE_PLAIN, "%s", away_sentence(op));
        return NULL;
    }
    *call = (struct kiosk_call){
        .kiosk = k, .busy = true, .holds = holds, .visit = k->visit_number, .op = op, .answered = answered
    };
    k->visit.waiting += holds;
    if (is_members(op))
        k->awake_us = k->now_us;
    k->stale = k->dirty = true;
    return call;
}

/* For whom it is meant: the server carries it out in their session and in no other, whenever it comes. 0: with nobody signed in. */
static const ProtobufCMessage *signed_by(struct kiosk *k, const ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(descriptor, "session_member_id");
    const uint64_t id = k->visit.account.open ? (uint64_t)k->visit.account.id : 0;
    const protobuf_c_boolean yes = true;

    if (field == NULL)
        return message;
    ProtobufCMessage *copy = arena_copy(k->scratch, message, descriptor->sizeof_message);
    memcpy((uint8_t *)copy + field->quantifier_offset, &yes, sizeof(yes));
    memcpy((uint8_t *)copy + field->offset, &id, sizeof(id));
    return copy;
}

bool kiosk_call(struct kiosk *k, unsigned op, const ProtobufCMessage *message, bool holds,
                void (*answered)(struct kiosk *k, const struct link_answer *answer))
{
    struct kiosk_call *call = begin(k, op, holds, answered);

    if (call == NULL)
        return false;
    link_call(k->link, op, message, 0, on_answer, call);
    return true;
}

/* Kept in memory alone, for nothing of a visitor goes to a disk here: sent again after a lost connection, and told once. */
bool kiosk_command(struct kiosk *k, unsigned op, const ProtobufCMessage *message,
                   void (*answered)(struct kiosk *k, const struct link_answer *answer))
{
    struct kiosk_call *call = begin(k, op, true, answered);
    const char *problem = "";

    if (call == NULL)
        return false;
    call->command = true;
    const struct link_command command = {
        .op = op, .message = signed_by(k, message), .answered = on_answer, .owner = call
    };
    if (link_command(k->link, &command, NULL, &problem))
        return true;
    call->busy = false;
    k->visit.waiting--;
    kiosk_say(k, NOTICE_PLAIN, "%s", away_sentence(op));
    return false;
}

/* A command that is on its way goes on when there is a connection again; nobody has to stand and wait for that. */
void server_lost(struct kiosk *k)
{
    for (size_t i = 0; i < KIOSK_CALLS_MAX; i++)
        if (k->calls[i].busy && k->calls[i].visit == k->visit_number)
            k->calls[i].holds = false;
    k->visit.waiting = 0;
}

/* Half of the time is left then, however slow the network is. A key is what counts, and the program's asking does not. */
void kiosk_stay(struct kiosk *k)
{
    const struct account *a = &k->visit.account;
    Caroline__V1__SelfShow message = CAROLINE__V1__SELF_SHOW__INIT;

    if (!a->open || a->idle_s == 0 || !kiosk_online(k) || call_free(k) == NULL || k->touched_us <= k->awake_us ||
        k->now_us - k->awake_us < a->idle_s * SECOND_US / 2)
        return;
    message.has_stay = message.stay = true;
    kiosk_call(k, CAROLINE__V1__OP__OP_SELF_SHOW, &message.base, false, NULL);
}

bool server_forget(struct kiosk *k, bool all)
{
    bool unknown = false;

    for (size_t i = 0; i < KIOSK_CALLS_MAX; i++) {
        struct kiosk_call *call = &k->calls[i];

        if (!call->busy || call->visit != k->visit_number || !(all || is_members(call->op)))
            continue;
        if (call->holds && k->visit.waiting > 0)
            k->visit.waiting--;
        call->holds = false;
        call->visit = 0;
        if (!call->command)
            continue;
        link_abandon(k->link, call);
        call->busy = false;
        unknown = true;
    }
    return unknown;
}

bool kiosk_refused(struct kiosk *k, const struct link_answer *answer)
{
    if (answer->outcome == LINK_OK)
        return false;
    if (answer->outcome == LINK_FAILED || answer->later)
        kiosk_say(k, NOTICE_PLAIN, "%s", away_sentence(k->answered_op));
    else
        kiosk_say(k, NOTICE_BAD, "%s", answer->sentence);
    return true;
}

/* One that is on its way is closed when it comes: late(). */
void kiosk_sign_out(struct kiosk *k)
{
    if (k->visit.account.open && kiosk_online(k))
        close_session(k);
}
