/* The terms of a programme: what rules of earning give, what rewards take off and cost, which tier somebody has. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "terms_shop.h"

/* ---- earning ---- */

/* Two cookies and a free one (5.00 paid), a cake with something off (8.10), three rolls (1.35): 14.45. */
static const struct earn_line bought[] = {
    { .product_id = COOKIE, .category_id = COOKIES, .paid_minor = 500, .paid_milli = 2000 },
    { .product_id = CAKE, .paid_minor = 810, .paid_milli = 1000 },
    { .product_id = ROLL, .paid_minor = 135, .paid_milli = 3000 },
    { .product_id = CHEESE, .paid_minor = 0, .paid_milli = 350 }, /* for points: it was not paid for */
};

static const struct {
    const char *what;
    struct programme_term term;
    int64_t basis, points; /* of the rule; nothing beside points_per_unit where points is 0 */
} rules[] = {
    { "money, of all", TERM(.gives = EARN_PER_MONEY, .value = 10), 1445, 144 },
    { "money, a part of a point is none", TERM(.gives = EARN_PER_MONEY, .value = 3, OF_ROLLS), 135, 4 },
    { "money, of a category", TERM(.gives = EARN_PER_MONEY, .value = 10, OF_COOKIES), 500, 50 },
    { "money, of all but a category", TERM(.gives = EARN_PER_MONEY, .value = 10, NO_COOKIES), 945, 94 },
    { "pieces, of a product", TERM(.gives = EARN_PER_UNIT, .value = 5, OF_ROLLS), 3000, 15 },
    { "pieces, free ones are none", TERM(.gives = EARN_PER_UNIT, .value = 1, OF_COOKIES), 2000, 2 },
    { "a visit", TERM(.gives = EARN_PER_VISIT, .value = 7), 1, 7 },
    { "a visit for rolls", TERM(.gives = EARN_PER_VISIT, .value = 7, OF_ROLLS), 1, 7 },
    { "a visit at its hour", TERM(.gives = EARN_PER_VISIT, .value = 7, .from_minute = MINUTE), 1, 7 },
    { "a visit before its hour", TERM(.gives = EARN_PER_VISIT, .value = 7, .from_minute = MINUTE + 1), 0, 0 },
    { "a visit at the end of its hour",
      { .name = "z", .gives = EARN_PER_VISIT, .value = 7, .weekdays = EVERY_DAY, .until_minute = MINUTE },
      0,
      0 },
    { "on its day",
      { .name = "z", .gives = EARN_PER_VISIT, .value = 7, .weekdays = SATURDAY, .until_minute = 1440 },
      1,
      7 },
    { "on another day",
      { .name = "z", .gives = EARN_PER_VISIT, .value = 7, .weekdays = EVERY_DAY & ~SATURDAY, .until_minute = 1440 },
      0,
      0 },
    { "of one's tier", TERM(.gives = EARN_PER_VISIT, .value = 7, .tier = 2), 1, 7 },
    { "of a better tier", TERM(.gives = EARN_PER_VISIT, .value = 7, .tier = 3), 0, 0 },
};

static void each_rule_gives_what_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct programme_term term = rules[i].term;
        struct programme programme = { .points_per_unit = 10, .terms = &term, .term_count = 1 };
        struct earning earnings[EARNINGS_MAX];
        size_t count;
        int64_t points;

        print_message("%s\n", rules[i].what);
        term.kind = TERM_EARN;
        term.number = 3;
        assert_true(term_valid(&term));
        assert_true(programme_earn(&programme, bought, 4, 1445, 2, earn_time_of(zone_utc(), NOW), 2, earnings, &count,
                                   &points));
        assert_int_equal(points, 144 + rules[i].points);
        assert_int_equal(count, rules[i].points > 0 ? 2 : 1);
        assert_int_equal(earnings[0].points, 144);
        if (rules[i].points == 0)
            continue;
        assert_int_equal(earnings[1].rule, 3);
        assert_int_equal(earnings[1].basis, rules[i].basis);
        assert_int_equal(earnings[1].points, rules[i].points);
        assert_false(earning_has(&earnings[1], 3)); /* what was not paid for */
        assert_int_equal(earn_basis(term.gives, bought, 4, NULL, &earnings[1]), rules[i].basis);
    }
}

