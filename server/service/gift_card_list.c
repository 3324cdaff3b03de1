/* All gift cards, in the order of their numbers, page by page. */
#include "db/queries.h"
#include "server/service/gift_card_message.h"
#include "server/service/message.h"
#include "server/service/shop_day.h"

struct listing {
    struct rows *rows;
};

static enum step find(struct call *c)
{
    const Caroline__V1__GiftCardList *request = (const Caroline__V1__GiftCardList *)c->message;

    if (!c->catalogue)
        return STEP_FAILED;
    ((struct listing *)c->shared)->rows = ask(c, &sql_gift_card_list_page, PARAMS(PARAM_INT(request->after_number)));
    return STEP_NEXT;
}

static enum step reply_with(struct call *c)
{
    const struct rows *rows = ((const struct listing *)c->shared)->rows;
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct day today = shop_today(shop, c->now);
    Caroline__V1__GiftCardListed reply = CAROLINE__V1__GIFT_CARD_LISTED__INIT;

    reply.n_cards = rows_count(rows) > GIFT_CARDS_SHOWN ? GIFT_CARDS_SHOWN : rows_count(rows);
    reply.cards = arena_array(c->txn.arena, reply.n_cards + 1, sizeof *reply.cards);
    for (size_t i = 0; i < reply.n_cards; i++) {
        const struct gift_card_state card = gift_card_state_of(rows, i);

        reply.cards[i] = gift_card_message_of(&card, 0, today, c->txn.arena);
    }
    PUT(reply, more, rows_count(rows) > GIFT_CARDS_SHOWN);
    return answer(c, &reply.base);
}

const struct op gift_card_list = {
    .name = "gift_card_list",
    .number = NUMBER(GIFT_CARD_LIST),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_GIFT_CARD_EDIT,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__gift_card_list__descriptor,
    .reply = &caroline__v1__gift_card_listed__descriptor,
    .shared_size = sizeof(struct listing),
    .stages = { find, reply_with },
};
