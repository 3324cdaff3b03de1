/* The lock while the server is away: the PIN that was right when it last answered opens it. Signing in, another person, and what
 * the server has ended wait for it. */
#include <stdio.h>
#include <string.h>

#include "client/link/inside.h"
#include "common/base/text.h"
#include "common/rules/sign_in.h"
#include "common/wire/walker.h"

void alone_open(struct link *link)
{
    if (link->options.unlocks_alone)
        link->pin_box = pin_box_create(link->options.loop, link->entropy);
}

/* What is decoded of a request is wiped by who asked for it. */
static struct bytes pin_of(struct link *link, const struct call *call)
{
    const ProtobufCMessage *message = message_decode(call->op->request, call->body, link->scratch);
    ProtobufCBinaryData pin = { 0 };

    if (message != NULL)
        pin = call->op->number == CAROLINE__V1__OP__OP_SESSION_OPEN
                  ? ((const Caroline__V1__SessionOpen *)message)->pin
                  : ((const Caroline__V1__SessionUnlock *)message)->pin;
    return bytes_of(pin.data, pin.len);
}

void alone_fill(struct link *link, const struct call *call, ProtobufCBinaryData *key)
{
    uint8_t whole[PIN_BOX_KEY] = { 0 };

    if (key->len == sizeof whole)
        memcpy(whole, key->data, sizeof whole);
    bytes_wipe(bytes_of(key->data, key->len));
    alone_forget_opened(link);
    if (link->pin_box != NULL) {
        struct bytes pin = pin_of(link, call);
        pin_box_fill(link->pin_box, pin, whole);
        bytes_wipe(pin);
    }
    explicit_bzero(whole, sizeof whole);
}

void alone_forget_opened(struct link *link)
{
    explicit_bzero(link->unlock_key, sizeof link->unlock_key);
    link->has_unlock_key = false;
}

void alone_forget(struct link *link)
{
    alone_forget_opened(link);
    if (link->pin_box != NULL)
        pin_box_empty(link->pin_box);
}

void alone_close(struct link *link)
{
    alone_forget(link);
    if (link->pin_box != NULL)
        pin_box_destroy(link->pin_box);
    link->pin_box = NULL;
}

/* ---- what the server is told of it ---- */

void alone_count(unsigned *count)
{
    if (*count < SIGN_IN_ALONE_MAX)
        ++*count;
}

const ProtobufCMessage *alone_telling(struct link *link, const ProtobufCMessage *message)
{
    if (message->descriptor != &caroline__v1__session_open__descriptor || (!link->opened_alone && !link->wrong_alone))
        return message;
    Caroline__V1__SessionOpen *open = arena_copy(link->scratch, message, sizeof *open);
    open->has_opened_alone = link->opened_alone > 0;
    open->opened_alone = link->opened_alone;
    open->has_wrong_alone = link->wrong_alone > 0;
    open->wrong_alone = link->wrong_alone;
    return &open->base;
}

static void take_off(unsigned *count, uint32_t told)
{
    *count -= told < *count ? told : *count;
}

/* By what was sent: a PIN may have been tried while the answer was on its way. What is decoded of a request is wiped by who asked for it. */
void alone_told(struct link *link, const struct call *call)
{
    const ProtobufCMessage *message = message_decode(call->op->request, call->body, link->scratch);

    if (message == NULL)
        return;
    if (call->op->number == CAROLINE__V1__OP__OP_SESSION_OPEN) {
        const Caroline__V1__SessionOpen *open = (const Caroline__V1__SessionOpen *)message;
        take_off(&link->opened_alone, open->opened_alone);
        take_off(&link->wrong_alone, open->wrong_alone);
        bytes_wipe(bytes_of(open->pin.data, open->pin.len));
    } else {
        const Caroline__V1__SessionResume *resume = (const Caroline__V1__SessionResume *)message;
        take_off(&link->opened_alone, resume->opened_alone);
        take_off(&link->wrong_alone, resume->wrong_alone);
        bytes_wipe(bytes_of(resume->token.data, resume->token.len));
        bytes_wipe(bytes_of(resume->unlock_key.data, resume->unlock_key.len));
    }
}

/* As the server reads a name. */
static bool is_name(struct link *link, ProtobufCBinaryData typed, ProtobufCBinaryData name)
{
    struct bytes tidy[] = { bytes_of_text(text_tidy(link->scratch, bytes_of(typed.data, typed.len))),
                            bytes_of_text(text_tidy(link->scratch, bytes_of(name.data, name.len))) };

    return strcmp(text_fold(link->scratch, tidy[0]), text_fold(link->scratch, tidy[1])) == 0;
}

/* Another person's name says that it was not the PIN of who is signed in; of a badge this till does not know whose it is. */
static bool is_anothers(struct link *link, const struct call *call)
{
    const Caroline__V1__SessionOpen *open = (const void *)message_decode(call->op->request, call->body, link->scratch);

    if (open == NULL)
        return false;
    bytes_wipe(bytes_of(open->pin.data, open->pin.len));
    return open->has_name && link->session != NULL && link->session->staff != NULL &&
           !is_name(link, open->name, link->session->staff->name);
}

