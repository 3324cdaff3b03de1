/* What coins and notes a currency has: what a drawer is counted in. */
#ifndef CAROLINE_RULES_DENOMINATION_H
#define CAROLINE_RULES_DENOMINATION_H

#include <stddef.h>
#include <stdint.h>

/* In minor units, the largest first; *count 0: a currency that is not in the table, or one that the shop keeps with another
 * exponent. Such a drawer is counted by its total. */
const int64_t *denominations_of(const char *currency, unsigned exponent, size_t *count);

#endif
