/* Coupons, a row each: what one takes off which line, or why it does not; two in a basket; what the next sale sees of a use; refunds
 * of a sale with one; terms that cannot be; codes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/print/text.h"
#include "common/rules/sale_offline.h"
#include "common/rules/sale_receipt.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TAKEN        (VERSION + 1) /* two rolls are 0.80 together in it */
#define DAY          INT64_C(86400000000)
#define TODAY        20414 /* NOW is in it: a Saturday, 8:26 */

enum { COUPON = 71, SECOND };       /* coupons */
enum { CAMPAIGN = 81, CAMPAIGN_2 }; /* of these */

struct bought {
    int64_t id, milli;
    bool voided, discounted; /* by a tenth */
};
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

#define PIECES(good, n)                                                                                                \
    {                                                                                                                  \
        .id = (good), .milli = (n)*INT64_C(1000)                                                                       \
    }
#define EVER        .weekdays = 0x7f, .until_minute = 1440, .with_promotions = true, .with_discounts = true, .active = true
#define TENTH       .gift = COUPON_RATE_OFF, .value = 100000
#define OFF(minor)  .gift = COUPON_AMOUNT_OFF, .value = (minor)
#define FREE(count) .gift = COUPON_FREE_PIECES, .value = (count)
#define TERMS(...)  .terms = { EVER, __VA_ARGS__ }
#define OF_CAKE     .product_ids = (const int64_t[]){ CAKE }, .product_count = 1
#define SINGLE      .coupon = { .uses_max = 1 }

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
      TERMS(FREE(2)),
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

/* ---- selling ---- */

struct books {
    struct small_shop *shop;
    struct coupon_state coupons[2];
    struct coupon_campaign campaigns[2];
    struct coupon_member members[2];
};

static struct books *open_books(void)
{
    static const struct promotion two_rolls = {
        .id = 1,
        .name = "Two rolls",
        .parts =
            (const struct promotion_part[]){
                { .pieces = 2, .product_ids = (const int64_t[]){ ROLL }, .product_count = 1 } },
        .part_count = 1,
        .gift = PROMOTION_TOGETHER,
        .value = 80,
        .weekdays = 0x7f,
        .until_minute = 1440,
        .active = true,
    };
    struct small_shop *shop = small_shop_open();
    struct books *books = arena_alloc(shop->arena, sizeof *books);

    books->shop = shop;
    catalogue_put_promotion(shop->catalogue, TAKEN, &two_rolls);
    catalogue_seal(shop->catalogue, TAKEN, NOW.us);
    shop->set.coupons = books->coupons;
    shop->set.campaigns = books->campaigns;
    shop->set.coupon_members = books->members;
    return books;
}

static void put_coupon(struct books *books, const struct coupon_terms *terms, const struct coupon_state *coupon)
{
    size_t at = books->shop->set.coupon_count++;

    books->shop->set.campaign_count++;
    books->coupons[at] = *coupon;
    books->coupons[at].id = COUPON + (int64_t)at;
    books->coupons[at].campaign_id = CAMPAIGN + (int64_t)at;
    books->coupons[at].number = 7;
    books->campaigns[at].terms = *terms;
    books->campaigns[at].terms.id = CAMPAIGN + (int64_t)at;
    books->campaigns[at].terms.name = at == 0 ? "Autumn" : "Winter";
}

static void put_member(struct books *books, int64_t campaign_id, int64_t member_id, int64_t uses, bool bought)
{
    books->members[books->shop->set.coupon_member_count++] = (struct coupon_member){
        .campaign_id = campaign_id, .member_id = member_id, .use_count = uses, .bought = bought
    };
}

