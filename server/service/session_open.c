/* Sign in: a person on this device, by name or badge and PIN. */
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/session_here.h"
#include "server/service/sign_in.h"
#include "server/service/staff_message.h"

#define TOKEN_SIZE 32

struct opening {
    struct sign_in sign_in;
    struct rows *staff, *written;
    int64_t role_id; /* 0: a one-time PIN */
    uint8_t token[TOKEN_SIZE], unlock_key[UNLOCK_KEY_SIZE];
    struct instant expires;
};

static enum step find(struct call *c)
{
    const Caroline__V1__SessionOpen *request = (const Caroline__V1__SessionOpen *)c->message;
    struct opening *o = c->shared;
    struct bytes blind = bytes_of(o->sign_in.person, sizeof o->sign_in.person);

    if (request->has_name == request->has_badge)
        return refuse_field(c, REFUSAL(BAD_FIELD), "name", "give either a name or a badge");
    if (!c->catalogue)
        return STEP_FAILED;
    if (session_alone_check(c, request->opened_alone, request->wrong_alone) != STEP_NEXT)
        return STEP_REFUSED;
    if (request->has_name)
        staff_name_blind(c, field_bytes(request->name), o->sign_in.person);
    else
        staff_badge_blind(c, field_bytes(request->badge), o->sign_in.person);
    o->staff = ask(c, &sql_session_open_find,
                   PARAMS(PARAM_INT(c->shop_id), request->has_name ? PARAM_BYTES(blind) : PARAM_NULL(),
                          request->has_name ? PARAM_NULL() : PARAM_BYTES(blind)));
    return STEP_NEXT;
}

static enum step look(struct call *c)
{
    struct opening *o = c->shared;

    if (rows_count(o->staff)) {
        o->sign_in.staff_id = row_int(o->staff, 0, "id");
        o->sign_in.shut = row_bool(o->staff, 0, "locked");
        if (row_bool(o->staff, 0, "active"))
            o->sign_in.pin_hash = row_text(o->staff, 0, "pin_hash");
        sign_in_person_of(o->sign_in.staff_id, o->sign_in.person);
    }
    sign_in_ask(c, &o->sign_in);
    return STEP_NEXT;
}

static enum step check(struct call *c)
{
    const Caroline__V1__SessionOpen *request = (const Caroline__V1__SessionOpen *)c->message;
    struct opening *o = c->shared;

    return sign_in_check(c, &o->sign_in, field_bytes(request->pin));
}

static void open_session(struct call *c, struct opening *o)
{
    uint8_t hash[32];

    random_bytes(c, o->token, sizeof o->token);
    vault_token_hash(c->vault, bytes_of(o->token, sizeof o->token), hash);
    session_unlock_key(c, hash, o->unlock_key);
    o->expires.us = c->now.us + SIGN_IN_SESSION_US;
    if (!row_bool(o->staff, 0, "pin_once"))
        o->role_id = row_int(o->staff, 0, "role_id");

    o->written = ask(c, &sql_session_open_write,
                     PARAMS(PARAM_BYTES(bytes_of(hash, sizeof hash)), PARAM_INT(c->device_id),
                            PARAM_INT(o->sign_in.staff_id), PARAM_INSTANT(c->now), PARAM_INSTANT(o->expires),
                            PARAM_TEXT(o->sign_in.pin_hash), PARAM_INT(row_int(o->staff, 0, "role_id"))));
    sign_in_forget(c, &o->sign_in);
    if (session_token_hash(c)) { /* who was signed in on this connection is not any more */
        ask(c, &sql_session_end, PARAMS(PARAM_BYTES(bytes_of(session_token_hash(c), 32)), PARAM_INSTANT(c->now)));
        session_told(c);
    }
    session_set(c, o->sign_in.staff_id, o->role_id, hash, o->expires, false);
}

static enum step conclude(struct call *c)
{
    struct opening *o = c->shared;
    enum step step = pin_looked_at(c, o->sign_in.job);

    if (step != STEP_NEXT)
        return step;
    if (o->sign_in.job->fits)
        open_session(c, o);
    else
        sign_in_lock(c, &o->sign_in);
    return STEP_NEXT;
}

static enum step reply_with(struct call *c)
{
    const Caroline__V1__SessionOpen *request = (const Caroline__V1__SessionOpen *)c->message;
    struct opening *o = c->shared;

    if (!o->sign_in.job->fits)
        return sign_in_count(c, &o->sign_in, "the name or the PIN is wrong");
    if (rows_count(o->written) == 0) /* the person was changed while the PIN was looked at */
        return STEP_AGAIN;
    session_alone_note(c, 0, request->opened_alone, request->wrong_alone);
    journal_note(c, o->sign_in.staff_id, "sign_in");
    return session_answer(c, &(struct session_told){ .staff = staff_message_of(c, o->staff, 0),
                                                     .role_id = o->role_id,
                                                     .token = bytes_of(o->token, sizeof o->token),
                                                     .unlock_key = bytes_of(o->unlock_key, sizeof o->unlock_key),
                                                     .expires = o->expires });
}

const struct op session_open = {
    .name = "session_open",
    .number = NUMBER(SESSION_OPEN),
    .kind = OP_ACTS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_STAFF,
    .per_minute = 60,
    .request = &caroline__v1__session_open__descriptor,
    .reply = &caroline__v1__session_opened__descriptor,
    .shared_size = sizeof(struct opening),
    .stages = { find, look, check, conclude, reply_with },
};
