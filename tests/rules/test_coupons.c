/* Coupons, a row each: what one takes off which line, or why it does not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "coupon_books.h"

struct row {
    const char *name;
    struct bought lines[4];
    struct coupon_terms terms;
    struct coupon_state coupon;
    int64_t campaign_max, campaign_uses;
    int64_t member_id, member_uses;
    bool bought, whole_discount, reward;
    int64_t seen_before_us;
    bool unnamed, gone, practised;
    enum sale_verdict verdict;
    int64_t off[4]; /* each line's */
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* a row says what is its own */
#pragma GCC diagnostic ignored "-Woverride-init"
#ifdef __clang__
#pragma GCC diagnostic ignored "-Winitializer-overrides"
#endif
static const struct row rows[] = {
    /* what it takes off */
    { "a tenth of a cake", { PIECES(CAKE, 1) }, TERMS(TENTH), SINGLE, .off = { 90 } },
    { "half a cent counts", { PIECES(ROLL, 1) }, TERMS(TENTH), SINGLE, .off = { 5 } },
    { "rounded once: 29.5 of 2.95, the larger remainder has the odd one",
      { PIECES(ROLL, 1), PIECES(COOKIE, 1) },
      TERMS(TENTH),
      SINGLE,
      .off = { 5, 25 } },
    { "all of it", { PIECES(CAKE, 1) }, TERMS(.gift = COUPON_RATE_OFF, .value = 1000000), SINGLE, .off = { 900 } },
    { "2.00 off", { PIECES(CAKE, 1) }, TERMS(OFF(200)), SINGLE, .off = { 200 } },
    { "no more than there is", { PIECES(CAKE, 1) }, TERMS(OFF(2000)), SINGLE, .off = { 900 } },
    { "an amount is spread by value",
      { PIECES(CAKE, 1), PIECES(COOKIE, 1) },
      TERMS(OFF(200)),
      SINGLE,
      .off = { 157, 43 } },
    { "a cent of three lines is the first's of equals",
      { PIECES(COOKIE, 1), PIECES(CAKE, 1), PIECES(CAKE, 1) },
      TERMS(OFF(1)),
      SINGLE,
      .off = { 0, 1 } },
    { "one free: the dearest", { PIECES(COOKIE, 1), PIECES(CAKE, 1) }, TERMS(FREE(1)), SINGLE, .off = { 0, 900 } },
    { "two free: a cake and one of the cookies",
      { PIECES(CAKE, 1), PIECES(COOKIE, 2) },
      TERMS(FREE(2)),
      SINGLE,
      .off = { 900, 250 } },
    { "more free than there are", { PIECES(COOKIE, 2) }, TERMS(FREE(5)), SINGLE, .off = { 500 } },
    { "of what is weighed no piece is free",
      { { CHEESE, 500 } },
      TERMS(FREE(1)),
      SINGLE,
      .verdict = SALE_COUPON_NOTHING_FITS },
    { "a tenth of what is weighed", { { CHEESE, 350 } }, TERMS(TENTH), SINGLE, .off = { 45 } },
    { "nothing of a tenth is left",
      { PIECES(ROLL, 1) },
      TERMS(.gift = COUPON_RATE_OFF, .value = 1),
      SINGLE,
      .verdict = SALE_COUPON_NOTHING_FITS },
    /* of which goods */
    { "of a category",
      { PIECES(CAKE, 1), PIECES(COOKIE, 2) },
      TERMS(TENTH, .category_id = COOKIES),
      SINGLE,
      .off = { 0, 50 } },
    { "of some goods", { PIECES(COOKIE, 2), PIECES(CAKE, 1) }, TERMS(TENTH, OF_CAKE), SINGLE, .off = { 0, 90 } },
    { "an amount is off its goods alone",
      { PIECES(CAKE, 1), PIECES(ROLL, 1) },
      TERMS(OFF(1000), OF_CAKE),
      SINGLE,
      .off = { 900 } },
    { "none of its category",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .category_id = COOKIES),
      SINGLE,
      .verdict = SALE_COUPON_NOTHING_FITS },
    { "none of its goods", { PIECES(ROLL, 1) }, TERMS(TENTH, OF_CAKE), SINGLE, .verdict = SALE_COUPON_NOTHING_FITS },
    { "a voided line is none",
      { { CAKE, 1000, true }, PIECES(ROLL, 1) },
      TERMS(TENTH, OF_CAKE),
      SINGLE,
      .verdict = SALE_COUPON_NOTHING_FITS },
    /* from how much on */
    { "just enough", { PIECES(CAKE, 1) }, TERMS(TENTH, .least_minor = 900), SINGLE, .off = { 90 } },
    { "a cent too little",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .least_minor = 901),
      SINGLE,
      .verdict = SALE_COUPON_BASKET_SMALL },
    { "other goods count, too",
      { PIECES(CAKE, 1), PIECES(COOKIE, 1) },
      TERMS(TENTH, .least_minor = 1150, .category_id = COOKIES),
      SINGLE,
      .off = { 0, 25 } },
    { "what was voided does not",
      { PIECES(CAKE, 1), { COOKIE, 1000, true } },
      TERMS(TENTH, .least_minor = 901),
      SINGLE,
      .verdict = SALE_COUPON_BASKET_SMALL },
    { "behind the promotion it is 0.80",
      { PIECES(ROLL, 2) },
      TERMS(TENTH, .least_minor = 81),
      SINGLE,
      .verdict = SALE_COUPON_BASKET_SMALL },
    { "which is enough for 0.80", { PIECES(ROLL, 2) }, TERMS(TENTH, .least_minor = 80), SINGLE, .off = { 8 } },
    /* when */
    { "on Saturdays", { PIECES(CAKE, 1) }, TERMS(TENTH, .weekdays = 0x20), SINGLE, .off = { 90 } },
    { "not on Saturdays", { PIECES(CAKE, 1) }, TERMS(TENTH, .weekdays = 0x5f), SINGLE, .verdict = SALE_COUPON_NOT_NOW },
    { "in this minute",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .from_minute = 506, .until_minute = 507),
      SINGLE,
      .off = { 90 } },
    { "until this minute",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .until_minute = 506),
      SINGLE,
      .verdict = SALE_COUPON_NOT_NOW },
    { "from the next on",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .from_minute = 507),
      SINGLE,
      .verdict = SALE_COUPON_NOT_NOW },
    { "on its first day", { PIECES(CAKE, 1) }, TERMS(TENTH, .first_day = TODAY), SINGLE, .off = { 90 } },
    { "the day before",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .first_day = TODAY + 1),
      SINGLE,
      .verdict = SALE_COUPON_NOT_YET },
    { "on its last day", { PIECES(CAKE, 1) }, TERMS(TENTH, .last_day = TODAY), SINGLE, .off = { 90 } },
    { "the day after",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .last_day = TODAY - 1),
      SINGLE,
      .verdict = SALE_COUPON_EXPIRED },
    { "the day after, at the wrong hour",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .last_day = TODAY - 1, .from_minute = 600),
      SINGLE,
      .verdict = SALE_COUPON_EXPIRED },
    { "stopped", { PIECES(CAKE, 1) }, TERMS(TENTH, .active = false), SINGLE, .verdict = SALE_COUPON_STOPPED },
    /* how often */
    { "used",
      { PIECES(CAKE, 1) },
      TERMS(TENTH),
      .coupon = { .uses_max = 1, .use_count = 1 },
      .verdict = SALE_COUPON_USED },
    { "used, and stopped since",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .active = false),
      .coupon = { .uses_max = 1, .use_count = 1 },
      .verdict = SALE_COUPON_USED },
    { "the last of five",
      { PIECES(CAKE, 1) },
      TERMS(TENTH),
      .coupon = { .uses_max = 5, .use_count = 4 },
      .off = { 90 } },
    { "the sixth of five",
      { PIECES(CAKE, 1) },
      TERMS(TENTH),
      .coupon = { .uses_max = 5, .use_count = 5 },
      .verdict = SALE_COUPON_USED },
    { "of any number", { PIECES(CAKE, 1) }, TERMS(TENTH), .coupon = { .use_count = 1000 }, .off = { 90 } },
    { "the campaign's last",
      { PIECES(CAKE, 1) },
      TERMS(TENTH),
      SINGLE,
      .campaign_max = 100,
      .campaign_uses = 99,
      .off = { 90 } },
    { "behind the campaign's last",
      { PIECES(CAKE, 1) },
      TERMS(TENTH),
      SINGLE,
      .campaign_max = 100,
      .campaign_uses = 100,
      .verdict = SALE_COUPON_USED_UP },
    { "whose purchase came back",
      { PIECES(CAKE, 1) },
      TERMS(TENTH),
      .coupon = { .uses_max = 1, .returned = true },
      .verdict = SALE_COUPON_RETURNED },
    /* whose */
    { "for members, nobody named",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .members_only = true),
      SINGLE,
      .verdict = SALE_COUPON_MEMBER_WANTED },
    { "for members",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .members_only = true),
      SINGLE,
      .member_id = ANNA,
      .off = { 90 } },
    { "Anna's own",
      { PIECES(CAKE, 1) },
      TERMS(TENTH),
      .coupon = { .uses_max = 1, .member_id = ANNA },
      .member_id = ANNA,
      .off = { 90 } },
    { "Anna's, by Bernd",
      { PIECES(CAKE, 1) },
      TERMS(TENTH),
      .coupon = { .uses_max = 1, .member_id = ANNA },
      .member_id = BERND,
      .verdict = SALE_COUPON_OTHER_MEMBER },
    { "Anna's, by nobody",
      { PIECES(CAKE, 1) },
      TERMS(TENTH),
      .coupon = { .uses_max = 1, .member_id = ANNA },
      .verdict = SALE_COUPON_MEMBER_WANTED },
    { "twice a member, the second",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .per_member = 2),
      .member_id = ANNA,
      .member_uses = 1,
      .off = { 90 } },
    { "twice a member, the third",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .per_member = 2),
      .member_id = ANNA,
      .member_uses = 2,
      .verdict = SALE_COUPON_MEMBER_USED },
    { "so often a member, nobody named",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .per_member = 2),
      .verdict = SALE_COUPON_MEMBER_WANTED },
    { "a first purchase",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .first_purchase = true),
      SINGLE,
      .member_id = BERND,
      .off = { 90 } },
    { "no first purchase",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .first_purchase = true),
      SINGLE,
      .member_id = ANNA,
      .bought = true,
      .verdict = SALE_COUPON_NOT_FIRST },
    { "a first purchase of nobody",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .first_purchase = true),
      SINGLE,
      .verdict = SALE_COUPON_MEMBER_WANTED },
    /* beside what else is taken off */
    { "off what a promotion left", { PIECES(ROLL, 2) }, TERMS(TENTH), SINGLE, .off = { 8 } },
    { "not off a promotion's lines",
      { PIECES(ROLL, 2), PIECES(CAKE, 1) },
      TERMS(TENTH, .with_promotions = false),
      SINGLE,
      .off = { 0, 90 } },
    { "which are all there are",
      { PIECES(ROLL, 2) },
      TERMS(TENTH, .with_promotions = false),
      SINGLE,
      .verdict = SALE_COUPON_NOTHING_FITS },
    { "one roll alone is in no promotion",
      { PIECES(ROLL, 1) },
      TERMS(TENTH, .with_promotions = false),
      SINGLE,
      .off = { 5 } },
    { "a free one of two for 0.80", { PIECES(ROLL, 2) }, TERMS(FREE(1)), SINGLE, .off = { 40 } },
    { "before a person's discount", { { CAKE, 1000, false, true } }, TERMS(TENTH), SINGLE, .off = { 90 } },
    { "not beside one of a line",
      { { CAKE, 1000, false, true } },
      TERMS(TENTH, .with_discounts = false),
      SINGLE,
      .verdict = SALE_COUPON_STACKING },
    { "not beside one of the receipt",
      { PIECES(CAKE, 1) },
      TERMS(TENTH, .with_discounts = false),
      SINGLE,
      .whole_discount = true,
      .verdict = SALE_COUPON_STACKING },
    { "one of a voided line is none",
      { PIECES(CAKE, 1), { ROLL, 1000, true, true } },
      TERMS(TENTH, .with_discounts = false),
      SINGLE,
      .off = { 90 } },
    { "off what points left",
      { PIECES(COOKIE, 2) },
      TERMS(TENTH),
      SINGLE,
      .member_id = ANNA,
      .reward = true,
      .off = { 25 } },
    { "a cookie for points, the other free",
      { PIECES(COOKIE, 2) },
      TERMS(FREE(1)),
      SINGLE,
      .member_id = ANNA,
      .reward = true,
      .off = { 250 } },
    /* looked up */
    { "a day ago", { PIECES(CAKE, 1) }, TERMS(TENTH), SINGLE, .seen_before_us = DAY, .off = { 90 } },
    { "longer ago",
      { PIECES(CAKE, 1) },
      TERMS(TENTH),
      SINGLE,
      .seen_before_us = DAY + 1,
      .verdict = SALE_COUPON_WANTED },
    { "in a day and more",
      { PIECES(CAKE, 1) },
      TERMS(TENTH),
      SINGLE,
      .seen_before_us = -DAY - 1,
      .verdict = SALE_COUPON_WANTED },
    { "named by nothing that was given",
      { PIECES(CAKE, 1) },
      TERMS(TENTH),
      SINGLE,
      .unnamed = true,
      .verdict = SALE_COUPON_WANTED },
    { "that is not there", { PIECES(CAKE, 1) }, TERMS(TENTH), SINGLE, .gone = true, .verdict = SALE_UNKNOWN_COUPON },
    { "practised with", { PIECES(CAKE, 1) }, TERMS(TENTH), SINGLE, .practised = true, .verdict = SALE_COUPON_WANTED },
};
_Static_assert(COUNT(rows) >= 50, "a table of fifty cases at least");
#pragma GCC diagnostic pop

