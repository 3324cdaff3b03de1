/* A basket is left at a kiosk: it waits under a number of the day until a counter calls it up and it is paid there. Who is signed in at the
 * kiosk comes with it, or whose card was scanned; nothing tells whether anybody has that card. */
#include "common/rules/member_card.h"
#include "common/rules/parked.h"
#include "common/wire/walker.h"
#include "db/queries.h"
#include "proto/kiosk.pb-c.h"
#include "server/service/member_fields.h"
#include "server/service/member_in.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"

struct leaving {
    struct basket basket;
    int64_t member_id;
    struct rows *count, *card, *number;
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
    [PARK_FULL] = { REFUSAL(KIOSK_BASKETS_FULL),
                    "too many baskets of this kiosk wait already: please go to the counter" },
    [PARK_VERSION_OLD] = { REFUSAL(CATALOGUE_OLD),
                           "prices have changed since this basket was begun; look at the total again" },
    [PARK_VERSION_UNKNOWN] = { REFUSAL(CATALOGUE_UNKNOWN), "there is no catalogue of this version" },
    [PARK_NOT_THERE] = { REFUSAL(KIOSK_BASKET_BAD), "that is for the counter to say: please ask there" },
};

static enum step find_card(struct call *c, struct leaving *l, struct bytes text)
{
    const char *key = member_card_read(c->txn.arena, text);
    uint8_t blind[BLIND_SIZE];

    if (key == NULL) /* nobody's card */
        return STEP_NEXT;
    member_key_blind(c, MEMBER_BLIND_CARD, bytes_of_text(key), blind);
    l->card = ask(c, &sql_kiosk_card, PARAMS(PARAM_BYTES(bytes_of(blind, sizeof blind))));
    return STEP_NEXT;
}

static enum step look(struct call *c)
{
    const Caroline__V1__BasketLeave *request = (const Caroline__V1__BasketLeave *)c->message;
    struct leaving *l = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    if (request->has_card && c->member_id != 0)
        return refuse_field(c, REFUSAL(BAD_FIELD), "card", "who is signed in comes with the basket, and no other card");
    l->basket = basket_of(request->basket, c->txn.arena);
    l->basket.coupon_count = request->basket ? request->basket->n_coupons : 0;
    l->member_id = c->member_id;
    l->count = ask(c, &sql_kiosk_baskets_count, PARAMS(PARAM_INT(c->device_id)));
    return request->has_card ? find_card(c, l, field_bytes(request->card)) : STEP_NEXT;
}

static enum step judge(struct call *c)
{
    struct leaving *l = c->shared;
    const char *field;
    enum park_verdict verdict = basket_leave_check(&l->basket, c->catalogue, (size_t)row_int(l->count, 0, "waiting"),
                                                   c->now, c->txn.arena, &field);

    if (verdict != PARK_OK && field != NULL)
        return refuse_field(c, refusals[verdict].code, field, "%s", refusals[verdict].sentence);
    if (verdict != PARK_OK)
        return refuse(c, refusals[verdict].code, "%s", refusals[verdict].sentence);
    if (l->card != NULL && rows_count(l->card) > 0)
        l->member_id = row_int(l->card, 0, "id");
    l->number = ask(c, &sql_kiosk_number_next, PARAMS(PARAM_INT(c->shop_id), PARAM_DAY(kiosk_day(c))));
    return STEP_NEXT;
}

/* As the counter is to have it: with whom it is of, to be priced there. */
static struct bytes basket_bytes(struct call *c, const Caroline__V1__Basket *message, int64_t member_id)
{
    Caroline__V1__Basket basket = *message;

    basket.has_member_id = member_id != 0;
    basket.member_id = (uint64_t)member_id;
    basket.has_priced_us = basket.has_total_heard = false;
    return message_encode(&basket.base, c->txn.arena);
}

static enum step write(struct call *c)
{
    const Caroline__V1__BasketLeave *request = (const Caroline__V1__BasketLeave *)c->message;
    struct leaving *l = c->shared;
    Caroline__V1__BasketLeft reply = CAROLINE__V1__BASKET_LEFT__INIT;
    size_t first = 0, lines = basket_standing(&l->basket, &first);
    enum step step = kiosk_number_given(c, l->number);

    if (step != STEP_NEXT)
        return step;
    int64_t id = next_id(c), number = row_int(l->number, 0, "last");

    ask(c, &sql_kiosk_basket_insert,
        PARAMS(PARAM_INT(id), PARAM_INT(c->shop_id), PARAM_INT(c->device_id), PARAM_INSTANT(c->now),
               PARAM_INT((int64_t)lines), PARAM_INT(l->basket.lines[first].product_id),
               PARAM_BYTES(basket_bytes(c, request->basket, l->member_id)), PARAM_DAY(kiosk_day(c)),
               PARAM_INT(number)));
    journal_change(c, id, "left_lines", NULL, arena_format(c->txn.arena, "%zu", lines));
    PUT(reply, number, (uint32_t)number);
    PUT(reply, parked_id, (uint64_t)id);
    return answer(c, &reply.base);
}

const struct op basket_leave = {
    .name = "basket_leave",
    .number = NUMBER(BASKET_LEAVE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .clients = CLIENT(KIOSK),
    .kiosk = KIOSK_ANYBODY,
    .body_max = 49152,
    .per_minute = 60,
    .request = &caroline__v1__basket_leave__descriptor,
    .reply = &caroline__v1__basket_left__descriptor,
    .shared_size = sizeof(struct leaving),
    .stages = { look, judge, write },
};