static void rules_add_up(void **state)
{
    static const struct programme_term terms[] = {
        TERM(.kind = TERM_EARN, .number = 1, .gives = EARN_PER_MONEY, .value = 10), /* double points */
        TERM(.kind = TERM_EARN, .number = 2, .gives = EARN_PER_VISIT, .value = 5),
        TERM(.kind = TERM_TIER, .number = 1, .value = 100),
    };
    struct programme programme = { .points_per_unit = 10, .terms = terms, .term_count = 3 };
    struct earning earnings[EARNINGS_MAX];
    size_t count;
    int64_t points;

    (void)state;
    assert_true(
        programme_earn(&programme, bought, 4, 1445, 0, earn_time_of(zone_utc(), NOW), 2, earnings, &count, &points));
    assert_int_equal(points, 144 + 144 + 5);
    assert_int_equal(count, 3);
    programme.points_per_unit = INT64_MAX;
    assert_false(programme_earn(&programme, bought, 4, INT64_MAX, 0, earn_time_of(zone_utc(), NOW), 2, earnings, &count,
                                &points));
}

/* ---- which terms there can be ---- */

static const struct {
    const char *what;
    struct programme_term term;
    bool valid;
} terms[] = {
    { "a rule", TERM(.kind = TERM_EARN, .number = 1, .gives = EARN_PER_UNIT, .value = 1), true },
    { "no kind", TERM(.number = 1, .gives = EARN_PER_UNIT, .value = 1), false },
    { "number 0", TERM(.kind = TERM_EARN, .gives = EARN_PER_UNIT, .value = 1), false },
    { "number 21", TERM(.kind = TERM_EARN, .number = 21, .gives = EARN_PER_UNIT, .value = 1), false },
    { "a rule of nothing", TERM(.kind = TERM_EARN, .number = 1, .gives = EARN_PER_UNIT), false },
    { "a rule of no kind", TERM(.kind = TERM_EARN, .number = 1, .gives = 4, .value = 1), false },
    { "a rule that costs", TERM(.kind = TERM_EARN, .number = 1, .gives = EARN_PER_UNIT, .value = 1, .cost = 1), false },
    { "too many points", TERM(.kind = TERM_EARN, .number = 1, .gives = EARN_PER_UNIT, .value = TERM_POINTS_MAX + 1),
      false },
    { "a rule of all but nothing",
      TERM(.kind = TERM_EARN, .number = 1, .gives = EARN_PER_UNIT, .value = 1, .goods = TERM_GOODS_OTHERS), false },
    { "of all goods, and named ones",
      TERM(.kind = TERM_EARN, .number = 1, .gives = EARN_PER_UNIT, .value = 1, .product_ids = rolls,
           .product_count = 1),
      false },
    { "on no day",
      { .name = "z", .kind = TERM_EARN, .number = 1, .gives = EARN_PER_UNIT, .value = 1, .until_minute = 1440 },
      false },
    { "a piece", TERM(.kind = TERM_REWARD, .number = 1, .gives = REWARD_GIFT_PIECE, .cost = 9, OF_ROLLS), true },
    { "a piece of anything", TERM(.kind = TERM_REWARD, .number = 1, .gives = REWARD_GIFT_PIECE, .cost = 9), false },
    { "an amount", TERM(.kind = TERM_REWARD, .number = 1, .gives = REWARD_GIFT_AMOUNT, .value = 500, .cost = 9), true },
    { "for nothing", TERM(.kind = TERM_REWARD, .number = 1, .gives = REWARD_GIFT_AMOUNT, .value = 500), false },
    { "all of it", TERM(.kind = TERM_REWARD, .number = 1, .gives = REWARD_GIFT_RATE, .value = 1000000, .cost = 9),
      true },
    { "more than all of it",
      TERM(.kind = TERM_REWARD, .number = 1, .gives = REWARD_GIFT_RATE, .value = 1000001, .cost = 9), false },
    { "a tier", TERM(.kind = TERM_TIER, .number = 20, .value = 1), true },
    { "a tier for nothing", TERM(.kind = TERM_TIER, .number = 1), false },
    { "a tier of goods", TERM(.kind = TERM_TIER, .number = 1, .value = 1, OF_ROLLS), false },
};

static void what_cannot_be_a_term_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        print_message("%s\n", terms[i].what);
        assert_int_equal(term_valid(&terms[i].term), terms[i].valid);
    }
}

/* ---- tiers ---- */

