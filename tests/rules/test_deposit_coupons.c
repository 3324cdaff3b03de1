/* Deposits and charges are no goods: no coupon takes anything off them, they fill no basket up to what a coupon asks for, they earn no
 * points, and a sale earns no coupon by them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "bottle_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define COUPON       71
#define CAMPAIGN     81

#define EVER        .weekdays = 0x7f, .until_minute = 1440, .with_promotions = true, .with_discounts = true, .active = true
#define TERMS(...)  .terms = { .id = CAMPAIGN, .name = "Autumn", EVER, __VA_ARGS__ }
#define TENTH       .gift = COUPON_RATE_OFF, .value = 100000
#define OFF(minor)  .gift = COUPON_AMOUNT_OFF, .value = (minor)
#define FREE(count) .gift = COUPON_FREE_PIECES, .value = (count)

struct row {
    const char *what;
    const struct basket_line *lines;
    size_t count;
    struct coupon_terms terms;
    enum coupon_verdict verdict;
    int64_t off[4]; /* of the lines, the deposits behind them */
    int64_t total_minor, goods_minor, points;
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* a row says what is its own */
static const struct row rows[] = {
    { "a tenth of lemonade, and nothing of its bottle", LINES(BUY(LEMONADE, 2)), TERMS(TENTH), COUPON_OK, .off = { 30 },
      .total_minor = 320, .goods_minor = 270, .points = 27 },
    { "all of six, the bottles are paid", LINES(BUY(SIX_PACK, 1)), TERMS(.gift = COUPON_RATE_OFF, .value = 1000000),
      COUPON_OK, .off = { 800 }, .total_minor = 150 },
    { "an amount is taken off goods alone", LINES(BUY(LEMONADE, 1)), TERMS(OFF(1000)), COUPON_OK, .off = { 150 },
      .total_minor = 25 },
    { "a tart is free, its plate is not", LINES(BUY(TART, 1)), TERMS(FREE(2)), COUPON_OK, .off = { 2000 },
      .total_minor = 500 },
    { "a bottle does not fill the basket", LINES(BUY(LEMONADE, 1)), TERMS(TENTH, .least_minor = 151),
      COUPON_BASKET_IS_SMALL, .total_minor = 175, .goods_minor = 150, .points = 15 },
    { "just enough of goods", LINES(BUY(LEMONADE, 1)), TERMS(TENTH, .least_minor = 150), COUPON_OK, .off = { 15 },
      .total_minor = 160, .goods_minor = 135, .points = 13 },
    { "nor does a bag", LINES(BUY(CAKE, 1), BUY(BAG, 1)), TERMS(TENTH, .least_minor = 901), COUPON_BASKET_IS_SMALL,
      .total_minor = 920, .goods_minor = 900, .points = 90 },
    { "empties do not make it smaller", LINES(BUY(ROLL, 4), BUY(BOTTLE, -5)), TERMS(TENTH, .least_minor = 180),
      COUPON_OK, .off = { 18 }, .total_minor = 37, .goods_minor = 162, .points = 16 },
    { "nor do they lift it", LINES(BUY(ROLL, 4), BUY(BOTTLE, -5)), TERMS(TENTH, .least_minor = 181),
      COUPON_BASKET_IS_SMALL, .total_minor = 55, .goods_minor = 180, .points = 18 },
    { "more empties than goods", LINES(BUY(ROLL, 1), BUY(BOTTLE, -5)), TERMS(OFF(45)), COUPON_OK, .off = { 45 },
      .total_minor = -125 },
    { "of the bottles' category nothing fits", LINES(BUY(LEMONADE, 1)), TERMS(TENTH, .category_id = COOKIES),
      COUPON_FITS_NOTHING, .total_minor = 175, .goods_minor = 150, .points = 15 },
    { "of bottles themselves neither", LINES(BUY(LEMONADE, 1)),
      TERMS(FREE(1), .product_ids = (const int64_t[]){ BOTTLE }, .product_count = 1), COUPON_FITS_NOTHING,
      .total_minor = 175, .goods_minor = 150, .points = 15 },
    { "nor of bags", LINES(BUY(BAG, 3)), TERMS(TENTH), COUPON_FITS_NOTHING, .total_minor = 60 },
    { "bottles alone", LINES(BUY(BOTTLE, 3)), TERMS(TENTH), COUPON_FITS_NOTHING, .total_minor = 75 },
};
#pragma GCC diagnostic pop

static int64_t off_line(const struct sale_rows *sale, int line)
{
    int64_t sum = 0;

    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].kind == DISCOUNT_OF_COUPON && sale->discounts[i].line == line)
            sum += sale->discounts[i].amount_minor;
    return sum;
}

static void check(const struct row *row, const struct sale_rows *sale)
{
    int64_t goods = coupon_receipt_goods(sale->total_minor, sale->deposit_minor);

    if (sale->coupons[0].verdict != row->verdict || sale->total_minor != row->total_minor ||
        goods != row->goods_minor || sale->points_earned != row->points)
        fail_msg("%s: verdict %d, total %lld, goods %lld, points %lld", row->what, (int)sale->coupons[0].verdict,
                 (long long)sale->total_minor, (long long)goods, (long long)sale->points_earned);
    for (int i = 0; i < (int)sale->line_count; i++)
        if (off_line(sale, i) != row->off[i])
            fail_msg("%s: %lld off line %d", row->what, (long long)off_line(sale, i), i);
}

static void B14_deposits_are_no_goods(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];
        struct bottle_shop b = open_shop();
        struct coupon_state coupon = { .id = COUPON, .campaign_id = CAMPAIGN, .number = 1, .uses_max = 1 };
        struct coupon_campaign campaign = { .terms = row->terms };
        const struct basket_coupon named = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
        struct sale_command command = command_of(row->lines, row->count);
        struct sale_rows sale;

        b.s->set.coupons = &coupon;
        b.s->set.campaigns = &campaign;
        b.s->set.coupon_count = b.s->set.campaign_count = 1;
        command.aim = SALE_TO_PRICE;
        command.basket.member_id = ANNA;
        command.basket.coupons = &named;
        command.basket.coupon_count = 1;
        if (sale_decide(&command, &b.s->set, NOW, &sale) != SALE_OK)
            fail_msg("%s: %s", row->what, sale.sentence);
        check(row, &sale);
        small_shop_close(b.s);
    }
}

static void B14_what_goods_came_to_is_what_was_paid_without_deposits(void **state)
{
    static const struct {
        int64_t total_minor, deposit_minor, goods_minor;
    } sums[] = {
        { 0, 0, 0 },
        { 1025, 25, 1000 },
        { 1024, 25, 999 },
        { 975, -25, 1000 }, /* a bottle came back */
        { -125, -125, 0 },
        { 75, 75, 0 },
        { MINOR_MAX, 0, MINOR_MAX },
        { MINOR_MAX, MINOR_MAX, 0 },
        { 0, -MINOR_MAX, MINOR_MAX },
        { -MINOR_MAX, -MINOR_MAX, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(sums); i++)
        assert_int_equal(coupon_receipt_goods(sums[i].total_minor, sums[i].deposit_minor), sums[i].goods_minor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(B14_deposits_are_no_goods),
        cmocka_unit_test(B14_what_goods_came_to_is_what_was_paid_without_deposits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
