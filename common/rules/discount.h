/* Something off a price: of a line, or of the whole receipt; how much of it a role may give, and down to which floor. */
#ifndef CAROLINE_RULES_DISCOUNT_H
#define CAROLINE_RULES_DISCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"

#define DISCOUNT_WHOLE_PPM 1000000

struct discount {
    bool given, fixed;
    int64_t value; /* fixed: minor units; else millionths */
    struct bytes reason;
};

struct priced_line;

/* More than nothing, and at most all of it. */
bool discount_valid(const struct discount *discount);
/* What it takes off so much: half away from zero, a fixed one at most all there is. */
int64_t discount_of(const struct discount *discount, int64_t minor);

/* What another person is asked to allow. */
struct approval_wanted {
    uint32_t discount_ppm; /* the greatest limit that it takes; 0: none */
    bool below_floor; /* no right but to allow at all; it is said to who is asked */
    bool deposit_back, free_refund;
};
struct role;
/* May whoever has the role allow all of it? false for NULL. */
bool approval_within(const struct role *role, const struct approval_wanted *wanted);

/* The lines, rewards taken already: first each line's own, off what is left of it; then the receipt's, off what is left of
 * all, spread over the lines by their value. Returns what the receipt's came to. */
int64_t discounts_take(struct priced_line *lines, size_t count, const struct discount *of_receipt, struct arena *arena);

/* Does a limit allow them? No line's own may be above it, nor all together; the rounding of each line is not held
 * against it. */
bool discounts_within(const struct priced_line *lines, size_t count, uint32_t limit_ppm);
/* The least limit that does; 0 where there is none. */
uint32_t discounts_need_ppm(const struct priced_line *lines, size_t count);
/* The first line that a discount took below its product's floor, free pieces aside; count: none. */
size_t discounts_below_floor(const struct priced_line *lines, size_t count);

#endif