static void check_off(const struct row *row, const struct sale_rows *sale)
{
    int64_t sum = 0, total = 0;

    for (int i = 0; i < (int)sale->line_count; i++) {
        if (off_line(sale, i) != row->off[i])
            fail_msg("%s: %lld off line %d, not %lld", row->name, (long long)off_line(sale, i), i,
                     (long long)row->off[i]);
        sum += row->off[i];
        total += sale->lines[i].total_minor;
    }
    assert_int_equal(off_line(sale, NO_LINE), sum);
    assert_int_equal(sale->coupons[0].amount_minor, sum);
    assert_int_equal(sale->total_minor, total);
}

static void B14_a_coupon_takes_off_what_its_row_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];
        struct books *books = open_books();
        const uint32_t dearest = REWARD_DEAREST;
        struct sale_rows sale;
        const struct basket_coupon named = { .id = row->unnamed ? 0 : COUPON,
                                             .campaign_id = CAMPAIGN,
                                             .seen = { NOW.us - row->seen_before_us } };

        put_coupon(books, &row->terms, &row->coupon);
        books->campaigns[0].uses_max = row->campaign_max;
        books->campaigns[0].use_count = row->campaign_uses;
        if (row->gone)
            books->shop->set.coupon_count = 0;
        if (row->member_id != 0)
            put_member(books, CAMPAIGN, row->member_id, row->member_uses, row->bought);
        struct sale_command command = command_of(books->shop->arena, row->lines, &named, 1);
        command.basket.member_id = row->member_id;
        command.basket.rewards = &dearest;
        command.basket.reward_count = row->reward;
        command.basket.discount =
            (struct discount){ .given = row->whole_discount, .value = 100000, .reason = bytes_of_text("friend") };
        command.series = row->practised ? 'S' : 'T';
        enum sale_verdict verdict = sell(books, &command, &sale);
        if (verdict != row->verdict)
            fail_msg("%s: verdict %d, not %d: %s", row->name, (int)verdict, (int)row->verdict, sale.sentence);
        if (verdict == SALE_OK)
            check_off(row, &sale);
        else
            assert_true(sale.sentence[0] != '\0' && strncmp(sale.field, "basket.coupons", 14) == 0);
        assert_int_equal(books->coupons[0].use_count, row->coupon.use_count + (verdict == SALE_OK));
        assert_int_equal(books->campaigns[0].use_count, row->campaign_uses + (verdict == SALE_OK));
        small_shop_close(books->shop);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(B14_a_coupon_takes_off_what_its_row_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
