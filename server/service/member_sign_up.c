/* Somebody at a kiosk wants to become a member. Whether anybody has their phone number or e-mail address is not looked up here: what they
 * entered waits under a number, sealed, until the counter admits it. So the answer and its time tell nothing, and nobody becomes a
 * member whom nobody of the shop has seen. */
#include "common/base/pin.h"
#include "db/queries.h"
#include "proto/kiosk.pb-c.h"
#include "server/service/member_fields.h"
#include "server/service/member_in.h"
#include "server/service/member_ticket.h"
#include "server/service/message.h"

#include "common/rules/consent.h"

struct signing_up {
    int64_t id, consents;
    struct member_fields fields;
    struct rows *waiting, *number;
    struct pin_job *job;
};

static bool is_given(const struct member_fields *fields, enum member_field field)
{
    return fields->field[field].text && *fields->field[field].text;
}

static enum step check_consents(struct call *c, const Caroline__V1__MemberSignUp *request, struct signing_up *s)
{
    for (size_t i = 0; i < request->n_consents; i++) {
        if (consent_text_of(request->consents[i], 0) == NULL)
            return refuse_field(c, REFUSAL(UNKNOWN_CONSENT), "consents", "nothing of that kind is asked of anybody");
        s->consents |= 1 << request->consents[i];
    }
    if (s->fields.avoids != 0 && (s->consents & 1 << CONSENT_ALLERGIES) == 0)
        return refuse_field(c, REFUSAL(ALLERGEN_CONSENT), "consents",
                            "what you avoid is kept if you agree to that: please read the text first");
    return STEP_NEXT;
}

static enum step check(struct call *c)
{
    const Caroline__V1__MemberSignUp *request = (const Caroline__V1__MemberSignUp *)c->message;
    struct signing_up *s = c->shared;
    enum step step;

    if (!c->catalogue)
        return STEP_FAILED;
    if (!request->member)
        return refuse_field(c, REFUSAL(BAD_FIELD), "member.name", "say who you are");
    if (request->member->has_card || request->member->has_id || request->member->has_referrer_id ||
        request->member->has_referrer_key)
        return refuse_field(c, REFUSAL(BAD_FIELD), "member.card", "cards are given out at the counter");
    step = member_fields_check(c, request->member, &s->fields);
    if (step != STEP_NEXT)
        return step;
    if (!is_given(&s->fields, MEMBER_NAME))
        return refuse_field(c, REFUSAL(BAD_FIELD), "member.name", "say who you are");
    if (!is_given(&s->fields, MEMBER_PHONE) && !is_given(&s->fields, MEMBER_EMAIL))
        return refuse_field(c, REFUSAL(BAD_FIELD), "member.phone",
                            "a phone number or an e-mail address is what you sign in with");
    enum pin_verdict verdict = pin_check(field_bytes(request->pin));
    if (verdict != PIN_OK)
        return refuse_field(c, REFUSAL(PIN_WEAK), "pin", "%s", pin_sentence(verdict));
    step = check_consents(c, request, s);
    if (step != STEP_NEXT)
        return step;
    s->waiting = ask(c, &sql_member_ticket_count, PARAMS(PARAM_INT(c->device_id)));
    return STEP_NEXT;
}

static enum step prepare(struct call *c)
{
    const Caroline__V1__MemberSignUp *request = (const Caroline__V1__MemberSignUp *)c->message;
    struct signing_up *s = c->shared;
    enum step step = member_ticket_room(c, s->waiting);

    if (step != STEP_NEXT)
        return step;
    s->id = next_id(c);
    s->job = pin_hash_later(c, field_bytes(request->pin), s->id); /* and a key of theirs */
    if (!s->job)
        return pin_busy(c);
    s->number = ask(c, &sql_kiosk_number_next, PARAMS(PARAM_INT(c->shop_id), PARAM_DAY(kiosk_day(c))));
    return STEP_NEXT;
}

static enum step write(struct call *c)
{
    struct signing_up *s = c->shared;
    Caroline__V1__MemberSignedUp reply = CAROLINE__V1__MEMBER_SIGNED_UP__INIT;
    enum step step = kiosk_number_given(c, s->number);

    if (step != STEP_NEXT)
        return step;
    int64_t number = row_int(s->number, 0, "last");
    if (!s->job->key_made || !s->job->hashed)
        return STEP_FAILED;
    member_ticket_write(
        c,
        &(struct member_ticket){
            .id = s->id, .number = number, .fields = &s->fields, .secret = s->job->new_hash, .consents = s->consents });
    journal_change(c, s->id, "sign_up", NULL, NULL);
    PUT(reply, number, (uint32_t)number);
    return answer(c, &reply.base);
}

const struct op member_sign_up = {
    .name = "member_sign_up",
    .number = NUMBER(MEMBER_SIGN_UP),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .clients = CLIENT(KIOSK),
    .kiosk = KIOSK_ANYBODY,
    .per_minute = 10,
    .request = &caroline__v1__member_sign_up__descriptor,
    .reply = &caroline__v1__member_signed_up__descriptor,
    .shared_size = sizeof(struct signing_up),
    .stages = { check, prepare, write },
};
