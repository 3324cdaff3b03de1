/* What locking, unlocking, closing and resuming a session have in common. */
#include "server/service/session_here.h"

#include <string.h>

#include "common/rules/sign_in.h"
#include "db/queries.h"
#include "proto/session.pb-c.h"
#include "server/service/message.h"

bool session_is_good(const struct rows *rows, struct instant now)
{
    return rows_count(rows) && !row_bool(rows, 0, "closed") && row_instant(rows, 0, "expires_at").us > now.us &&
           row_bool(rows, 0, "active");
}

int64_t session_role(const struct rows *rows)
{
    return row_bool(rows, 0, "pin_once") ? 0 : row_int(rows, 0, "role_id");
}

struct training session_training(const struct rows *rows)
{
    if (row_is_null(rows, 0, "training_id"))
        return (struct training){ 0 };
    return (struct training){ .id = row_int(rows, 0, "training_id"), .from = row_int(rows, 0, "training_from") };
}

enum step session_here_ask(struct call *c, struct rows **rows)
{
    const uint8_t *hash = session_token_hash(c);
    if (!hash)
        return refuse(c, REFUSAL(SIGN_IN_FIRST), "nobody is signed in here");
    *rows = ask(c, &sql_session_find, PARAMS(PARAM_BYTES(bytes_of(hash, 32))));
    return STEP_NEXT;
}

enum step session_gone(struct call *c)
{
    session_clear(c);
    return refuse_and_keep(c, REFUSAL(SESSION_UNKNOWN), "the session has ended: sign in again");
}

void session_here_mark(struct call *c, const struct rows *rows, bool locked)
{
    struct bytes hash = row_bytes(rows, 0, "token_hash");

    ask(c, &sql_session_mark, PARAMS(PARAM_BYTES(hash), PARAM_BOOL(locked), PARAM_INSTANT(c->now)));
    if (session_token_hash(c)) /* the connection, or its session, may have gone while its row was looked up */
        session_set(c, row_int(rows, 0, "id"), session_role(rows), hash.data, row_instant(rows, 0, "expires_at"),
                    locked);
}

enum step session_state_answer(struct call *c, bool open, bool locked)
{
    Caroline__V1__SessionState reply = CAROLINE__V1__SESSION_STATE__INIT;

    PUT(reply, open, open);
    PUT(reply, locked, locked);
    return answer(c, &reply.base);
}

/* No token that is hashed by the same key is as long as this. */
void session_unlock_key(const struct call *c, const uint8_t token_hash[32], uint8_t key[UNLOCK_KEY_SIZE])
{
    static const char what[] = "unlock_key";
    uint8_t text[sizeof what + 32];

    memcpy(text, what, sizeof what);
    memcpy(text + sizeof what, token_hash, 32);
    vault_token_hash(c->vault, bytes_of(text, sizeof text), key);
}

bool session_unlock_key_fits(const struct call *c, const uint8_t token_hash[32], struct bytes key)
{
    uint8_t right[UNLOCK_KEY_SIZE], differs = 0;

    if (key.size != sizeof right)
        return false;
    session_unlock_key(c, token_hash, right);
    for (size_t i = 0; i < sizeof right; i++)
        differs = (uint8_t)(differs | (right[i] ^ key.data[i]));
    return differs == 0;
}

enum step session_alone_check(struct call *c, uint32_t opened_alone, uint32_t wrong_alone)
{
    bool opened_fits = opened_alone <= SIGN_IN_ALONE_MAX;

    if (!opened_fits || wrong_alone > SIGN_IN_ALONE_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), opened_fits ? "wrong_alone" : "opened_alone",
                            "a till counts to %u at most", SIGN_IN_ALONE_MAX);
    return STEP_NEXT;
}

void session_alone_note(struct call *c, int64_t staff_id, uint32_t opened_alone, uint32_t wrong_alone)
{
    if (opened_alone)
        journal_note_times(c, staff_id, "unlock_alone", opened_alone);
    if (wrong_alone)
        journal_note_times(c, staff_id, "wrong_pin_alone", wrong_alone);
}
