/* Put a basket aside: it waits in the books until the same person takes it up again, at whatever till of the shop. */
#include "common/rules/parked.h"
#include "common/wire/walker.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"

struct park {
    struct basket basket;
    struct rows *member, *count;
};

static const struct {
    int code;
    const char *sentence;
} refusals[PARK_VERDICT_COUNT] = {
    [PARK_EMPTY] = { REFUSAL(BASKET_EMPTY), "the basket is empty" },
    [PARK_TOO_LONG] = { REFUSAL(BASKET_TOO_LONG), "at most 200 lines" },
    [PARK_UNKNOWN_PRODUCT] = { REFUSAL(UNKNOWN_PRODUCT), "no such product" },
    [PARK_BAD_QUANTITY] = { REFUSAL(BAD_QUANTITY), "above nothing, at most 1,000,000, and of whole pieces" },
    [PARK_SECRET] = { REFUSAL(NO_SECRET_WANTED),
                      "this looks like a payment card's number, or a gift card's code: it was not kept" },
    [PARK_NOT_THERE] = { REFUSAL(KIOSK_BASKET_BAD), "" }, /* of kiosks' alone */
    [PARK_FULL] = { REFUSAL(PARKED_FULL), "20 of your baskets wait already: take one up first, or throw one away" },
};

static enum step look(struct call *c)
{
    const Caroline__V1__BasketPark *request = (const Caroline__V1__BasketPark *)c->message;
    struct park *p = c->shared;

    p->basket = basket_of(request->basket, c->txn.arena);
    ask(c, &sql_basket_park_lock, PARAMS(PARAM_INT(c->staff_id)));
    p->count = ask(c, &sql_basket_parked_count, PARAMS(PARAM_INT(c->staff_id), PARAM_INT(c->shop_id)));
    if (p->basket.member_id != 0)
        p->member = ask(c, &sql_sale_quote_members, PARAMS(PARAM_INT(p->basket.member_id)));
    return STEP_NEXT;
}

static enum step put_aside(struct call *c)
{
    const Caroline__V1__BasketPark *request = (const Caroline__V1__BasketPark *)c->message;
    Caroline__V1__BasketParkDone reply = CAROLINE__V1__BASKET_PARK_DONE__INIT;
    struct park *p = c->shared;
    int64_t waiting = row_int(p->count, 0, "parked");
    const char *field;
    enum park_verdict verdict = basket_park_check(&p->basket, c->catalogue, (size_t)waiting, c->txn.arena, &field);

    if (verdict != PARK_OK && field != NULL)
        return refuse_field(c, refusals[verdict].code, field, "%s", refusals[verdict].sentence);
    if (verdict != PARK_OK)
        return refuse(c, refusals[verdict].code, "%s", refusals[verdict].sentence);
    if (p->member != NULL && rows_count(p->member) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "basket.member_id", "no such member");
    size_t first = 0, lines = basket_standing(&p->basket, &first);
    int64_t id = next_id(c);

    ask(c, &sql_basket_park_insert,
        PARAMS(PARAM_INT(id), PARAM_INT(c->shop_id), PARAM_INT(c->staff_id), PARAM_INT(c->device_id),
               PARAM_INSTANT(c->now), PARAM_INT((int64_t)lines), PARAM_INT(p->basket.lines[first].product_id),
               PARAM_BYTES(message_encode(&request->basket->base, c->txn.arena))));
    journal_change(c, id, "parked_lines", NULL, arena_format(c->txn.arena, "%zu", lines));
    PUT(reply, parked_id, (uint64_t)id);
    PUT(reply, parked_count, (uint32_t)waiting + 1);
    return answer(c, &reply.base);
}

const struct op basket_park = {
    .name = "basket_park",
    .number = NUMBER(BASKET_PARK),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .body_max = 49152,
    .request = &caroline__v1__basket_park__descriptor,
    .reply = &caroline__v1__basket_park_done__descriptor,
    .shared_size = sizeof(struct park),
    .stages = { look, put_aside },
};