static void the_best_tier_that_was_reached(void **state)
{
    static const struct programme_term tiers[] = { TERM(.kind = TERM_TIER, .number = 1, .value = 20000),
                                                   TERM(.kind = TERM_TIER, .number = 3, .value = 50000) };
    const struct programme programme = { .terms = tiers, .term_count = 2 };

    (void)state;
    assert_int_equal(programme_tier(&programme, 19999), 0);
    assert_int_equal(programme_tier(&programme, 20000), 1);
    assert_int_equal(programme_tier(&programme, 49999), 1);
    assert_int_equal(programme_tier(&programme, INT64_MAX), 3);
    /* The better is the one of the higher number, in whatever order they stand. */
    static const struct programme_term backwards[] = { TERM(.kind = TERM_TIER, .number = 3, .value = 50000),
                                                       TERM(.kind = TERM_TIER, .number = 1, .value = 20000) };
    const struct programme other = { .terms = backwards, .term_count = 2 };
    assert_int_equal(programme_tier(&other, 50000), 3);
    assert_int_equal(programme_tier(&other, 20000), 1);
}

static void the_months_roll(void **state)
{
    static const struct {
        const char *today;
        uint32_t months;
        const char *first;
    } rows[] = {
        { "2026-11-22", 12, "2025-11-23" }, { "2026-01-15", 1, "2025-12-16" },  { "2024-02-29", 12, "2023-03-01" },
        { "2026-03-31", 1, "2026-03-01" },  { "2026-12-31", 36, "2024-01-01" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct day today, first;

        assert_true(day_parse(rows[i].today, &today) && day_parse(rows[i].first, &first));
        assert_int_equal(tier_first_day(today, rows[i].months).number, first.number);
    }
}

/* ---- in a sale ---- */

static enum sale_verdict sell(struct small_shop *s, const struct basket_reward *chosen, size_t count, int64_t total,
                              struct sale_rows *sale)
{
    const struct tender cash = { .kind = TENDER_CASH, .amount_minor = total > 0 ? total : 1535 };
    const struct basket_coupon coupon = { .id = 71, .campaign_id = 81, .seen = NOW };
    struct sale_command command = {
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = VERSION + 1,
                    .lines = basket,
                    .line_count = 3,
                    .member_id = ANNA,
                    .chosen = chosen,
                    .chosen_count = count,
                    .coupons = &coupon,
                    .coupon_count = s->set.coupon_count },
        .tenders = &cash,
        .tender_count = 1,
        .shown_total_minor = total,
        .device_id = TILL,
        .series = 'T',
        .number = 42,
        .sale_id = 51,
        .new_lot_id = 61,
    };

    return sale_decide(&command, &s->set, NOW, sale);
}

static const struct {
    const char *what;
    struct basket_reward chosen[3];
    size_t count;
    enum sale_verdict verdict;
    int64_t total, spent, earned;
} sales[] = {
    /* 153 for money, 90 for the cake, 3 for rolls, 5 for coming */
    { "none", { { 0 } }, 0, SALE_OK, 1535, 0, 153 + 90 + 3 + 5 },
    { "a roll", { { A_ROLL, REWARD_DEAREST } }, 1, SALE_OK, 1490, 9, 149 + 90 + 2 + 5 },
    { "three rolls", { { A_ROLL, 2 }, { A_ROLL, REWARD_DEAREST }, { A_ROLL, 2 } }, 3, SALE_OK, 1400, 27, 140 + 90 + 5 },
    { "a roll off the cake's line", { { A_ROLL, 1 } }, 1, SALE_REWARD_NOT_APPLICABLE, 0, 0, 0 },
    { "two off", { { TWO_OFF, REWARD_DEAREST } }, 1, SALE_OK, 1335, 50, 133 + 78 + 3 + 5 },
    { "two off the rolls' line", { { TWO_OFF, 2 } }, 1, SALE_OK, 1400, 50, 140 + 90 + 5 },
    { "a tenth off", { { TENTH_OFF, REWARD_DEAREST } }, 1, SALE_OK, 1381, 60, 138 + 81 + 3 + 5 },
    { "the cake", { { CAKE_OFF, REWARD_DEAREST } }, 1, SALE_OK, 635, 70, 63 + 3 + 5 },
    { "a roll, and two off",
      { { TWO_OFF, REWARD_DEAREST }, { A_ROLL, REWARD_DEAREST } },
      2,
      SALE_OK,
      1290,
      59,
      129 + 77 + 2 + 5 },
    { "the cake twice",
      { { CAKE_OFF, REWARD_DEAREST }, { CAKE_OFF, REWARD_DEAREST } },
      2,
      SALE_REWARD_NOT_APPLICABLE,
      0,
      0,
      0 },
    { "more than there is",
      { { TENTH_OFF, REWARD_DEAREST }, { CAKE_OFF, REWARD_DEAREST } },
      2,
      SALE_POINTS_SHORT,
      0,
      0,
      0 },
    { "one that is not there", { { 9, REWARD_DEAREST } }, 1, SALE_UNKNOWN_REWARD, 0, 0, 0 },
    { "a better tier's", { { GOLDEN, REWARD_DEAREST } }, 1, SALE_REWARD_TIER, 0, 0, 0 },
};

