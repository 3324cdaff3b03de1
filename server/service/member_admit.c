/* What somebody entered at a kiosk is admitted at the counter, where they stand: they become a member, or what they entered becomes
 * theirs. Refused as at the counter where another has the phone number or the e-mail address; it waits on then, for nothing of a refused
 * command is written. */
#include "common/rules/consent.h"
#include "db/queries.h"
#include "proto/kiosk.pb-c.h"
#include "server/service/member_in.h"
#include "server/service/member_ticket.h"
#include "server/service/member_write.h"
#include "server/service/message.h"

/* ---- what waits ---- */

enum step member_ticket_room(struct call *c, const struct rows *waiting)
{
    if (row_int(waiting, 0, "waiting") < TICKETS_MAX)
        return STEP_NEXT;
    return refuse(c, REFUSAL(TICKETS_FULL), "too many wait for the counter already: please go there");
}

void member_ticket_write(struct call *c, const struct member_ticket *t)
{
    int64_t whose = t->member_id ? t->member_id : t->id;

    ask(c, &sql_member_ticket_write,
        PARAMS(PARAM_INT(t->id), PARAM_INT(c->shop_id), PARAM_INT(c->device_id), PARAM_DAY(kiosk_day(c)),
               PARAM_INT(t->number), t->member_id ? PARAM_INT(t->member_id) : PARAM_NULL(), PARAM_INSTANT(c->now),
               member_sealed(c, whose, t->fields, MEMBER_NAME), member_sealed(c, whose, t->fields, MEMBER_PHONE),
               member_sealed(c, whose, t->fields, MEMBER_EMAIL), member_sealed(c, whose, t->fields, MEMBER_BIRTHDAY),
               member_sealed(c, whose, t->fields, MEMBER_AVOIDS), member_sealed(c, whose, t->fields, MEMBER_LANGUAGE),
               t->secret ? PARAM_TEXT(t->secret) : PARAM_NULL(), PARAM_INT(t->consents)));
}

/* ---- and is admitted ---- */

struct admitting {
    int64_t id;
    bool is_new;
    struct member_fields fields;
    struct rows *whose, *ticket, *found, *taken;
};

static struct param number_of(const struct call *c)
{
    const Caroline__V1__MemberAdmit *request = (const Caroline__V1__MemberAdmit *)c->message;

    return PARAM_INT(request->number > 9999 ? 0 : request->number);
}

static enum step find(struct call *c)
{
    struct admitting *a = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    a->whose = ask(c, &sql_member_ticket_whose, PARAMS(PARAM_INT(c->shop_id), number_of(c)));
    return STEP_NEXT;
}

static enum step no_ticket(struct call *c)
{
    return refuse_field(c, REFUSAL(UNKNOWN_TICKET), "number",
                        "nothing waits under this number: it was admitted already, or cleared away by the night");
}

/* The member first, then the ticket: in this order who enters another, is merged or forgotten has them too. */
static enum step take(struct call *c)
{
    struct admitting *a = c->shared;

    if (rows_count(a->whose) == 0)
        return no_ticket(c);
    bool is_new = row_is_null(a->whose, 0, "member_id");
    struct param member = is_new ? PARAM_NULL() : PARAM_INT(row_int(a->whose, 0, "member_id"));
    if (!is_new)
        a->found = ask(c, &sql_member_lock, &member, 1);
    a->ticket = ask(c, &sql_member_ticket_take, PARAMS(PARAM_INT(c->shop_id), number_of(c), member));
    return STEP_NEXT;
}

/* As a request of the counter's would have them; checked as those are, for the shop's settings may be others by now. */
static enum step open_fields(struct call *c, struct admitting *a)
{
    Caroline__V1__Member member = CAROLINE__V1__MEMBER__INIT;
    const struct {
        enum member_field field;
        protobuf_c_boolean *has;
        ProtobufCBinaryData *value;
    } into[] = {
        { MEMBER_NAME, &member.has_name, &member.name },
        { MEMBER_PHONE, &member.has_phone, &member.phone },
        { MEMBER_EMAIL, &member.has_email, &member.email },
        { MEMBER_BIRTHDAY, &member.has_birthday, &member.birthday },
        { MEMBER_LANGUAGE, &member.has_language, &member.language },
    };

