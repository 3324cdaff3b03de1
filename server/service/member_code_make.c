/* A code with which a member signs in at a kiosk once: for one who stands at the counter and has no PIN, or has forgotten it. Only its
 * keyed hash is kept: neither the database nor the stored answer can tell it, so a command that comes again tells none. */
#include "db/queries.h"
#include "proto/kiosk.pb-c.h"
#include "server/service/member_in.h"
#include "server/service/message.h"

struct making {
    int64_t id;
    struct rows *found;
    char code[MEMBER_CODE_SIZE + 1];
    struct instant expires;
};

static enum step find(struct call *c)
{
    const Caroline__V1__MemberCodeMake *request = (const Caroline__V1__MemberCodeMake *)c->message;
    struct making *m = c->shared;

    m->id = request->member_id > INT64_MAX ? -1 : (int64_t)request->member_id;
    m->found = ask(c, &sql_member_lock, PARAMS(PARAM_INT(m->id)));
    return STEP_NEXT;
}

/* Each digit as likely as another: of a byte, 250 values stand for digits. */
static void draw_code(struct call *c, char code[MEMBER_CODE_SIZE + 1])
{
    for (size_t i = 0; i < MEMBER_CODE_SIZE;) {
        uint8_t byte;

        random_bytes(c, &byte, 1);
        if (byte < 250)
            code[i++] = (char)('0' + byte % 10);
    }
    code[MEMBER_CODE_SIZE] = '\0';
}

static ProtobufCMessage *kept(struct call *c)
{
    const struct making *m = c->shared;
    Caroline__V1__MemberCodeMade *reply = arena_alloc(c->txn.arena, sizeof *reply);

    caroline__v1__member_code_made__init(reply);
    PUT(*reply, member_id, (uint64_t)m->id);
    return &reply->base;
}

static enum step write(struct call *c)
{
    struct making *m = c->shared;
    Caroline__V1__MemberCodeMade reply = CAROLINE__V1__MEMBER_CODE_MADE__INIT;
    uint8_t hash[32];

    if (rows_count(m->found) > 0 && !row_is_null(m->found, 0, "into_id"))
        return STEP_AGAIN; /* merged into another while this waited: that one signs in */
    if (rows_count(m->found) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "member_id", "no member of that id");
    m->id = row_int(m->found, 0, "id");
    if (c->repeated)
        return answer(c, kept(c)); /* the code that it made is good still */
    m->expires.us = c->now.us + MEMBER_CODE_US;
    draw_code(c, m->code);
    vault_token_hash(c->vault, bytes_of(m->code, MEMBER_CODE_SIZE), hash);
    ask(c, &sql_member_code_remove, PARAMS(PARAM_INT(m->id)));
    ask(c, &sql_member_code_write,
        PARAMS(PARAM_BYTES(bytes_of(hash, sizeof hash)), PARAM_INT(m->id), PARAM_INT(c->shop_id),
               PARAM_INT(c->device_id), PARAM_INT(c->staff_id), PARAM_INSTANT(c->now), PARAM_INSTANT(m->expires)));
    journal_change(c, m->id, "code", NULL, NULL);
    PUT(reply, member_id, (uint64_t)m->id);
    PUT(reply, code, field_text(m->code));
    PUT(reply, expires_us, (uint64_t)m->expires.us);
    return answer(c, &reply.base);
}

const struct op member_code_make = {
    .name = "member_code_make",
    .number = NUMBER(MEMBER_CODE_MAKE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_SEE,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .per_minute = 60,
    .request = &caroline__v1__member_code_make__descriptor,
    .reply = &caroline__v1__member_code_made__descriptor,
    .shared_size = sizeof(struct making),
    .stages = { find, write },
    .kept = kept,
};
