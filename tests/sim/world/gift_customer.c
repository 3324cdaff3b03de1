/* Customers who buy gift cards, of those that the shop has printed, and pay with them; and cards that are lost, blocked, found and given
 * back. The floor knows the codes, as the customers together do. */
#include <stdio.h>
#include <string.h>

#include "proto/gift_card.pb-c.h"
#include "tests/sim/world/till.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static ProtobufCBinaryData text_of(const char *text)
{
    return (ProtobufCBinaryData){ .len = strlen(text), .data = (uint8_t *)(uintptr_t)text };
}

/* The next card of the pile; whether it will be issued is not known yet. */
static const char *next_card(struct floor *floor)
{
    char *code = floor->gift_codes[floor->gift_count++ % SIM_GIFT_CARDS];

    snprintf(code, sizeof floor->gift_codes[0], "9%015llu", (unsigned long long)floor->gift_count);
    return code;
}

static const char *any_card(struct floor *floor, uint64_t draw)
{
    unsigned known = floor->gift_count < SIM_GIFT_CARDS ? floor->gift_count : SIM_GIFT_CARDS;

    return known == 0 ? NULL : floor->gift_codes[draw % known];
}

/* Numbers are given out one after the other: any up to as many as there may be. */
static uint32_t any_number(struct till *till)
{
    return 1 + (uint32_t)random_below(&till->station.process.chance, till->floor->gift_count + 1);
}

static void load(struct till *till)
{
    Caroline__V1__GiftCardLoad request = CAROLINE__V1__GIFT_CARD_LOAD__INIT;
    struct random *chance = &till->station.process.chance;

    request.has_means = request.has_amount_minor = true;
    request.means = CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CASH;
    request.amount_minor = 500 * random_between(chance, 1, 4);
    if (random_per_mille(chance, 300)) {
        request.means = CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CARD;
        request.has_reference = true;
        request.reference = text_of("approved");
    }
    request.has_number = till->floor->gift_count > 0 && random_per_mille(chance, 300);
    if (request.has_number)
        request.number = any_number(till);
    request.has_code = !request.has_number;
    if (request.has_code)
        request.code = text_of(next_card(till->floor));
    till_command(till, OP(GIFT_CARD_LOAD), &request.base, false);
}

static void undo(struct till *till)
{
    Caroline__V1__GiftCardUndo request = CAROLINE__V1__GIFT_CARD_UNDO__INIT;

    request.has_number = request.has_entry = request.has_reason = true;
    request.number = any_number(till);
    request.entry = 1 + (uint32_t)random_below(&till->station.process.chance, 2);
    request.reason = text_of("changed mind");
    till_command(till, OP(GIFT_CARD_UNDO), &request.base, false);
}

void gift_card_counter(struct till *till)
{
    if (till->floor->gift_count > 0 && random_per_mille(&till->station.process.chance, 150))
        undo(till);
    else
        load(till);
}

void gift_card_office(struct till *till)
{
    Caroline__V1__GiftCardMove move = CAROLINE__V1__GIFT_CARD_MOVE__INIT;
    Caroline__V1__GiftCardPut put = CAROLINE__V1__GIFT_CARD_PUT__INIT;
    struct random *chance = &till->station.process.chance;

    if (random_per_mille(chance, 500)) {
        move.has_number = move.has_reason = move.has_code = true;
        move.number = any_number(till);
        move.reason = text_of("lost");
        move.code = text_of(next_card(till->floor));
        till_command(till, OP(GIFT_CARD_MOVE), &move.base, false);
        return;
    }
    put.has_number = put.has_reason = put.has_blocked = true;
    put.number = any_number(till);
    put.reason = text_of("seen");
    put.blocked = random_per_mille(chance, 300);
    till_command(till, OP(GIFT_CARD_PUT), &put.base, false);
}

/* ---- paying ---- */

static void on_shown(void *owner, const struct link_answer *answer)
{
    struct till *till = owner;
    const Caroline__V1__GiftCardShown *shown = (const Caroline__V1__GiftCardShown *)answer->reply;

    till->asking = false;
    till->gift_minor = 0;
    if (answer->outcome == LINK_OK && shown->card && shown->has_pays && shown->pays.len == sizeof till->gift_pays) {
        till->gift_minor = shown->card->left_minor;
        memcpy(till->gift_pays, shown->pays.data, sizeof till->gift_pays);
    }
    till_pay(till, link_now(till->link));
}

bool gift_card_look(struct till *till, uint64_t draw)
{
    Caroline__V1__GiftCardShow request = CAROLINE__V1__GIFT_CARD_SHOW__INIT;
    const char *code = any_card(till->floor, draw);

    if (!code)
        return false;
    request.has_code = true;
    request.code = text_of(code);
    till->asking = true;
    link_call(till->link, OP(GIFT_CARD_SHOW), &request.base, 0, on_shown, till);
    return true;
}

size_t gift_card_pay(struct till *till, int64_t total_minor, Caroline__V1__Tender tenders[2])
{
    int64_t minor = till->gift_minor < total_minor ? till->gift_minor : total_minor;

    if (minor <= 0)
        return 0;
    tenders[0].has_tender_type_id = tenders[0].has_amount_minor = tenders[0].has_gift_card = true;
    tenders[0].tender_type_id = SIM_GIFT_CARD;
    tenders[0].amount_minor = minor;
    tenders[0].gift_card = (ProtobufCBinaryData){ .len = sizeof till->gift_pays, .data = till->gift_pays };
    till->gift_minor = 0;
    if (minor == total_minor)
        return 1;
    tenders[1].has_kind = tenders[1].has_amount_minor = true;
    tenders[1].kind = CAROLINE__V1__TENDER_KIND__TENDER_CASH;
    tenders[1].amount_minor = total_minor - minor;
    return 2;
}
