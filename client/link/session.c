/* The session of the person at this device, as the link sees it go by: kept in memory, shown again after a reconnect.
 */
#include <string.h>

#include "client/link/inside.h"
#include "common/wire/walker.h"

static void tell(struct link *link)
{
    if (link->options.events.on_session != NULL)
        link->options.events.on_session(link->options.owner, link->session != NULL, link_locked(link));
}

static void forget(struct link *link)
{
    explicit_bzero(link->token, sizeof link->token);
    link->has_token = false;
    link->locked = link->lock_owed = false;
    link->session = NULL;
    alone_forget(link);
    if (link->training)
        commands_trained(link);
    link->training = false;
}

static void end(struct link *link)
{
    bool open = link->session != NULL;

    forget(link);
    if (open)
        tell(link);
}

/* owed: that it be locked was asked for, and the server has not said that it is. */
static void set_locked(struct link *link, bool locked, bool owed)
{
    if (link->session == NULL || (locked == link->locked && owed == link->lock_owed))
        return;
    link->locked = locked;
    link->lock_owed = owed;
    if (!link_locked(link))
        commands_signed_in(link);
    tell(link);
}

/* The answer's bytes are decoded once more, into memory that stays; the token goes where it can be wiped. */
static void begin(struct link *link, struct bytes body)
{
    arena_reset(link->session_arena);
    Caroline__V1__SessionOpened *opened =
        (void *)message_decode(&caroline__v1__session_opened__descriptor, body, link->session_arena);
    if (opened->has_token && opened->token.len == TOKEN_SIZE) {
        memcpy(link->token, opened->token.data, TOKEN_SIZE);
        link->has_token = true;
        explicit_bzero(opened->token.data, opened->token.len);
        opened->has_token = false;
    }
    bytes_wipe(bytes_of(opened->unlock_key.data, opened->unlock_key.len)); /* sealed by the PIN, or nowhere */
    opened->has_unlock_key = false;
    link->session = opened;
    link->locked = opened->has_locked && opened->locked;
    if (link->training && !opened->training)
        commands_trained(link);
    link->training = opened->has_training && opened->training;
    if (!link_locked(link))
        commands_signed_in(link);
    tell(link);
}

void session_locks(struct link *link)
{
    link->lock_owed = link->session != NULL;
    alone_forget_opened(link);
}

void session_unlocked_alone(struct link *link, const uint8_t key[PIN_BOX_KEY])
{
    static const uint8_t none[PIN_BOX_KEY]; /* an older server gives none */

    memcpy(link->unlock_key, key, PIN_BOX_KEY);
    link->has_unlock_key = memcmp(key, none, PIN_BOX_KEY) != 0;
    alone_count(&link->opened_alone);
    link->alone_us = 0; /* somebody was away: the lock has seen to that */
    if (link->here_us != 0)
        link->here_us = link_monotonic(link);
    set_locked(link, false, false);
}

void session_saw(struct link *link, const struct call *call, const struct link_answer *answer)
{
    Caroline__V1__SessionOpened *opened = (void *)answer->reply;
    Caroline__V1__SessionState *state = (void *)answer->reply;

    switch (call->op->number) {
    case CAROLINE__V1__OP__OP_SESSION_OPEN:
        link->lock_owed = false;
        if (opened->must_change_pin) /* it is good for one time */
            alone_forget(link);
        else
            alone_fill(link, call, &opened->unlock_key);
        alone_told(link, call);
        begin(link, answer->body);
        follow_signed_in(link);
        break;
    case CAROLINE__V1__OP__OP_SESSION_CLOSE:
        end(link);
        break;
    case CAROLINE__V1__OP__OP_SESSION_UNLOCK:
        alone_fill(link, call, &state->unlock_key);
        set_locked(link, state->has_locked && state->locked, false);
        break;
    case CAROLINE__V1__OP__OP_SESSION_LOCK:
        set_locked(link, state->has_locked && state->locked, false);
        break;
    default:
        break;
    }
}

void session_missed(struct link *link, const Caroline__V1__Error *error)
{
    if (error->code == CAROLINE__V1__ERROR_CODE__SIGN_IN_FIRST ||
        error->code == CAROLINE__V1__ERROR_CODE__SESSION_UNKNOWN)
        end(link);
    else if (error->code == CAROLINE__V1__ERROR_CODE__SESSION_LOCKED)
        set_locked(link, true, link->lock_owed);
}

