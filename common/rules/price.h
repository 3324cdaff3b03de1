/* What lines cost, and which of them a reward makes free. */
#ifndef CAROLINE_RULES_PRICE_H
#define CAROLINE_RULES_PRICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/rules/catalogue.h"
#include "common/rules/discount.h"

/* A line while it is priced. */
struct priced_line {
    const struct product *product;
    int64_t quantity_milli;
    int64_t apart_minor; /* of a unit: by how much its options or a keyed price make it cost more than the product */
    bool hot, voided;
    bool deposit;               /* of deposits and charges: nothing is taken off it, and it earns nothing */
    uint32_t deposit_of;        /* the line that it goes with, from 1; 0: none */
    int64_t gross_minor;        /* unit's price × quantity / 1000, half away from zero; 0 for a voided line */
    int64_t discount_minor;     /* of rewards, coupons, and the three below */
    int64_t total_minor;        /* gross - discount */
    int64_t tax_minor;          /* its part of the receipt's taxes; within the total where prices include tax */
    int64_t rewards;            /* pieces that are free */
    int64_t coupon_pieces;      /* that coupons have made free, beside those of rewards */
    int64_t reward_minor;       /* what rewards take off that are no pieces */
    int64_t promotion_minor;    /* what promotions take off */
    const struct discount *own; /* NULL: none */
    int64_t own_minor, of_receipt_minor; /* what that takes off, and the line's part of the receipt's */
};

/* Of one unit. */
static inline int64_t priced_unit_minor(const struct priced_line *line)
{
    return line->product->price_minor + line->apart_minor;
}

/* How much of it was paid for, which is what earns points by the piece: nothing of what a reward or a coupon made free. */
static inline int64_t priced_paid_milli(const struct priced_line *line)
{
    return line->quantity_milli - (line->rewards + line->coupon_pieces) * 1000;
}

/* Positive, at most 1,000,000 units, whole pieces of what is counted in pieces. What is taken back is valid where as much
 * could be sold. */
bool quantity_valid(const struct product *product, int64_t quantity_milli);
/* Fills gross and total of a line whose product, quantity and voided are set; false when it leaves the range of money.
 */
bool price_line(struct priced_line *line);

/* The quantity of it that costs exactly so much before any discount: thousandths of what is weighed, whole pieces of what is
 * counted; 0: none does. From a price of 1,000 minor units on a gram is more than one of them, and some sums fall between
 * two grams. */
int64_t price_quantity_milli(const struct product *product, int64_t gross_minor);

/* The rewards asked for: a line's index, or REWARD_DEAREST for the dearest piece that is left. */
#define REWARD_DEAREST UINT32_MAX
/* One piece of a line of the category is free, a reward each: those that name a line first, then the dearest (the
 * earlier of equals). Sold by the piece, not free already. false, and *at_reward: nothing fits that one. */
bool reward_lines(struct priced_line *lines, size_t count, int64_t category_id, const uint32_t *rewards,
                  size_t reward_count, size_t *at_reward);
/* The same, of one piece that a programme's reward makes free: *line of which. */
bool reward_piece(struct priced_line *lines, size_t count, const struct programme_term *reward, uint32_t asked,
                  size_t *line);

#endif
