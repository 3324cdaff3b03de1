/* Take up a basket that waits, or throw it away: either way it waits no longer. Who takes it up has it quoted anew; what is
 * thrown away is kept as any other void is. */
#include <inttypes.h>

#include "common/wire/walker.h"
#include "db/queries.h"
#include "proto/sale.pb-c.h"
#include "server/service/message.h"
#include "server/service/shift_message.h"
#include "server/service/sale_message.h"
#include "server/service/void_write.h"

struct resume {
    struct bytes reason;          /* why it is thrown away */
    Caroline__V1__Basket *basket; /* of a kiosk's */
    struct rows *taken, *count, *shift, *kiosk, *member;
};

static bool is_thrown_away(const Caroline__V1__BasketResume *request)
{
    return request->has_throw_away && request->throw_away;
}

static enum step none_there(struct call *c)
{
    const Caroline__V1__BasketResume *request = (const Caroline__V1__BasketResume *)c->message;

    if (request->has_number)
        return refuse_field(c, REFUSAL(KIOSK_BASKET_GONE), "number",
                            "no basket of a kiosk waits under %" PRIu32 ": it was called up already, or never left",
                            request->number);
    return refuse_field(c, REFUSAL(UNKNOWN_PARKED), "parked_id", "no basket of yours waits there any more");
}

static enum step take(struct call *c)
{
    const Caroline__V1__BasketResume *request = (const Caroline__V1__BasketResume *)c->message;
    struct resume *r = c->shared;

    if (request->has_number && request->has_parked_id)
        return refuse_field(c, REFUSAL(BAD_FIELD), "number",
                            "say which basket: one of yours, or a kiosk's by its number");
    if (request->has_number ? request->number == 0 || request->number > 9999
                            : request->parked_id == 0 || request->parked_id > INT64_MAX)
        return none_there(c);
    if (is_thrown_away(request)) {
        enum voided_verdict verdict = voided_reason(field_bytes(request->reason), c->txn.arena, &r->reason);

        if (verdict != VOIDED_OK)
            return void_refuse(c, verdict, "reason");
        r->shift = shift_state_ask(c, 0);
    }
    r->taken = request->has_number
                   ? ask(c, &sql_kiosk_basket_take, PARAMS(PARAM_INT(c->shop_id), PARAM_INT(request->number)))
                   : ask(c, &sql_basket_resume_take,
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

/* Where a kiosk's basket was left, and whether who comes with it is still a member. */
static enum step look_up(struct call *c)
{
    struct resume *r = c->shared;
    const Caroline__V1__BasketResume *request = (const Caroline__V1__BasketResume *)c->message;

    if (!request->has_number || rows_count(r->taken) == 0)
        return STEP_NEXT;
    r->kiosk = ask(c, &sql_kiosk_basket_name, PARAMS(PARAM_INT(row_int(r->taken, 0, "device_id"))));
    r->basket = basket_in(c, row_bytes(r->taken, 0, "basket"));
    if (r->basket && r->basket->has_member_id)
        r->member = ask(c, &sql_sale_quote_members, PARAMS(PARAM_INT((int64_t)r->basket->member_id)));
    return STEP_NEXT;
}

static enum step hand_over(struct call *c)
{
    const Caroline__V1__BasketResume *request = (const Caroline__V1__BasketResume *)c->message;
    Caroline__V1__BasketResumed reply = CAROLINE__V1__BASKET_RESUMED__INIT;
    struct resume *r = c->shared;
    const bool away = is_thrown_away(request);

    if (rows_count(r->taken) == 0)
        return none_there(c);
    if (away) {
        keep_void(c, r);
    } else {
        reply.basket = r->basket ? r->basket : basket_in(c, row_bytes(r->taken, 0, "basket"));
        if (reply.basket == NULL)
            return refuse_field(c, REFUSAL(PARKED_UNREADABLE), request->has_number ? "number" : "parked_id",
                                "this basket can no longer be read: throw it away");
    }
    if (r->kiosk && rows_count(r->kiosk) > 0)
        PUT(reply, kiosk, field_text(row_text(r->kiosk, 0, "name")));
    if (reply.basket && r->member && rows_count(r->member) == 0)
        reply.basket->has_member_id = false; /* erased meanwhile: the goods are still wanted */
    journal_change(c, row_int(r->taken, 0, "id"), away ? "thrown_away_lines" : "resumed_lines",
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
    .stages = { take, look_up, hand_over },
};
