/* Digits that mean something: card numbers, which must not be kept, and bar codes. */
#include "common/base/text.h"

#define CARD_LEAST       14
#define CARD_MOST        19
#define GIFT_CARD_DIGITS 20
#define DIGITS_MOST      GIFT_CARD_DIGITS
#define TRACK_LEAST      12
#define IBAN_LEAST       15
#define IBAN_MOST        34

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

static bool within(uint32_t c, uint32_t first, uint32_t last)
{
    return c >= first && c <= last;
}

/* What stands among digits and is not seen: soft hyphen, zero-width characters, marks, variation selectors, tags. */
static bool is_unseen(uint32_t c)
{
    return c == 0xAD || c == 0x34F || c == 0x180E || c == 0xFEFF || within(c, 0x300, 0x36F) ||
           within(c, 0x1AB0, 0x1AFF) || within(c, 0x1DC0, 0x1DFF) || within(c, 0x200B, 0x200F) ||
           within(c, 0x2060, 0x206F) || within(c, 0x20D0, 0x20FF) || within(c, 0xFE00, 0xFE0F) ||
           within(c, 0xFE20, 0xFE2F) || within(c, 0xE0000, 0xE0FFF);
}

#define DIGIT_RUN(first) within(c, first, (first) + 9) ? (uint8_t)('0' + (c - (first)))

/* As people read it: digits of other alphabets and widths as 0 to 9, spaces as ' ', dashes and other separators as '-',
 * plain characters as they are, all else 0xFF. */
