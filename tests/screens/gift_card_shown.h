/* A gift card as the server shows it, for the tests of its screens. */
#ifndef CAROLINE_TESTS_SCREENS_GIFT_CARD_SHOWN_H
#define CAROLINE_TESTS_SCREENS_GIFT_CARD_SHOWN_H

#include "desk.h"

#define OP(name)  CAROLINE__V1__OP__OP_##name
#define ROW(name) CAROLINE__V1__RECEIPT_ROW_KIND__ROW_##name

/* Of 20 digits, with right check digits. */
#define CODE       "91234567890123456724"
#define CODE_FIVES "91234 56789 01234 56724"

static void card_of(Caroline__V1__GiftCard *card, int64_t balance_minor)
{
    caroline__v1__gift_card__init(card);
    card->has_id = card->has_number = card->has_last_four = card->has_balance_minor = card->has_left_minor = true;
    card->id = 917;
    card->number = 17;
    card->last_four = counter_text("6724");
    card->balance_minor = card->left_minor = balance_minor;
}

/* By what the newest entry was paid. */
static Caroline__V1__AccountMeans newest_means = CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CARD;

/* It was given back. */
static bool newest_undone;

static void answer_shown(struct desk *d, const Caroline__V1__GiftCard *card, bool pays)
{
    static uint8_t token[GIFT_CARD_TOKEN_SIZE] = { 1, 2, 3 };
    Caroline__V1__GiftCardShown shown = CAROLINE__V1__GIFT_CARD_SHOWN__INIT;
    Caroline__V1__Receipt receipt = CAROLINE__V1__RECEIPT__INIT;
    Caroline__V1__ReceiptRow rows[3], *pointers[] = { &rows[0], &rows[1], &rows[2] };
    Caroline__V1__GiftCardEntry entries[3], *entry_pointers[] = { &entries[2], &entries[1], &entries[0] };

    for (size_t i = 0; i < 3; i++) {
        caroline__v1__gift_card_entry__init(&entries[i]);
        entries[i].has_number = entries[i].has_kind = entries[i].has_means = entries[i].has_amount_minor = true;
        entries[i].number = (uint32_t)i + 1;
        entries[i].kind = i == 0   ? CAROLINE__V1__GIFT_CARD_ENTRY_KIND__GIFT_CARD_ENTRY_ISSUED
                          : i == 1 ? CAROLINE__V1__GIFT_CARD_ENTRY_KIND__GIFT_CARD_ENTRY_PAID
                                   : CAROLINE__V1__GIFT_CARD_ENTRY_KIND__GIFT_CARD_ENTRY_TOPPED_UP;
        entries[i].means = i == 2 ? newest_means : CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CASH;
        entries[i].has_undone = entries[i].undone = i == 2 && newest_undone;
        entries[i].amount_minor = i == 0 ? 5000 : i == 1 ? -1800 : 1000;
        caroline__v1__receipt_row__init(&rows[i]);
        rows[i].has_kind = rows[i].has_left = rows[i].has_right = true;
        rows[i].kind = ROW(PAIR);
    }
    rows[0].left = counter_text("2026-11-20 issued, cash");
    rows[0].right = counter_text("50.00");
    rows[1].left = counter_text("2026-11-22 3T-000042");
    rows[1].right = counter_text("-18.00");
    rows[2].kind = ROW(TOTAL);
    rows[2].left = counter_text("Left on it EUR");
    rows[2].right = counter_text("32.00");
    receipt.rows = pointers;
    receipt.n_rows = 3;
    shown.card = (Caroline__V1__GiftCard *)(uintptr_t)card;
    shown.receipt = &receipt;
    shown.entries = entry_pointers;
    shown.n_entries = 3;
    shown.has_pays = pays;
    shown.pays = (ProtobufCBinaryData){ .len = sizeof token, .data = token };
    scripted_answer(d->link, OP(GIFT_CARD_SHOW), &shown.base);
}

static const Caroline__V1__GiftCardShow *asked(struct desk *d)
{
    return (const Caroline__V1__GiftCardShow *)scripted_request(d->link, OP(GIFT_CARD_SHOW),
                                                                &caroline__v1__gift_card_show__descriptor);
}

#endif
