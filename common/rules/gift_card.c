/* Gift cards: what they pay, what each entry leaves, their codes and their last day. */
#include "common/rules/gift_card.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/number.h"

#define CHECKED_DIGITS 20                           /* of a code that ends in check digits */
#define MADE_RANGE     UINT64_C(100000000000000000) /* 17 digits */

bool gift_card_expired(const struct gift_card_state *card, struct day today)
{
    return card->expires && today.number > card->expiry.number;
}

int64_t gift_card_left(const struct gift_card_state *card, struct day today)
{
    return card->moved_to != 0 || card->blocked || gift_card_expired(card, today) ? 0 : card->balance_minor;
}

static bool takes_off(enum gift_card_kind kind)
{
    return kind == GIFT_CARD_PAID || kind == GIFT_CARD_UNDONE || kind == GIFT_CARD_MOVED_AWAY;
}

enum gift_card_verdict gift_card_may(const struct gift_card_state *card, enum gift_card_kind kind, int64_t minor,
                                     struct day today)
{
    bool used = kind == GIFT_CARD_PAID || kind == GIFT_CARD_TOPPED_UP;
    int64_t after;

    if (card->moved_to != 0)
        return GIFT_CARD_IS_MOVED;
    if (card->blocked && (used || kind == GIFT_CARD_UNDONE))
        return GIFT_CARD_IS_BLOCKED;
    if (gift_card_expired(card, today) && used)
        return GIFT_CARD_IS_EXPIRED;
    if (takes_off(kind))
        return minor > card->balance_minor ? GIFT_CARD_IS_SHORT : GIFT_CARD_OK;
    return add_checked(card->balance_minor, minor, &after) && after <= MINOR_MAX ? GIFT_CARD_OK
                                                                                 : GIFT_CARD_OUT_OF_RANGE;
}

struct gift_card_row gift_card_post(struct gift_card_state *card, enum gift_card_kind kind, int64_t minor, int position)
{
    int64_t amount_minor = takes_off(kind) ? -minor : minor;

    assert(minor > 0 && card->balance_minor + amount_minor >= 0);
    card->balance_minor += amount_minor;
    card->entry_count++;
    card->changed = true;
    return (struct gift_card_row){ .card_id = card->id,
                                   .number = card->entry_count,
                                   .kind = kind,
                                   .position = position,
                                   .amount_minor = amount_minor,
                                   .balance_minor = card->balance_minor };
}

struct day gift_card_expiry(struct day from, unsigned months)
{
    struct date date = date_of_day(from);
    int month = date.month - 1 + (int)months;

    assert(months >= 1 && months <= GIFT_CARD_MONTHS_MAX);
    date.year += month / 12;
    date.month = month % 12 + 1;
    if (date.year > 9999)
        return day_of_date((struct date){ 9999, 12, 31 });
    while (!date_valid(date))
        date.day--;
    return day_of_date(date);
}

/* ---- codes ---- */

static unsigned remainder_97(const char *digits)
{
    unsigned rest = 0;

    for (; *digits != '\0'; digits++)
        rest = (rest * 10 + (unsigned)(*digits - '0')) % 97;
    return rest;
}

bool gift_card_code_read(struct bytes text, char code[GIFT_CARD_CODE_TEXT])
{
    size_t count = 0;

    for (size_t i = 0; i < text.size; i++) {
        uint8_t sign = text.data[i];

        if (sign == ' ' || sign == '-')
            continue;
        if (sign < '0' || sign > '9' || count == GIFT_CARD_CODE_MOST)
            return false;
        code[count++] = (char)sign;
    }
    code[count] = '\0';
    return count >= GIFT_CARD_CODE_LEAST && (count != CHECKED_DIGITS || remainder_97(code) == 1);
}

bool gift_card_code_guessable(const char *code)
{
    size_t count = strlen(code);

    if (count == CHECKED_DIGITS)
        count -= 2;
    for (size_t i = 2; i < count; i++)
        if ((code[i] - code[i - 1] + 10) % 10 != (code[1] - code[0] + 10) % 10)
            return false;
    return true;
}

void gift_card_code_make(const uint8_t bytes[16], char code[GIFT_CARD_CODE_TEXT])
{
    uint64_t number = 0;

    /* 128 bits by the range: each number is as likely as any other, to one in 2^71. */
    for (int i = 0; i < 16; i++)
        for (int bit = 7; bit >= 0; bit--)
            number = (number * 2 + (bytes[i] >> bit & 1u)) % MADE_RANGE;
    snprintf(code, GIFT_CARD_CODE_TEXT, "9%017" PRIu64 "00", number);
    unsigned check = 98 - remainder_97(code);
    code[CHECKED_DIGITS - 2] = (char)('0' + check / 10);
    code[CHECKED_DIGITS - 1] = (char)('0' + check % 10);
    assert(remainder_97(code) == 1);
}
