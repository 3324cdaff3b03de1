/* What a test of the rules draws at random: xorshift, the same everywhere, from test_seed(). */
#ifndef CAROLINE_TESTS_RULES_DRAWN_H
#define CAROLINE_TESTS_RULES_DRAWN_H

#include <stdint.h>

#include "seed.h"

static uint64_t drawn;

/* Before anything is drawn. */
static inline void draw_begin(void)
{
    drawn = 2 * test_seed() + 1; /* 0 would stay 0 */
}

/* From 0 on, bound > 0. */
static inline int64_t below(int64_t bound)
{
    drawn ^= drawn << 13;
    drawn ^= drawn >> 7;
    drawn ^= drawn << 17;
    return (int64_t)(drawn % (uint64_t)bound);
}

#endif
