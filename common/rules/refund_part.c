/* Parts by cumulative share. */
#include "common/rules/refund_part.h"

#include <assert.h>

#include "common/base/number.h"

static int64_t share(int64_t whole, int64_t part_milli, int64_t quantity_milli)
{
    int64_t result = 0;
    bool fits = multiply_divide(whole, part_milli, quantity_milli, &result);

    assert(fits); /* no part is more than the whole */
    (void)fits;
    return result;
}

/* Total and discount each grow with the quantity, so no part of either is below zero, and the gross is their sum: were it
 * rounded by itself, a crumb of a line could give back less than nothing. */
static struct line_amounts up_to(const struct line_amounts *sold, int64_t back_milli)
{
    struct line_amounts back = {
        .quantity_milli = back_milli,
        .discount_minor = share(sold->discount_minor, back_milli, sold->quantity_milli),
        .total_minor = share(sold->total_minor, back_milli, sold->quantity_milli),
    };

    back.gross_minor = back.discount_minor + back.total_minor;
    return back;
}

bool line_part(const struct line_amounts *sold, int64_t back_milli, int64_t quantity_milli, struct line_amounts *part)
{
    assert(back_milli >= 0 && back_milli <= sold->quantity_milli);
    if (quantity_milli <= 0 || quantity_milli > sold->quantity_milli - back_milli)
        return false;
    struct line_amounts before = up_to(sold, back_milli), after = up_to(sold, back_milli + quantity_milli);

    *part = (struct line_amounts){
        .quantity_milli = quantity_milli,
        .gross_minor = after.gross_minor - before.gross_minor,
        .discount_minor = after.discount_minor - before.discount_minor,
        .total_minor = after.total_minor - before.total_minor,
    };
    return true;
}
