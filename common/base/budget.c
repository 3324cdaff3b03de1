/* Slots by a keyed hash, and their neighbours. */
#include "common/base/budget.h"

#include <stddef.h>

#define NEIGHBOURS 8

static size_t slot_of(const struct budgets *budgets, uint64_t who, uint32_t what)
{
    unsigned __int128 product =
        (unsigned __int128)(who ^ budgets->seed[0]) * ((budgets->seed[1] + 2 * (uint64_t)what) | UINT64_C(1));

    return (size_t)((uint64_t)(product >> 64) ^ (uint64_t)product) % BUDGET_SLOTS;
}

static uint32_t counted(const struct budget *budget, int64_t now_us)
{
    return budget->until_us > now_us ? budget->count : 0;
}

/* Its own, or the one that it takes. */
static struct budget *budget_of(struct budgets *budgets, uint64_t who, uint32_t what, int64_t now_us)
{
    size_t first = slot_of(budgets, who, what);
    struct budget *least = NULL;

    for (size_t i = 0; i < NEIGHBOURS; i++) {
        struct budget *budget = &budgets->slots[(first + i) % BUDGET_SLOTS];

        if (budget->until_us > now_us && budget->who == who && budget->what == what)
            return budget;
        if (!least || counted(budget, now_us) < counted(least, now_us))
            least = budget;
    }
    *least = (struct budget){ .who = who, .what = what, .until_us = now_us + BUDGET_MINUTE_US };
    return least;
}

bool budget_spend(struct budgets *budgets, uint64_t who, uint32_t what, uint32_t most, int64_t now_us)
{
    struct budget *budget = budget_of(budgets, who, what, now_us);

    if (budget->count >= most)
        return false;
    budget->count++;
    return true;
}

uint32_t budget_count(struct budgets *budgets, uint64_t who, uint32_t what, int64_t now_us)
{
    struct budget *budget = budget_of(budgets, who, what, now_us);

    budget->count += budget->count < UINT32_MAX;
    return budget->count;
}
