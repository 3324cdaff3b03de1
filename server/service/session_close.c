/* Sign out, a member at a kiosk too. Fine where nobody is signed in. A member is signed out also where it cannot be written down just
 * now: whoever stands there next is somebody else. */
#include "db/queries.h"
#include "proto/session.pb-c.h"
#include "server/service/message.h"
#include "server/service/session_here.h"

static enum step end(struct call *c)
{
    const uint8_t *hash = session_token_hash(c);

    if (hash) {
        ask(c, &sql_session_end, PARAMS(PARAM_BYTES(bytes_of(hash, 32)), PARAM_INSTANT(c->now)));
        journal_note(c, c->staff_id, "sign_out");
        session_clear(c);
        session_told(c);
    } else if (c->member_id != 0) {
        member_clear(c);
        journal_note(c, c->member_id, "member_sign_out");
    }
    return session_state_answer(c, false, false);
}

const struct op session_close = {
    .name = "session_close",
    .number = NUMBER(SESSION_CLOSE),
    .kind = OP_ACTS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_ANY,
    .request = &caroline__v1__session_close__descriptor,
    .reply = &caroline__v1__session_state__descriptor,
    .stages = { end },
};
