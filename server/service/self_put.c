/* A member at a kiosk changes what is theirs: fields, PIN, a consent. A phone number or an e-mail address is by what somebody is found: it
 * waits under a number for the counter, as who signs up does, so that nothing tells whether another has it, and so that a session
 * which was left open takes nobody's account. */
#include "common/base/pin.h"
#include "db/queries.h"
#include "proto/kiosk.pb-c.h"
#include "server/service/consent_message.h"
#include "server/service/member_in.h"
#include "server/service/member_ticket.h"
#include "server/service/member_write.h"
#include "server/service/message.h"

struct putting {
    struct member_in in;
    struct member_fields fields, waits; /* at once; for the counter */
    bool wrong;
    struct rows *member, *secret, *before, *waiting, *waits_under, *number;
    struct pin_job *job; /* of the new PIN; NULL: none */
};

static const Caroline__V1__SelfPut *request_of(const struct call *c)
{
    return (const Caroline__V1__SelfPut *)c->message;
}

static bool gives_field(const struct member_fields *fields)
{
    for (int i = 0; i < MEMBER_FIELD_COUNT; i++)
        if (fields->field[i].given)
            return true;
    return false;
}

static bool wants_secret(const struct call *c)
{
    return request_of(c)->has_pin && !c->member_by_code;
}

/* Phone and e-mail are kept apart from the others. */
static enum step check_fields(struct call *c, struct putting *p)
{
    const Caroline__V1__SelfPut *r = request_of(c);
    Caroline__V1__Member at_once = CAROLINE__V1__MEMBER__INIT, waits = CAROLINE__V1__MEMBER__INIT;
    enum step step;

    at_once.has_name = r->has_name;
    at_once.name = r->name;
    at_once.has_language = r->has_language;
    at_once.language = r->language;
    at_once.n_avoids = r->n_avoids;
    at_once.avoids = r->avoids;
    at_once.set_avoids = r->set_avoids;
    waits.has_phone = r->has_phone;
    waits.phone = r->phone;
    waits.has_email = r->has_email;
    waits.email = r->email;
    step = member_fields_check(c, &at_once, &p->fields);
    if (step == STEP_NEXT)
        step = member_fields_check(c, &waits, &p->waits);
    if (step != STEP_NEXT)
        return step;
    if ((r->has_phone && !*p->waits.field[MEMBER_PHONE].text) || (r->has_email && !*p->waits.field[MEMBER_EMAIL].text))
        return refuse_field(c, REFUSAL(BAD_FIELD), r->has_phone ? "phone" : "email",
                            "it is taken away at the counter; here it can be another");
    if (r->has_name && !*p->fields.field[MEMBER_NAME].text)
        return refuse_field(c, REFUSAL(BAD_FIELD), "name", "say who you are");
    return STEP_NEXT;
}

static enum step check(struct call *c)
{
    const Caroline__V1__SelfPut *r = request_of(c);
    struct putting *p = c->shared;
    enum step step = check_fields(c, p);
    enum pin_verdict verdict = r->has_pin ? pin_check(field_bytes(r->pin)) : PIN_OK;

    if (step != STEP_NEXT)
        return step;
    if (!gives_field(&p->fields) && !gives_field(&p->waits) && !r->has_pin && !r->has_consent_kind)
        return refuse_field(c, REFUSAL(BAD_FIELD), "name", "say what is to be changed");
    if (r->has_consent_kind != r->has_consent_given)
        return refuse_field(c, REFUSAL(BAD_FIELD), "consent_given", "say whether it is given or taken back");
    if (verdict != PIN_OK)
        return refuse_field(c, REFUSAL(PIN_WEAK), "pin", "%s", pin_sentence(verdict));
    p->member = ask(c, &sql_member_lock, PARAMS(PARAM_INT(c->member_id)));
    p->secret = ask(c, &sql_kiosk_own_secret, PARAMS(PARAM_INT(c->member_id)));
    p->before = ask(c, &sql_consent_newest, PARAMS(PARAM_INT(c->member_id)));
    if (gives_field(&p->waits)) {
        p->waiting = ask(c, &sql_member_ticket_count, PARAMS(PARAM_INT(c->device_id)));
        p->waits_under = ask(c, &sql_member_ticket_number,
                             PARAMS(PARAM_INT(c->member_id), PARAM_INT(c->shop_id), PARAM_DAY(kiosk_day(c))));
    }
    if (wants_secret(c)) {
        member_in_session(c, &p->in);
        member_in_ask(c, &p->in);
    }
    return STEP_NEXT;
}

/* As it stands, or with what this request says. */
static bool agrees_to_allergies(const struct call *c, const struct putting *p)
{
    const Caroline__V1__SelfPut *r = request_of(c);
    int64_t number;

    if (r->has_consent_kind && r->consent_kind == CONSENT_ALLERGIES)
        return r->consent_given;
    return consent_state_of(p->before, CONSENT_ALLERGIES, &number).given;
}