static uint8_t sign_of(uint32_t c)
{
    if (within(c, 0xFF01, 0xFF5E)) /* full-width */
        c -= 0xFEE0;
    if (c == ' ' || c == 0xA0 || c == 0x1680 || within(c, 0x2000, 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000)
        return ' ';
    if (c == '-' || c == '.' || c == '/' || c == '_' || c == ',' || within(c, 0x2010, 0x2015) || c == 0xB7 ||
        c == 0x2022 || c == 0x2212 || c == 0x30FB || c == 0xFE58 || c == 0xFE63)
        return '-';
    if (c < 0x80)
        return (uint8_t)c;
    if (within(c, 0x1D7CE, 0x1D7FF)) /* mathematical: five runs */
        return (uint8_t)('0' + (c - 0x1D7CE) % 10);
    return DIGIT_RUN(0x660) : DIGIT_RUN(0x6F0) : DIGIT_RUN(0x966) : DIGIT_RUN(0x9E6) : DIGIT_RUN(0xE50) : 0xFF;
}

/* The next that is seen; 0: the text is over. */
static uint8_t sign_at(struct bytes text, size_t *at)
{
    while (*at < text.size) {
        uint32_t c;
        size_t length = text_next(bytes_of(text.data + *at, text.size - *at), &c);

        *at += length > 0 ? length : 1;
        if (length == 0)
            return 0xFF;
        if (!is_unseen(c))
            return sign_of(c);
    }
    return 0;
}

/* Up to three separators before a digit, " - " among them; two spaces part several numbers. */
static size_t past_separators(struct bytes text, size_t at)
{
    size_t next = at;
    uint8_t before = 0;

    for (int i = 0; i <= 3; i++) {
        size_t here = next;
        uint8_t sign = sign_at(text, &next);

        if (is_digit(sign))
            return here;
        if ((sign != ' ' && sign != '-') || (sign == ' ' && before == ' '))
            break;
        before = sign;
    }
    return at;
}

/* Digits from `at` on, separators skipped, into digits; ends[n] tells whether a group of digits ended with the n-th.
 * Returns how many, at most DIGITS_MOST; *next is where it stopped. */
static size_t digits_from(struct bytes text, size_t at, uint8_t digits[DIGITS_MOST], bool ends[DIGITS_MOST],
                          size_t *next)
{
    size_t count = 0;

    while (count < DIGITS_MOST) {
        size_t behind = at, ahead;
        uint8_t sign = sign_at(text, &behind);

        if (!is_digit(sign))
            break;
        digits[count] = (uint8_t)(sign - '0');
        at = ahead = behind;
        ends[count] = !is_digit(sign_at(text, &ahead));
        if (ends[count++])
            at = past_separators(text, at);
    }
    *next = at;
    return count;
}

/* A stripe's track: "%B" number "^", or ";" number "=". */
static bool track_at(struct bytes text, size_t at)
{
    uint8_t digits[DIGITS_MOST], sentinel = sign_at(text, &at);
    bool ends[DIGITS_MOST];
    size_t next;

    if (sentinel != ';' && (sentinel != '%' || (sign_at(text, &at) | 0x20) != 'b'))
        return false;
    return digits_from(text, at, digits, ends, &next) >= TRACK_LEAST &&
           sign_at(text, &next) == (sentinel == '%' ? '^' : '=');
}

/* A number that begins here and ends with a group of digits. */
static bool number_at(struct bytes text, size_t at)
{
    uint8_t digits[DIGITS_MOST];
    bool ends[DIGITS_MOST];
    size_t next, count = digits_from(text, at, digits, ends, &next);

    for (size_t length = CARD_LEAST; length <= count && length <= CARD_MOST; length++)
        if (ends[length - 1] && luhn_fits(digits, length) && issuer_known(digits, length))
            return true;
    return false;
}

static bool is_letter(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

/* An account's number of ISO 13616 that begins here, in one piece or in groups, its check digits (MOD 97-10) right: a bank's number is
 * no card's, whatever digits it has. Returns where it ends; `at`: there is none. */
static size_t past_iban(struct bytes text, size_t at)
{
    unsigned head = 0, rest = 0;
    size_t next = at, end = at;

    for (size_t count = 0; count <= IBAN_MOST;) {
        size_t behind = next, ahead;
        uint8_t sign = sign_at(text, &behind);

        if (sign == ' ' && count > 2)
            sign = sign_at(text, &behind);
        if (!is_digit(sign) && !is_letter(sign))
            break;
        if (count < 2 ? !is_letter(sign) : count < 4 && !is_digit(sign))
            break;
        unsigned *part = count++ < 4 ? &head : &rest;
        *part = is_digit(sign) ? (*part * 10 + (sign - '0')) % 97 : (*part * 100 + (sign - 'A' + 10u)) % 97;
        next = ahead = behind;
        sign = sign_at(text, &ahead);
        if (count >= IBAN_LEAST && !is_digit(sign) && !is_letter(sign) && (rest * 27 + head) % 97 == 1) /* 10^6 is 27 */
            end = next;
    }
    return end;
}

bool text_has_card_number(struct bytes text)
{
    uint8_t before = 0;

    for (size_t at = 0, next = 0; at < text.size; at = next) {
        if (!is_letter(before) && !is_digit(before) && past_iban(text, at) > at) {
            next = past_iban(text, at);
            before = 'A';
            continue;
        }
        uint8_t sign = sign_at(text, &next);

        if (is_digit(sign) ? !is_digit(before) && number_at(text, at) : track_at(text, at))
            return true;
        before = sign;
    }
    return false;
}

/* ISO/IEC 7064, MOD 97-10. */
static bool gift_card_at(struct bytes text, size_t at)
{
    uint8_t digits[DIGITS_MOST];
    bool ends[DIGITS_MOST];
    size_t next, count = digits_from(text, at, digits, ends, &next);
    unsigned rest = 0;

    if (count < GIFT_CARD_DIGITS || !ends[GIFT_CARD_DIGITS - 1] || digits[0] != 9)
        return false;
    for (size_t i = 0; i < GIFT_CARD_DIGITS; i++)
        rest = (rest * 10 + digits[i]) % 97;
    return rest == 1;
}

bool text_has_gift_card_code(struct bytes text)
{
    uint8_t before = 0;

    for (size_t at = 0, next = 0; at < text.size; at = next) {
        uint8_t sign = sign_at(text, &next);

        if (is_digit(sign) && !is_digit(before) && gift_card_at(text, at))
            return true;
        before = sign;
    }
    return false;
}

const char *text_secret(struct bytes text)
{
    if (text_has_gift_card_code(text))
        return "this looks like a gift card's code, which pays: it was not kept";
    if (text_has_card_number(text))
        return "this looks like a payment card's number: it was not kept";
    return NULL;
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
