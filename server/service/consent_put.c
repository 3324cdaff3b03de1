/* A member agrees to something, or takes it back: written down with the text, the time, the place and who heard it. */
#include "db/queries.h"
#include "server/service/consent_message.h"
#include "server/service/member_write.h"
#include "server/service/message.h"

struct consenting {
    int64_t member_id;
    struct rows *member, *before, *after;
};

static enum step find(struct call *c)
{
    const Caroline__V1__ConsentPut *request = (const Caroline__V1__ConsentPut *)c->message;
    struct consenting *p = c->shared;

    p->member_id = request->member_id > INT64_MAX ? -1 : (int64_t)request->member_id;
    if (!request->has_given)
        return refuse_field(c, REFUSAL(BAD_FIELD), "given", "say whether it is given or taken back");
    p->member = ask(c, &sql_member_lock, PARAMS(PARAM_INT(p->member_id)));
    return STEP_NEXT;
}

/* Behind the lock, so that a statement of its own sees who was before. */
static enum step look(struct call *c)
{
    struct consenting *p = c->shared;

    if (rows_count(p->member) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "member_id", "no member of that id");
    if (!row_is_null(p->member, 0, "into_id"))
        return STEP_AGAIN; /* merged into another while this waited: that one agrees */
    p->member_id = row_int(p->member, 0, "id");
    p->before = ask(c, &sql_consent_newest, PARAMS(PARAM_INT(p->member_id)));
    return STEP_NEXT;
}

/* What they avoid is not kept without their agreement. */
static void forget_avoids(struct call *c, int64_t member_id)
{
    struct member_fields none = { 0 };

    none.field[MEMBER_AVOIDS].given = true;
    none.field[MEMBER_AVOIDS].text = "";
    member_write_change(c, member_id, &none);
}

enum step member_write_consent(struct call *c, int64_t member_id, uint32_t kind, bool given, uint32_t text_version,
                               const struct rows *before)
{
    int64_t number = 0;
    struct consent_state stood = { 0 }, now;

    if (before)
        stood = consent_state_of(before, kind, &number);

    switch (consent_decide(kind, given, text_version, stood, &now)) {
    case CONSENT_UNKNOWN:
        return refuse_field(c, REFUSAL(UNKNOWN_CONSENT), "kind", "nothing of that kind is asked of anybody");
    case CONSENT_OLD_TEXT:
        return refuse_field(c, REFUSAL(CONSENT_OLD_TEXT), "text_version",
                            "there is a newer text: read it out, and ask again");
    case CONSENT_UNCHANGED:
        return refuse_field(c, REFUSAL(CONSENT_UNCHANGED), "given",
                            given ? "that is agreed to already" : "that was not agreed to");
    case CONSENT_OK:
        break;
    }
    if (number >= INT32_MAX)
        return refuse(c, REFUSAL(AMOUNT_OVERFLOW), "there are no more numbers for entries of this kind");
    ask(c, &sql_consent_write,
        PARAMS(PARAM_INT(member_id), PARAM_INT(kind), PARAM_INT(number + 1), PARAM_BOOL(now.given),
               PARAM_INT(now.text_version), PARAM_INT(c->shop_id), PARAM_INT(c->device_id),
               c->staff_id ? PARAM_INT(c->staff_id) : PARAM_NULL(), PARAM_INSTANT(c->now)));
    journal_change(c, member_id, now.given ? "consent" : "consent_withdrawn", NULL,
                   arena_format(c->txn.arena, "%u.%u", kind, now.text_version));
    if (kind == CONSENT_ALLERGIES && !now.given)
        forget_avoids(c, member_id);
    return STEP_NEXT;
}

enum step member_hear_allergies(struct call *c, int64_t member_id, const struct member_fields *fields,
                                const struct rows *before)
{
    int64_t number;

    if (fields->avoids == 0 || (before && consent_state_of(before, CONSENT_ALLERGIES, &number).given))
        return STEP_NEXT;
    return member_write_consent(c, member_id, CONSENT_ALLERGIES, true, consent_text_of(CONSENT_ALLERGIES, 0)->version,
                                before);
}

static enum step judge(struct call *c)
{
    const Caroline__V1__ConsentPut *request = (const Caroline__V1__ConsentPut *)c->message;
    struct consenting *p = c->shared;
    enum step step =
        member_write_consent(c, p->member_id, request->kind, request->given, request->text_version, p->before);

    if (step != STEP_NEXT)
        return step;
    p->after = ask(c, &sql_consent_newest, PARAMS(PARAM_INT(p->member_id)));
    return STEP_NEXT;
}

static enum step reply_with(struct call *c)
{
    const Caroline__V1__ConsentPut *request = (const Caroline__V1__ConsentPut *)c->message;
    const struct consenting *p = c->shared;
    Caroline__V1__ConsentPutDone reply = CAROLINE__V1__CONSENT_PUT_DONE__INIT;

    PUT(reply, member_id, (uint64_t)p->member_id);
    reply.consent = consent_standing(p->after, request->kind, c->txn.arena);
    return answer(c, &reply.base);
}

const struct op consent_put = {
    .name = "consent_put",
    .number = NUMBER(CONSENT_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_EDIT,
    .clients = CLIENT_STAFF,
    .request = &caroline__v1__consent_put__descriptor,
    .reply = &caroline__v1__consent_put_done__descriptor,
    .shared_size = sizeof(struct consenting),
    .stages = { find, look, judge, reply_with },
};