static struct sale_command command_of(struct arena *arena, const struct bought *bought,
                                      const struct basket_coupon *coupons, size_t coupon_count)
{
    struct basket_line *lines = arena_array(arena, 4, sizeof *lines);
    size_t count = 0;

    for (; count < 4 && bought[count].id != 0; count++)
        lines[count] = (struct basket_line){
            .product_id = bought[count].id,
            .quantity_milli = bought[count].milli,
            .voided = bought[count].voided,
            .discount = { .given = bought[count].discounted, .value = 100000, .reason = bytes_of_text("day-old") }
        };
    return (struct sale_command){
        .basket = { .catalogue_version = TAKEN,
                    .lines = lines,
                    .line_count = count,
                    .coupons = coupons,
                    .coupon_count = coupon_count },
        .discount_limit_ppm = 1000000,
        .device_id = TILL,
        .series = 'T',
        .number = 8,
        .sale_id = 500,
        .new_lot_id = 600,
    };
}

/* Paid in cash, by what the till shows. */
static enum sale_verdict sell(struct books *books, struct sale_command *command, struct sale_rows *sale)
{
    struct tender *cash = arena_alloc(books->shop->arena, sizeof *cash);

    command->aim = SALE_TO_PRICE;
    if (sale_decide(command, &books->shop->set, NOW, sale) == SALE_OK) {
        *cash = (struct tender){ .type_id = TENDER_TYPE_CASH, .amount_minor = sale->total_minor };
        command->tenders = cash;
        command->tender_count = sale->total_minor > 0;
        command->shown_total_minor = sale->total_minor;
    }
    command->aim = SALE_TO_BOOK;
    return sale_decide(command, &books->shop->set, NOW, sale);
}

static int64_t off_line(const struct sale_rows *sale, int line)
{
    int64_t sum = 0;

    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].kind == DISCOUNT_OF_COUPON && sale->discounts[i].line == line)
            sum += sale->discounts[i].amount_minor;
    return sum;
}

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

/* ---- a till that prices ---- */

static void a_till_says_why_one_takes_nothing_off_and_goes_on(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };
    static const struct coupon_terms large = { EVER, TENTH, .least_minor = 2000 };
    const struct basket_coupon named = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
    struct books *books = open_books();
    struct sale_rows sale;

    (void)state;
    put_coupon(books, &large, &(struct coupon_state){ .uses_max = 1 });
    struct sale_command command = command_of(books->shop->arena, cake, &named, 1);
    command.aim = SALE_TO_PRICE;
    assert_int_equal(sale_decide(&command, &books->shop->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.total_minor, 900);
    assert_int_equal(sale.coupons[0].verdict, COUPON_BASKET_IS_SMALL);
    assert_string_equal(sale.coupons[0].sentence, "coupon Autumn is for baskets from 20.00 on");
    command.aim = SALE_TO_QUOTE;
    assert_int_equal(sale_decide(&command, &books->shop->set, NOW, &sale), SALE_COUPON_BASKET_SMALL);
    small_shop_close(books->shop);
}

/* ---- two ---- */

static const struct two {
    const char *name;
    bool first_beside, second_beside, same;
    enum sale_verdict verdict;
    int64_t total_minor;
} twos[] = {
    { "both stand beside others: 9.00 - 2.00, a tenth off the rest", true, true, false, SALE_OK, 630 },
    { "the first alone does", true, false, false, SALE_COUPON_STACKING, 0 },
    { "the second alone does", false, true, false, SALE_COUPON_STACKING, 0 },
    { "neither does", false, false, false, SALE_COUPON_STACKING, 0 },
    { "two of one campaign", true, true, true, SALE_COUPON_WANTED, 0 },
};

