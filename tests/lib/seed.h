/* What random tests draw from: CAROLINE_SEED, or else a new one each time; said, so that a failure can be had again. */
#ifndef CAROLINE_TESTS_LIB_SEED_H
#define CAROLINE_TESTS_LIB_SEED_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline uint64_t test_seed(void)
{
    const char *given = getenv("CAROLINE_SEED");
    uint64_t seed = given && *given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 2654435761U % 1000000000;

    printf("CAROLINE_SEED=%llu repeats this run\n", (unsigned long long)seed);
    return seed;
}

#endif