static int64_t points_of(const struct sale_rows *sale)
{
    int64_t points = 0;

    for (size_t i = 0; i < sale->earning_count; i++)
        points += sale->earnings[i].points;
    return points;
}

static void rewards_are_the_servers_to_work_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sales / sizeof *sales; i++) {
        struct small_shop *s = open_with_terms();
        struct sale_rows sale;

        print_message("%s\n", sales[i].what);
        assert_int_equal(sell(s, sales[i].chosen, sales[i].count, sales[i].total, &sale), sales[i].verdict);
        if (sales[i].verdict == SALE_OK) {
            assert_int_equal(sale.points_spent, sales[i].spent);
            assert_int_equal(sale.points_earned, sales[i].earned);
            assert_int_equal(points_of(&sale), sales[i].earned);
            assert_int_equal(s->members[0].points, 150 - sales[i].spent + sales[i].earned);
        } else {
            assert_true(sale.sentence != NULL && sale.sentence[0] != '\0');
            assert_int_equal(s->members[0].points, 150);
        }
        small_shop_close(s);
    }
}

#define EVER .id = 81, .name = "Autumn", .weekdays = 0x7f, .until_minute = 1440, .with_promotions = true, .active = true
#define FREE_ROLLS(count)                                                                                              \
    {                                                                                                                  \
        EVER, .gift = COUPON_FREE_PIECES, .value = (count), .product_ids = rolls, .product_count = 1                   \
    }
static const struct {
    const char *what;
    struct coupon_terms terms;
    struct basket_reward chosen;
    size_t count;
    int64_t total, spent, earned;
} beside[] = {
    { "a tenth off", { EVER, .gift = COUPON_RATE_OFF, .value = 100000 }, { 0 }, 0, 1381, 0, 138 + 81 + 3 + 5 },
    { "two off the cake",
      { EVER, .gift = COUPON_AMOUNT_OFF, .value = 200, .product_ids = cakes, .product_count = 1 },
      { 0 },
      0,
      1335,
      0,
      133 + 70 + 3 + 5 },
    { "the cake free", { EVER, .gift = COUPON_FREE_PIECES, .value = 1 }, { 0 }, 0, 635, 0, 63 + 3 + 5 },
    { "a tenth off what a reward left",
      { EVER, .gift = COUPON_RATE_OFF, .value = 100000 },
      { TWO_OFF, REWARD_DEAREST },
      1,
      1201,
      50,
      120 + 70 + 3 + 5 },
    { "a free roll", FREE_ROLLS(1), { 0 }, 0, 1490, 0, 149 + 90 + 2 + 5 },
    { "two free rolls", FREE_ROLLS(2), { 0 }, 0, 1445, 0, 144 + 90 + 1 + 5 },
    { "all rolls free", FREE_ROLLS(9), { 0 }, 0, 1400, 0, 140 + 90 + 5 },
    { "a free roll beside one for points", FREE_ROLLS(1), { A_ROLL, REWARD_DEAREST }, 1, 1445, 9, 144 + 90 + 1 + 5 },
    { "the dearest four: the cake, both cookies, a roll",
      { EVER, .gift = COUPON_FREE_PIECES, .value = 4 },
      { 0 },
      0,
      90,
      0,
      9 + 2 + 5 },
    { "two free rolls beside one for points",
      { EVER, .gift = COUPON_FREE_PIECES, .value = 2, .product_ids = rolls, .product_count = 1 },
      { A_ROLL, REWARD_DEAREST },
      1,
      1400,
      9,
      140 + 90 + 5 },
};

