/* Promotions: six for five, coffee and croissant for 3.90, any three of these for 5.00, 13 for a dozen, a fifth off after
 * six in the evening. A piece is in one of them at most, and of all ways to put a basket into them the customer gets the
 * one that saves the most; of ways that save alike, the one with the lower promotion's number. */
#ifndef CAROLINE_RULES_PROMOTION_H
#define CAROLINE_RULES_PROMOTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/instant.h"
#include "common/rules/catalogue.h"

/* In force at once; of more, those with the lowest numbers count. */
#define PROMOTIONS_MAX 50
#define NO_LINE        (-1)

struct priced_line;

/* Can it be given at all? What a shop may not write, and a till does not take. */
bool promotion_valid(const struct promotion *promotion);
/* By date, weekday and hour on the shop's wall; member: there is one. */
bool promotion_in_force(const struct promotion *promotion, const struct zone *zone, struct instant at, bool member);
/* Those of a version that are, in the order of their ids; at most PROMOTIONS_MAX. Returns how many. */
size_t promotions_in_force(const struct catalogue *catalogue, uint64_t version, const struct zone *zone,
                           struct instant at, bool member, const struct promotion **found);

/* What one took off; of line NO_LINE: of the whole receipt, and how often. */
struct promotion_row {
    const struct promotion *promotion;
    int line;
    uint32_t times;
    int64_t amount_minor;
};

/* Off the lines, whose rewards are taken: their free pieces are in none. A bundle's saving is spread over its pieces by
 * their prices, largest remainder (DECISIONS: tax). Goods by weight are in promotions of one piece with a rate only. A
 * basket whose ways are too many to try all gets the largest saving first, which may not be the best. Rows in the arena,
 * by promotion, the receipt's before the lines'. */
size_t promotions_take(struct priced_line *lines, size_t count, const struct promotion *const *in_force,
                       size_t in_force_count, struct arena *arena, struct promotion_row **rows);

#endif
