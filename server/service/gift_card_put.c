/* Block a gift card, open it again, or give it more time. What is on it is nobody's to put. */
#include <string.h>

#include "db/queries.h"
#include "server/service/gift_card_message.h"
#include "server/service/message.h"
#include "server/service/shop_day.h"
#include "server/service/typed.h"

struct putting {
    struct bytes reason;
    bool forever;
    struct day expiry;
    struct rows *card;
};

static const Caroline__V1__GiftCardPut *request_of(const struct call *c)
{
    return (const Caroline__V1__GiftCardPut *)c->message;
}

static enum step look(struct call *c)
{
    const Caroline__V1__GiftCardPut *request = request_of(c);
    struct putting *p = c->shared;
    struct bytes day = field_bytes(request->expiry_day);

    if (!c->catalogue)
        return STEP_FAILED;
    if (!request->has_blocked && !request->has_expiry_day)
        return refuse(c, REFUSAL(BAD_GIFT_CARD_CHANGE), "say what changes: whether it is blocked, or its last day");
    enum step step = gift_card_reason(c, request->reason, &p->reason);
    if (step != STEP_NEXT)
        return step;
    p->forever = request->has_expiry_day && day.size == 0;
    if (day.size > 0 &&
        !day_parse(arena_format(c->txn.arena, "%.*s", (int)day.size, (const char *)day.data), &p->expiry))
        return refuse_field(c, REFUSAL(BAD_DAY), "expiry_day", "a day is written 2026-12-31");
    p->card = ask(c, &sql_gift_card_lock, PARAMS(PARAM_INT(request->number)));
    return STEP_NEXT;
}

static enum step extend(struct call *c, const struct putting *p, struct gift_card_state *card)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct day today = shop_today(shop, c->now);

    if (!request_of(c)->has_expiry_day)
        return STEP_NEXT;
    if (!p->forever && (p->expiry.number < today.number || !card->expires || p->expiry.number < card->expiry.number))
        return refuse_field(c, REFUSAL(BAD_GIFT_CARD_CHANGE), "expiry_day",
                            "a gift card gets more time, not less: neither before today nor before its last day");
    card->expires = !p->forever;
    card->expiry = p->expiry;
    return STEP_NEXT;
}

static const char *expiry_text(struct call *c, const struct gift_card_state *card)
{
    char day[DAY_TEXT];

    return card->expires ? arena_text(c->txn.arena, day_format(day, card->expiry)) : NULL;
}

static enum step write(struct call *c)
{
    const struct putting *p = c->shared;
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    Caroline__V1__GiftCardPutDone reply = CAROLINE__V1__GIFT_CARD_PUT_DONE__INIT;

    if (rows_count(p->card) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_GIFT_CARD), "number", "there is no gift card of that number");
    const struct gift_card_state before = gift_card_state_of(p->card, 0);
    struct gift_card_state after = before;
    if (before.moved_to != 0)
        return refuse_field(c, REFUSAL(GIFT_CARD_MOVED), "number", "it was lost: another card has its money");
    enum step step = extend(c, p, &after);
    if (step != STEP_NEXT)
        return step;
    if (request_of(c)->has_blocked)
        after.blocked = request_of(c)->blocked;
    ask(c, &sql_gift_card_update,
        PARAMS(PARAM_INT(after.id), PARAM_BOOL(after.blocked), gift_card_expiry_param(&after),
               PARAM_INT(after.balance_minor), PARAM_INT(after.entry_count), PARAM_INSTANT(c->now)));
    changes_flag(c, after.id, "blocked", false, before.blocked, after.blocked);
    if (request_of(c)->has_expiry_day)
        journal_change(c, after.id, "expiry_day", expiry_text(c, &before), expiry_text(c, &after));
    journal_change(c, after.id, "reason", NULL,
                   arena_format(c->txn.arena, "%.*s", (int)p->reason.size, (const char *)p->reason.data));
    reply.card = gift_card_message_of(&after, 0, shop_today(shop, c->now), c->txn.arena);
    return answer(c, &reply.base);
}

const struct op gift_card_put = {
    .name = "gift_card_put",
    .number = NUMBER(GIFT_CARD_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_GIFT_CARD_EDIT,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__gift_card_put__descriptor,
    .reply = &caroline__v1__gift_card_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { look, write },
};
