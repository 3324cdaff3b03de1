/* What is not a function of its arguments: clock, randomness, ids. A simulation puts its own behind these. */
#ifndef CAROLINE_BASE_WORLD_H
#define CAROLINE_BASE_WORLD_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/instant.h"

struct clock {
    struct instant (*now)(struct clock *clock);
    int64_t (*monotonic_us)(struct clock *clock); /* never goes back; no meaning but its differences */
};

struct entropy {
    void (*fill)(struct entropy *entropy, void *bytes, size_t size); /* fit for keys */
};

/* Ids of objects: below 2^53, unique in the chain for ever. Ask for all that a transaction may need before it begins:
 * next() gives from a block reserved before, and never waits. */
struct id_source {
    int64_t (*next)(struct id_source *ids);
};

/* The machine's own. */
struct clock *system_clock(void);
struct entropy *system_entropy(void);

#endif
