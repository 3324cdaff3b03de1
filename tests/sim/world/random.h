/* Chance from a seed: xoshiro256**, seeded by splitmix64. Same seed, same numbers, on every machine. */
#ifndef CAROLINE_TESTS_SIM_RANDOM_H
#define CAROLINE_TESTS_SIM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state[4];
};

/* stream: several independent sequences of one seed. */
void random_seed(struct random *random, uint64_t seed, uint64_t stream);
uint64_t random_next(struct random *random);
uint64_t random_below(struct random *random, uint64_t limit);
/* Both ends included. */
int64_t random_between(struct random *random, int64_t least, int64_t most);
bool random_per_mille(struct random *random, unsigned per_mille);

#endif
