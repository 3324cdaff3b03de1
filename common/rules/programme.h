/* The terms of a points programme: what earns points beside its points_per_unit, what rewards they are given for, and tiers.
 *
 * Rules of earning add up: who is to have twice the points on Tuesdays has a rule that gives the same once more on Tuesdays; a card of
 * stamps is a rule of one point a piece, and a reward that costs nine. A tier is what a member had spent of real money, what points
 * gave aside, in the months up to last midnight. */
#ifndef CAROLINE_RULES_PROGRAMME_H
#define CAROLINE_RULES_PROGRAMME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/instant.h"
#include "common/rules/catalogue.h"

#define TIER_MONTHS     12
#define TIER_MONTHS_MAX 36
#define TERM_POINTS_MAX INT64_C(1000000000)
#define EARNINGS_MAX    (1 + TERM_NUMBER_MAX)
#define EARN_LINES_MAX  200 /* of a sale */

/* Could it be a programme's? Names are not looked at. */
bool term_valid(const struct programme_term *term);
/* NULL: it has none. */
const struct programme_term *programme_term(const struct programme *programme, enum term_kind kind, uint32_t number);
bool programme_has(const struct programme *programme, enum term_kind kind);
bool term_is_of(const struct programme_term *term, int64_t product_id, int64_t category_id);
/* Is it for a member of the tier, on this weekday (0: Monday) and minute? */
bool term_holds(const struct programme_term *term, unsigned tier, unsigned weekday, unsigned minute);
/* The weekday and minute of an instant. */
struct earn_time {
    unsigned weekday, minute;
};
struct earn_time earn_time_of(const struct zone *zone, struct instant at);
/* As one number: minutes since Monday's midnight. */
int64_t earn_week_minute(struct earn_time time);
struct earn_time earn_time_of_week(int64_t week_minute);

/* A line as rules of earning see it: what was paid for it, tax included, and of how much; nothing of what is voided, of deposits and
 * charges. */
struct earn_line {
    int64_t product_id, category_id;
    int64_t paid_minor, paid_milli; /* milli: without what rewards and coupons made free */
};

/* What one rule gave. */
struct earning {
    uint8_t rule;                      /* its number; 0: points_per_unit */
    uint8_t per;                       /* enum earn_per */
    int64_t value;                     /* its points */
    int64_t basis;                     /* minor units; thousandths; visits, 0 or 1 */
    int64_t points;                    /* >= 0; of a refund <= 0, as its basis */
    uint8_t lines[EARN_LINES_MAX / 8]; /* that it counted: bit n % 8 of byte n / 8 */
};
bool earning_has(const struct earning *earning, size_t line);

/* What a rule counts of lines, each of which is taken where `counts` has its bit, or NULL: where it is of the rule's goods. */
int64_t earn_basis(enum earn_per per, const struct earn_line *lines, size_t count, const struct programme_term *term,
                   const struct earning *counts);
/* floor(value × basis / unit), of money in minor units of 10^exponent, of units in thousandths. false when it leaves the range. */
bool earn_points(enum earn_per per, int64_t value, int64_t basis, unsigned exponent, int64_t *points);
/* What all of a programme's rules give for a sale: fills earnings, of EARNINGS_MAX, the first that of points_per_unit on
 * paid_minor; rules that give nothing are left out. false when the points leave the range. */
bool programme_earn(const struct programme *programme, const struct earn_line *lines, size_t count, int64_t paid_minor,
                    unsigned tier, struct earn_time time, unsigned exponent, struct earning *earnings,
                    size_t *earning_count, int64_t *points);

/* The best tier for so much; 0: none. */
unsigned programme_tier(const struct programme *programme, int64_t spent_minor);
/* The first day of the months up to `today`: that day of the month so many months before, and the next. */
struct day tier_first_day(struct day today, uint32_t months);

#endif