static void B14_two_coupons_go_together_where_both_may(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };

    (void)state;
    for (size_t i = 0; i < COUNT(twos); i++) {
        const struct two *two = &twos[i];
        const struct coupon_terms off = { EVER, OFF(200), .with_coupons = two->first_beside },
                                  tenth = { EVER, TENTH, .with_coupons = two->second_beside };
        const struct basket_coupon named[] = {
            { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW },
            { .id = SECOND, .campaign_id = two->same ? CAMPAIGN : CAMPAIGN_2, .seen = NOW },
        };
        struct books *books = open_books();
        struct sale_rows sale;

        put_coupon(books, &off, &(struct coupon_state){ .uses_max = 1 });
        put_coupon(books, &tenth, &(struct coupon_state){ .uses_max = 1 });
        struct sale_command command = command_of(books->shop->arena, cake, named, 2);
        enum sale_verdict verdict = sell(books, &command, &sale);
        if (verdict != two->verdict)
            fail_msg("%s: verdict %d", two->name, (int)verdict);
        if (verdict == SALE_OK)
            assert_int_equal(sale.total_minor, two->total_minor);
        assert_int_equal(books->coupons[0].use_count + books->coupons[1].use_count, verdict == SALE_OK ? 2 : 0);
        small_shop_close(books->shop);
    }
}

static void no_more_than_five_are_in_a_basket(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };
    struct basket_coupon named[BASKET_COUPONS_MAX + 1];
    struct books *books = open_books();
    struct sale_rows sale;

    (void)state;
    for (size_t i = 0; i < COUNT(named); i++)
        named[i] =
            (struct basket_coupon){ .id = COUPON + (int64_t)i, .campaign_id = CAMPAIGN + (int64_t)i, .seen = NOW };
    struct sale_command command = command_of(books->shop->arena, cake, named, COUNT(named));
    assert_int_equal(sell(books, &command, &sale), SALE_COUPON_STACKING);
    small_shop_close(books->shop);
}

/* ---- one after the other, upon one working set ---- */

static void the_next_sale_sees_what_the_one_before_used(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };
    static const struct {
        struct coupon_terms terms;
        int64_t uses_max, campaign_max, member_id;
        enum sale_verdict second;
    } sales[] = {
        { { EVER, TENTH }, 1, 0, 0, SALE_COUPON_USED },
        { { EVER, TENTH }, 2, 0, 0, SALE_OK },
        { { EVER, TENTH }, 0, 1, 0, SALE_COUPON_USED_UP },
        { { EVER, TENTH, .per_member = 1 }, 0, 0, BERND, SALE_COUPON_MEMBER_USED },
        { { EVER, TENTH, .first_purchase = true }, 0, 0, BERND, SALE_COUPON_NOT_FIRST },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(sales); i++) {
        const struct basket_coupon named = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
        struct books *books = open_books();
        struct sale_rows sale;

        put_coupon(books, &sales[i].terms, &(struct coupon_state){ .uses_max = sales[i].uses_max });
        books->campaigns[0].uses_max = sales[i].campaign_max;
        put_member(books, CAMPAIGN, BERND, 0, false);
        struct sale_command command = command_of(books->shop->arena, cake, &named, 1);
        command.basket.member_id = sales[i].member_id;
        assert_int_equal(sell(books, &command, &sale), SALE_OK);
        assert_int_equal(sale.coupons[0].use_number, 1);
        command.sale_id++;
        command.number++;
        assert_int_equal(sell(books, &command, &sale), sales[i].second);
        small_shop_close(books->shop);
    }
}

/* A plain sale is a member's first purchase, too. */
static void a_sale_without_a_coupon_is_a_purchase(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };
    static const struct coupon_terms first = { EVER, TENTH, .first_purchase = true };
    const struct basket_coupon named = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
    struct books *books = open_books();
    struct sale_rows sale;

    (void)state;
    put_coupon(books, &first, &(struct coupon_state){ .uses_max = 1 });
    put_member(books, CAMPAIGN, BERND, 0, false);
    struct sale_command command = command_of(books->shop->arena, cake, &named, 0);
    command.basket.member_id = BERND;
    assert_int_equal(sell(books, &command, &sale), SALE_OK);
    command.basket.coupon_count = 1;
    assert_int_equal(sell(books, &command, &sale), SALE_COUPON_NOT_FIRST);
    small_shop_close(books->shop);
}

/* ---- what is refunded ---- */

