/* The person steps away: nothing goes on before their PIN. */
#include "proto/session.pb-c.h"
#include "server/service/message.h"
#include "server/service/session_here.h"

struct locking {
    struct rows *session;
};

static enum step find(struct call *c)
{
    struct locking *l = c->shared;
    return session_here_ask(c, &l->session);
}

static enum step lock(struct call *c)
{
    struct locking *l = c->shared;

    if (!session_is_good(l->session, c->now))
        return session_gone(c);
    session_here_mark(c, l->session, true);
    session_told(c);
    return session_state_answer(c, true, true);
}

const struct op session_lock = {
    .name = "session_lock",
    .number = NUMBER(SESSION_LOCK),
    .kind = OP_ACTS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_STAFF,
    .request = &caroline__v1__session_lock__descriptor,
    .reply = &caroline__v1__session_state__descriptor,
    .shared_size = sizeof(struct locking),
    .stages = { find, lock },
};
