/* A programme at its edges: each bound of its terms, points that cannot be counted, rewards of tiers, the dearest piece. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "terms_shop.h"

/* ---- earning ---- */

/* 10 million points for each whole unit of 9,000,000,000,000.00 are more than are counted; so is one more than the most. */
static void points_that_leave_the_range_are_none(void **state)
{
    static const struct {
        const char *what;
        struct programme_term term;
        int64_t per_unit, paid_minor;
        bool fits;
        int64_t points;
    } rows[] = {
        { "the rule's own", TERM(.gives = EARN_PER_MONEY, .value = 10000000), 0, MINOR_MAX, false, 0 },
        { "that fit", TERM(.gives = EARN_PER_MONEY, .value = 1000), 1, MINOR_MAX, true, 1001 * (MINOR_MAX / 100) },
        { "with the programme's", TERM(.gives = EARN_PER_VISIT, .value = 1), INT64_MAX, 100, false, 0 },
        { "the most", TERM(.gives = EARN_PER_VISIT, .value = 1), INT64_MAX - 1, 100, true, INT64_MAX },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct earn_line line = { .product_id = GOLD, .paid_minor = rows[i].paid_minor, .paid_milli = 1000 };
        struct programme_term term = rows[i].term;
        const struct programme programme = { .points_per_unit = rows[i].per_unit, .terms = &term, .term_count = 1 };
        struct earning earnings[EARNINGS_MAX];
        size_t count;
        int64_t points;

        print_message("%s\n", rows[i].what);
        term.kind = TERM_EARN;
        term.number = 1;
        assert_int_equal(programme_earn(&programme, &line, 1, rows[i].paid_minor, 0, earn_time_of(zone_utc(), NOW), 2,
                                        earnings, &count, &points),
                         rows[i].fits);
        if (rows[i].fits)
            assert_int_equal(points, rows[i].points);
    }
}

static void goods_are_of_a_term_by_any_of_its_names(void **state)
{
    static const int64_t categories[] = { COOKIES, 9 }, products[] = { ROLL, CAKE };
    const struct programme_term these = { .goods = TERM_GOODS_THESE,
                                          .category_ids = categories,
                                          .category_count = 2,
                                          .product_ids = products,
                                          .product_count = 2 };
    static const struct {
        int64_t product_id, category_id;
        bool named;
    } rows[] = {
        { COOKIE, COOKIES, true }, { GOLD, 9, true },  { ROLL, 0, true },
        { CAKE, 8, true },         { GOLD, 8, false }, { GOLD, 0, false }, /* goods of no category are of none */
    };
    struct programme_term others = these;

    (void)state;
    others.goods = TERM_GOODS_OTHERS;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(term_is_of(&these, rows[i].product_id, rows[i].category_id), rows[i].named);
        assert_int_equal(term_is_of(&others, rows[i].product_id, rows[i].category_id), !rows[i].named);
    }
}

/* Each of the lines that a sale can have has its bit; there is none behind the last. */
static void a_rule_names_the_lines_that_it_counted(void **state)
{
    struct earn_line lines[EARN_LINES_MAX];
    struct programme programme = { .points_per_unit = 1 };
    struct earning earnings[EARNINGS_MAX];
    size_t count;
    int64_t points;

    (void)state;
    for (size_t i = 0; i < EARN_LINES_MAX; i++)
        lines[i] = (struct earn_line){ .product_id = ROLL, .paid_minor = i % 3 == 0 ? 0 : 100 };
    assert_true(programme_earn(&programme, lines, EARN_LINES_MAX, 13300, 0, earn_time_of(zone_utc(), NOW), 2, earnings,
                               &count, &points));
    assert_int_equal(points, 133);
    for (size_t i = 0; i < EARN_LINES_MAX; i++)
        assert_int_equal(earning_has(&earnings[0], i), i % 3 != 0);
    assert_false(earning_has(&earnings[0], EARN_LINES_MAX));
}

/* ---- which terms there can be ---- */

#define A_RULE    .kind = TERM_EARN, .number = 1, .gives = EARN_PER_UNIT, .value = 1
#define TWO_CENTS .kind = TERM_REWARD, .number = 1, .gives = REWARD_GIFT_AMOUNT, .value = 2
#define A_TIER    .kind = TERM_TIER, .number = 1, .value = 1
#define ALWAYS    .name = "z", .weekdays = EVERY_DAY, .until_minute = 1440
#define MANY(categories, products)                                                                                     \
    .category_ids = many, .category_count = (categories), .product_ids = many, .product_count = (products)
