/* A member at a kiosk has themselves forgotten. Their PIN is asked for once more, so that nobody does it at a screen that was left open;
 * who came by a code was seen at the counter minutes ago. All else is as the staff do it (member_erase.c). */
#include "db/queries.h"
#include "proto/kiosk.pb-c.h"
#include "server/service/member_in.h"
#include "server/service/member_write.h"
#include "server/service/message.h"

struct self_erasing {
    struct member_erasing erasing;
    struct member_in in;
    struct rows *secret;
    bool wrong;
};

static enum step find(struct call *c)
{
    const Caroline__V1__SelfErase *request = (const Caroline__V1__SelfErase *)c->message;
    struct self_erasing *s = c->shared;

    if (!request->has_confirm || !request->confirm)
        return refuse_field(c, REFUSAL(ERASE_NOT_CONFIRMED), "confirm",
                            "this is not to be undone: say that you mean it");
    s->erasing.id = c->member_id;
    s->erasing.reason = CAROLINE__V1__ERASE_REASON__ERASE_ASKED;
    member_erase_ask(c, &s->erasing);
    if (c->member_by_code)
        return STEP_NEXT;
    s->secret = ask(c, &sql_kiosk_own_secret, PARAMS(PARAM_INT(c->member_id)));
    member_in_session(c, &s->in);
    member_in_ask(c, &s->in);
    return STEP_NEXT;
}

/* Still somebody, and not somebody else. */
static bool stands(const struct call *c, const struct member_erasing *e)
{
    for (size_t i = 0; i < rows_count(e->accounts); i++)
        if (row_int(e->accounts, i, "member_id") == c->member_id)
            return !row_bool(e->accounts, i, "erased") && row_is_null(e->accounts, i, "merged_into");
    return false;
}

static enum step check(struct call *c)
{
    const Caroline__V1__SelfErase *request = (const Caroline__V1__SelfErase *)c->message;
    struct self_erasing *s = c->shared;

    if (!stands(c, &s->erasing))
        return member_gone(c);
    if (c->member_by_code)
        return STEP_NEXT;
    member_in_take(&s->in, s->secret);
    return member_in_check(c, &s->in, field_bytes(request->current));
}

static enum step judge(struct call *c)
{
    struct self_erasing *s = c->shared;

    if (!s->in.job)
        return STEP_NEXT;
    enum step step = pin_looked_at(c, s->in.job);
    if (step != STEP_NEXT)
        return step;
    s->wrong = !member_in_fits(&s->in);
    if (s->wrong)
        member_in_lock(c, &s->in);
    return STEP_NEXT;
}

static enum step write(struct call *c)
{
    struct self_erasing *s = c->shared;

    if (s->wrong)
        return member_in_count(c, &s->in, REFUSAL(SELF_PIN_WRONG), "the PIN is wrong");
    session_clear(c);
    return member_erase_do(c, &s->erasing);
}

const struct op self_erase = {
    .name = "self_erase",
    .number = NUMBER(SELF_ERASE),
    .kind = OP_CHANGES,
    .needs = NEEDS_MEMBER,
    .clients = CLIENT(KIOSK),
    .per_minute = 30,
    .request = &caroline__v1__self_erase__descriptor,
    .reply = &caroline__v1__member_erased__descriptor,
    .shared_size = sizeof(struct self_erasing),
    .stages = { find, check, judge, write },
};