void session_push(struct link *link, struct bytes body)
{
    const Caroline__V1__SessionState *state =
        (const void *)message_decode(&caroline__v1__session_state__descriptor, body, link->frame);

    if (state == NULL)
        return;
    bool known = link->session != NULL;
    if (!state->has_open || !state->open) {
        end(link);
        /* A member's own session is its connection's, and not kept here; that it has ended is told all the same. */
        if (!known && link->options.client == CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK)
            tell(link);
    } else
        set_locked(link, state->has_locked && state->locked, link->lock_owed);
}

void session_trained(struct link *link, const struct link_answer *answer)
{
    const Caroline__V1__TrainingState *state = (const void *)answer->reply;

    if (answer->outcome != LINK_OK || link->session == NULL ||
        link->training == (state->has_training && state->training))
        return;
    if (link->training)
        commands_trained(link);
    link->training = !link->training;
    tell(link);
}

void session_closed_here(struct link *link)
{
    end(link);
}

/* ---- after a reconnect ---- */

/* It was locked while the server could not hear of it: no line that comes back opens it. */
static void lock_again(struct link *link)
{
    Caroline__V1__SessionLock message = CAROLINE__V1__SESSION_LOCK__INIT;

    if (link->lock_owed)
        link_call(link, CAROLINE__V1__OP__OP_SESSION_LOCK, &message.base, 0, NULL, NULL);
}

static void on_resumed(struct link *link, struct call *call, const Caroline__V1__Reply *reply, const char *sentence)
{
    struct link_answer answer = answer_of(link, call->op, reply, sentence);

    if (reply == NULL)
        return;         /* the connection is gone; the next one asks again */
    if (answer.later) { /* the database is away, say: the session is not over for that */
        link->away = error_means_away(answer.error);
        link_lost(link, link->away ? DATABASE_AWAY : answer.sentence);
        return;
    }
    if (answer.outcome == LINK_OK) {
        alone_forget_opened(link);
        alone_told(link, call);
        begin(link, answer.body);
    } else {
        end(link);
    }
    if (link->closing)
        return;
    link_up(link);
    lock_again(link);
}

void session_resume(struct link *link)
{
    Caroline__V1__SessionResume resume = CAROLINE__V1__SESSION_RESUME__INIT;

    resume.has_token = true;
    resume.token = (ProtobufCBinaryData){ .data = link->token, .len = TOKEN_SIZE };
    resume.has_idle_s = link->here_us != 0;
    if (resume.has_idle_s) {
        int64_t alone_us = link_monotonic(link) - link->here_us;
        resume.idle_s = (uint32_t)((alone_us > link->alone_us ? alone_us : link->alone_us) / SECOND_US);
    }
    resume.has_unlock_key = link->has_unlock_key;
    resume.unlock_key = (ProtobufCBinaryData){ .data = link->unlock_key, .len = PIN_BOX_KEY };
    resume.has_opened_alone = link->opened_alone > 0;
    resume.opened_alone = link->opened_alone;
    resume.has_wrong_alone = link->wrong_alone > 0;
    resume.wrong_alone = link->wrong_alone;
    call_add(link, client_op(CAROLINE__V1__OP__OP_SESSION_RESUME), packed(link, &resume.base), LINK_DEADLINE_MS,
             on_resumed);
}

/* ---- for the screens ---- */

const Caroline__V1__SessionOpened *link_session(const struct link *link)
{
    return link->session;
}

bool link_locked(const struct link *link)
{
    return link->locked || link->lock_owed;
}

bool link_training(const struct link *link)
{
    return link->training;
}

bool link_may(const struct link *link, const char *permission)
{
    size_t size = strlen(permission);

    for (size_t i = 0; link->session != NULL && i < link->session->n_permissions; i++)
        if (link->session->permissions[i].len == size &&
            memcmp(link->session->permissions[i].data, permission, size) == 0)
            return true;
    return false;
}

void link_session_take(struct link *link, struct bytes token)
{
    if (token.size != TOKEN_SIZE)
        return;
    memcpy(link->token, token.data, TOKEN_SIZE);
    link->has_token = true;
}

struct bytes link_session_token(const struct link *link)
{
    return link->has_token ? bytes_of(link->token, TOKEN_SIZE) : (struct bytes){ NULL, 0 };
}