static const int64_t many[TERM_GOODS_MAX] = { COOKIES };
static const struct {
    const char *what;
    struct programme_term term;
    bool valid;
} terms[] = {
    { "a rule that gives nothing known", TERM(.kind = TERM_EARN, .number = 1, .value = 1), false },
    { "as many goods as a term names", { ALWAYS, A_RULE, .goods = TERM_GOODS_THESE, MANY(10, 10) }, true },
    { "a product more", { ALWAYS, A_RULE, .goods = TERM_GOODS_THESE, MANY(10, 11) }, false },
    { "goods that are neither these nor others",
      TERM(A_RULE, .goods = TERM_GOODS_OTHERS + 1, .product_ids = rolls, .product_count = 1), false },
    { "for a tier that can be", TERM(A_RULE, .tier = TERM_NUMBER_MAX), true },
    { "for one that cannot", TERM(A_RULE, .tier = TERM_NUMBER_MAX + 1), false },
    { "on an eighth day", { .name = "z", .weekdays = 0x80, .until_minute = 1440, A_RULE }, false },
    { "for a minute", { .name = "z", .weekdays = 1, .from_minute = 1439, .until_minute = 1440, A_RULE }, true },
    { "for no minute", { .name = "z", .weekdays = 1, .from_minute = 600, .until_minute = 600, A_RULE }, false },
    { "beyond midnight", { .name = "z", .weekdays = 1, .until_minute = 1441, A_RULE }, false },
    { "a reward for as many points as there can be", TERM(TWO_CENTS, .cost = TERM_POINTS_MAX), true },
    { "a reward for more", TERM(TWO_CENTS, .cost = TERM_POINTS_MAX + 1), false },
    { "a reward of weekdays", { .name = "z", .weekdays = 0x3f, .until_minute = 1440, TWO_CENTS, .cost = 9 }, false },
    { "a reward from an hour on", TERM(TWO_CENTS, .cost = 9, .from_minute = 60), false },
    { "a reward until an hour",
      { .name = "z", .weekdays = EVERY_DAY, .until_minute = 1439, TWO_CENTS, .cost = 9 },
      false },
    { "a piece with a value",
      TERM(.kind = TERM_REWARD, .number = 1, .gives = REWARD_GIFT_PIECE, .value = 1, .cost = 9, OF_ROLLS), false },
    { "an amount of nothing", TERM(.kind = TERM_REWARD, .number = 1, .gives = REWARD_GIFT_AMOUNT, .cost = 9), false },
    { "a reward of no kind", TERM(.kind = TERM_REWARD, .number = 1, .gives = 4, .value = 1, .cost = 9), false },
    { "a tier for all the money there can be", TERM(.kind = TERM_TIER, .number = 1, .value = MINOR_MAX), true },
    { "a tier for more", TERM(.kind = TERM_TIER, .number = 1, .value = MINOR_MAX + 1), false },
    { "a tier that costs points", TERM(A_TIER, .cost = 1), false },
    { "a tier that gives", TERM(A_TIER, .gives = EARN_PER_VISIT), false },
    { "a tier for a tier", TERM(A_TIER, .tier = 1), false },
    { "a tier of weekdays", { .name = "z", .weekdays = 0x3f, .until_minute = 1440, A_TIER }, false },
    { "a tier from an hour on", TERM(A_TIER, .from_minute = 60), false },
    { "a tier until an hour", { .name = "z", .weekdays = EVERY_DAY, .until_minute = 1439, A_TIER }, false },
};

static void each_bound_of_a_term_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        if (term_valid(&terms[i].term) != terms[i].valid)
            fail_msg("%s", terms[i].what);
}

/* ---- in a sale ---- */

static const struct basket_reward golden[] = { { GOLDEN, REWARD_DEAREST } };

/* With the terms as they are but for the reward's tier, and the programme's own cost. */
static struct small_shop *open_with_golden(uint8_t tier, int64_t reward_cost)
{
    struct small_shop *s = open_with_terms();
    struct programme programme = *catalogue_programme(s->catalogue, VERSION + 1);
    struct programme_term *changed =
        arena_copy(s->arena, programme.terms, programme.term_count * sizeof *programme.terms);

    for (size_t i = 0; i < programme.term_count; i++)
        if (changed[i].kind == TERM_REWARD && changed[i].number == GOLDEN)
            changed[i].tier = tier;
    programme.terms = changed;
    programme.reward_cost = reward_cost;
    catalogue_put_programme(s->catalogue, VERSION + 1, &programme);
    return s;
}

