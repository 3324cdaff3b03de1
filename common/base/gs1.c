/* Numbers are those of the GS1 General Specifications: AIM ids in section 5, element strings and their identifiers in 3, the check digit
 * in 7.9.1. */
#include "common/base/gs1.h"

#include <stddef.h>
#include <string.h>

#define GTIN_DIGITS 14u
#define EAN8_ZEROS  6u

bool gs1_is_next(const char *aim)
{
    static const char *const ids[] = { "]C1", "]d2", "]Q3", "]e0" };

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (strncmp(aim, ids[i], 3) == 0)
            return true;
    return false;
}

static bool fits(const char *gtin)
{
    int sum = 0;

    for (size_t i = 0; i < GTIN_DIGITS; i++) {
        if (gtin[i] < '0' || gtin[i] > '9')
            return false;
        sum += (gtin[i] - '0') * (i % 2 == 0 ? 3 : 1);
    }
    return sum % 10 == 0;
}

void gs1_take_gtin(char *code)
{
    const char *gtin = code + 2;

    if (code[0] != '0' || code[1] != '1' || !fits(gtin))
        return;
    size_t zeros = strspn(gtin, "0"), skipped = zeros >= EAN8_ZEROS ? EAN8_ZEROS : zeros > 0;
    memmove(code, gtin + skipped, GTIN_DIGITS - skipped);
    code[GTIN_DIGITS - skipped] = 0;
}
