/* A gift card was lost: a new one is issued in its place and has its money, its last day and all that was moved to it before. The trail
 * stays on both. */
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

struct moving {
    bool made; /* the new one has a code of ours */
    char code[GIFT_CARD_CODE_TEXT];
    struct bytes reason;
    struct rows *family, *number, *taken, *till;
    struct rows *by; /* of a repeated one: who sent it first */
    Caroline__V1__GiftCardMoved *first;
    Caroline__V1__GiftCardMoved reply;
};

static const Caroline__V1__GiftCardMove *request_of(const struct call *c)
{
    return (const Caroline__V1__GiftCardMove *)c->message;
}

/* Who moved it, if the new card's code is one of ours. */
static struct rows *whose(struct call *c, const ProtobufCMessage *first)
{
    const Caroline__V1__GiftCardMoved *moved = (const Caroline__V1__GiftCardMoved *)first;

    if (moved->card == NULL)
        return NULL;
    return ask(
        c, &sql_gift_card_moved_by,
        PARAMS(PARAM_INT((int64_t)moved->card->id), PARAM_BYTES(gift_card_made_blind(c, (int64_t)moved->card->id))));
}

/* With the code for who sent the command, and for nobody else who is signed in there by now. */
static void restore(struct call *c, const struct rows *whose, ProtobufCMessage *first)
{
    Caroline__V1__GiftCardMoved *moved = (Caroline__V1__GiftCardMoved *)first;
    char code[GIFT_CARD_CODE_TEXT];

    if (!gift_card_is_own(c, whose))
        return;
    gift_card_code_of(c->vault, (int64_t)moved->card->id, code);
    PUT(*moved, code, field_text(arena_text(c->txn.arena, code)));
}

/* The first answer, without the code, which is kept nowhere. */
static enum step look_again(struct call *c, struct moving *m)
{
    m->first =
        (Caroline__V1__GiftCardMoved *)message_decode(&caroline__v1__gift_card_moved__descriptor, c->kept, c->arena);
    if (m->first == NULL || m->first->card == NULL)
        return STEP_FAILED;
    m->by = whose(c, &m->first->base);
    return STEP_NEXT;
}

static enum step look(struct call *c)
{
    const Caroline__V1__GiftCardMove *request = request_of(c);
    struct moving *m = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    m->made = !request->has_code;
    enum step step = gift_card_reason(c, request->reason, &m->reason);
    if (step == STEP_NEXT)
        step = gift_card_code_brought(c, request->has_code, request->code, m->code);
    if (step != STEP_NEXT)
        return step;
    if (c->repeated)
        return look_again(c, m);
    ask(c, &sql_gift_card_issue_lock, NO_PARAMS);
    m->number = ask(c, &sql_gift_card_next_number, NO_PARAMS);
    if (!m->made)
        m->taken =
            ask(c, &sql_gift_card_by_code, PARAMS(PARAM_BYTES(gift_card_blind(c->vault, m->code, c->txn.arena))));
    m->till = shift_state_ask(c, 0);
    m->family = ask(c, &sql_gift_card_move_lock, PARAMS(PARAM_INT(request->number)));
    return STEP_NEXT;
}

static enum step again(struct call *c, const struct moving *m)
{
    restore(c, m->by, &m->first->base);
    return answer(c, &m->first->base);
}

/* Of the family the one that was asked for. false: it is not there. */
static bool find_lost(const struct rows *family, uint32_t number, struct gift_card_state *lost)
{
    for (size_t i = 0; i < rows_count(family); i++) {
        *lost = gift_card_state_of(family, i);
        if (lost->number == number)
            return true;
    }
    return false;
}

static enum step may_be(struct call *c, const struct moving *m, struct gift_card_state *lost)
{
    if (!find_lost(m->family, request_of(c)->number, lost))
        return refuse_field(c, REFUSAL(UNKNOWN_GIFT_CARD), "number", "there is no gift card of that number");
    if (lost->moved_to != 0)
        return refuse_field(c, REFUSAL(GIFT_CARD_MOVED), "number", "another card has its money already");
    if (lost->balance_minor == 0)
        return refuse_field(c, REFUSAL(BAD_GIFT_CARD_CHANGE), "number", "nothing is left on it that could be moved");
    if (m->taken && rows_count(m->taken) > 0)
        return gift_card_taken(c, m->taken);
    if (row_int(m->number, 0, "number") > INT32_MAX)
        return refuse(c, REFUSAL(AMOUNT_OVERFLOW), "there are no more numbers for gift cards");
    return STEP_NEXT;
}

