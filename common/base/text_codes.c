/* Digits that mean something: card numbers, which must not be kept, and bar codes. */
#include "common/base/text.h"

#include <string.h>

#define CARD_LEAST       14
#define CARD_MOST        19
#define GIFT_CARD_DIGITS 20
#define DIGITS_MOST      GIFT_CARD_DIGITS
#define TRACK_LEAST      12
#define SEPARATORS_MOST  3

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

static bool is_digit(uint8_t sign)
{
    uint8_t plain = sign & (uint8_t)~TEXT_SIGN_LIKENESS;

    return plain >= '0' && plain <= '9';
}

static uint8_t value_of(uint8_t digit)
{
    return digit & 0x0F;
}

/* Does a group of digits end between these two? Digits of an alphabet and what is only read as digits are two groups, as a footnote's raised
 * number is, which may be one number all the same. */
static bool is_parted(uint8_t before, uint8_t sign)
{
    return is_digit(before) != is_digit(sign) || ((before ^ sign) & TEXT_SIGN_LIKENESS) != 0;
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

/* A place in a text is twice a byte's; one more is between the two digits of a character that is read as two. */
static size_t end_of(struct bytes text)
{
    return 2 * text.size;
}

/* The next that is seen; 0: the text is over. */
static uint8_t sign_at(struct bytes text, size_t *place)
{
    while (*place < end_of(text)) {
        size_t at = *place / 2;
        uint8_t second = 0;
        uint32_t c;
        size_t length = text_next(bytes_of(text.data + at, text.size - at), &c);

        if (length == 0) {
            *place = 2 * (at + 1);
            return TEXT_SIGN_LETTER;
        }
        uint8_t sign = c < 0x80 ? (uint8_t)c : text_sign(c, &second);
        if (second != 0 && *place % 2 == 0) {
            ++*place;
            return sign;
        }
        *place = 2 * (at + length);
        if (sign != TEXT_SIGN_UNSEEN)
            return second != 0 ? second : sign;
    }
    return 0;
}

static bool is_separator(uint8_t sign)
{
    return sign > ' ' && sign < 0x7F && !is_digit(sign) && !((sign | 0x20) >= 'a' && (sign | 0x20) <= 'z');
}

/* Blanks, and up to three other separators, before a digit: " - " among them. How many blanks tells nothing: what is kept has one. */
static size_t past_separators(struct bytes text, size_t at, uint8_t stop)
{
    size_t next = at;

    for (int separators = 0; separators <= SEPARATORS_MOST;) {
        size_t here = next;
        uint8_t sign = sign_at(text, &next);

        if (is_digit(sign))
            return here;
        if (sign != ' ' && (!is_separator(sign) || sign == stop))
            break;
        separators += sign != ' ';
    }
    return at;
}

/* Digits from `at` on, separators but for `stop` (0: all) skipped, into digits; ends[n] tells whether a group of digits ended with
 * the n-th. Returns how many, at most DIGITS_MOST; *next is where it stopped. */
static size_t digits_from(struct bytes text, size_t at, uint8_t stop, uint8_t digits[DIGITS_MOST],
                          bool ends[DIGITS_MOST], size_t *next)
{
    size_t count = 0;

    while (count < DIGITS_MOST) {
        size_t behind = at, ahead;
        uint8_t sign = sign_at(text, &behind);

        if (!is_digit(sign))
            break;
        digits[count] = value_of(sign);
        at = ahead = behind;
        ends[count] = is_parted(sign, sign_at(text, &ahead));
        if (ends[count++])
            at = past_separators(text, at, stop);
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
    uint8_t stop = sentinel == '%' ? '^' : '=';
    return digits_from(text, at, stop, digits, ends, &next) >= TRACK_LEAST && sign_at(text, &next) == stop;
}

static unsigned two(const uint8_t *digits)
{
    return digits[0] * 10u + digits[1];
}

/* A day and a time to the second, as "30.11.2026 14:05:10" or "2026-11-30 14:05:10": fourteen digits that no card's number is parted like. */
static bool is_instant(const uint8_t digits[DIGITS_MOST], const bool ends[DIGITS_MOST])
{
    static const bool day_first[14] = { 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1 };
    static const bool year_first[14] = { 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1 };
    bool year = memcmp(ends, year_first, sizeof year_first) == 0;
    unsigned month = two(digits + (year ? 4 : 2)), day = two(digits + (year ? 6 : 0));

    return (year || memcmp(ends, day_first, sizeof day_first) == 0) && month >= 1 && month <= 12 && day >= 1 &&
           day <= 31 && two(digits + 8) < 24 && two(digits + 10) < 60 && two(digits + 12) < 60;
}

/* A number that begins here and ends with a group of digits. */
static bool number_at(struct bytes text, size_t at)
{
    uint8_t digits[DIGITS_MOST];
    bool ends[DIGITS_MOST];
    size_t next, count = digits_from(text, at, 0, digits, ends, &next);

    for (size_t length = CARD_LEAST; length <= count && length <= CARD_MOST; length++)
        if (ends[length - 1] && luhn_fits(digits, length) && issuer_known(digits, length) &&
            !(length == 14 && is_instant(digits, ends)))
            return true;
    return false;
}

static bool is_letter(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

/* The countries of ISO 13616's registry, and how long an account's number is there. */
static const char ibans[] = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 "
                            "DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 "
                            "IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 "
                            "MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 "
                            "SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30 ";

/* 0: no such country. */
static size_t iban_length(const uint8_t country[2])
{
    for (const char *row = ibans; *row; row += 5)
        if (memcmp(row, country, 2) == 0)
            return (size_t)(row[2] - '0') * 10 + (size_t)(row[3] - '0');
    return 0;
}

/* An account's number of ISO 13616 that begins here, in one piece or in groups, of a country that has such and as long as they are there,
 * its check digits (MOD 97-10) right: a bank's number is no card's, whatever digits it has. Returns where it ends; `at`: there is none. */
static size_t past_iban(struct bytes text, size_t at)
{
    unsigned head = 0, rest = 0;
    size_t next = at, length = 4;
    uint8_t country[2] = { 0 }, sign;

    for (size_t count = 0; count < length; count++) {
        sign = sign_at(text, &next);
        if (sign == ' ' && count > 2)
            sign = sign_at(text, &next);
        if (count < 2 ? !is_letter(sign) : !is_digit(sign) && (count < 4 || !is_letter(sign)))
            return at;
        if (count < 2)
            country[count] = sign;
        if (count == 1 && (length = iban_length(country)) == 0)
            return at;
        unsigned *part = count < 4 ? &head : &rest;
        *part = is_digit(sign) ? (*part * 10 + value_of(sign)) % 97 : (*part * 100 + (sign - 'A' + 10u)) % 97;
    }
    size_t end = next;
    sign = sign_at(text, &next);
    return is_digit(sign) || is_letter(sign) || (rest * 27 + head) % 97 != 1 ? at : end; /* 10^6 is 27 */
}

bool text_has_card_number(struct bytes text)
{
    uint8_t before = 0;

    for (size_t at = 0, next = 0; at < end_of(text); at = next) {
        if (!is_letter(before) && !is_digit(before) && past_iban(text, at) > at) {
            next = past_iban(text, at);
            before = 'A';
            continue;
        }
        uint8_t sign = sign_at(text, &next);

        if (is_digit(sign) ? is_parted(before, sign) && number_at(text, at) : track_at(text, at))
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
    size_t next, count = digits_from(text, at, 0, digits, ends, &next);
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

    for (size_t at = 0, next = 0; at < end_of(text); at = next) {
        uint8_t sign = sign_at(text, &next);

        if (is_digit(sign) && is_parted(before, sign) && gift_card_at(text, at))
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
        if (digit < '0' || digit > '9')
            return true;
        sum += (unsigned)(digit - '0') * (i % 2 ? 3 : 1);
    }
    return sum % 10 == 0;
}
