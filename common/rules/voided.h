/* Baskets that are thrown away before they are paid: what is kept of them, so that nothing leaves a till unseen. */
#ifndef CAROLINE_RULES_VOIDED_H
#define CAROLINE_RULES_VOIDED_H

#include "common/rules/sale.h"

struct voided_line {
    int64_t product_id, quantity_milli;
    int64_t unit_price_minor, gross_minor; /* what it would have cost, before anything was taken off */
    bool before;                           /* taken back before all of the basket was */
    struct bytes reason;                   /* of that; empty: none was given, or it went with the basket */
};
struct voided {
    struct bytes reason;       /* tidy; in the arena */
    struct voided_line *lines; /* likewise */
    size_t line_count;
    int64_t total_minor; /* of all lines */
};

enum voided_verdict {
    VOIDED_OK,
    VOIDED_NO_REASON,
    VOIDED_SECRET, /* a card's number or code in a reason */
    VOIDED_NOTHING,
    VOIDED_TOO_LONG,
    VOIDED_UNKNOWN_PRODUCT,
    VOIDED_BAD_QUANTITY,
    VOIDED_OVERFLOW,
    VOIDED_VERDICT_COUNT
};

/* Why it is thrown away: tidy in the arena, or why it cannot be. */
enum voided_verdict voided_reason(struct bytes given, struct arena *arena, struct bytes *reason);
/* Priced with the basket's version, or the newest where that can no longer be priced with. *field: what a verdict is about
 * ("basket.lines[2].product_id", in the arena). */
enum voided_verdict voided_basket(const struct basket *basket, struct bytes reason, const struct catalogue *catalogue,
                                  struct instant now, struct arena *arena, struct voided *voided, const char **field);

#endif
