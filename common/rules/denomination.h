/* What coins and notes a currency has: what a drawer is counted in. */
#ifndef CAROLINE_RULES_DENOMINATION_H
#define CAROLINE_RULES_DENOMINATION_H

#include <stddef.h>
#include <stdint.h>

#define CASH_ROUNDING_MAX 100000 /* minor units, of any currency */

/* In minor units, the largest first; *count 0: a currency that is not in the table, or one that the shop keeps with another
 * exponent. Such a drawer is counted by its total. */
const int64_t *denominations_of(const char *currency, unsigned exponent, size_t *count);

/* The largest step, in minor units, that what is due in cash may be rounded to: one whole unit of the currency, or ten of its
 * smallest coin where these are more (10 kronor, 10 yen); of a currency that is not in the table 100,000 (Hungary rounds to
 * 5.00, Colombia to 50.00). More would be a mistake in typing: 5 for 0.05. */
int64_t cash_rounding_most(const char *currency, unsigned exponent);

#endif
