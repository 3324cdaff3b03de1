/* After a reconnect: the token in place of the PIN, on the device it was given to and no other. */
#include "db/queries.h"
#include "proto/session.pb-c.h"
#include "server/service/message.h"
#include "server/service/session_here.h"
#include "server/service/staff_message.h"

#define TOKEN_SIZE 32
#define ALONE_PER_MINUTE                                                                                               \
    60 /* of a device: what it tells is noted for good, and it may resume as often as lines break */

struct resuming {
    uint8_t hash[32];
    struct rows *session;
};

static enum step find(struct call *c)
{
    const Caroline__V1__SessionResume *request = (const Caroline__V1__SessionResume *)c->message;
    struct resuming *r = c->shared;

    if (request->token.len != TOKEN_SIZE)
        return refuse_field(c, REFUSAL(SESSION_UNKNOWN), "token", "a token has %d bytes", TOKEN_SIZE);
    if (!c->catalogue)
        return STEP_FAILED;
    if (session_alone_check(c, request->opened_alone, request->wrong_alone) != STEP_NEXT)
        return STEP_REFUSED;
    vault_token_hash(c->vault, field_bytes(request->token), r->hash);
    r->session = ask(c, &sql_session_find, PARAMS(PARAM_BYTES(bytes_of(r->hash, sizeof r->hash))));
    return STEP_NEXT;
}

/* A screen that was left alone is locked, also when its connection broke meanwhile. A till tells whether somebody worked at
 * it: whoever has its key and the token could have asked for something all the while, so to believe it gives nothing away.
 * Of who tells nothing the row knows; it is touched at most once a minute, so it may be locked a minute early here, never
 * late. */
static bool was_left_alone(const struct call *c, const struct rows *session)
{
    const Caroline__V1__SessionResume *request = (const Caroline__V1__SessionResume *)c->message;

    if (request->has_idle_s)
        return request->idle_s >= idle_lock_s(c);
    return c->now.us - row_instant(session, 0, "seen_at").us >= (int64_t)idle_lock_s(c) * SECOND_US;
}

/* By their PIN, at a till that could not ask: what the till shows for it was sealed by that PIN. */
static bool was_unlocked(const struct call *c, const struct resuming *r)
{
    const Caroline__V1__SessionResume *request = (const Caroline__V1__SessionResume *)c->message;

    return !row_bool(r->session, 0, "locked") && /* of the person: until a manager comes */
           session_unlock_key_fits(c, r->hash, field_bytes(request->unlock_key));
}

static enum step resume(struct call *c)
{
    const Caroline__V1__SessionResume *request = (const Caroline__V1__SessionResume *)c->message;
    struct resuming *r = c->shared;

    if (!session_is_good(r->session, c->now))
        return refuse(c, REFUSAL(SESSION_UNKNOWN), "the session has ended: sign in again");
    if (row_int(r->session, 0, "device_id") != c->device_id) {
        bool noted = journal_note_seldom(c, row_int(r->session, 0, "id"), "session_of_another_device");
        if (noted)
            return refuse_and_keep(c, REFUSAL(SESSION_UNKNOWN), "the session has ended: sign in again");
        return refuse(c, REFUSAL(SESSION_UNKNOWN), "the session has ended: sign in again");
    }

    if ((request->opened_alone || request->wrong_alone) && !spend(c, ALONE_PER_MINUTE))
        return refuse(c, REFUSAL(RATE_LIMITED), "too often: wait a minute");

    bool locked = (row_bool(r->session, 0, "session_locked") && !was_unlocked(c, r)) || was_left_alone(c, r->session);
    struct instant expires = row_instant(r->session, 0, "expires_at");
    ask(c, &sql_session_mark,
        PARAMS(PARAM_BYTES(bytes_of(r->hash, sizeof r->hash)), PARAM_BOOL(locked), PARAM_INSTANT(c->now)));
    session_set(c, row_int(r->session, 0, "id"), session_role(r->session), r->hash, expires, locked);
    session_train(c, session_training(r->session));
    session_alone_note(c, row_int(r->session, 0, "id"), request->opened_alone, request->wrong_alone);
    return session_answer(c, &(struct session_told){ .staff = staff_message_of(c, r->session, 0),
                                                     .role_id = session_role(r->session),
                                                     .expires = expires,
                                                     .locked = locked,
                                                     .trains = session_training(r->session).id != 0 });
}

const struct op session_resume = {
    .name = "session_resume",
    .number = NUMBER(SESSION_RESUME),
    .kind = OP_ACTS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_STAFF,
    .per_minute = 3000, /* and goes on with its session */
    .request = &caroline__v1__session_resume__descriptor,
    .reply = &caroline__v1__session_opened__descriptor,
    .shared_size = sizeof(struct resuming),
    .stages = { find, resume },
};
