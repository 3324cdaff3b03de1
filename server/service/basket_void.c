/* A basket is thrown away before it is paid: what was in it, what it would have cost, by whom and why, is kept. */
#include "common/base/number.h"
#include "db/queries.h"
#include "proto/sale.pb-c.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"
#include "server/service/shift_message.h"
#include "server/service/training_group.h"
#include "server/service/void_write.h"

struct away {
    struct rows *shift;
};

static enum step look(struct call *c)
{
    struct away *a = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    a->shift = shift_state_ask(c, 0);
    return STEP_NEXT;
}

static enum step keep(struct call *c)
{
    const Caroline__V1__BasketVoid *request = (const Caroline__V1__BasketVoid *)c->message;
    Caroline__V1__BasketVoided reply = CAROLINE__V1__BASKET_VOIDED__INIT;
    struct away *a = c->shared;
    struct basket basket = basket_of(request->basket, c->txn.arena);
    struct voided voided;
    const char *field;

    if (!shift_is_till(a->shift))
        return refuse(c, REFUSAL(NOT_A_TILL), "this device has no drawer");
    enum voided_verdict verdict =
        voided_basket(&basket, field_bytes(request->reason), c->catalogue, c->now, c->txn.arena, &voided, &field);
    if (verdict != VOIDED_OK)
        return void_refuse(c, verdict, field);
    PUT(reply, void_id, (uint64_t)void_write(c, &voided, a->shift));
    PUT(reply, total_minor, voided.total_minor);
    return answer(c, &reply.base);
}

const struct op basket_void = {
    .name = "basket_void",
    .number = NUMBER(BASKET_VOID),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .training = &basket_void_training,
    .body_max = 49152,
    .request = &caroline__v1__basket_void__descriptor,
    .reply = &caroline__v1__basket_voided__descriptor,
    .shared_size = sizeof(struct away),
    .stages = { look, keep },
};

/* ---- in training ---- */

static enum step practise(struct call *c, struct group *g)
{
    const Caroline__V1__BasketVoid *request = (const Caroline__V1__BasketVoid *)c->message;
    Caroline__V1__BasketVoided reply = CAROLINE__V1__BASKET_VOIDED__INIT;
    const struct shop *shop = catalogue_shop(g->catalogue, catalogue_newest(g->catalogue));
    struct arena *arena = c->txn.arena;
    struct basket basket = basket_of(request->basket, arena);
    struct voided voided;
    const char *field;
    char amount[NUMBER_TEXT];
    enum step step = training_may(g, c);

    if (step != STEP_NEXT)
        return step;
    enum voided_verdict verdict =
        voided_basket(&basket, field_bytes(request->reason), g->catalogue, g->now, arena, &voided, &field);
    if (verdict != VOIDED_OK)
        return void_refuse(c, verdict, field);
    journal_change(c, training_of(g, c)->id, TRAINING_BASKET_VOID, NULL,
                   minor_format(amount, voided.total_minor, shop->currency_exponent));
    journal_change(c, training_of(g, c)->id, "reason", NULL,
                   arena_format(arena, "%.*s", (int)voided.reason.size, (const char *)voided.reason.data));
    training_note(g, c);
    PUT(reply, void_id, (uint64_t)group_next_id(g));
    PUT(reply, total_minor, voided.total_minor);
    return answer(c, &reply.base);
}

const struct op basket_void_training = {
    .name = "basket_void",
    .number = NUMBER(BASKET_VOID),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .body_max = 49152,
    .request = &caroline__v1__basket_void__descriptor,
    .reply = &caroline__v1__basket_voided__descriptor,
    .shared_size = sizeof(struct away),
    .group = &training_group,
    .strand = 'S',
    .keys = training_keys,
    .decide = practise,
};
