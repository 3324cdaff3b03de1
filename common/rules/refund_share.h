/* What has been given back of a sale when so much of each line has come back. It depends on how much that is alone, not
 * on the parts in which it came: a part is the difference of two of these, and all parts are the whole. */
#ifndef CAROLINE_RULES_REFUND_SHARE_H
#define CAROLINE_RULES_REFUND_SHARE_H

#include "common/rules/sale.h"

struct refund_share_line {
    int64_t gross_minor, discount_minor, total_minor, tax_minor;
    int64_t free_milli; /* of what came back, the pieces that had been free */
};

/* All >= 0, and none shrinks when more comes back; rounding aside, which is what the tenders give beside the total. */
struct refund_share {
    struct refund_share_line *lines; /* as the original's */
    int64_t net_minor[TAX_ROWS_MAX], component_minor[TAX_ROWS_MAX];
    int64_t *tender_minor;
    int64_t total_minor, tax_minor, rounding_minor;
    int64_t earned, spent; /* points to take back, and to give back */
    /* Of each of the original's earnings: what of its basis and points has come back. */
    struct {
        int64_t basis, points;
    } earnings[EARNINGS_MAX];
};

/* Could the rules have made it? Below, and wherever else it is shared out, they take their own word for granted: whoever has an original out of the
 * database, where a cell may have been changed by hand, asks this first. */
bool original_is_sound(const struct original *original);

/* How much of what stays of a line was paid for, as it earns points by the piece (priced_paid_milli()): what was free comes back last. */
int64_t original_paid_milli(const struct original_line *line, int64_t back_milli);

/* back_milli: of each line, from 0 to what was sold; of what has free pieces those that were paid come back first. all: nothing
 * of the sale stays, which gives back to the cent what was paid, whatever the shop's rounding has become. */
void refund_share(const struct original *original, const int64_t *back_milli, bool all, struct arena *arena,
                  struct refund_share *share);

#endif