/* A till that prices for a member whom it does not know leaves that to the server; and a tier need not have a name. */
static void a_tier_is_looked_at_where_the_member_is_known(void **state)
{
    static const struct {
        uint8_t tier;
        bool known;
        enum sale_verdict verdict;
        const char *sentence;
    } rows[] = {
        { 2, true, SALE_REWARD_TIER, "z is for members of the tier z, and better ones" },
        { 9, true, SALE_REWARD_TIER, "z is for members of the tier above theirs, and better ones" },
        { 9, false, SALE_OK, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct small_shop *s = open_with_golden(rows[i].tier, 100);
        struct sale_command command = { .aim = SALE_TO_PRICE,
                                        .basket = { .catalogue_version = VERSION + 1,
                                                    .lines = basket,
                                                    .line_count = 3,
                                                    .member_id = ANNA,
                                                    .chosen = golden,
                                                    .chosen_count = 1 },
                                        .device_id = TILL,
                                        .series = 'T' };
        struct sale_rows sale;

        s->set.member_count = rows[i].known ? 2 : 0;
        assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), rows[i].verdict);
        if (rows[i].sentence != NULL)
            assert_non_null(strstr(sale.sentence, rows[i].sentence));
        small_shop_close(s);
    }
}

/* One free cookie for all the points that can be counted, and one more reward. */
static void rewards_cost_no_more_than_can_be_counted(void **state)
{
    static const uint32_t cookie = REWARD_DEAREST;
    struct small_shop *s = open_with_golden(0, INT64_MAX);
    struct sale_command command = { .aim = SALE_TO_PRICE,
                                    .basket = { .catalogue_version = VERSION + 1,
                                                .lines = basket,
                                                .line_count = 3,
                                                .member_id = ANNA,
                                                .rewards = &cookie,
                                                .reward_count = 1,
                                                .chosen = golden,
                                                .chosen_count = 1 },
                                    .device_id = TILL,
                                    .series = 'T' };
    struct sale_rows sale;

    (void)state;
    s->set.member_count = 0;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_AMOUNT_OVERFLOW);
    assert_non_null(strstr(sale.sentence, "the points leave the range"));
    small_shop_close(s);
}

/* Among goods of one reward the dearest is free, the first of equals; one that costs nothing is none. */
static void a_free_piece_is_of_the_dearest(void **state)
{
    const struct programme_term any = TERM(.kind = TERM_REWARD, .gives = REWARD_GIFT_PIECE, .cost = 9);
    static const struct product roll = { .id = ROLL, .price_minor = 45 }, cake = { .id = CAKE, .price_minor = 900 },
                                napkin = { .id = GOLD };
    static const struct {
        const struct product *goods[3];
        uint32_t asked;
        bool found;
        size_t line;
    } rows[] = {
        { { &roll, &cake, &roll }, REWARD_DEAREST, true, 1 },
        { { &cake, &roll, &cake }, REWARD_DEAREST, true, 0 },
        { { &napkin, &roll, &roll }, REWARD_DEAREST, true, 1 },
        { { &cake, &roll, &cake }, 1, true, 1 },
        { { &napkin, &napkin, &napkin }, REWARD_DEAREST, false, 0 },
        { { &napkin, &cake, &cake }, 0, false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct priced_line lines[3];
        size_t line = 77;

        for (size_t k = 0; k < 3; k++) {
            lines[k] = (struct priced_line){ .product = rows[i].goods[k], .quantity_milli = 1000 };
            assert_true(price_line(&lines[k]));
        }
        assert_int_equal(reward_piece(lines, 3, &any, rows[i].asked, &line), rows[i].found);
        if (!rows[i].found)
            continue;
        assert_int_equal(line, rows[i].line);
        assert_int_equal(lines[line].total_minor, 0);
        assert_false(reward_piece(lines, 3, &any, (uint32_t)line, &line)); /* it had one */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_that_leave_the_range_are_none),
        cmocka_unit_test(goods_are_of_a_term_by_any_of_its_names),
        cmocka_unit_test(a_rule_names_the_lines_that_it_counted),
        cmocka_unit_test(each_bound_of_a_term_holds),
        cmocka_unit_test(a_tier_is_looked_at_where_the_member_is_known),
        cmocka_unit_test(rewards_cost_no_more_than_can_be_counted),
        cmocka_unit_test(a_free_piece_is_of_the_dearest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
