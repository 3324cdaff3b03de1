/* Baskets that wait for their customers: put aside at one till, taken up at any other by the same person. Nothing is held
 * for them, neither stock nor prices: who takes one up has it quoted anew. */
#ifndef CAROLINE_RULES_PARKED_H
#define CAROLINE_RULES_PARKED_H

#include <stddef.h>

#include "common/rules/sale.h"

#define PARKED_MAX 20  /* of one person */
#define LEFT_MAX   100 /* of one kiosk */

enum park_verdict {
    PARK_OK,
    PARK_EMPTY, /* no line that is not voided */
    PARK_TOO_LONG,
    PARK_UNKNOWN_PRODUCT,
    PARK_BAD_QUANTITY,
    PARK_SECRET, /* a card's number or code in a reason or note */
    PARK_FULL,
    PARK_VERSION_OLD, /* at a kiosk: its prices were others' for longer than a basket may have them */
    PARK_VERSION_UNKNOWN,
    PARK_NOT_THERE, /* at a kiosk: a member, coupons, rewards, discounts, prices, empties, voided lines: what the counter decides */
    PARK_VERDICT_COUNT
};

/* May it wait, beside so many that do? Goods that are sold out or no longer sold may: that is said when it is quoted.
 * *field: what it is about ("basket.lines[2].product_id", in the arena); NULL: the whole. */
enum park_verdict basket_park_check(const struct basket *basket, const struct catalogue *catalogue, size_t waiting,
                                    struct arena *arena, const char **field);

/* The same of a basket that is left at a kiosk. Whose it is says the session, so it names no member. Its version is one that a sale may
 * have: what the customer was shown is what the counter begins with. */
enum park_verdict basket_leave_check(const struct basket *basket, const struct catalogue *catalogue, size_t waiting,
                                     struct instant now, struct arena *arena, const char **field);

/* Its lines that are not voided; *first: the first of them, by which it is known. 0: *first is left as it is. */
size_t basket_standing(const struct basket *basket, size_t *first);

#endif