static void the_parts_of_a_refund_sum_to_what_was_paid(void **state)
{
    static const struct bought basket[4] = { PIECES(COOKIE, 3), PIECES(CAKE, 1) };
    static const struct coupon_terms terms = { EVER, OFF(100) };
    const struct basket_coupon named = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
    struct books *books = open_books();
    struct sale_rows sale, back;
    int64_t sum = 0;

    (void)state;
    put_coupon(books, &terms, &(struct coupon_state){ .uses_max = 1 });
    struct sale_command command = command_of(books->shop->arena, basket, &named, 1);
    assert_int_equal(sell(books, &command, &sale), SALE_OK);
    assert_int_equal(sale.total_minor, 1550);
    small_shop_remember(books->shop, &sale);
    for (int i = 0; i < 4; i++) {
        const struct refund_line line = { .line = i < 3 ? 0 : 1, .quantity_milli = 1000 };
        struct refund_command refund = { .original = sale.number,
                                         .lines = &line,
                                         .line_count = 1,
                                         .reason = bytes_of_text("broken"),
                                         .device_id = TILL,
                                         .series = 'T',
                                         .number = 20 + i,
                                         .sale_id = 700 + i };

        assert_int_equal(refund_decide(&refund, &books->shop->set, NOW, &back), SALE_OK);
        assert_int_equal(back.coupon_count, 0);
        sum += back.total_minor;
    }
    assert_int_equal(sum, -1550);
    assert_int_equal(books->coupons[0].use_count, 1); /* it was used all the same */
    small_shop_close(books->shop);
}

/* ---- paper ---- */

static void a_receipt_names_it_and_the_tax_is_of_what_is_left(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };
    static const struct coupon_terms terms = { EVER, OFF(200) };
    const struct basket_coupon named = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
    struct books *books = open_books();
    struct sale_rows sale;

    (void)state;
    put_coupon(books, &terms, &(struct coupon_state){ .uses_max = 1 });
    struct sale_command command = command_of(books->shop->arena, cake, &named, 1);
    assert_int_equal(sell(books, &command, &sale), SALE_OK);
    assert_int_equal(sale.tax_minor, 46); /* 7.00 × 7 / 107 */
    const struct shop *shop = catalogue_shop(books->shop->catalogue, TAKEN);
    struct receipt paper = sale_receipt(&sale, shop, zone_utc(), NULL, books->shop->arena);
    const char *text = receipt_text(books->shop->arena, &paper, 42);
    if (strstr(text, "Coupon Autumn                        -2.00") == NULL)
        fail_msg("%s", text);
    small_shop_close(books->shop);
}

/* ---- without a connection ---- */

static void none_is_taken_offline(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };
    const struct basket_coupon named = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
    struct books *books = open_books();
    struct sale_rows sale;

    (void)state;
    struct sale_command command = command_of(books->shop->arena, cake, &named, 1);
    const struct offline_till till = { .arena = books->shop->arena,
                                       .catalogue = books->shop->catalogue,
                                       .zone = zone_utc(),
                                       .device_id = TILL,
                                       .till_number = 3,
                                       .shift_id = SHIFT };
    assert_int_equal(sale_offline_sell(&command, &till, NOW, &sale), SALE_COUPON_OFFLINE);
    small_shop_close(books->shop);
}

/* ---- terms ---- */

static const struct {
    const char *field; /* NULL: they can be */
    struct coupon_terms terms;
} terms_rows[] = {
    { NULL, { EVER, TENTH } },
    { NULL, { EVER, TENTH, .category_id = 3 } },
    { NULL, { EVER, OFF(1), .first_day = TODAY, .last_day = TODAY } },
    { NULL, { EVER, FREE(100), .from_minute = 1439 } },
    { "gift", { EVER, .gift = 0, .value = 1 } },
    { "gift", { EVER, .gift = 4, .value = 1 } },
    { "value", { EVER, .gift = COUPON_RATE_OFF, .value = 1000001 } },
    { "value", { EVER, .gift = COUPON_RATE_OFF, .value = 0 } },
    { "value", { EVER, OFF(0) } },
    { "value", { EVER, OFF(MINOR_MAX + 1) } },
    { "value", { EVER, FREE(101) } },
    { "value", { EVER, FREE(-1) } },
    { "product_ids", { EVER, TENTH, OF_CAKE, .category_id = 3 } },
    { "product_ids", { EVER, TENTH, .product_count = 21 } },
    { "least_minor", { EVER, TENTH, .least_minor = -1 } },
    { "weekdays", { EVER, TENTH, .weekdays = 0 } },
    { "weekdays", { EVER, TENTH, .weekdays = 128 } },
    { "until_minute", { EVER, TENTH, .from_minute = 1440 } },
    { "until_minute", { EVER, TENTH, .until_minute = 1441 } },
    { "last_day", { EVER, TENTH, .first_day = TODAY, .last_day = TODAY - 1 } },
};
#pragma GCC diagnostic pop

