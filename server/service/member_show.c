/* One member with their open lots and what they agreed to. Being read leaves a trace. */
#include "db/queries.h"
#include "server/service/consent_message.h"
#include "server/service/member_fields.h"
#include "server/service/message.h"

struct showing {
    struct rows *member, *lots, *consents;
};

static enum step find(struct call *c)
{
    const Caroline__V1__MemberShow *request = (const Caroline__V1__MemberShow *)c->message;
    struct showing *s = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    s->member = ask(c, &sql_member_show, PARAMS(PARAM_INT((int64_t)request->id)));
    s->lots = ask(c, &sql_member_show_lots, PARAMS(PARAM_INT((int64_t)request->id)));
    s->consents = ask(c, &sql_consent_newest, PARAMS(PARAM_INT((int64_t)request->id)));
    return STEP_NEXT;
}

Caroline__V1__PointsLot *member_lot_of(struct call *c, const struct rows *lots, size_t row)
{
    Caroline__V1__PointsLot *lot = arena_alloc(c->txn.arena, sizeof *lot);
    char *origin = arena_alloc(c->txn.arena, DAY_TEXT), *expiry = arena_alloc(c->txn.arena, DAY_TEXT);

    caroline__v1__points_lot__init(lot);
    PUT(*lot, id, (uint64_t)row_int(lots, row, "id"));
    PUT(*lot, remaining, row_int(lots, row, "remaining"));
    PUT(*lot, origin_day, field_text(day_format(origin, row_day(lots, row, "origin_day"))));
    PUT(*lot, expiry_day, field_text(day_format(expiry, row_day(lots, row, "expiry_day"))));
    return lot;
}

static enum step reply_with(struct call *c)
{
    const Caroline__V1__MemberShow *request = (const Caroline__V1__MemberShow *)c->message;
    const struct showing *s = c->shared;
    Caroline__V1__MemberShown reply = CAROLINE__V1__MEMBER_SHOWN__INIT;

    if (rows_count(s->member) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "id", "no member of that id");
    Caroline__V1__Member *member = member_message_of(c, s->member, 0);
    member->lots = arena_array(c->txn.arena, rows_count(s->lots) + 1, sizeof *member->lots);
    for (; member->n_lots < rows_count(s->lots); member->n_lots++)
        member->lots[member->n_lots] = member_lot_of(c, s->lots, member->n_lots);
    member->consents = consents_standing(s->consents, c->txn.arena, &member->n_consents);
    journal_note(c, (int64_t)request->id, "member_shown");
    reply.member = member;
    return answer(c, &reply.base);
}

const struct op member_show = {
    .name = "member_show",
    .number = NUMBER(MEMBER_SHOW),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_SEE,
    .clients = CLIENT_ANY,
    .training = &member_show,
    .request = &caroline__v1__member_show__descriptor,
    .reply = &caroline__v1__member_shown__descriptor,
    .shared_size = sizeof(struct showing),
    .stages = { find, reply_with },
};
