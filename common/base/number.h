/* Money (minor units), quantities (thousandths), rates (millionths), points: int64, checked, never floating. */
#ifndef CAROLINE_BASE_NUMBER_H
#define CAROLINE_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The range of money in tables and messages; a sum beyond it is AMOUNT_OVERFLOW. */
#define MINOR_MAX INT64_C(1000000000000000)
/* Of one line. */
#define MILLI_MAX INT64_C(1000000000)

/* false when the result leaves int64; *result is then unchanged. */
bool add_checked(int64_t a, int64_t b, int64_t *result);
/* Adds as far as it can be counted: within -INT64_MAX to INT64_MAX. */
void add_most(int64_t *to, int64_t amount);
bool multiply_checked(int64_t a, int64_t b, int64_t *result);

/* a * b / divisor, rounded half away from zero, exact over the full range by 128 bits. divisor > 0. false when the
 * result leaves int64. */
bool multiply_divide(int64_t a, int64_t b, int64_t divisor, int64_t *result);
/* As above, rounded down (towards minus infinity). */
bool multiply_divide_floor(int64_t a, int64_t b, int64_t divisor, int64_t *result);

/* Spread total over count parts in proportion to their weights (>= 0), so that the parts sum to it exactly: each gets
 * its share rounded towards zero, and what is left goes, a unit each, to the largest remainders, the earlier of equals
 * first. All weights 0: the first part takes all. The sum of the weights fits int64. */
void spread_largest_remainder(int64_t total, const int64_t *weights, size_t count, int64_t *parts);

/* "-12.34" into text, which holds at least NUMBER_TEXT bytes; exponent 0 to 4. Returns text. */
#define NUMBER_TEXT 32
char *minor_format(char *text, int64_t minor, unsigned exponent);
/* "1.5", "3", "0.125" for thousandths. */
char *milli_format(char *text, int64_t milli);
/* "20", "7.25", "9.975": a rate in millionths, in percent. */
char *percent_format(char *text, uint32_t rate_ppm);
/* "12.34", "12", ".5", a comma as well; no sign unless negative is allowed; false for anything else, too many decimals,
 * or beyond MINOR_MAX or MILLI_MAX; the result is then unchanged. */
bool minor_parse(const char *text, unsigned exponent, bool negative_allowed, int64_t *minor);
bool milli_parse(const char *text, int64_t *milli);

#endif
