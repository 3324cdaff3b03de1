/* Money is received for a gift card: a new one is issued, or one that is there topped up. Cash through this till's drawer, the rest by
 * its reference. No sale: no turnover, no tax, no points. */
#include <inttypes.h>
#include <string.h>

#include "common/base/number.h"
#include "common/wire/walker.h"
#include "db/queries.h"
#include "server/service/gift_card_message.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"
#include "server/service/shift_message.h"
#include "server/service/shop_day.h"

#define PAYMENT_MAX INT64_C(1000000000000) /* minor units: a shift's report can add millions of them up */

struct loading {
    bool issued, made; /* a new card; by a code of ours */
    enum account_means means;
    char code[GIFT_CARD_CODE_TEXT];
    struct bytes reference;
    struct rows *state, *card, *number;
    struct rows *by; /* of a repeated one: who sent it first */
    Caroline__V1__GiftCardLoaded *first;
    Caroline__V1__GiftCardLoaded reply;
};

static const Caroline__V1__GiftCardLoad *request_of(const struct call *c)
{
    return (const Caroline__V1__GiftCardLoad *)c->message;
}

static enum step check(struct call *c, struct loading *l)
{
    const Caroline__V1__GiftCardLoad *request = request_of(c);

    l->issued = !request->has_number;
    l->made = l->issued && !request->has_code;
    l->means = (enum account_means)request->means;
    if (request->has_number && request->has_code)
        return refuse_field(c, REFUSAL(BAD_FIELD), "code", "a card that is there is named by its number alone");
    if (!account_means_received((int)request->means))
        return refuse_field(c, REFUSAL(BAD_GIFT_CARD_PAYMENT), "means",
                            "a gift card is paid in cash, by card or by transfer");
    if (request->amount_minor <= 0)
        return refuse_field(c, REFUSAL(BAD_GIFT_CARD_PAYMENT), "amount_minor", "the amount must be more than nothing");
    if (request->amount_minor > PAYMENT_MAX)
        return refuse_field(c, REFUSAL(AMOUNT_OVERFLOW), "amount_minor", "so much is not received at once");
    enum step step = gift_card_reference(c, l->means, request->reference, &l->reference);
    if (step != STEP_NEXT)
        return step;
    return gift_card_code_brought(c, request->has_code, request->code, l->code);
}

/* Who issued the card, if its code is one of ours. */
static struct rows *whose(struct call *c, const ProtobufCMessage *first)
{
    const Caroline__V1__GiftCardLoaded *loaded = (const Caroline__V1__GiftCardLoaded *)first;

    if (loaded->card == NULL)
        return NULL;
    return ask(c, &sql_gift_card_loaded_by,
               PARAMS(PARAM_INT((int64_t)loaded->payment_id),
                      PARAM_BYTES(gift_card_made_blind(c, (int64_t)loaded->card->id))));
}

/* With the code for who sent the command, and for nobody else who is signed in there by now. */
static void restore(struct call *c, const struct rows *whose, ProtobufCMessage *first)
{
    Caroline__V1__GiftCardLoaded *loaded = (Caroline__V1__GiftCardLoaded *)first;
    char code[GIFT_CARD_CODE_TEXT];

    if (!gift_card_is_own(c, whose))
        return;
    gift_card_code_of(c->vault, (int64_t)loaded->card->id, code);
    PUT(*loaded, code, field_text(arena_text(c->txn.arena, code)));
}

/* The first answer, without the code, which is kept nowhere. */
static enum step look_again(struct call *c, struct loading *l)
{
    l->first =
        (Caroline__V1__GiftCardLoaded *)message_decode(&caroline__v1__gift_card_loaded__descriptor, c->kept, c->arena);
    if (l->first == NULL || l->first->card == NULL)
        return STEP_FAILED;
    l->by = whose(c, &l->first->base);
    return STEP_NEXT;
}

