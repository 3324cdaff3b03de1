/* The PIN again: the locked screen goes on. Wrong ones count as they do at sign-in. */
#include "proto/session.pb-c.h"
#include "server/service/message.h"
#include "server/service/session_here.h"
#include "server/service/sign_in.h"

struct unlocking {
    struct sign_in sign_in;
    struct rows *session;
};

static enum step find(struct call *c)
{
    struct unlocking *u = c->shared;
    return session_here_ask(c, &u->session);
}

static enum step look(struct call *c)
{
    struct unlocking *u = c->shared;

    if (!session_is_good(u->session, c->now))
        return session_gone(c);
    u->sign_in.staff_id = row_int(u->session, 0, "id");
    u->sign_in.shut = row_bool(u->session, 0, "locked");
    u->sign_in.pin_hash = row_text(u->session, 0, "pin_hash");
    sign_in_person_of(u->sign_in.staff_id, u->sign_in.person);
    sign_in_ask(c, &u->sign_in);
    return STEP_NEXT;
}

static enum step check(struct call *c)
{
    const Caroline__V1__SessionUnlock *request = (const Caroline__V1__SessionUnlock *)c->message;
    struct unlocking *u = c->shared;

    return sign_in_check(c, &u->sign_in, field_bytes(request->pin));
}

static enum step conclude(struct call *c)
{
    struct unlocking *u = c->shared;
    Caroline__V1__SessionState reply = CAROLINE__V1__SESSION_STATE__INIT;
    uint8_t key[UNLOCK_KEY_SIZE];
    enum step step = pin_looked_at(c, u->sign_in.job);

    if (step != STEP_NEXT)
        return step;
    if (!u->sign_in.job->fits) {
        sign_in_lock(c, &u->sign_in);
        return STEP_NEXT;
    }
    sign_in_forget(c, &u->sign_in);
    session_here_mark(c, u->session, false);
    journal_note(c, u->sign_in.staff_id, "unlock");
    session_unlock_key(c, row_bytes(u->session, 0, "token_hash").data, key);
    PUT(reply, open, true);
    PUT(reply, locked, false);
    PUT(reply, unlock_key, field_of(bytes_of(key, sizeof key)));
    return answer(c, &reply.base);
}

static enum step count(struct call *c)
{
    struct unlocking *u = c->shared;
    return sign_in_count(c, &u->sign_in, "the PIN is wrong");
}

const struct op session_unlock = {
    .name = "session_unlock",
    .number = NUMBER(SESSION_UNLOCK),
    .kind = OP_ACTS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_STAFF,
    .per_minute = 60,
    .request = &caroline__v1__session_unlock__descriptor,
    .reply = &caroline__v1__session_state__descriptor,
    .shared_size = sizeof(struct unlocking),
    .stages = { find, look, check, conclude, count },
};
