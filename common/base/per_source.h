/* How often something came from each source in the last minute: a small table that a flood of sources cannot fill. */
#ifndef CAROLINE_BASE_PER_SOURCE_H
#define CAROLINE_BASE_PER_SOURCE_H

#include <stdint.h>

#define PER_SOURCE_SLOTS     64
#define PER_SOURCE_MINUTE_US INT64_C(60000000)

/* Sources that share a slot push each other out, so that the table needs no memory of its own. seed: random, lest a
 * stranger choose who shares. */
struct per_source {
    uint64_t seed[2];
    struct {
        uint64_t source;
        int64_t until_us;
        unsigned count;
    } slots[PER_SOURCE_SLOTS];
};

/* In the minute that began with the first of them; 0: none. */
unsigned per_source_count(const struct per_source *table, uint64_t source, int64_t now_us);
/* One more; the count with it. *before: what the minute came to that has ended since, when this is the first of a new
 * one; NULL: nobody asks. */
unsigned per_source_add(struct per_source *table, uint64_t source, int64_t now_us, unsigned *before);

#endif