static enum step look(struct call *c)
{
    struct loading *l = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    enum step step = check(c, l);
    if (step != STEP_NEXT)
        return step;
    if (c->repeated)
        return look_again(c, l);
    l->state = shift_state_ask(c, 0);
    if (!l->issued) {
        l->card = ask(c, &sql_gift_card_lock, PARAMS(PARAM_INT(request_of(c)->number)));
        return STEP_NEXT;
    }
    ask(c, &sql_gift_card_issue_lock, NO_PARAMS);
    l->number = ask(c, &sql_gift_card_next_number, NO_PARAMS);
    if (!l->made)
        l->card = ask(c, &sql_gift_card_by_code, PARAMS(PARAM_BYTES(gift_card_blind(c->vault, l->code, c->txn.arena))));
    return STEP_NEXT;
}

static enum step again(struct call *c, const struct loading *l)
{
    restore(c, l->by, &l->first->base);
    return answer(c, &l->first->base);
}

static enum step may_be(struct call *c, const struct loading *l)
{
    int64_t amount_minor = request_of(c)->amount_minor;
    enum step step = shift_must_be_open(c, l->state);

    if (step != STEP_NEXT)
        return step;
    if (!gift_card_drawer_fits(l->state, l->means, amount_minor))
        return refuse_field(c, REFUSAL(AMOUNT_OVERFLOW), "amount_minor", "the drawer leaves the range of money");
    if (!l->issued)
        return gift_card_refuse(c, l->card, GIFT_CARD_TOPPED_UP, amount_minor);
    if (l->card && rows_count(l->card) > 0)
        return gift_card_taken(c, l->card);
    if (row_int(l->number, 0, "number") > INT32_MAX)
        return refuse(c, REFUSAL(AMOUNT_OVERFLOW), "there are no more numbers for gift cards");
    return STEP_NEXT;
}

static struct gift_card_state new_card(struct call *c, struct loading *l)
{
    struct gift_card_state card = { .id = next_id(c), .number = (uint32_t)row_int(l->number, 0, "number") };

    if (l->made)
        gift_card_code_of(c->vault, card.id, l->code);
    memcpy(card.last_four, l->code + strlen(l->code) - 4, 5);
    return card;
}

static void write(struct call *c, const struct loading *l, const struct gift_card_state *card,
                  const struct gift_card_row *entry, int64_t payment_id)
{
    int64_t shift_id = row_int(l->state, 0, "shift_id"), amount_minor = request_of(c)->amount_minor;

    if (l->issued)
        ask(c, &sql_gift_card_insert,
            PARAMS(PARAM_INT(card->id), PARAM_INT(card->number),
                   PARAM_BYTES(gift_card_blind(c->vault, l->code, c->txn.arena)), PARAM_TEXT(card->last_four),
                   PARAM_INT(c->shop_id), gift_card_expiry_param(card), PARAM_INT(card->balance_minor),
                   PARAM_INT(card->entry_count), PARAM_INSTANT(c->now)));
    else
        ask(c, &sql_gift_card_update,
            PARAMS(PARAM_INT(card->id), PARAM_BOOL(card->blocked), gift_card_expiry_param(card),
                   PARAM_INT(card->balance_minor), PARAM_INT(card->entry_count), PARAM_INSTANT(c->now)));
    ask(c, &sql_gift_card_payment_insert,
        PARAMS(PARAM_INT(payment_id), PARAM_INT(card->id), PARAM_INT(c->shop_id), PARAM_INT(c->device_id),
               PARAM_INT(shift_id), PARAM_INT(c->staff_id),
               PARAM_INT(l->issued ? GIFT_CARD_PAYMENT_ISSUE : GIFT_CARD_PAYMENT_TOP_UP), PARAM_INT(l->means),
               PARAM_INT(amount_minor), l->reference.size == 0 ? PARAM_NULL() : PARAM_TEXT_VIEW(l->reference),
               PARAM_NULL(), PARAM_NULL(), PARAM_INSTANT(c->now)));
    gift_card_write(c, card, entry, payment_id);
    gift_card_write_cash(c, l->means, payment_id, shift_id, amount_minor);
}

