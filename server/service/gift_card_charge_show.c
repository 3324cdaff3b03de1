/* What came of a charge: how it stands, in words that say what a person has to do about it, which is nothing. */
#include <string.h>

#include "common/rules/charge.h"
#include "db/queries.h"
#include "server/service/gift_card_message.h"
#include "server/service/message.h"
#include "server/service/payment_message.h"
#include "server/service/sale_message.h"
#include "server/service/shop_day.h"

struct showing {
    struct rows *charge;
};

static enum step look(struct call *c)
{
    const Caroline__V1__GiftCardChargeShow *request = (const Caroline__V1__GiftCardChargeShow *)c->message;
    struct showing *s = c->shared;
    enum step step = payment_gateway_wanted(c);

    if (step != STEP_NEXT)
        return step;
    if (!c->catalogue)
        return STEP_FAILED;
    s->charge = ask(c, &sql_gateway_charge_show,
                    PARAMS(PARAM_INT(request->charge_id > INT64_MAX ? -1 : (int64_t)request->charge_id)));
    return STEP_NEXT;
}

static const char *sentence_of(enum charge_state state, bool undone, const char *problem)
{
    if (undone)
        return state == CHARGE_REFUNDED
                   ? "it was taken off the gift card again, and given back"
                   : "it was taken off the gift card again: the payment gateway is asked to give it back";
    if (state == CHARGE_FAILED && strstr(problem, "insufficient_funds"))
        return "the card has not enough money: nothing was paid";
    if (state == CHARGE_FAILED && strstr(problem, "expired"))
        return "the card has expired: nothing was paid";
    if (state == CHARGE_FAILED)
        return "the card was declined: nothing was paid";
    if (state == CHARGE_REFUNDED)
        return "the gift card could not take it: what was paid was given back";
    if (state == CHARGE_GIVEN_UP)
        return "the payment gateway did not answer: nothing was loaded, and what it may take all the same is given "
               "back";
    return "";
}

static void put_paper(struct call *c, const struct showing *s, Caroline__V1__GiftCardCharged *reply)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct gift_card_state card = gift_card_state_of(s->charge, 0);
    struct receipt *document = arena_alloc(c->txn.arena, sizeof *document);
    struct gift_card_paper paper = { .card = &card,
                                     .kind = GIFT_CARD_TOPPED_UP,
                                     .means = ACCOUNT_BY_GATEWAY,
                                     .amount_minor = reply->amount_minor,
                                     .entry_number = row_int(s->charge, 0, "entry"),
                                     .till_number = (uint32_t)row_int(s->charge, 0, "till_number"),
                                     .reference = row_bytes(s->charge, 0, "reference"),
                                     .at = row_instant(s->charge, 0, "loaded_at") };

    card.balance_minor = row_int(s->charge, 0, "entry_balance_minor"); /* as it was behind it */
    *document = gift_card_receipt(&paper, shop, shop_zone(shop), c->txn.arena);
    reply->receipt = receipt_message_of(document, c->txn.arena);
    PUT(*reply, entry, (uint32_t)paper.entry_number);
    PUT(*reply, settled_us, (uint64_t)paper.at.us);
}

/* A member sees what they have paid, and not what else is on a card that they know the number of. */
static enum step tell(struct call *c)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    const struct showing *s = c->shared;
    Caroline__V1__GiftCardCharged reply = CAROLINE__V1__GIFT_CARD_CHARGED__INIT;

    if (rows_count(s->charge) == 0 || (c->member_id != 0 && row_int(s->charge, 0, "member_id") != c->member_id))
        return refuse_field(c, REFUSAL(UNKNOWN_CHARGE), "charge_id", "no charge of that id");
    enum charge_state state = (enum charge_state)row_int(s->charge, 0, "state");
    PUT(reply, state, charge_state_told(state));
    PUT(reply, amount_minor, row_int(s->charge, 0, "amount_minor"));
    if (!row_is_null(s->charge, 0, "reference"))
        PUT(reply, reference, field_text(row_text(s->charge, 0, "reference")));
    const char *sentence = sentence_of(state, !row_is_null(s->charge, 0, "undo_id"), row_text(s->charge, 0, "problem"));
    if (*sentence)
        PUT(reply, sentence, field_text(sentence));
    if (c->member_id == 0) {
        struct gift_card_state card = gift_card_state_of(s->charge, 0);

        reply.card = gift_card_message_of(&card, 0, shop_today(shop, c->now), c->txn.arena);
        if (state == CHARGE_SUCCEEDED)
            put_paper(c, s, &reply);
    }
    return answer(c, &reply.base);
}

const struct op gift_card_charge_show = {
    .name = "gift_card_charge_show",
    .number = NUMBER(GIFT_CARD_CHARGE_SHOW),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT_ANY,
    .kiosk = KIOSK_MEMBER,
    .request = &caroline__v1__gift_card_charge_show__descriptor,
    .reply = &caroline__v1__gift_card_charged__descriptor,
    .shared_size = sizeof(struct showing),
    .stages = { look, tell },
};
