/* Digits that mean something: card numbers, which must not be kept, and bar codes. */
#include "common/base/text.h"

#define CARD_LEAST  14
#define CARD_MOST   19
#define TRACK_LEAST 12

/* Beginnings of card numbers and the lengths their issuers use. The old 13 digits are not among them: every tenth
 * EAN-13 that begins with 4, 50 or 57, and many a phone number with its country, would pass for one. */
static const struct {
    uint32_t first, last; /* of the beginning's digits */
    uint8_t digits, shortest, longest;
} issuers[] = {
    { 4, 4, 1, 16, 16 },       { 4, 4, 1, 19, 19 },       /* Visa */
    { 51, 55, 2, 16, 16 },     { 2221, 2720, 4, 16, 16 }, /* Mastercard */
    { 34, 34, 2, 15, 15 },     { 37, 37, 2, 15, 15 },     /* American Express */
    { 300, 305, 3, 14, 16 },   { 3095, 3095, 4, 14, 16 }, /* Diners */
    { 36, 36, 2, 14, 16 },     { 38, 39, 2, 14, 16 },     /* Diners */
    { 6011, 6011, 4, 16, 19 }, { 644, 659, 3, 16, 19 },   /* Discover */
    { 3528, 3589, 4, 16, 19 },                            /* JCB */
    { 62, 62, 2, 16, 19 },     { 81, 81, 2, 16, 19 },     /* UnionPay */
    { 500, 509, 3, 16, 19 },   { 56, 58, 2, 16, 19 },     /* Maestro */
    { 639, 639, 3, 16, 19 },   { 67, 67, 2, 16, 19 },     /* Maestro */
    { 2200, 2204, 4, 16, 19 }, { 9792, 9792, 4, 16, 16 }, /* Mir, Troy */
    { 60, 60, 2, 16, 16 },                                /* RuPay */
};

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* The check digit of ISO/IEC 7812: every second digit from the right doubled. */
static bool luhn_fits(const uint8_t *digits, size_t count)
{
    unsigned sum = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned digit = digits[count - 1 - i];
        if (i % 2)
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return sum % 10 == 0;
}

static bool issuer_known(const uint8_t *digits, size_t count)
{
    for (size_t i = 0; i < sizeof issuers / sizeof *issuers; i++) {
        uint32_t beginning = 0;
        for (size_t k = 0; k < issuers[i].digits; k++)
            beginning = beginning * 10 + digits[k];
        if (beginning >= issuers[i].first && beginning <= issuers[i].last && count >= issuers[i].shortest &&
            count <= issuers[i].longest)
            return true;
    }
    return false;
}

/* Digits from `at` on, single spaces and dashes skipped, into digits; ends[n] tells whether a group of digits ended
 * with the n-th. Returns how many, at most CARD_MOST; *next is where it stopped. */
static size_t digits_from(struct bytes text, size_t at, uint8_t digits[CARD_MOST], bool ends[CARD_MOST], size_t *next)
{
    size_t count = 0;

    while (at < text.size && is_digit(text.data[at]) && count < CARD_MOST) {
        digits[count] = (uint8_t)(text.data[at++] - '0');
        ends[count++] = at == text.size || !is_digit(text.data[at]);
        if (at + 1 < text.size && (text.data[at] == ' ' || text.data[at] == '-') && is_digit(text.data[at + 1]))
            at++;
    }
    *next = at;
    return count;
}

/* A stripe's track: "%B" number "^", or ";" number "=". */
static bool track_at(struct bytes text, size_t at)
{
    const bool first = text.data[at] == '%' && at + 1 < text.size && (text.data[at + 1] | 0x20) == 'b';
    uint8_t digits[CARD_MOST];
    bool ends[CARD_MOST];
    size_t next;

    if (!first && text.data[at] != ';')
        return false;
    return digits_from(text, at + (first ? 2 : 1), digits, ends, &next) >= TRACK_LEAST && next < text.size &&
           text.data[next] == (first ? '^' : '=');
}

/* A number that begins and ends with a group of digits. */
static bool number_at(struct bytes text, size_t at)
{
    uint8_t digits[CARD_MOST];
    bool ends[CARD_MOST];
    size_t next, count;

    if (!is_digit(text.data[at]) || (at > 0 && is_digit(text.data[at - 1])))
        return false;
    count = digits_from(text, at, digits, ends, &next);
    for (size_t length = CARD_LEAST; length <= count; length++)
        if (ends[length - 1] && luhn_fits(digits, length) && issuer_known(digits, length))
            return true;
    return false;
}

bool text_has_card_number(struct bytes text)
{
    for (size_t at = 0; at < text.size; at++)
        if (track_at(text, at) || number_at(text, at))
            return true;
    return false;
}

bool barcode_check(struct bytes code)
{
    unsigned sum = 0;

    if (code.size != 8 && code.size != 12 && code.size != 13)
        return true;
    for (size_t i = 0; i < code.size; i++) {
        uint8_t digit = code.data[code.size - 1 - i];
        if (!is_digit(digit))
            return true;
        sum += (unsigned)(digit - '0') * (i % 2 ? 3 : 1);
    }
    return sum % 10 == 0;
}
