/* How often each of many has done each thing in the last minute: a table of a fixed size. */
#ifndef CAROLINE_BASE_BUDGET_H
#define CAROLINE_BASE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#define BUDGET_SLOTS     4096
#define BUDGET_MINUTE_US INT64_C(60000000)

/* Who finds no room pushes out whoever has done least of those beside it, so that nobody gets a new budget by pushing their
 * own count out, and a crowd that comes once (all tills, after a power cut) leaves the counts of the busy alone. seed:
 * random, lest somebody choose who stands beside them. */
struct budgets {
    uint64_t seed[2];
    struct budget {
        uint64_t who;
        uint32_t what, count; /* of the minute that ends at until_us */
        int64_t until_us;     /* 0: never used */
    } slots[BUDGET_SLOTS];
};

/* Once more; false: it was done `most` times in the minute that began with the first of them, and is not counted. */
bool budget_spend(struct budgets *budgets, uint64_t who, uint32_t what, uint32_t most, int64_t now_us);
/* Once more, however often: the how manieth it is of its minute. */
uint32_t budget_count(struct budgets *budgets, uint64_t who, uint32_t what, int64_t now_us);

#endif
