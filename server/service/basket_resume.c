/* Take up a basket that waits, or throw it away: either way it waits no longer. Who takes it up has it quoted anew; what is
 * thrown away is kept as any other void is. */
#include "common/wire/walker.h"
#include "db/queries.h"
#include "proto/sale.pb-c.h"
#include "server/service/message.h"
#include "server/service/shift_message.h"
#include "server/service/sale_message.h"
#include "server/service/void_write.h"

struct resume {
    struct bytes reason; /* why it is thrown away */
    struct rows *taken, *count, *shift;
};

static bool is_thrown_away(const Caroline__V1__BasketResume *request)
{
    return request->has_throw_away && request->throw_away;
}

static enum step take(struct call *c)
{
    const Caroline__V1__BasketResume *request = (const Caroline__V1__BasketResume *)c->message;
    struct resume *r = c->shared;

    if (request->parked_id == 0 || request->parked_id > INT64_MAX)
        return refuse_field(c, REFUSAL(UNKNOWN_PARKED), "parked_id", "no basket of yours waits there any more");
    if (is_thrown_away(request)) {
        enum voided_verdict verdict = voided_reason(field_bytes(request->reason), c->txn.arena, &r->reason);

        if (verdict != VOIDED_OK)
            return void_refuse(c, verdict, "reason");
        r->shift = shift_state_ask(c, 0);
    }
    r->taken = ask(c, &sql_basket_resume_take,
                   PARAMS(PARAM_INT((int64_t)request->parked_id), PARAM_INT(c->staff_id), PARAM_INT(c->shop_id)));
    r->count = ask(c, &sql_basket_parked_count, PARAMS(PARAM_INT(c->staff_id), PARAM_INT(c->shop_id)));
    return STEP_NEXT;
}

/* What was kept years ago is looked at like what a stranger sends. NULL: it is no basket any more. */
static Caroline__V1__Basket *basket_in(struct call *c, struct bytes bytes)
{
    ProtobufCMessage *message = message_decode(&caroline__v1__basket__descriptor, bytes, c->txn.arena);
    const char *field, *sentence;

    return message != NULL && message_check(message, c->txn.arena, &field, &sentence) ? (Caroline__V1__Basket *)message
                                                                                      : NULL;
}

/* Of one that can no longer be read, or whose goods are no longer sold by what they were counted in, the reason alone. */
static void keep_void(struct call *c, const struct resume *r)
{
    Caroline__V1__Basket *message = basket_in(c, row_bytes(r->taken, 0, "basket"));
    struct basket basket = basket_of(message, c->txn.arena);
    struct voided voided;
    const char *field;

    if (message == NULL ||
        voided_basket(&basket, r->reason, c->catalogue, c->now, c->txn.arena, &voided, &field) != VOIDED_OK)
        voided = (struct voided){ .reason = r->reason };
    void_write(c, &voided, r->shift);
}

static enum step hand_over(struct call *c)
{
    const Caroline__V1__BasketResume *request = (const Caroline__V1__BasketResume *)c->message;
    Caroline__V1__BasketResumed reply = CAROLINE__V1__BASKET_RESUMED__INIT;
    struct resume *r = c->shared;
    const bool away = is_thrown_away(request);

    if (rows_count(r->taken) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_PARKED), "parked_id", "no basket of yours waits there any more");
    if (away) {
        keep_void(c, r);
    } else {
        reply.basket = basket_in(c, row_bytes(r->taken, 0, "basket"));
        if (reply.basket == NULL)
            return refuse_field(c, REFUSAL(PARKED_UNREADABLE), "parked_id",
                                "this basket can no longer be read: throw it away");
    }
    journal_change(c, (int64_t)request->parked_id, away ? "thrown_away_lines" : "resumed_lines",
                   arena_format(c->txn.arena, "%lld", (long long)row_int(r->taken, 0, "line_count")), NULL);
    PUT(reply, parked_count, (uint32_t)row_int(r->count, 0, "parked"));
    return answer(c, &reply.base);
}

const struct op basket_resume = {
    .name = "basket_resume",
    .number = NUMBER(BASKET_RESUME),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__basket_resume__descriptor,
    .reply = &caroline__v1__basket_resumed__descriptor,
    .shared_size = sizeof(struct resume),
    .stages = { take, hand_over },
};
