/* xoshiro256** (Blackman and Vigna) and splitmix64. */
#include "tests/sim/world/random.h"

#include <assert.h>

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void random_seed(struct random *random, uint64_t seed, uint64_t stream)
{
    uint64_t state = seed;

    state = splitmix(&state) + stream;
    for (int i = 0; i < 4; i++)
        random->state[i] = splitmix(&state);
}

static uint64_t rotated(uint64_t value, int by)
{
    return value << by | value >> (64 - by);
}

uint64_t random_next(struct random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotated(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotated(s[3], 45);
    return result;
}

/* The bias of the remainder is below 2^-40 for the limits used here. */
uint64_t random_below(struct random *random, uint64_t limit)
{
    assert(limit > 0);
    return random_next(random) % limit;
}

int64_t random_between(struct random *random, int64_t least, int64_t most)
{
    assert(least <= most);
    return least + (int64_t)random_below(random, (uint64_t)(most - least) + 1);
}

bool random_per_mille(struct random *random, unsigned per_mille)
{
    return random_below(random, 1000) < per_mille;
}
