/* What a captured charge is for: its gift card is topped up, or cannot be, and then the charge is given back. The server's own, asked
 * by server/jobs/payments.c; carried out once, for the charge says that it is booked in the same transaction. */
#include <inttypes.h>

#include "common/base/number.h"
#include "common/rules/charge.h"
#include "db/queries.h"
#include "server/service/gift_card_message.h"
#include "server/service/message.h"
#include "server/service/payment_message.h"
#include "server/service/shop_day.h"

#define LATE_LOOK_US (60 * SECOND_US) /* once more at the gateway, for what turns up late */

struct booking {
    int64_t id;
    struct rows *charge, *card, *shift;
};

/* The till's row, as all that goes into its shift locks it; then the charge. */
static enum step look(struct call *c)
{
    struct booking *b = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    b->id = (int64_t)((const Caroline__V1__GiftCardChargeShow *)c->message)->charge_id;
    ask(c, &sql_gateway_charge_device, PARAMS(PARAM_INT(b->id)));
    b->charge = ask(c, &sql_gateway_charge_lock, PARAMS(PARAM_INT(b->id)));
    return STEP_NEXT;
}

static enum step find(struct call *c)
{
    struct booking *b = c->shared;

    if (rows_count(b->charge) == 0)
        return STEP_FAILED;
    b->card = ask(c, &sql_gift_card_lock, PARAMS(PARAM_INT(row_int(b->charge, 0, "number"))));
    b->shift = ask(c, &sql_shift_state,
                   PARAMS(PARAM_INT(row_int(b->charge, 0, "device_id")), PARAM_INT(row_int(b->charge, 0, "staff_id")),
                          PARAM_NULL()));
    return STEP_NEXT;
}

static enum step done(struct call *c)
{
    Caroline__V1__GiftCardCharged reply = CAROLINE__V1__GIFT_CARD_CHARGED__INIT;

    return answer(c, &reply.base);
}

static void step_write(struct call *c, const struct booking *b, enum charge_state state)
{
    ask(c, &sql_gateway_charge_step_write,
        PARAMS(PARAM_INT(b->id), PARAM_INT(row_int(b->charge, 0, "step_count") + 1), PARAM_INT(state),
               PARAM_INSTANT(c->now)));
}

/* It was good when it was asked for, and is not any more. */
static enum step give_back(struct call *c, const struct booking *b, const char *why)
{
    ask(c, &sql_gateway_charge_unbooked, PARAMS(PARAM_INT(b->id), PARAM_TEXT(why), PARAM_INSTANT(c->now)));
    step_write(c, b, CHARGE_REFUNDING);
    journal_change(c, b->id, "refunding", NULL, why);
    journal_note(c, 0, "charge_not_loaded");
    return done(c);
}

static struct gift_card_row post(struct call *c, const struct booking *b, struct gift_card_state *card)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));

    if (card->expires && shop->gift_card_months > 0) {
        struct day expiry = gift_card_expiry(shop_today(shop, c->now), shop->gift_card_months);

        if (expiry.number > card->expiry.number)
            card->expiry = expiry;
    } else {
        card->expires = card->expires && shop->gift_card_months > 0;
    }
    return gift_card_post(card, GIFT_CARD_TOPPED_UP, row_int(b->charge, 0, "amount_minor"), 0);
}

static void note(struct call *c, const struct booking *b, const struct gift_card_state *card)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    char text[NUMBER_TEXT], day[DAY_TEXT];

    journal_change(c, card->id, "received_minor", NULL,
                   minor_format(text, row_int(b->charge, 0, "amount_minor"), shop->currency_exponent));
    journal_change(c, card->id, "means", NULL, account_means_name(ACCOUNT_BY_GATEWAY));
    journal_change(c, card->id, "reference", NULL, row_text(b->charge, 0, "reference"));
    journal_change(c, card->id, "charge", NULL, arena_format(c->txn.arena, "%" PRId64, b->id));
    if (card->expires)
        journal_change(c, card->id, "expiry_day", NULL, day_format(day, card->expiry));
    journal_note(c, 0, "charge_loaded");
}

/* Into the shift of the till that asked for it, if one is open there; cash is none of it. */
static void write_payment(struct call *c, const struct booking *b, int64_t payment_id)
{
    bool in_shift =
        rows_count(b->shift) > 0 && !row_is_null(b->shift, 0, "shift_id") && !row_is_null(b->charge, 0, "staff_id");
    bool by_staff = !row_is_null(b->charge, 0, "staff_id");

    ask(c, &sql_gift_card_payment_insert,
        PARAMS(PARAM_INT(payment_id), PARAM_INT(row_int(b->charge, 0, "card_id")), PARAM_INT(c->shop_id),
               PARAM_INT(row_int(b->charge, 0, "device_id")),
               in_shift ? PARAM_INT(row_int(b->shift, 0, "shift_id")) : PARAM_NULL(),
               by_staff ? PARAM_INT(row_int(b->charge, 0, "staff_id")) : PARAM_NULL(),
               PARAM_INT(GIFT_CARD_PAYMENT_TOP_UP), PARAM_INT(ACCOUNT_BY_GATEWAY),
               PARAM_INT(row_int(b->charge, 0, "amount_minor")), PARAM_TEXT(row_text(b->charge, 0, "reference")),
               PARAM_NULL(), PARAM_NULL(), PARAM_INSTANT(c->now)));
}

static enum step load(struct call *c)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct booking *b = c->shared;
    struct instant later = { .us = c->now.us + LATE_LOOK_US };

    if (row_int(b->charge, 0, "state") != CHARGE_CAPTURED) /* it was booked before */
        return done(c);
    if (rows_count(b->card) == 0)
        return give_back(c, b, "no_card");
    struct gift_card_state card = gift_card_state_of(b->card, 0);
    int64_t amount_minor = row_int(b->charge, 0, "amount_minor");
    if (gift_card_may(&card, GIFT_CARD_TOPPED_UP, amount_minor, shop_today(shop, c->now)) != GIFT_CARD_OK)
        return give_back(c, b, "card_not_loaded");
    int64_t payment_id = next_id(c);
    struct gift_card_row entry = post(c, b, &card);
    ask(c, &sql_gift_card_update,
        PARAMS(PARAM_INT(card.id), PARAM_BOOL(card.blocked), gift_card_expiry_param(&card),
               PARAM_INT(card.balance_minor), PARAM_INT(card.entry_count), PARAM_INSTANT(c->now)));
    write_payment(c, b, payment_id);
    gift_card_write(c, &card, &entry, payment_id);
    ask(c, &sql_gateway_charge_booked, PARAMS(PARAM_INT(b->id), PARAM_INT(payment_id), PARAM_INSTANT(later)));
    step_write(c, b, CHARGE_SUCCEEDED);
    note(c, b, &card);
    return done(c);
}

const struct op gift_card_charge_book = {
    .name = "gift_card_charge_book",
    .number = NUMBER(GIFT_CARD_CHARGE),
    .kind = OP_ACTS,
    .needs = NEEDS_NOTHING,
    .request = &caroline__v1__gift_card_charge_show__descriptor,
    .reply = &caroline__v1__gift_card_charged__descriptor,
    .shared_size = sizeof(struct booking),
    .stages = { look, find, load },
};