static void note(struct call *c, const struct loading *l, const struct gift_card_state *card, unsigned exponent)
{
    char text[NUMBER_TEXT], day[DAY_TEXT];

    if (l->issued)
        journal_change(c, card->id, "number", NULL, arena_format(c->txn.arena, "%" PRIu32, card->number));
    journal_change(c, card->id, "received_minor", NULL, minor_format(text, request_of(c)->amount_minor, exponent));
    journal_change(c, card->id, "means", NULL, account_means_name((int)l->means));
    if (l->reference.size > 0)
        journal_change(c, card->id, "reference", NULL,
                       arena_format(c->txn.arena, "%.*s", (int)l->reference.size, (const char *)l->reference.data));
    if (card->expires)
        journal_change(c, card->id, "expiry_day", NULL, day_format(day, card->expiry));
}

static void fill_reply(struct call *c, struct loading *l, const struct gift_card_state *card,
                       const struct gift_card_row *entry, int64_t payment_id)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    const struct gift_card_paper paper = { .card = card,
                                           .kind = entry->kind,
                                           .means = l->means,
                                           .amount_minor = entry->amount_minor,
                                           .entry_number = entry->number,
                                           .till_number = (uint32_t)row_int(l->state, 0, "till_number"),
                                           .reference = l->reference,
                                           .at = c->now };
    struct receipt *document = arena_alloc(c->txn.arena, sizeof *document);
    Caroline__V1__GiftCardLoaded *reply = &l->reply;

    *document = gift_card_receipt(&paper, shop, shop_zone(shop), c->txn.arena);
    caroline__v1__gift_card_loaded__init(reply);
    PUT(*reply, payment_id, (uint64_t)payment_id);
    reply->card = gift_card_message_of(card, 0, shop_today(shop, c->now), c->txn.arena);
    PUT(*reply, entry, (uint32_t)entry->number);
    PUT(*reply, amount_minor, entry->amount_minor);
    PUT(*reply, committed_us, (uint64_t)c->now.us);
    reply->receipt = receipt_message_of(document, c->txn.arena);
}

static enum step load(struct call *c)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct loading *l = c->shared;

    if (c->repeated)
        return again(c, l);
    enum step step = may_be(c, l);
    if (step != STEP_NEXT)
        return step;
    struct gift_card_state card = l->issued ? new_card(c, l) : gift_card_state_of(l->card, 0);
    struct day today = shop_today(shop, c->now);
    int64_t payment_id = next_id(c);
    if (shop->gift_card_months == 0) {
        card.expires = false;
    } else {
        struct day expiry = gift_card_expiry(today, shop->gift_card_months);

        if (l->issued || (card.expires && expiry.number > card.expiry.number))
            card.expiry = expiry;
        card.expires = l->issued || card.expires;
    }
    struct gift_card_row entry =
        gift_card_post(&card, l->issued ? GIFT_CARD_ISSUED : GIFT_CARD_TOPPED_UP, request_of(c)->amount_minor, 0);
    write(c, l, &card, &entry, payment_id);
    note(c, l, &card, shop->currency_exponent);
    fill_reply(c, l, &card, &entry, payment_id);
    Caroline__V1__GiftCardLoaded reply = l->reply;
    if (l->made)
        PUT(reply, code, field_text(l->code));
    return answer(c, &reply.base);
}

static ProtobufCMessage *kept(struct call *c)
{
    return &((struct loading *)c->shared)->reply.base;
}

const struct op gift_card_load = {
    .name = "gift_card_load",
    .number = NUMBER(GIFT_CARD_LOAD),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .per_minute = GIFT_CARDS_PER_MINUTE,
    .request = &caroline__v1__gift_card_load__descriptor,
    .reply = &caroline__v1__gift_card_loaded__descriptor,
    .shared_size = sizeof(struct loading),
    .stages = { look, load },
    .kept = kept,
    .whose = whose,
    .restore = restore,
};
