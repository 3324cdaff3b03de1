/* Stock promised to a till between its quote and its ring-up: 90 seconds, in memory. */
#ifndef CAROLINE_RULES_HOLD_H
#define CAROLINE_RULES_HOLD_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/instant.h"

#define HOLD_LIFE_S 90

struct holds;

struct holds *holds_create(void);
void holds_destroy(struct holds *holds);
/* A till holds one quote: a new one replaces it; no products: it holds nothing. A product may stand twice. */
void holds_put(struct holds *holds, int64_t device_id, const int64_t *product_ids, const int64_t *quantities_milli,
               size_t count, struct instant now);
/* What other tills hold of it now. */
int64_t holds_of_others(const struct holds *holds, int64_t device_id, int64_t product_id, struct instant now);

#endif