static enum step look(struct call *c)
{
    struct putting *p = c->shared;

    if (rows_count(p->member) == 0 || row_int(p->member, 0, "id") != c->member_id)
        return member_gone(c);
    if (p->fields.avoids != 0 && !agrees_to_allergies(c, p))
        return refuse_field(c, REFUSAL(ALLERGEN_CONSENT), "avoids",
                            "what you avoid is kept if you agree to that: please read the text first");
    if (p->waiting) {
        enum step step = member_ticket_room(c, p->waiting);

        if (step != STEP_NEXT)
            return step;
    }
    if (!wants_secret(c))
        return STEP_NEXT;
    member_in_take(&p->in, p->secret);
    return member_in_check(c, &p->in, field_bytes(request_of(c)->current));
}

static enum step judge(struct call *c)
{
    const Caroline__V1__SelfPut *r = request_of(c);
    struct putting *p = c->shared;

    if (p->in.job) {
        enum step step = pin_looked_at(c, p->in.job);

        if (step != STEP_NEXT)
            return step;
        p->wrong = !member_in_fits(&p->in);
        if (p->wrong) {
            member_in_lock(c, &p->in);
            return STEP_NEXT;
        }
        if (bytes_equal(field_bytes(r->current), field_bytes(r->pin)))
            return refuse_field(c, REFUSAL(PIN_UNCHANGED), "pin", "choose another PIN than the one before");
        member_in_forget(c, &p->in);
    }
    if (r->has_pin) {
        p->job = pin_hash_later(c, field_bytes(r->pin), 0);
        if (!p->job)
            return pin_busy(c);
    }
    if (p->waiting && rows_count(p->waits_under) == 0)
        p->number = ask(c, &sql_kiosk_number_next, PARAMS(PARAM_INT(c->shop_id), PARAM_DAY(kiosk_day(c))));
    return STEP_NEXT;
}

static enum step write_secret(struct call *c, const struct putting *p)
{
    if (!p->job->hashed)
        return STEP_FAILED;
    ask(c, &sql_kiosk_put_secret, PARAMS(PARAM_INT(c->member_id), PARAM_TEXT(p->job->new_hash), PARAM_INSTANT(c->now)));
    journal_change(c, c->member_id, "pin", NULL, NULL);
    /* this session goes on, all others of theirs end; a code is good for one PIN, and from then on that one is asked for */
    member_set(c, c->member_id, c->now, c->member_until, false);
    member_told(c, c->member_id);
    return STEP_NEXT;
}

/* What takes the place of what waits has its number. */
static enum step write_ticket(struct call *c, const struct putting *p, Caroline__V1__SelfPutDone *reply)
{
    enum step step = p->number ? kiosk_number_given(c, p->number) : STEP_NEXT;

    if (step != STEP_NEXT)
        return step;
    int64_t number = p->number ? row_int(p->number, 0, "last") : row_int(p->waits_under, 0, "number");
    ask(c, &sql_member_ticket_remove, PARAMS(PARAM_INT(c->member_id)));
    member_ticket_write(c, &(struct member_ticket){
                               .id = next_id(c), .member_id = c->member_id, .number = number, .fields = &p->waits });
    journal_change(c, c->member_id, "to_admit", NULL, NULL);
    PUT(*reply, number, (uint32_t)number);
    return STEP_NEXT;
}

static enum step write(struct call *c)
{
    const Caroline__V1__SelfPut *r = request_of(c);
    struct putting *p = c->shared;
    Caroline__V1__SelfPutDone reply = CAROLINE__V1__SELF_PUT_DONE__INIT;
    enum step step = STEP_NEXT;

    if (p->wrong)
        return member_in_count(c, &p->in, REFUSAL(SELF_PIN_WRONG), "the current PIN is wrong");
    if (r->has_consent_kind)
        step = member_write_consent(c, c->member_id, r->consent_kind, r->consent_given, r->consent_text_version,
                                    p->before);
    if (step == STEP_NEXT && p->job)
        step = write_secret(c, p);
    if (step != STEP_NEXT)
        return step;
    if (gives_field(&p->fields))
        member_write_change(c, c->member_id, &p->fields);
    if (p->waiting)
        step = write_ticket(c, p, &reply);
    return step == STEP_NEXT ? answer(c, &reply.base) : step;
}

const struct op self_put = {
    .name = "self_put",
    .number = NUMBER(SELF_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_MEMBER,
    .clients = CLIENT(KIOSK),
    .per_minute = 30,
    .request = &caroline__v1__self_put__descriptor,
    .reply = &caroline__v1__self_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { check, look, judge, write },
};
