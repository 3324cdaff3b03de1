/* A member adds a card: the gateway is to make a page where they type it. Written down here; what comes of it, payment_method_finish.c
 * says. */
#include <string.h>

#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/payment_message.h"

struct adding {
    int64_t member_id;
    struct rows *found, *held, *methods;
};

static enum step look(struct call *c)
{
    const Caroline__V1__PaymentMethodAdd *request = (const Caroline__V1__PaymentMethodAdd *)c->message;
    struct adding *a = c->shared;
    enum step step = payment_gateway_wanted(c);

    if (step != STEP_NEXT)
        return step;
    a->member_id = payment_member(c, request->member_id);
    a->found = ask(c, &sql_member_lock, PARAMS(PARAM_INT(a->member_id)));
    return STEP_NEXT;
}

static enum step count(struct call *c)
{
    struct adding *a = c->shared;
    enum step step = payment_member_found(c, a->found, &a->member_id);

    if (step != STEP_NEXT)
        return step;
    a->held = ask(c, &sql_payment_held, PARAMS(PARAM_INT(a->member_id)));
    a->methods = ask(c, &sql_payment_methods, PARAMS(PARAM_INT(a->member_id)));
    return STEP_NEXT;
}

/* Whom the gateway knows already is the same there. */
static struct param customer_of(struct call *c, const struct adding *a)
{
    for (size_t i = 0; i < rows_count(a->methods); i++) {
        struct payment_token token, alone = { .method = "" };

        if (!payment_token_open(c->vault, a->member_id, row_bytes(a->methods, i, "token_sealed"), &token, c->txn.arena))
            continue;
        memcpy(alone.customer, token.customer, sizeof alone.customer);
        return PARAM_BYTES(payment_token_seal(c->vault, a->member_id, &alone, c->txn.arena));
    }
    return PARAM_NULL();
}

static enum step write(struct call *c)
{
    struct adding *a = c->shared;
    Caroline__V1__PaymentMethodAdding reply = CAROLINE__V1__PAYMENT_METHOD_ADDING__INIT;

    if (row_int(a->held, 0, "methods") >= PAYMENT_METHODS_MAX)
        return refuse(c, REFUSAL(PAYMENT_METHODS_FULL), "a member keeps at most %d cards: remove one first",
                      PAYMENT_METHODS_MAX);
    if (row_int(a->held, 0, "setups") >= PAYMENT_SETUPS_MAX)
        return refuse(c, REFUSAL(PAYMENT_METHODS_FULL), "%d cards are being added already: finish one, or wait an hour",
                      PAYMENT_SETUPS_MAX);
    int64_t id = next_id(c);
    ask(c, &sql_payment_setup_write,
        PARAMS(PARAM_INT(id), PARAM_INT(a->member_id), PARAM_INT(c->shop_id), PARAM_INT(c->device_id),
               c->staff_id ? PARAM_INT(c->staff_id) : PARAM_NULL(), customer_of(c, a), PARAM_INSTANT(c->now)));
    journal_change(c, a->member_id, "payment_method", NULL, NULL);
    PUT(reply, setup_id, (uint64_t)id);
    return answer(c, &reply.base);
}

const struct op payment_method_add = {
    .name = "payment_method_add",
    .number = NUMBER(PAYMENT_METHOD_ADD),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_EDIT,
    .clients = CLIENT_ANY,
    .kiosk = KIOSK_MEMBER,
    .per_minute = PAYMENTS_PER_MINUTE,
    .request = &caroline__v1__payment_method_add__descriptor,
    .reply = &caroline__v1__payment_method_adding__descriptor,
    .shared_size = sizeof(struct adding),
    .stages = { look, count, write },
};
