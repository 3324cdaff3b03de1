/* Holds: a few per till, so a list a till and a walk over the tills that hold something now. */
#include "common/rules/hold.h"

#include <assert.h>
#include <stdlib.h>

struct hold {
    int64_t product_id, quantity_milli;
};

struct till_holds {
    int64_t device_id;
    struct instant until;
    struct hold *holds;
    size_t count;
};

struct holds {
    struct till_holds *tills;
    size_t count, capacity;
};

struct holds *holds_create(void)
{
    struct holds *holds = calloc(1, sizeof *holds);

    assert(holds != NULL);
    return holds;
}

void holds_destroy(struct holds *holds)
{
    if (holds == NULL)
        return;
    for (size_t i = 0; i < holds->count; i++)
        free(holds->tills[i].holds);
    free(holds->tills);
    free(holds);
}

/* Take out what has run out, and what this till held. */
static void sweep(struct holds *holds, int64_t device_id, struct instant now)
{
    size_t kept = 0;

    for (size_t i = 0; i < holds->count; i++) {
        if (holds->tills[i].device_id != device_id && holds->tills[i].until.us > now.us)
            holds->tills[kept++] = holds->tills[i];
        else
            free(holds->tills[i].holds);
    }
    holds->count = kept;
}

void holds_put(struct holds *holds, int64_t device_id, const int64_t *product_ids, const int64_t *quantities_milli,
               size_t count, struct instant now)
{
    sweep(holds, device_id, now);
    if (count == 0)
        return;
    if (holds->count == holds->capacity) {
        holds->capacity = holds->capacity == 0 ? 8 : holds->capacity * 2;
        holds->tills = reallocarray(holds->tills, holds->capacity, sizeof *holds->tills);
        assert(holds->tills != NULL);
    }
    struct till_holds *till = &holds->tills[holds->count++];
    *till = (struct till_holds){
        .device_id = device_id,
        .until = { now.us + HOLD_LIFE_S * SECOND_US },
        .holds = calloc(count, sizeof *till->holds),
        .count = count,
    };
    assert(till->holds != NULL);
    for (size_t i = 0; i < count; i++)
        till->holds[i] = (struct hold){ .product_id = product_ids[i], .quantity_milli = quantities_milli[i] };
}

int64_t holds_of_others(const struct holds *holds, int64_t device_id, int64_t product_id, struct instant now)
{
    int64_t sum = 0;

    for (size_t i = 0; i < holds->count; i++) {
        const struct till_holds *till = &holds->tills[i];

        if (till->device_id == device_id || till->until.us <= now.us)
            continue;
        for (size_t j = 0; j < till->count; j++)
            if (till->holds[j].product_id == product_id)
                sum += till->holds[j].quantity_milli;
    }
    return sum;
}
