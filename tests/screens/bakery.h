/* A bakery for screens: a few goods with accents, wide letters and allergens, taxes, the seed programme. */
#ifndef CAROLINE_TESTS_SCREENS_BAKERY_H
#define CAROLINE_TESTS_SCREENS_BAKERY_H

#include "common/rules/catalogue.h"

#define BAKERY_ECLAIR   2
#define BAKERY_COOKIE   4
#define BAKERY_SOLD_OUT 6
#define BAKERY_BREAD    7

struct catalogue *bakery_create(void);
/* The croissant, which was 1.95, at another price from this version on. */
void bakery_raise(struct catalogue *catalogue, uint64_t version, int64_t price_minor, int64_t at_us);
/* So many products more, with names made of words. */
/* Vouchers, meal vouchers, and more of them than have keys. */
void bakery_take_vouchers(struct catalogue *catalogue, size_t count);
void bakery_add(struct catalogue *catalogue, int64_t first_id, size_t count);

#endif