static void terms_that_cannot_be_are_told_by_their_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(terms_rows); i++) {
        const char *field = "", *trouble = coupon_terms_trouble(&terms_rows[i].terms, &field);

        assert_int_equal(trouble != NULL, terms_rows[i].field != NULL);
        if (trouble != NULL)
            assert_string_equal(field, terms_rows[i].field);
    }
}

/* ---- codes ---- */

static void B14_codes_are_read_as_they_were_made_and_no_wrong_one_is(void **state)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char code[COUPON_CODE_TEXT], read[COUPON_CODE_TEXT], shown[COUPON_CODE_SHOWN];
    uint8_t bytes[16];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(17 * i + 3);
    coupon_code_make(bytes, code);
    assert_int_equal(strlen(code), COUPON_CODE_LENGTH);
    assert_true(coupon_code_read(bytes_of_text(coupon_code_format(shown, code)), read));
    assert_string_equal(read, code);
    for (size_t i = 0; i < COUPON_CODE_LENGTH; i++) {
        char wrong[COUPON_CODE_TEXT];

        for (const char *other = alphabet; *other != '\0'; other++) {
            memcpy(wrong, code, sizeof wrong);
            wrong[i] = *other;
            assert_int_equal(coupon_code_read(bytes_of_text(wrong), read), *other == code[i]);
        }
        if (i < 2 || i + 3 >= COUPON_CODE_LENGTH || code[i] == code[i + 1])
            continue;
        memcpy(wrong, code, sizeof wrong);
        wrong[i] = code[i + 1];
        wrong[i + 1] = code[i];
        assert_false(coupon_code_read(bytes_of_text(wrong), read));
    }
}

static void what_else_is_scanned_is_no_coupon(void **state)
{
    static const char *const others[] = { "",       "4006381333931",     "90000000000000000000", "CC-1001",      "CP",
                                          "CP1234", "CP00000000000000X", "CPIL0000000000",       "2012345006789" };
    char read[COUPON_CODE_TEXT];

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(coupon_code_read(bytes_of_text(others[i]), read));
    assert_true(coupon_code_read(bytes_of_text("cp00-0000 0000 0000"), read));
    assert_string_equal(read, "CP00000000000000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(B14_a_coupon_takes_off_what_its_row_says),
        cmocka_unit_test(a_till_says_why_one_takes_nothing_off_and_goes_on),
        cmocka_unit_test(B14_two_coupons_go_together_where_both_may),
        cmocka_unit_test(no_more_than_five_are_in_a_basket),
        cmocka_unit_test(the_next_sale_sees_what_the_one_before_used),
        cmocka_unit_test(a_sale_without_a_coupon_is_a_purchase),
        cmocka_unit_test(the_parts_of_a_refund_sum_to_what_was_paid),
        cmocka_unit_test(a_receipt_names_it_and_the_tax_is_of_what_is_left),
        cmocka_unit_test(none_is_taken_offline),
        cmocka_unit_test(terms_that_cannot_be_are_told_by_their_field),
        cmocka_unit_test(B14_codes_are_read_as_they_were_made_and_no_wrong_one_is),
        cmocka_unit_test(what_else_is_scanned_is_no_coupon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
