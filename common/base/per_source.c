/* Slots by a keyed hash. */
#include "common/base/per_source.h"

#include <stddef.h>

static size_t slot_of(const struct per_source *table, uint64_t source)
{
    /* Multiply and fold under a secret key: which sources meet cannot be told from outside. */
    unsigned __int128 product = (unsigned __int128)(source ^ table->seed[0]) * (table->seed[1] | UINT64_C(1));

    return (size_t)((uint64_t)(product >> 64) ^ (uint64_t)product) % PER_SOURCE_SLOTS;
}

unsigned per_source_count(const struct per_source *table, uint64_t source, int64_t now_us)
{
    size_t slot = slot_of(table, source);

    return table->slots[slot].source == source && table->slots[slot].until_us > now_us ? table->slots[slot].count : 0;
}

unsigned per_source_add(struct per_source *table, uint64_t source, int64_t now_us, unsigned *before)
{
    size_t slot = slot_of(table, source);
    unsigned count = per_source_count(table, source, now_us);

    if (before)
        *before = count == 0 && table->slots[slot].source == source ? table->slots[slot].count : 0;
    if (count == 0) {
        table->slots[slot].source = source;
        table->slots[slot].until_us = now_us + PER_SOURCE_MINUTE_US;
    }
    return table->slots[slot].count = count + 1;
}
