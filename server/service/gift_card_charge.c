/* A gift card is to be topped up by a stored payment method: written down here, and asked of the gateway behind the COMMIT
 * (server/jobs/payments.c). What is captured, gift_card_charge_book.c puts on the card. */
#include <inttypes.h>

#include "common/base/number.h"
#include "common/rules/charge.h"
#include "db/queries.h"
#include "server/service/gift_card_message.h"
#include "server/service/member_in.h"
#include "server/service/message.h"
#include "server/service/payment_message.h"
#include "server/service/shop_day.h"

struct charging {
    int64_t member_id, method_id;
    struct rows *found, *method, *card;
    struct rows *tried; /* at a kiosk; NULL: elsewhere */
};

static const Caroline__V1__GiftCardCharge *request_of(const struct call *c)
{
    return (const Caroline__V1__GiftCardCharge *)c->message;
}

static enum step look(struct call *c)
{
    const Caroline__V1__GiftCardCharge *request = request_of(c);
    struct charging *p = c->shared;
    enum step step = payment_gateway_wanted(c);

    if (step != STEP_NEXT)
        return step;
    if (!c->catalogue)
        return STEP_FAILED;
    if (request->amount_minor <= 0 || request->amount_minor > CHARGE_MOST_MINOR)
        return refuse_field(c, REFUSAL(BAD_CHARGE), "amount_minor",
                            request->amount_minor <= 0 ? "the amount must be more than nothing"
                                                       : "so much is not charged at once");
    p->member_id = payment_member(c, request->member_id);
    p->method_id = request->method_id > INT64_MAX ? -1 : (int64_t)request->method_id;
    p->found = ask(c, &sql_member_lock, PARAMS(PARAM_INT(p->member_id)));
    return STEP_NEXT;
}

static enum step find(struct call *c)
{
    struct charging *p = c->shared;
    enum step step = payment_member_found(c, p->found, &p->member_id);

    if (step != STEP_NEXT)
        return step;
    p->method = ask(c, &sql_payment_method_find, PARAMS(PARAM_INT(p->method_id), PARAM_INT(p->member_id)));
    p->card = ask(c, &sql_gift_card_by_number, PARAMS(PARAM_INT(request_of(c)->number)));
    if (c->member_id != 0)
        p->tried = card_numbers_ask(c);
    return STEP_NEXT;
}

/* Which numbers there are, and what is wrong with a card, is nobody's to find out at a kiosk: one answer for all, and few of them. */
static enum step judge_at_kiosk(struct call *c, const struct charging *p)
{
    int64_t minutes = card_numbers_wait(c, p->tried);
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));

    if (minutes)
        return refuse(c, REFUSAL(GIFT_CARD_TRIES),
                      "too many numbers of which none is to be topped up: wait %lld minute%s, or ask at the counter",
                      (long long)minutes, minutes == 1 ? "" : "s");
    if (rows_count(p->card) > 0) {
        const struct gift_card_state card = gift_card_state_of(p->card, 0);

        if (gift_card_may(&card, GIFT_CARD_TOPPED_UP, request_of(c)->amount_minor, shop_today(shop, c->now)) ==
            GIFT_CARD_OK)
            return STEP_NEXT;
    }
    card_numbers_count(c, p->tried);
    journal_note(c, c->member_id, "gift_card_not_found");
    return refuse_and_keep(c, REFUSAL(UNKNOWN_GIFT_CARD),
                           "no gift card of that number is topped up with so much here: ask at the counter");
}

/* The token goes along, sealed as it is: what is charged is what was there when it was asked for. */
static enum step write(struct call *c)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    const struct charging *p = c->shared;
    Caroline__V1__GiftCardCharging reply = CAROLINE__V1__GIFT_CARD_CHARGING__INIT;
    char text[NUMBER_TEXT];
    int64_t amount_minor = request_of(c)->amount_minor, id;

    if (rows_count(p->method) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_PAYMENT_METHOD), "method_id",
                            "the member has no such card, or not any more");
    enum step step = p->tried ? judge_at_kiosk(c, p) : gift_card_refuse(c, p->card, GIFT_CARD_TOPPED_UP, amount_minor);
    if (step != STEP_NEXT)
        return step;
    id = next_id(c);
    ask(c, &sql_gateway_charge_write,
        PARAMS(PARAM_INT(id), PARAM_INT(c->shop_id), PARAM_INT(c->device_id),
               c->staff_id ? PARAM_INT(c->staff_id) : PARAM_NULL(), PARAM_INT(p->member_id), PARAM_INT(p->method_id),
               PARAM_INT(row_int(p->card, 0, "id")), PARAM_INT(amount_minor), PARAM_TEXT(shop->currency),
               PARAM_BYTES(row_bytes(p->method, 0, "token_sealed")), PARAM_INSTANT(c->now)));
    ask(c, &sql_gateway_charge_step_write,
        PARAMS(PARAM_INT(id), PARAM_INT(1), PARAM_INT(CHARGE_MADE), PARAM_INSTANT(c->now)));
    journal_change(c, id, "gift_card", NULL, arena_format(c->txn.arena, "%" PRIu32, request_of(c)->number));
    journal_change(c, id, "charge_minor", NULL, minor_format(text, amount_minor, shop->currency_exponent));
    journal_change(c, p->member_id, "charged", NULL, NULL);
    PUT(reply, charge_id, (uint64_t)id);
    return answer(c, &reply.base);
}

const struct op gift_card_charge = {
    .name = "gift_card_charge",
    .number = NUMBER(GIFT_CARD_CHARGE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT_ANY,
    .kiosk = KIOSK_MEMBER,
    .per_minute = PAYMENTS_PER_MINUTE,
    .request = &caroline__v1__gift_card_charge__descriptor,
    .reply = &caroline__v1__gift_card_charging__descriptor,
    .shared_size = sizeof(struct charging),
    .stages = { look, find, write },
};
