/* A member's stored payment methods: brand, last four digits, expiry. Being read leaves a trace. */
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/payment_message.h"

struct listing {
    int64_t member_id;
    struct rows *member, *methods;
};

static enum step look(struct call *c)
{
    const Caroline__V1__PaymentMethodList *request = (const Caroline__V1__PaymentMethodList *)c->message;
    struct listing *l = c->shared;
    enum step step = payment_gateway_wanted(c);

    if (step != STEP_NEXT)
        return step;
    l->member_id = payment_member(c, request->member_id);
    l->member = ask(c, &sql_member_show, PARAMS(PARAM_INT(l->member_id)));
    l->methods = ask(c, &sql_payment_methods, PARAMS(PARAM_INT(l->member_id)));
    return STEP_NEXT;
}

static enum step tell(struct call *c)
{
    const struct listing *l = c->shared;
    Caroline__V1__PaymentMethodListed reply = CAROLINE__V1__PAYMENT_METHOD_LISTED__INIT;
    size_t count = rows_count(l->methods);

    if (rows_count(l->member) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "member_id", "no member of that id");
    reply.methods = arena_array(c->txn.arena, count + 1, sizeof *reply.methods);
    for (; reply.n_methods < count; reply.n_methods++)
        reply.methods[reply.n_methods] = payment_method_of(l->methods, reply.n_methods, "id", c->txn.arena);
    journal_note(c, row_int(l->member, 0, "id"), "payment_methods_shown");
    return answer(c, &reply.base);
}

const struct op payment_method_list = {
    .name = "payment_method_list",
    .number = NUMBER(PAYMENT_METHOD_LIST),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_EDIT,
    .clients = CLIENT_ANY,
    .kiosk = KIOSK_MEMBER,
    .request = &caroline__v1__payment_method_list__descriptor,
    .reply = &caroline__v1__payment_method_listed__descriptor,
    .shared_size = sizeof(struct listing),
    .stages = { look, tell },
};
