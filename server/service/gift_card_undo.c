/* What was paid for a gift card is given back, whole and by the same means, as long as the card has never paid. What a stored card paid
 * is off the card at once, and its charge goes on to be given back at the gateway (server/jobs/payments.c). */
#include <inttypes.h>

#include "common/base/number.h"
#include "common/base/text.h"
#include "common/rules/charge.h"
#include "db/queries.h"
#include "server/service/gift_card_message.h"
#include "server/service/message.h"
#include "server/service/payment_message.h"
#include "server/service/sale_message.h"
#include "server/service/shift_message.h"
#include "server/service/shop_day.h"

struct undoing {
    struct bytes reference, reason;
    struct rows *state, *charge, *card, *loading;
    enum account_means means;
    int64_t minor; /* that were paid */
};

static const Caroline__V1__GiftCardUndo *request_of(const struct call *c)
{
    return (const Caroline__V1__GiftCardUndo *)c->message;
}

static enum step look(struct call *c)
{
    const Caroline__V1__GiftCardUndo *request = request_of(c);
    struct undoing *u = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    enum step step = gift_card_reason(c, request->reason, &u->reason);
    if (step != STEP_NEXT)
        return step;
    u->state = shift_state_ask(c, 0);
    u->charge = ask(c, &sql_gateway_charge_of_entry, PARAMS(PARAM_INT(request->number), PARAM_INT(request->entry)));
    u->card = ask(c, &sql_gift_card_lock, PARAMS(PARAM_INT(request->number)));
    u->loading = ask(c, &sql_gift_card_loading, PARAMS(PARAM_INT(request->number), PARAM_INT(request->entry)));
    return STEP_NEXT;
}

/* The reference is the gateway's own, of the charge. */
static enum step by_gateway(struct call *c, struct undoing *u)
{
    enum step step = payment_gateway_wanted(c);

    if (step != STEP_NEXT)
        return step;
    if (!text_is_blank(field_bytes(request_of(c)->reference)))
        return refuse_field(c, REFUSAL(BAD_GIFT_CARD_PAYMENT), "reference",
                            "what a stored card paid has the payment gateway's reference, and no other");
    if (rows_count(u->charge) == 0 || row_int(u->charge, 0, "state") != CHARGE_SUCCEEDED)
        return STEP_FAILED;
    u->reference = row_bytes(u->charge, 0, "reference");
    return STEP_NEXT;
}

/* Who books it may have begun after this was asked, or go by a clock that is ahead: what is undone was there before. */
static void not_before(struct call *c, struct instant paid)
{
    if (c->now.us < paid.us)
        c->now = paid;
}

static enum step may_be(struct call *c, struct undoing *u)
{
    enum step step = shift_must_be_open(c, u->state);

    if (step != STEP_NEXT)
        return step;
    if (rows_count(u->card) > 0 && (rows_count(u->loading) == 0 || row_bool(u->loading, 0, "undone") ||
                                    row_int(u->loading, 0, "kind") == GIFT_CARD_PAYMENT_UNDO))
        return refuse_field(c, REFUSAL(GIFT_CARD_NOT_LOADED), "entry",
                            "the card was not loaded in that entry, or that was given back already");
    if (rows_count(u->card) > 0 && row_int(u->loading, 0, "shop_id") != c->shop_id)
        return refuse_field(c, REFUSAL(GIFT_CARD_OTHER_SHOP), "entry",
                            "another shop received that: what was paid for the card is given back there");
    u->minor = rows_count(u->card) == 0 ? 0 : row_int(u->loading, 0, "amount_minor");
    if (rows_count(u->card) > 0 && row_bool(u->loading, 0, "used"))
        return refuse_field(c, REFUSAL(GIFT_CARD_USED), "number",
                            "the card has paid already: what was paid for it is not given back any more");
    step = gift_card_refuse(c, u->card, GIFT_CARD_UNDONE, u->minor);
    if (step != STEP_NEXT)
        return step;
    u->means = (enum account_means)row_int(u->loading, 0, "means");
    not_before(c, row_instant(u->loading, 0, "at"));
    step = u->means == ACCOUNT_BY_GATEWAY ? by_gateway(c, u)
                                          : gift_card_reference(c, u->means, request_of(c)->reference, &u->reference);
    if (step != STEP_NEXT)
        return step;
    if (!gift_card_drawer_fits(u->state, u->means, -u->minor))
        return refuse(c, REFUSAL(AMOUNT_OVERFLOW), "the drawer leaves the range of money");
    return STEP_NEXT;
}

