/* The table of coins and notes in use, from the issuers' own pages of 2025: ecb.europa.eu (The euro: banknotes, coins; 1 and
 * 2 cent are still legal tender, and 500 euro notes too), federalreserve.gov and usmint.gov (notes to $100, coins to $1),
 * bankofengland.co.uk and royalmint.com, snb.ch and swissmint.ch, boj.or.jp and mint.go.jp, bankofcanada.ca, riksbank.se,
 * norges-bank.no, nbp.pl. */
#include "common/rules/denomination.h"

#include <string.h>

#define VALUES(...) (const int64_t[]){ __VA_ARGS__ }, sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t)

static const struct {
    const char *currency;
    unsigned exponent;
    const int64_t *values;
    size_t count;
} currencies[] = {
    { "EUR", 2, VALUES(50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1) },
    { "USD", 2, VALUES(10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1) },
    { "GBP", 2, VALUES(5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1) },
    { "CHF", 2, VALUES(100000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5) },
    { "JPY", 0, VALUES(10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1) },
    { "CAD", 2, VALUES(10000, 5000, 2000, 1000, 500, 200, 100, 25, 10, 5) },
    { "SEK", 2, VALUES(100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100) },
    { "NOK", 2, VALUES(100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 100) },
    { "PLN", 2, VALUES(50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1) },
};

const int64_t *denominations_of(const char *currency, unsigned exponent, size_t *count)
{
    for (size_t i = 0; i < sizeof currencies / sizeof *currencies; i++)
        if (strcmp(currencies[i].currency, currency) == 0 && currencies[i].exponent == exponent) {
            *count = currencies[i].count;
            return currencies[i].values;
        }
    *count = 0;
    return NULL;
}

int64_t cash_rounding_most(const char *currency, unsigned exponent)
{
    size_t count;
    const int64_t *values = denominations_of(currency, exponent, &count);
    int64_t whole = 1;

    if (count == 0)
        return CASH_ROUNDING_MAX;
    for (unsigned i = 0; i < exponent; i++)
        whole *= 10;
    return values[count - 1] * 10 > whole ? values[count - 1] * 10 : whole;
}
