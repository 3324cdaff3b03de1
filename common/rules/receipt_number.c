/* "3T-000042" */
#include "common/rules/receipt_number.h"

#include <inttypes.h>
#include <stdio.h>

#define TILL_MAX   9999
#define NUMBER_MAX INT64_C(999999999999999)

char *receipt_number_format(char *text, struct receipt_number number)
{
    snprintf(text, RECEIPT_NUMBER_TEXT, "%" PRIu32 "%c-%06" PRId64, number.till, number.series, number.number);
    return text;
}

/* Digits from *at on; false for none, or for more than most. */
static bool parse_digits(struct bytes text, size_t *at, int64_t most, int64_t *value)
{
    size_t start = *at;

    *value = 0;
    for (; *at < text.size && text.data[*at] >= '0' && text.data[*at] <= '9'; (*at)++) {
        *value = *value * 10 + (text.data[*at] - '0');
        if (*value > most)
            return false;
    }
    return *at > start && *value > 0;
}

bool receipt_number_parse(struct bytes text, struct receipt_number *number)
{
    size_t at = 0;
    int64_t till;

    if (!parse_digits(text, &at, TILL_MAX, &till) || at == text.size)
        return false;
    char series = (char)text.data[at++];
    if (series == 't' || series == 'x' || series == 's')
        series = (char)(series - 'a' + 'A');
    if (series != 'T' && series != 'X' && series != 'S')
        return false;
    if (at < text.size && text.data[at] == '-')
        at++;
    number->till = (uint32_t)till;
    number->series = series;
    return parse_digits(text, &at, NUMBER_MAX, &number->number) && at == text.size;
}
