/* The best way to put pieces into bundles; promotion.c's alone. */
#ifndef CAROLINE_RULES_PROMOTION_SEARCH_H
#define CAROLINE_RULES_PROMOTION_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/rules/catalogue.h"

#define PROMOTION_LINES_MAX 200 /* as many as a basket has */

/* The pieces of a line. */
struct pieces {
    const struct product *product;
    int64_t unit_minor; /* of each */
    size_t line;
    int64_t kept_minor;             /* what a piece saves that no bundle takes */
    const struct promotion *single; /* by which; NULL: nothing */
    uint32_t left;
};

/* A bundle, made so many times of the same pieces of each. */
struct bundle {
    const struct promotion *promotion;
    const uint32_t *taken; /* of each of the pieces */
    uint32_t times;
};

bool promotion_part_fits(const struct promotion_part *part, const struct product *product);
/* What a promotion saves on these pieces; taken: of each. */
int64_t promotion_saves(const struct promotion *promotion, const struct pieces *pieces, size_t count,
                        const uint32_t *taken);

/* Puts pieces into bundles, and lowers what is left of them. pieces: the dearest first, at least one of each, of at most
 * PROMOTION_LINES_MAX lines. promotions: in the order in which they win a tie. In the arena. */
size_t promotion_search(struct pieces *pieces, size_t count, const struct promotion *const *promotions,
                        size_t promotion_count, struct arena *arena, struct bundle **bundles);

#endif