    for (size_t i = 0; i < sizeof into / sizeof *into; i++) {
        const char *text = member_opened(c, a->ticket, 0, a->id, into[i].field);

        *into[i].has = text != NULL;
        if (text)
            *into[i].value = field_text(text);
    }
    enum step step = member_fields_check(c, &member, &a->fields);
    const char *avoids = member_opened(c, a->ticket, 0, a->id, MEMBER_AVOIDS);
    if (step == STEP_NEXT && avoids)
        member_field_take(&a->fields, MEMBER_AVOIDS, avoids);
    return step;
}

static enum step look(struct call *c)
{
    struct admitting *a = c->shared;

    if (rows_count(a->ticket) == 0)
        return no_ticket(c);
    a->is_new = row_is_null(a->ticket, 0, "member_id");
    a->id = row_int(a->ticket, 0, a->is_new ? "id" : "member_id");
    if (!vault_person_exists(c->vault, a->id))
        return refuse_field(c, REFUSAL(UNKNOWN_TICKET), "number", "who entered this is nobody any more");
    enum step step = open_fields(c, a);
    if (step != STEP_NEXT)
        return step;
    a->taken = member_taken_ask(c, &a->fields);
    return STEP_NEXT;
}

static void write_consents(struct call *c, const struct admitting *a)
{
    int64_t consents = row_int(a->ticket, 0, "consents");

    for (uint32_t kind = 1; kind <= CONSENT_KINDS; kind++) {
        const struct consent_text *text = consent_text_of(kind, 0);

        if ((consents >> kind & 1) == 0 || text == NULL)
            continue;
        ask(c, &sql_consent_write,
            PARAMS(PARAM_INT(a->id), PARAM_INT(kind), PARAM_INT(1), PARAM_BOOL(true), PARAM_INT(text->version),
                   PARAM_INT(c->shop_id), PARAM_INT(c->device_id), PARAM_INT(c->staff_id), PARAM_INSTANT(c->now)));
        journal_change(c, a->id, "consent", NULL, arena_format(c->txn.arena, "%u.%u", kind, text->version));
    }
}

static enum step write(struct call *c)
{
    struct admitting *a = c->shared;
    Caroline__V1__MemberAdmitted reply = CAROLINE__V1__MEMBER_ADMITTED__INIT;
    enum step step = member_taken_check(c, a->taken, a->id);
    int64_t points;

    if (step != STEP_NEXT)
        return step;
    if (a->is_new) {
        points = member_write_new(c, a->id, &a->fields);
        ask(c, &sql_kiosk_put_secret,
            PARAMS(PARAM_INT(a->id), PARAM_TEXT(row_text(a->ticket, 0, "secret")), PARAM_INSTANT(c->now)));
        write_consents(c, a);
    } else {
        if (rows_count(a->found) == 0 || row_int(a->found, 0, "id") != a->id)
            return refuse_field(c, REFUSAL(UNKNOWN_TICKET), "number", "who entered this is nobody any more");
        points = row_int(a->found, 0, "points");
        member_write_change(c, a->id, &a->fields);
    }
    PUT(reply, member_id, (uint64_t)a->id);
    PUT(reply, created, a->is_new);
    PUT(reply, points, points);
    return answer(c, &reply.base);
}

const struct op member_admit = {
    .name = "member_admit",
    .number = NUMBER(MEMBER_ADMIT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_EDIT,
    .clients = CLIENT_STAFF,
    .request = &caroline__v1__member_admit__descriptor,
    .reply = &caroline__v1__member_admitted__descriptor,
    .shared_size = sizeof(struct admitting),
    .stages = { find, take, look, write },
};