/* A wrong one at a sign-in counts like one at the lock. */
void alone_refused(struct link *link, const struct call *call, const Caroline__V1__Error *error)
{
    bool unlocks = call->op->number == CAROLINE__V1__OP__OP_SESSION_UNLOCK;

    if (link->pin_box == NULL || (!unlocks && call->op->number != CAROLINE__V1__OP__OP_SESSION_OPEN))
        return;
    if (error->code == CAROLINE__V1__ERROR_CODE__SIGN_IN_FAILED && (unlocks || !is_anothers(link, call)))
        pin_box_count_wrong(link->pin_box, false);
    else if (unlocks && error->code == CAROLINE__V1__ERROR_CODE__SIGN_IN_LOCKED)
        pin_box_count_wrong(link->pin_box, true);
}

/* ---- trying ---- */

static bool has_expired(const struct link *link)
{
    return link->session->has_expires_us && link_now(link).us >= (int64_t)link->session->expires_us;
}

enum link_alone link_alone(const struct link *link)
{
    if (link->pin_box == NULL || link->session == NULL || link->hopeless || has_expired(link))
        return LINK_ALONE_NO;
    switch (pin_box_state(link->pin_box)) {
    case PIN_BOX_FULL:
        return LINK_ALONE_PIN;
    case PIN_BOX_USED_UP:
        return LINK_ALONE_USED_UP;
    case PIN_BOX_EMPTY:
        break;
    }
    return LINK_ALONE_NO;
}

static const char *why_not(const struct link *link)
{
    if (link->hopeless)
        return "the server does not serve this till any more: it stays locked";
    if (link->session != NULL && has_expired(link))
        return "the session is over: sign in once the server is back";
    if (link_alone(link) == LINK_ALONE_USED_UP)
        return "five wrong PINs: this till stays locked until the server is back";
    return "no connection: this till stays locked until the server is back";
}

static void tell(struct link *link, const struct link_answer *answer)
{
    link_answer_fn *unlocked = link->unlocked;

    link->unlocking = false;
    link->unlocked = NULL;
    if (unlocked != NULL)
        unlocked(link->unlocked_owner, answer);
}

static void tell_failed(struct link *link, const char *sentence)
{
    tell(link, &(struct link_answer){ .outcome = LINK_FAILED, .sentence = sentence });
}

static void tell_wrong(struct link *link)
{
    Caroline__V1__Error error = CAROLINE__V1__ERROR__INIT;
    ProtobufCBinaryData name = { 0 };
    char sentence[300];

    if (link->session->staff != NULL)
        name = link->session->staff->name;
    snprintf(sentence, sizeof sentence, "the PIN is wrong: while the server is away only %.*s's opens this till",
             (int)name.len, name.len > 0 ? (const char *)name.data : "");
    error.has_code = error.has_sentence = true;
    error.code = CAROLINE__V1__ERROR_CODE__SIGN_IN_FAILED;
    error.sentence = (ProtobufCBinaryData){ .data = (uint8_t *)sentence, .len = strlen(sentence) };
    tell(link, &(struct link_answer){ .outcome = LINK_REFUSED,
                                      .error = &error,
                                      .code = CAROLINE__V1__ERROR_CODE__SIGN_IN_FAILED,
                                      .sentence = sentence });
}

static void tell_open(struct link *link, const uint8_t key[PIN_BOX_KEY])
{
    Caroline__V1__SessionState state = CAROLINE__V1__SESSION_STATE__INIT;

    state.has_open = state.open = state.has_locked = true;
    session_unlocked_alone(link, key);
    if (!link->closing)
        tell(link, &(struct link_answer){ .outcome = LINK_OK, .reply = &state.base, .sentence = "" });
}

/* The line may have come back, and the session be over, while the PIN was looked at. */
static void on_tried(void *owner, enum pin_box_outcome outcome, const uint8_t key[PIN_BOX_KEY])
{
    struct link *link = owner;

    if (outcome == PIN_BOX_WRONG || (outcome == PIN_BOX_SHUT && link_alone(link) == LINK_ALONE_USED_UP))
        alone_count(&link->wrong_alone);
    if (link->stage == STAGE_UP)
        tell_failed(link, "the server is back: type the PIN once more");
    else if (outcome == PIN_BOX_OPEN && link_alone(link) == LINK_ALONE_PIN)
        tell_open(link, key);
    else if (outcome == PIN_BOX_WRONG && link_alone(link) == LINK_ALONE_PIN)
        tell_wrong(link);
    else if (outcome == PIN_BOX_NO_MEMORY)
        tell_failed(link, "there was no memory to look at the PIN: try again");
    else
        tell_failed(link, why_not(link));
}

bool alone_unlock(struct link *link, const struct call *call)
{
    if (call->op->number != CAROLINE__V1__OP__OP_SESSION_UNLOCK || link->pin_box == NULL || link->session == NULL ||
        link->stage == STAGE_UP || link->unlocking)
        return false;
    link->unlocked = call->answered;
    link->unlocked_owner = call->owner;
    if (link_alone(link) != LINK_ALONE_PIN) {
        tell_failed(link, why_not(link));
        return true;
    }
    struct bytes pin = pin_of(link, call);
    link->unlocking = pin_box_try(link->pin_box, pin, on_tried, link);
    bytes_wipe(pin);
    if (!link->unlocking)
        tell_failed(link, "the PIN before is still being looked at");
    return true;
}
