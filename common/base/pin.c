/* Weak PINs: alike, runs, repetitions and dates, the first that a thief tries. */
#include "common/base/pin.h"

#include <stdbool.h>

static int number_of(const uint8_t *digits, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++)
        number = number * 10 + (digits[i] - '0');
    return number;
}

/* 29 February counts: the year may be missing. */
static bool is_day_and_month(int day, int month)
{
    static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

static bool is_either_way(const uint8_t *digits)
{
    int first = number_of(digits, 2), second = number_of(digits + 2, 2);
    return is_day_and_month(first, second) || is_day_and_month(second, first);
}

static bool is_year(const uint8_t *digits)
{
    int year = number_of(digits, 4);
    return year >= 1900 && year <= 2099;
}

/* DDMM, MMDD, YYYY; with a two-digit year before or behind; with a four-digit one before or behind. */
static bool is_date(const uint8_t *digits, size_t count)
{
    switch (count) {
    case 4:
        return is_either_way(digits) || is_year(digits);
    case 6:
        return is_either_way(digits) || is_either_way(digits + 2) ||
               (is_year(digits) && is_day_and_month(1, number_of(digits + 4, 2))) ||
               (is_year(digits + 2) && is_day_and_month(1, number_of(digits, 2)));
    case 8:
        return (is_either_way(digits) && is_year(digits + 4)) || (is_either_way(digits + 4) && is_year(digits));
    default:
        return false;
    }
}

/* Each digit one more, or one less, than the one before; 0 follows 9. */
static bool is_run(const uint8_t *digits, size_t count, int step)
{
    for (size_t i = 1; i < count; i++)
        if ((digits[i - 1] - '0' + step + 10) % 10 != digits[i] - '0')
            return false;
    return true;
}

static bool repeats_every(const uint8_t *digits, size_t count, size_t period)
{
    for (size_t i = period; i < count; i++)
        if (digits[i] != digits[i - period])
            return false;
    return true;
}

enum pin_verdict pin_check(struct bytes pin)
{
    for (size_t i = 0; i < pin.size; i++)
        if (pin.data[i] < '0' || pin.data[i] > '9')
            return PIN_NOT_DIGITS;
    if (pin.size < PIN_MIN)
        return PIN_SHORT;
    if (pin.size > PIN_MAX)
        return PIN_LONG;
    if (repeats_every(pin.data, pin.size, 1))
        return PIN_ALIKE;
    if (is_run(pin.data, pin.size, 1) || is_run(pin.data, pin.size, -1))
        return PIN_RUN;
    for (size_t period = 2; period <= pin.size / 2; period++)
        if (repeats_every(pin.data, pin.size, period))
            return PIN_REPEAT;
    return is_date(pin.data, pin.size) ? PIN_DATE : PIN_OK;
}

const char *pin_sentence(enum pin_verdict verdict)
{
    switch (verdict) {
    case PIN_OK:
        return NULL;
    case PIN_SHORT:
        return "a PIN has at least 4 digits";
    case PIN_LONG:
        return "a PIN has at most 12 digits";
    case PIN_NOT_DIGITS:
        return "a PIN has digits only";
    case PIN_ALIKE:
        return "this PIN is too easy to guess: its digits are all alike";
    case PIN_RUN:
        return "this PIN is too easy to guess: its digits are a run";
    case PIN_REPEAT:
        return "this PIN is too easy to guess: it repeats itself";
    case PIN_DATE:
        return "this PIN is too easy to guess: it can be read as a date";
    }
    return NULL;
}
