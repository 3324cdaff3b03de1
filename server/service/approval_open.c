/* Another person allows by their PIN what the one who is signed in may not: a discount beyond the role, a price below the
 * floor, many empties, money without a receipt. For one sale on this device, and written down with both. */
#include "common/rules/discount.h"
#include "db/queries.h"
#include "proto/session.pb-c.h"
#include "server/service/message.h"
#include "server/service/sign_in.h"
#include "server/service/staff_message.h"

#define TOKEN_SIZE  32
#define APPROVAL_US (2 * MINUTE_US)

struct approving {
    struct sign_in sign_in;
    struct rows *staff, *written;
    uint8_t token[TOKEN_SIZE];
    struct instant expires;
};

static const Caroline__V1__ApprovalOpen *request_of(const struct call *c)
{
    return (const Caroline__V1__ApprovalOpen *)c->message;
}

static enum step find(struct call *c)
{
    const Caroline__V1__ApprovalOpen *request = request_of(c);
    struct approving *a = c->shared;
    struct bytes blind = bytes_of(a->sign_in.person, sizeof a->sign_in.person);

    if (request->has_name == request->has_badge)
        return refuse_field(c, REFUSAL(BAD_FIELD), "name", "give either a name or a badge");
    if (request->discount_ppm > DISCOUNT_WHOLE_PPM ||
        (request->discount_ppm == 0 && !request->below_floor && !request->deposit_back && !request->free_refund))
        return refuse_field(c, REFUSAL(BAD_FIELD), "discount_ppm", "say what is to be allowed: at most 100 %%");
    if (!c->catalogue)
        return STEP_FAILED;
    if (request->has_name)
        staff_name_blind(c, field_bytes(request->name), a->sign_in.person);
    else
        staff_badge_blind(c, field_bytes(request->badge), a->sign_in.person);
    a->staff = ask(c, &sql_session_open_find,
                   PARAMS(PARAM_INT(c->shop_id), request->has_name ? PARAM_BYTES(blind) : PARAM_NULL(),
                          request->has_name ? PARAM_NULL() : PARAM_BYTES(blind)));
    return STEP_NEXT;
}

static enum step look(struct call *c)
{
    struct approving *a = c->shared;

    if (rows_count(a->staff)) {
        a->sign_in.staff_id = row_int(a->staff, 0, "id");
        a->sign_in.shut = row_bool(a->staff, 0, "locked");
        if (row_bool(a->staff, 0, "active"))
            a->sign_in.pin_hash = row_text(a->staff, 0, "pin_hash");
        sign_in_person_of(a->sign_in.staff_id, a->sign_in.person);
    }
    /* Before the PIN is looked at: whoever knows only their own learns nothing by trying. */
    if (a->sign_in.staff_id == c->staff_id)
        return refuse(c, REFUSAL(OWN_APPROVAL), "your own PIN does not allow it: another person's does");
    sign_in_ask(c, &a->sign_in);
    return STEP_NEXT;
}

static enum step check(struct call *c)
{
    struct approving *a = c->shared;

    return sign_in_check(c, &a->sign_in, field_bytes(request_of(c)->pin));
}

/* What the approver may do themselves; nothing after a one-time PIN. */
static const struct role *role_of(const struct call *c, const struct approving *a)
{
    return row_bool(a->staff, 0, "pin_once") ? NULL : staff_role(c, row_int(a->staff, 0, "role_id"));
}

static bool may_approve(const struct role *role, const Caroline__V1__ApprovalOpen *request)
{
    return approval_within(role, &(struct approval_wanted){ .discount_ppm = request->discount_ppm,
                                                            .below_floor = request->below_floor,
                                                            .deposit_back = request->deposit_back,
                                                            .free_refund = request->free_refund });
}

static void write(struct call *c, struct approving *a)
{
    const Caroline__V1__ApprovalOpen *request = request_of(c);
    uint8_t hash[32];

    random_bytes(c, a->token, sizeof a->token);
    vault_token_hash(c->vault, bytes_of(a->token, sizeof a->token), hash);
    a->expires.us = c->now.us + APPROVAL_US;
    a->written =
        ask(c, &sql_approval_open_write,
            PARAMS(PARAM_BYTES(bytes_of(hash, sizeof hash)), PARAM_INT(c->device_id), PARAM_INT(c->staff_id),
                   PARAM_INT(a->sign_in.staff_id), PARAM_INT(request->discount_ppm), PARAM_BOOL(request->below_floor),
                   PARAM_INSTANT(c->now), PARAM_INSTANT(a->expires), PARAM_TEXT(a->sign_in.pin_hash),
                   PARAM_INT(row_int(a->staff, 0, "role_id")), PARAM_BOOL(request->deposit_back),
                   c->training.id == 0 ? PARAM_NULL() : PARAM_INT(c->training.id), PARAM_BOOL(request->free_refund)));
    sign_in_forget(c, &a->sign_in);
}

static enum step conclude(struct call *c)
{
    struct approving *a = c->shared;
    enum step step = pin_looked_at(c, a->sign_in.job);

    if (step != STEP_NEXT)
        return step;
    if (!a->sign_in.job->fits) {
        sign_in_lock(c, &a->sign_in);
        return STEP_NEXT;
    }
    if (!may_approve(role_of(c, a), request_of(c)))
        return refuse(c, REFUSAL(APPROVER_MAY_NOT), "that person's role does not allow this either");
    write(c, a);
    return STEP_NEXT;
}

static enum step reply_with(struct call *c)
{
    struct approving *a = c->shared;
    const Caroline__V1__ApprovalOpen *request = request_of(c);
    Caroline__V1__ApprovalOpened reply = CAROLINE__V1__APPROVAL_OPENED__INIT;

    if (!a->sign_in.job->fits)
        return sign_in_count(c, &a->sign_in, "the name or the PIN is wrong");
    if (rows_count(a->written) == 0) /* the person was changed while the PIN was looked at */
        return STEP_AGAIN;
    journal_note(c, a->sign_in.staff_id,
                 arena_format(c->txn.arena, "approval discount_ppm=%u%s%s%s", (unsigned)request->discount_ppm,
                              request->below_floor ? " below_floor" : "", request->deposit_back ? " deposit_back" : "",
                              request->free_refund ? " free_refund" : ""));
    PUT(reply, token, field_of(bytes_of(a->token, sizeof a->token)));
    PUT(reply, approved_by, (uint64_t)a->sign_in.staff_id);
    PUT(reply, expires_us, (uint64_t)a->expires.us);
    return answer(c, &reply.base);
}

const struct op approval_open = {
    .name = "approval_open",
    .number = NUMBER(APPROVAL_OPEN),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .training = &approval_open,
    .per_minute = 60,
    .request = &caroline__v1__approval_open__descriptor,
    .reply = &caroline__v1__approval_opened__descriptor,
    .shared_size = sizeof(struct approving),
    .stages = { find, look, check, conclude, reply_with },
};
