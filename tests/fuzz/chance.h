/* Chance under a seed: the same seed makes the same choices anywhere. */
#ifndef CAROLINE_TESTS_FUZZ_CHANCE_H
#define CAROLINE_TESTS_FUZZ_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

static inline struct chance chance_of(uint64_t seed)
{
    return (struct chance){ seed };
}

/* splitmix64 */
static inline uint64_t chance_next(struct chance *chance)
{
    uint64_t value = chance->state += UINT64_C(0x9e3779b97f4a7c15);

    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

/* 0 to bound - 1; bound is not 0. */
static inline size_t below(struct chance *chance, size_t bound)
{
    return (size_t)(chance_next(chance) % bound);
}

static inline bool one_in(struct chance *chance, size_t bound)
{
    return below(chance, bound) == 0;
}

#endif
