/* What a member usually takes: the goods that come back in their last sales. Product and quantity alone, never money: it
 * is sold at today's prices. */
#ifndef CAROLINE_RULES_USUAL_H
#define CAROLINE_RULES_USUAL_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/rules/catalogue.h"

#define USUAL_SALES_MAX 10 /* that are looked at */
#define USUAL_GOODS_MAX 8

/* A line of one of the member's sales, less what came back of it. */
struct usual_line {
    int64_t sale_id, product_id;
    int64_t quantity_milli; /* 0 or less: all of it came back */
};

/* Can it be put in as it is? */
enum usual_state {
    USUAL_TAKEN,
    USUAL_SOLD_OUT,
    USUAL_GONE,    /* no longer sold */
    USUAL_WEIGHED, /* it is another quantity each time: the scales say which */
    USUAL_ASKS,    /* something has to be chosen, or a price keyed */
};

struct usual_good {
    int64_t product_id;
    int64_t quantity_milli; /* as most of the sales had it; of several such, as the newest of them */
    uint32_t sale_count;    /* in how many it was */
    enum usual_state state;
};
struct usual {
    struct usual_good *goods; /* those of most sales first, of as many those of the newest; in the arena */
    size_t count;             /* 0: nothing is usual yet */
    uint32_t sale_count;      /* in which anything was left */
};

/* Usual is what was in half of the sales, and in two at least. The lines come sale by sale, the newest first. */
struct usual usual_of(const struct usual_line *lines, size_t count, const struct catalogue *catalogue,
                      struct arena *arena);

#endif