/* Its charge goes on from here, in the same transaction. */
static void write_charge(struct call *c, const struct undoing *u, int64_t payment_id)
{
    int64_t id = row_int(u->charge, 0, "id");

    ask(c, &sql_gateway_charge_undone, PARAMS(PARAM_INT(id), PARAM_INT(payment_id), PARAM_INSTANT(c->now)));
    ask(c, &sql_gateway_charge_step_write,
        PARAMS(PARAM_INT(id), PARAM_INT(row_int(u->charge, 0, "step_count") + 1), PARAM_INT(CHARGE_REFUNDING),
               PARAM_INSTANT(c->now)));
}

static void write(struct call *c, const struct undoing *u, const struct gift_card_state *card,
                  const struct gift_card_row *entry, int64_t payment_id)
{
    int64_t shift_id = row_int(u->state, 0, "shift_id");

    ask(c, &sql_gift_card_update,
        PARAMS(PARAM_INT(card->id), PARAM_BOOL(card->blocked), gift_card_expiry_param(card),
               PARAM_INT(card->balance_minor), PARAM_INT(card->entry_count), PARAM_INSTANT(c->now)));
    ask(c, &sql_gift_card_payment_insert,
        PARAMS(PARAM_INT(payment_id), PARAM_INT(card->id), PARAM_INT(c->shop_id), PARAM_INT(c->device_id),
               PARAM_INT(shift_id), PARAM_INT(c->staff_id), PARAM_INT(GIFT_CARD_PAYMENT_UNDO), PARAM_INT(u->means),
               PARAM_INT(-u->minor), u->reference.size == 0 ? PARAM_NULL() : PARAM_TEXT_VIEW(u->reference),
               PARAM_TEXT_VIEW(u->reason), PARAM_INT(row_int(u->loading, 0, "id")), PARAM_INSTANT(c->now)));
    gift_card_write(c, card, entry, payment_id);
    gift_card_write_cash(c, u->means, payment_id, shift_id, -u->minor);
    if (u->means == ACCOUNT_BY_GATEWAY)
        write_charge(c, u, payment_id);
}

static const char *text_of(struct call *c, struct bytes text)
{
    return arena_format(c->txn.arena, "%.*s", (int)text.size, (const char *)text.data);
}

static void note(struct call *c, const struct undoing *u, const struct gift_card_state *card, unsigned exponent)
{
    char text[NUMBER_TEXT];

    journal_change(c, card->id, "received_minor", NULL, minor_format(text, -u->minor, exponent));
    journal_change(c, card->id, "means", NULL, account_means_name((int)u->means));
    if (u->reference.size > 0)
        journal_change(c, card->id, "reference", NULL, text_of(c, u->reference));
    journal_change(c, card->id, "reason", NULL, text_of(c, u->reason));
    if (u->means == ACCOUNT_BY_GATEWAY) {
        int64_t charge_id = row_int(u->charge, 0, "id");

        journal_change(c, card->id, "charge", NULL, arena_format(c->txn.arena, "%" PRId64, charge_id));
        journal_change(c, charge_id, "refunding", NULL, "undone");
    }
}

static enum step undo(struct call *c)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct undoing *u = c->shared;
    Caroline__V1__GiftCardUndone reply = CAROLINE__V1__GIFT_CARD_UNDONE__INIT;
    enum step step = may_be(c, u);

    if (step != STEP_NEXT)
        return step;
    struct gift_card_state card = gift_card_state_of(u->card, 0);
    struct gift_card_row entry = gift_card_post(&card, GIFT_CARD_UNDONE, u->minor, 0);
    int64_t payment_id = next_id(c);
    write(c, u, &card, &entry, payment_id);
    note(c, u, &card, shop->currency_exponent);
    const struct gift_card_paper paper = { .card = &card,
                                           .kind = GIFT_CARD_UNDONE,
                                           .means = u->means,
                                           .amount_minor = entry.amount_minor,
                                           .entry_number = entry.number,
                                           .till_number = (uint32_t)row_int(u->state, 0, "till_number"),
                                           .reference = u->reference,
                                           .reason = u->reason,
                                           .at = c->now };
    struct receipt document = gift_card_receipt(&paper, shop, shop_zone(shop), c->txn.arena);
    PUT(reply, payment_id, (uint64_t)payment_id);
    reply.card = gift_card_message_of(&card, 0, shop_today(shop, c->now), c->txn.arena);
    PUT(reply, amount_minor, entry.amount_minor);
    PUT(reply, means, (Caroline__V1__AccountMeans)u->means);
    if (u->means == ACCOUNT_BY_GATEWAY)
        PUT(reply, charge_id, (uint64_t)row_int(u->charge, 0, "id"));
    reply.receipt = receipt_message_of(&document, c->txn.arena);
    return answer(c, &reply.base);
}

const struct op gift_card_undo = {
    .name = "gift_card_undo",
    .number = NUMBER(GIFT_CARD_UNDO),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_REFUND,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__gift_card_undo__descriptor,
    .reply = &caroline__v1__gift_card_undone__descriptor,
    .shared_size = sizeof(struct undoing),
    .stages = { look, undo },
};