/* As of any discount: points are of what is left to pay; and by the piece, what is free gives none, a coupon's as a reward's. */
static void a_coupon_leaves_less_to_earn_points_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        struct small_shop *s = open_with_terms();
        struct coupon_state coupon = { .id = 71, .campaign_id = 81, .number = 7, .uses_max = 1 };
        struct coupon_campaign campaign = { .terms = beside[i].terms };
        struct sale_rows sale;

        print_message("%s\n", beside[i].what);
        s->set.coupons = &coupon;
        s->set.campaigns = &campaign;
        s->set.coupon_count = s->set.campaign_count = 1;
        assert_int_equal(sell(s, &beside[i].chosen, beside[i].count, beside[i].total, &sale), SALE_OK);
        assert_int_equal(sale.total_minor, beside[i].total);
        assert_int_equal(sale.points_spent, beside[i].spent);
        assert_int_equal(sale.points_earned, beside[i].earned);
        assert_int_equal(points_of(&sale), beside[i].earned);
        assert_int_equal(coupon.use_count, 1);
        small_shop_close(s);
    }
}

static void a_tier_opens_its_reward(void **state)
{
    static const struct basket_reward golden = { GOLDEN, REWARD_DEAREST };
    struct small_shop *s = open_with_terms();
    struct sale_rows sale;

    (void)state;
    s->members[0].tier = 2;
    assert_int_equal(sell(s, &golden, 1, 1534, &sale), SALE_OK);
    small_shop_close(s);
}

/* ---- and what comes back ---- */

static enum sale_verdict give_back(struct small_shop *s, const struct refund_line *lines, size_t count, int64_t number,
                                   struct sale_rows *back)
{
    return refund_decide(&(struct refund_command){ .original = { .till = 3, .series = 'T', .number = 42 },
                                                   .lines = lines,
                                                   .line_count = count,
                                                   .device_id = TILL,
                                                   .series = 'T',
                                                   .number = number,
                                                   .sale_id = 50 + number },
                         &s->set, NOW, back);
}

static void what_comes_back_earned_nothing(void **state)
{
    static const struct refund_line a_roll = { 2, 1000 }, the_cake = { 1, 1000 };
    struct small_shop *s = open_with_terms();
    static struct sale_rows sale;
    struct sale_rows back;

    (void)state;
    assert_int_equal(sell(s, NULL, 0, 1535, &sale), SALE_OK);
    small_shop_remember(s, &sale);
    assert_int_equal(give_back(s, &a_roll, 1, 1, &back), SALE_OK);
    assert_int_equal(back.points_earned, (149 - 153) - 1); /* of money, and of a roll; the visit stays */
    assert_int_equal(points_of(&back), back.points_earned);
    assert_int_equal(give_back(s, &the_cake, 1, 2, &back), SALE_OK);
    assert_int_equal(back.points_earned, (59 - 149) - 90);
    assert_int_equal(give_back(s, NULL, 0, 3, &back), SALE_OK);
    assert_int_equal(back.points_earned, -59 - 2 - 5);
    assert_int_equal(s->members[0].points, 150);
    small_shop_close(s);
}

/* It was sold before it was kept which pieces were free, and earned for all of them. */
static void make_older(struct small_shop *s, struct sale_rows *sale)
{
    for (size_t i = 0; i < sale->earning_count; i++)
        if (sale->earnings[i].rule == 2) {
            sale->earnings[i].basis += 1000;
            sale->earnings[i].points++;
        }
    for (size_t i = 0; i < sale->discount_count; i++)
        sale->discounts[i].times = 0;
    small_shop_remember(s, sale);
}

/* Three rolls, one of them free: 0.90. A third of that comes back each time; by the piece, those that were paid come first. */
static void a_free_piece_comes_back_last(void **state)
{
    static const struct refund_line a_roll = { 2, 1000 };
    static const struct {
        bool older;
        int64_t rolls[3];
    } rows[] = { { false, { 1, 1, 0 } }, { true, { 1, 1, 1 } } };
    static struct sale_rows sale;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct small_shop *s = open_with_terms();
        struct coupon_state coupon = { .id = 71, .campaign_id = 81, .number = 7, .uses_max = 1 };
        struct coupon_campaign campaign = { .terms = FREE_ROLLS(1) };
        struct sale_rows back;

        s->set.coupons = &coupon;
        s->set.campaigns = &campaign;
        s->set.coupon_count = s->set.campaign_count = 1;
        assert_int_equal(sell(s, NULL, 0, 1490, &sale), SALE_OK);
        small_shop_remember(s, &sale);
        assert_int_equal(s->original.lines[2].coupon_milli, 1000);
        if (rows[i].older)
            make_older(s, &sale);
        for (int64_t roll = 0; roll < 3; roll++) {
            assert_int_equal(give_back(s, &a_roll, 1, 1 + roll, &back), SALE_OK);
            assert_int_equal(back.total_minor, -30);
            assert_int_equal(back.points_earned, -3 - rows[i].rolls[roll]);
            assert_int_equal(points_of(&back), back.points_earned);
        }
        assert_int_equal(give_back(s, NULL, 0, 4, &back), SALE_OK);
        assert_int_equal(back.points_earned, -140 - 90 - 5);
        small_shop_close(s);
    }
}

