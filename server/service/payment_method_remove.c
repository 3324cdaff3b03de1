/* A stored payment method is removed: here at once, at the gateway behind it. */
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/payment_message.h"

struct removing {
    int64_t member_id, method_id;
    struct rows *found, *method, *charges;
};

static enum step look(struct call *c)
{
    const Caroline__V1__PaymentMethodRemove *request = (const Caroline__V1__PaymentMethodRemove *)c->message;
    struct removing *r = c->shared;
    enum step step = payment_gateway_wanted(c);

    if (step != STEP_NEXT)
        return step;
    r->member_id = payment_member(c, request->member_id);
    r->method_id = request->method_id > INT64_MAX ? -1 : (int64_t)request->method_id;
    r->found = ask(c, &sql_member_lock, PARAMS(PARAM_INT(r->member_id)));
    return STEP_NEXT;
}

static enum step find(struct call *c)
{
    struct removing *r = c->shared;
    enum step step = payment_member_found(c, r->found, &r->member_id);

    if (step != STEP_NEXT)
        return step;
    r->method = ask(c, &sql_payment_method_find, PARAMS(PARAM_INT(r->method_id), PARAM_INT(r->member_id)));
    r->charges = ask(c, &sql_payment_method_charges, PARAMS(PARAM_INT(r->member_id), PARAM_INT(r->method_id)));
    return STEP_NEXT;
}

static enum step write(struct call *c)
{
    const struct removing *r = c->shared;
    Caroline__V1__PaymentMethodRemoved reply = CAROLINE__V1__PAYMENT_METHOD_REMOVED__INIT;

    if (rows_count(r->method) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_PAYMENT_METHOD), "method_id",
                            "the member has no such card, or not any more");
    if (row_int(r->charges, 0, "charges") > 0)
        return refuse_field(c, REFUSAL(CHARGE_PENDING), "method_id",
                            "a payment by this card is under way: remove it when that is over");
    payment_method_detach(c, r->method, 0);
    ask(c, &sql_payment_method_remove, PARAMS(PARAM_INT(r->method_id)));
    journal_change(c, r->member_id, "payment_method", NULL, NULL);
    PUT(reply, method_id, (uint64_t)r->method_id);
    return answer(c, &reply.base);
}

const struct op payment_method_remove = {
    .name = "payment_method_remove",
    .number = NUMBER(PAYMENT_METHOD_REMOVE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_EDIT,
    .clients = CLIENT_ANY,
    .kiosk = KIOSK_MEMBER,
    .request = &caroline__v1__payment_method_remove__descriptor,
    .reply = &caroline__v1__payment_method_removed__descriptor,
    .shared_size = sizeof(struct removing),
    .stages = { look, find, write },
};
