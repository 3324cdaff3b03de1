/* Integers that stay exact: 128 bits inside, a refusal when the result does not fit. */
#include "common/base/number.h"

#include <assert.h>
#include <string.h>

typedef __int128 wide; /* any product of two int64, and twice that */

bool add_checked(int64_t a, int64_t b, int64_t *result)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *result = sum;
    return true;
}

void add_most(int64_t *to, int64_t amount)
{
    if (!add_checked(*to, amount, to) || *to == INT64_MIN)
        *to = amount < 0 ? -INT64_MAX : INT64_MAX;
}

bool multiply_checked(int64_t a, int64_t b, int64_t *result)
{
    int64_t product;

    if (__builtin_mul_overflow(a, b, &product))
        return false;
    *result = product;
    return true;
}

static bool narrow(wide value, int64_t *result)
{
    if (value < INT64_MIN || value > INT64_MAX)
        return false;
    *result = (int64_t)value;
    return true;
}

bool multiply_divide(int64_t a, int64_t b, int64_t divisor, int64_t *result)
{
    wide product = (wide)a * b, quotient, rest;

    assert(divisor > 0);
    quotient = product / divisor;
    rest = product % divisor;
    if (2 * (rest < 0 ? -rest : rest) >= divisor)
        quotient += product < 0 ? -1 : 1;
    return narrow(quotient, result);
}

bool multiply_divide_floor(int64_t a, int64_t b, int64_t divisor, int64_t *result)
{
    wide product = (wide)a * b;

    assert(divisor > 0);
    return narrow(product / divisor - (product % divisor < 0), result);
}

static int64_t weight_sum(const int64_t *weights, size_t count)
{
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        bool fits = add_checked(sum, weights[i], &sum);
        assert(weights[i] >= 0 && fits);
        (void)fits;
    }
    return sum;
}

void spread_largest_remainder(int64_t total, const int64_t *weights, size_t count, int64_t *parts)
{
    const int64_t sum = weight_sum(weights, count), taken = -1;
    wide left = total;

    assert(count > 0 || total == 0);
    if (sum == 0) {
        for (size_t i = 0; i < count; i++)
            parts[i] = i == 0 ? total : 0;
        return;
    }
    /* Until the units are given out, parts holds the remainders. Fewer units are left than remainders above 0. */
    for (size_t i = 0; i < count; i++) {
        wide product = (wide)total * weights[i], rest = product % sum;
        parts[i] = (int64_t)(rest < 0 ? -rest : rest);
        left -= product / sum;
    }
    for (wide units = left < 0 ? -left : left; units > 0; units--) {
        size_t largest = 0;
        for (size_t i = 1; i < count; i++)
            if (parts[i] > parts[largest])
                largest = i;
        parts[largest] = taken;
    }
    for (size_t i = 0; i < count; i++) {
        wide share = (wide)total * weights[i] / sum;
        if (parts[i] == taken)
            share += total < 0 ? -1 : 1;
        parts[i] = (int64_t)share;
    }
}

char *minor_format(char *text, int64_t minor, unsigned exponent)
{
    uint64_t left = minor < 0 ? -(uint64_t)minor : (uint64_t)minor;
    char *at = text + NUMBER_TEXT; /* written from the end, then moved to the front */
    unsigned digits = 0;

    assert(exponent <= 4);
    *--at = '\0';
    do {
        if (digits > 0 && digits == exponent)
            *--at = '.';
        *--at = (char)('0' + left % 10);
        left /= 10;
        digits++;
    } while (left > 0 || digits <= exponent);
    if (minor < 0)
        *--at = '-';
    return memmove(text, at, strlen(at) + 1);
}

/* Without zeros at its end, nor a point. */
static char *shorten(char *text)
{
    size_t length = strlen(text);

    while (text[length - 1] == '0')
        length--;
    if (text[length - 1] == '.')
        length--;
    text[length] = '\0';
    return text;
}

char *milli_format(char *text, int64_t milli)
{
    return shorten(minor_format(text, milli, 3));
}

char *percent_format(char *text, uint32_t rate_ppm)
{
    return shorten(minor_format(text, rate_ppm, 4));
}

/* Digits with at most `decimals` behind one point or comma, as whole units of the last decimal, at most `most`. */
static bool decimal_parse(const char *text, unsigned decimals, int64_t most, int64_t *value)
{
    int64_t result = 0;
    unsigned behind = 0;
    bool point = false, digit = false;

    for (; *text; text++) {
        if ((*text == '.' || *text == ',') && !point) {
            point = true;
            continue;
        }
        if (*text < '0' || *text > '9' || (point && behind == decimals))
            return false;
        digit = true;
        behind += point;
        result = result * 10 + (*text - '0');
        if (result > most)
            return false;
    }
    if (!digit || (point && behind == 0)) /* neither "." nor "12." */
        return false;
    for (; behind < decimals; behind++)
        if ((result *= 10) > most)
            return false;
    *value = result;
    return true;
}

bool minor_parse(const char *text, unsigned exponent, bool negative_allowed, int64_t *minor)
{
    const bool negative = negative_allowed && *text == '-';

    assert(exponent <= 4);
    if (!decimal_parse(text + negative, exponent, MINOR_MAX, minor))
        return false;
    if (negative)
        *minor = -*minor;
    return true;
}

bool milli_parse(const char *text, int64_t *milli)
{
    return decimal_parse(text, 3, MILLI_MAX, milli);
}
