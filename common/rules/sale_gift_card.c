/* What of a sale gift cards pay, and what comes back to them. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/number.h"
#include "common/rules/sale_parts.h"

static const char *field_of(struct arena *arena, size_t tender)
{
    return arena_format(arena, "tenders[%zu].gift_card", tender);
}

/* Few are in the set, and they are in the order of their ids. */
static const struct gift_card_state *card_of(const struct working_set *set, int64_t number)
{
    for (size_t i = 0; i < set->gift_card_count; i++)
        if (set->gift_cards[i].number == number)
            return &set->gift_cards[i];
    return NULL;
}

/* A day before it was sold, at most: of a sale that is brought out of a spool, by what it says of itself, as far as that can be. */
static bool seen_lately(const struct sale_command *command, struct instant seen, struct instant now)
{
    bool brought = command->over && command->made.us > 0 && command->made.us < now.us;
    int64_t sold_us = brought ? command->made.us : now.us;

    return sold_us - seen.us <= GIFT_CARD_SEEN_US && seen.us - sold_us <= GIFT_CARD_SEEN_US;
}

/* It was looked up at this till, not long ago, and stands once on the receipt. */
static enum sale_verdict check_named(const struct sale_command *command, size_t at, const struct working_set *set,
                                     struct instant now, struct sale_rows *rows)
{
    const struct tender *tender = &command->tenders[at];

    if (rows->tenders[at].kind != TENDER_GIFT_CARD) {
        if (!tender->names_gift_card)
            return SALE_OK;
        return sale_refuse(rows, set->arena, SALE_GIFT_CARD_WANTED, field_of(set->arena, at), "%s is no gift card",
                           rows->tenders[at].name);
    }
    if (tender->gift_card_number == 0)
        return sale_refuse(rows, set->arena, SALE_GIFT_CARD_WANTED, field_of(set->arena, at),
                           "%s: scan the card at this till", rows->tenders[at].name);
    if (!seen_lately(command, tender->gift_card_seen, now))
        return sale_refuse(rows, set->arena, SALE_GIFT_CARD_WANTED, field_of(set->arena, at),
                           command->over ? "%s: it was scanned on another day than the sale was made"
                                         : "%s: it was scanned long ago, scan it once more",
                           rows->tenders[at].name);
    for (size_t i = 0; i < at; i++)
        if (command->tenders[i].gift_card_number == tender->gift_card_number)
            return sale_refuse(rows, set->arena, SALE_GIFT_CARD_WANTED, field_of(set->arena, at),
                               "tender %zu is the same gift card as one before it", at + 1);
    if (card_of(set, tender->gift_card_number) == NULL)
        return sale_refuse(rows, set->arena, SALE_UNKNOWN_GIFT_CARD, field_of(set->arena, at),
                           "there is no such gift card");
    return SALE_OK;
}

static enum sale_verdict check_paid(size_t at, const struct gift_card_state *card, const struct working_set *set,
                                    struct instant now, const struct shop *shop, struct sale_rows *rows)
{
    const char *field = field_of(set->arena, at);
    char left[NUMBER_TEXT], asked[NUMBER_TEXT], day[DAY_TEXT];