static void what_a_reward_cost_comes_back_with_what_it_was_off(void **state)
{
    static const struct basket_reward two_off = { TWO_OFF, REWARD_DEAREST }, a_roll = { A_ROLL, REWARD_DEAREST };
    static const struct refund_line the_cake = { 1, 1000 }, two_rolls = { 2, 2000 }, a_third = { 2, 1000 };
    static struct sale_rows sale;
    struct sale_rows back;
    struct small_shop *s = open_with_terms();

    (void)state;
    assert_int_equal(sell(s, &two_off, 1, 1335, &sale), SALE_OK); /* 1.17 of it off the cake */
    small_shop_remember(s, &sale);
    assert_int_equal(give_back(s, &the_cake, 1, 1, &back), SALE_OK);
    assert_int_equal(back.total_minor, -783);
    assert_int_equal(back.points_spent, -29); /* 50 × 117 / 200, rounded */
    assert_int_equal(give_back(s, NULL, 0, 2, &back), SALE_OK);
    assert_int_equal(back.points_spent, -21);
    assert_int_equal(s->members[0].points, 150);
    small_shop_close(s);

    s = open_with_terms();
    assert_int_equal(sell(s, &a_roll, 1, 1490, &sale), SALE_OK);
    small_shop_remember(s, &sale);
    assert_int_equal(give_back(s, &two_rolls, 1, 1, &back), SALE_OK); /* those that were paid come first */
    assert_int_equal(back.points_spent, 0);
    assert_int_equal(back.total_minor, -90);
    assert_int_equal(give_back(s, &a_third, 1, 2, &back), SALE_OK);
    assert_int_equal(back.points_spent, -9);
    assert_int_equal(back.total_minor, 0);
    small_shop_close(s);
}

/* Caroline's Cookies: 20 for joining, 10 a unit of money, 100 are one cookie. As PROTOCOL.md has it. */
static void the_seed_programme_is_one_row_of_data(void **state)
{
    static const struct {
        int64_t minor, points;
    } paid[] = { { 9, 0 }, { 10, 1 }, { 99, 9 }, { 100, 10 }, { 249, 24 }, { 1000, 100 }, { -5, 0 } };
    struct small_shop *s = small_shop_open();
    const struct programme *seed = catalogue_programme(s->catalogue, VERSION);
    static const uint32_t reward = REWARD_DEAREST;
    const struct tender cash = { .kind = TENDER_CASH, .amount_minor = 1285 };
    struct sale_command command = { .aim = SALE_TO_BOOK,
                                    .basket = { .catalogue_version = VERSION,
                                                .lines = basket,
                                                .line_count = 3,
                                                .member_id = ANNA,
                                                .rewards = &reward,
                                                .reward_count = 1 },
                                    .tenders = &cash,
                                    .tender_count = 1,
                                    .shown_total_minor = 1285,
                                    .device_id = TILL,
                                    .series = 'T',
                                    .number = 42,
                                    .sale_id = 51,
                                    .new_lot_id = 61 };
    struct sale_rows sale;
    int64_t points;

    (void)state;
    assert_int_equal(seed->sign_up_points, 20);
    for (size_t i = 0; i < sizeof paid / sizeof *paid; i++) {
        assert_true(points_earned(seed, paid[i].minor, 2, &points));
        assert_int_equal(points, paid[i].points);
    }
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.points_spent, 100);
    assert_int_equal(sale.points_earned, 128);
    assert_int_equal(sale.earning_count, 0); /* its one rule is the programme's own: no rows */
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_gives_what_it_says),
        cmocka_unit_test(rules_add_up),
        cmocka_unit_test(what_cannot_be_a_term_is_none),
        cmocka_unit_test(the_best_tier_that_was_reached),
        cmocka_unit_test(the_months_roll),
        cmocka_unit_test(rewards_are_the_servers_to_work_out),
        cmocka_unit_test(a_coupon_leaves_less_to_earn_points_on),
        cmocka_unit_test(a_free_piece_comes_back_last),
        cmocka_unit_test(a_tier_opens_its_reward),
        cmocka_unit_test(what_comes_back_earned_nothing),
        cmocka_unit_test(what_a_reward_cost_comes_back_with_what_it_was_off),
        cmocka_unit_test(the_seed_programme_is_one_row_of_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