static void write(struct call *c, struct moving *m, struct gift_card_state *lost, struct gift_card_state *heir)
{
    int64_t minor = lost->balance_minor, id = next_id(c);
    struct gift_card_row from = gift_card_post(lost, GIFT_CARD_MOVED_AWAY, minor, 0);
    struct gift_card_row to = gift_card_post(heir, GIFT_CARD_MOVED_HERE, minor, 1);

    ask(c, &sql_gift_card_insert,
        PARAMS(PARAM_INT(heir->id), PARAM_INT(heir->number),
               PARAM_BYTES(gift_card_blind(c->vault, m->code, c->txn.arena)), PARAM_TEXT(heir->last_four),
               PARAM_INT(c->shop_id), gift_card_expiry_param(heir), PARAM_INT(heir->balance_minor),
               PARAM_INT(heir->entry_count), PARAM_INSTANT(c->now)));
    ask(c, &sql_gift_card_update,
        PARAMS(PARAM_INT(lost->id), PARAM_BOOL(lost->blocked), gift_card_expiry_param(lost), PARAM_INT(0),
               PARAM_INT(lost->entry_count), PARAM_INSTANT(c->now)));
    ask(c, &sql_gift_card_moved, PARAMS(PARAM_INT(lost->id), PARAM_INT(heir->id), PARAM_INSTANT(c->now)));
    ask(c, &sql_gift_card_move_insert,
        PARAMS(PARAM_INT(id), PARAM_INT(lost->id), PARAM_INT(heir->id), PARAM_INT(c->shop_id), PARAM_INT(c->device_id),
               PARAM_INT(c->staff_id), PARAM_INT(minor), PARAM_TEXT_VIEW(m->reason), PARAM_INSTANT(c->now)));
    gift_card_write(c, lost, &from, id);
    gift_card_write(c, heir, &to, id);
}

static void note(struct call *c, const struct moving *m, const struct gift_card_state *lost,
                 const struct gift_card_state *heir, unsigned exponent)
{
    char text[NUMBER_TEXT];

    journal_change(c, heir->id, "number", NULL, arena_format(c->txn.arena, "%" PRIu32, heir->number));
    journal_change(c, lost->id, "moved_to", NULL, arena_format(c->txn.arena, "%" PRIu32, heir->number));
    journal_change(c, lost->id, "moved_minor", NULL, minor_format(text, heir->balance_minor, exponent));
    journal_change(c, lost->id, "reason", NULL,
                   arena_format(c->txn.arena, "%.*s", (int)m->reason.size, (const char *)m->reason.data));
}

static enum step move(struct call *c)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct moving *m = c->shared;
    struct gift_card_state lost = { 0 };

    if (c->repeated)
        return again(c, m);
    enum step step = may_be(c, m, &lost);
    if (step != STEP_NEXT)
        return step;
    struct gift_card_state heir = { .id = next_id(c),
                                    .number = (uint32_t)row_int(m->number, 0, "number"),
                                    .expires = lost.expires,
                                    .expiry = lost.expiry };
    if (m->made)
        gift_card_code_of(c->vault, heir.id, m->code);
    memcpy(heir.last_four, m->code + strlen(m->code) - 4, 5);
    write(c, m, &lost, &heir);
    note(c, m, &lost, &heir, shop->currency_exponent);
    const struct gift_card_paper paper = { .card = &heir,
                                           .kind = GIFT_CARD_MOVED_HERE,
                                           .amount_minor = heir.balance_minor,
                                           .entry_number = 1,
                                           .till_number =
                                               rows_count(m->till) == 0 || row_is_null(m->till, 0, "till_number")
                                                   ? 0
                                                   : (uint32_t)row_int(m->till, 0, "till_number"),
                                           .from_number = lost.number,
                                           .reason = m->reason,
                                           .at = c->now };
    struct receipt document = gift_card_receipt(&paper, shop, shop_zone(shop), c->txn.arena);
    caroline__v1__gift_card_moved__init(&m->reply);
    m->reply.card = gift_card_message_of(&heir, 0, shop_today(shop, c->now), c->txn.arena);
    m->reply.receipt = receipt_message_of(&document, c->txn.arena);
    Caroline__V1__GiftCardMoved reply = m->reply;
    if (m->made)
        PUT(reply, code, field_text(m->code));
    return answer(c, &reply.base);
}

static ProtobufCMessage *kept(struct call *c)
{
    return &((struct moving *)c->shared)->reply.base;
}

const struct op gift_card_move = {
    .name = "gift_card_move",
    .number = NUMBER(GIFT_CARD_MOVE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_GIFT_CARD_EDIT,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .per_minute = GIFT_CARDS_PER_MINUTE,
    .request = &caroline__v1__gift_card_move__descriptor,
    .reply = &caroline__v1__gift_card_moved__descriptor,
    .shared_size = sizeof(struct moving),
    .stages = { look, move },
    .kept = kept,
    .whose = whose,
    .restore = restore,
};