    switch (gift_card_may(card, GIFT_CARD_PAID, rows->tenders[at].amount_minor, zone_day(set->zone, now))) {
    case GIFT_CARD_OK:
        return SALE_OK;
    case GIFT_CARD_IS_MOVED:
        return sale_refuse(rows, set->arena, SALE_GIFT_CARD_MOVED, field,
                           "gift card %" PRIu32 " was lost: another has its money", card->number);
    case GIFT_CARD_IS_BLOCKED:
        return sale_refuse(rows, set->arena, SALE_GIFT_CARD_BLOCKED, field,
                           "gift card %" PRIu32 " is blocked: it pays nothing", card->number);
    case GIFT_CARD_IS_EXPIRED:
        return sale_refuse(rows, set->arena, SALE_GIFT_CARD_EXPIRED, field,
                           "gift card %" PRIu32 " paid until %s: a manager can give it more time", card->number,
                           day_format(day, card->expiry));
    case GIFT_CARD_IS_SHORT:
        return sale_refuse(rows, set->arena, SALE_GIFT_CARD_BALANCE, field,
                           "gift card %" PRIu32 ": %s are left on it, and not %s", card->number,
                           minor_format(left, card->balance_minor, shop->currency_exponent),
                           minor_format(asked, rows->tenders[at].amount_minor, shop->currency_exponent));
    case GIFT_CARD_OUT_OF_RANGE: /* what is taken off leaves no range */
        break;
    }
    return sale_refuse(rows, set->arena, SALE_AMOUNT_OVERFLOW, field, "no gift card pays so much");
}

enum sale_verdict gift_cards_check(const struct sale_command *command, const struct working_set *set,
                                   struct instant now, const struct shop *shop, struct sale_rows *rows)
{
    /* What is paid out for empties is a tender that nobody named. */
    for (size_t i = 0; i < rows->tender_count && i < command->tender_count; i++) {
        enum sale_verdict verdict = check_named(command, i, set, now, rows);

        if (verdict != SALE_OK)
            return verdict;
        if (rows->tenders[i].kind != TENDER_GIFT_CARD)
            continue;
        const struct gift_card_state *card = card_of(set, command->tenders[i].gift_card_number);
        assert(card != NULL); /* check_named() found it */
        verdict = check_paid(i, card, set, now, shop, rows);
        if (verdict != SALE_OK)
            return verdict;
        /* Whatever was typed: papers, drawers and journal know a card by its number. */
        rows->tenders[i].reference = bytes_of_text(arena_format(set->arena, "%" PRIu32, card->number));
        rows->tenders[i].gift_card_id = card->id;
    }
    return SALE_OK;
}

enum sale_verdict gift_cards_fit(const struct working_set *set, struct instant now, struct sale_rows *rows)
{
    for (size_t i = 0; i < rows->tender_count; i++) {
        const struct tender_row *tender = &rows->tenders[i];
        const struct gift_card_state *card =
            tender->kind != TENDER_GIFT_CARD ? NULL : set_gift_card(set, tender->gift_card_id);

        if (tender->kind != TENDER_GIFT_CARD)
            continue;
        /* Moved between the group's look and its lock. */
        if (card == NULL || card->moved_to != 0)
            return sale_refuse(rows, set->arena, SALE_GIFT_CARD_MOVED, NULL,
                               "the gift card that paid was replaced just now: give it back once more");
        if (gift_card_may(card, GIFT_CARD_GIVEN_BACK, -tender->amount_minor, zone_day(set->zone, now)) != GIFT_CARD_OK)
            return sale_refuse(rows, set->arena, SALE_AMOUNT_OVERFLOW, NULL, "the gift card cannot hold so much");
    }
    return SALE_OK;
}

void sale_apply_gift_cards(struct working_set *set, struct sale_rows *rows)
{
    for (size_t i = 0; i < rows->tender_count; i++) {
        struct tender_row *tender = &rows->tenders[i];
        bool back = rows->kind == SALE_REFUND;

        if (tender->kind != TENDER_GIFT_CARD)
            continue;
        struct gift_card_state *card = set_gift_card(set, tender->gift_card_id);
        assert(card != NULL);
        if (rows->gift_cards == NULL)
            rows->gift_cards = arena_array(set->arena, rows->tender_count, sizeof *rows->gift_cards);
        rows->gift_cards[rows->gift_card_count++] =
            gift_card_post(card, back ? GIFT_CARD_GIVEN_BACK : GIFT_CARD_PAID,
                           back ? -tender->amount_minor : tender->amount_minor, (int)i);
        memcpy(tender->last_four, card->last_four, sizeof tender->last_four);
        tender->left_minor = card->balance_minor;
    }
}
