/* The rows of a day's shift by hand, for tests that sum it up. */
#ifndef CAROLINE_TESTS_RULES_SHIFT_WORLD_H
#define CAROLINE_TESTS_RULES_SHIFT_WORLD_H

#include "common/rules/shift.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Rows of a day by hand: 3 sales of 19.50, 2 refunds of 4.00, one sale of 5.50 under the till's own number. */
static const struct shift_sales day_sales[] = {
    { 'T', SALE_SOLD, 3, 1950, 7, 11 },
    { 'T', SALE_REFUND, 2, -400, 9, 10 },
    { 'X', SALE_SOLD, 1, 550, 4, 4 },
};
static const struct shift_tender day_tenders[] = { { TENDER_CASH, .count = 4, .stayed_minor = 1300 },
                                                   { TENDER_CARD, .count = 2, .stayed_minor = 800 } };
static const struct shift_tax day_taxes[] = { { "VAT19", 190000, 840, 160 }, { "VAT7", 70000, 1028, 72 } };
static const struct shift_moved day_moves[] = { { SHIFT_CASH_IN, 5000 },
                                                { SHIFT_CASH_OUT, -350 },
                                                { SHIFT_CASH_DROP, -9000 } };
static const uint8_t day_hash[32] = { 0xde, 0xad, 0xbe, 0xef };

static inline struct shift_books day(void)
{
    return (struct shift_books){ .shift_id = 5,
                                 .till = 3,
                                 .number = 12,
                                 .opened = { INT64_C(1790000000000000) },
                                 .opened_by = 61,
                                 .float_minor = 10000,
                                 .grand_before_minor = 100000,
                                 .no_sale_count = 1,
                                 .strand_hash = day_hash,
                                 .sales = day_sales,
                                 .sales_count = COUNT(day_sales),
                                 .tenders = day_tenders,
                                 .tender_count = COUNT(day_tenders),
                                 .taxes = day_taxes,
                                 .tax_count = COUNT(day_taxes),
                                 .moves = day_moves,
                                 .move_count = COUNT(day_moves) };
}

#endif
