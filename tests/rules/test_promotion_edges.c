/* Promotions at their edges: what may be written, which of too many count, goods by weight, and more ways than are tried. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/number.h"
#include "common/rules/price.h"
#include "common/rules/promotion.h"
#include "common/rules/promotion_search.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { ROLLS = 1, CHEESES, WINES };
enum { GOUDA = 11, BRIE, ROLL };

#define ALWAYS .name = "", .weekdays = 0x7f, .until_minute = 1440, .active = true
#define PART(category)                                                                                                 \
    (const struct promotion_part[])                                                                                    \
    {                                                                                                                  \
        {                                                                                                              \
            .pieces = 1, .category_id = (category)                                                                     \
        }                                                                                                              \
    }

/* ---- what may be written ---- */

static const int64_t one_good[] = { 1 };

static const struct {
    const char *name;
    struct promotion_part part;
    uint8_t gift;
    int64_t value;
    int32_t first_day, last_day;
    bool valid;
} written[] = {
    { "of one piece", { 1, 0, ROLLS, NULL }, PROMOTION_RATE_OFF, 1, 0, 0, true },
    { "of no piece", { 0, 0, ROLLS, NULL }, PROMOTION_RATE_OFF, 1, 0, 0, false },
    { "of as many as may be", { PROMOTION_PIECES_MAX, 0, ROLLS, NULL }, PROMOTION_RATE_OFF, 1, 0, 0, true },
    { "of one more", { PROMOTION_PIECES_MAX + 1, 0, ROLLS, NULL }, PROMOTION_RATE_OFF, 1, 0, 0, false },
    { "of one of the goods", { 1, 1, 0, one_good }, PROMOTION_RATE_OFF, 1, 0, 0, true },
    { "of more goods than may be", { 1, PROMOTION_GOODS_MAX + 1, 0, one_good }, PROMOTION_RATE_OFF, 1, 0, 0, false },
    { "for nothing together", { 1, 0, ROLLS, NULL }, PROMOTION_TOGETHER, 0, 0, 0, true },
    { "for less than nothing", { 1, 0, ROLLS, NULL }, PROMOTION_TOGETHER, -1, 0, 0, false },
    { "for all the money", { 1, 0, ROLLS, NULL }, PROMOTION_TOGETHER, MINOR_MAX, 0, 0, true },
    { "for more", { 1, 0, ROLLS, NULL }, PROMOTION_TOGETHER, MINOR_MAX + 1, 0, 0, false },
    { "a cent off", { 1, 0, ROLLS, NULL }, PROMOTION_AMOUNT_OFF, 1, 0, 0, true },
    { "nothing off", { 1, 0, ROLLS, NULL }, PROMOTION_AMOUNT_OFF, 0, 0, 0, false },
    { "all the money off", { 1, 0, ROLLS, NULL }, PROMOTION_AMOUNT_OFF, MINOR_MAX, 0, 0, true },
    { "more off", { 1, 0, ROLLS, NULL }, PROMOTION_AMOUNT_OFF, MINOR_MAX + 1, 0, 0, false },
    { "no rate off", { 1, 0, ROLLS, NULL }, PROMOTION_RATE_OFF, 0, 0, 0, false },
    { "the whole off", { 1, 0, ROLLS, NULL }, PROMOTION_RATE_OFF, 1000000, 0, 0, true },
    { "more than the whole off", { 1, 0, ROLLS, NULL }, PROMOTION_RATE_OFF, 1000001, 0, 0, false },
    { "none of two free", { 2, 0, ROLLS, NULL }, PROMOTION_CHEAPEST_FREE, 0, 0, 0, false },
    { "one of two free", { 2, 0, ROLLS, NULL }, PROMOTION_CHEAPEST_FREE, 1, 0, 0, true },
    { "two of two free", { 2, 0, ROLLS, NULL }, PROMOTION_CHEAPEST_FREE, 2, 0, 0, false },
    { "from a day on", { 1, 0, ROLLS, NULL }, PROMOTION_RATE_OFF, 1, 20000, 0, true },
    { "until a day", { 1, 0, ROLLS, NULL }, PROMOTION_RATE_OFF, 1, 0, 20000, true },
    { "on one day", { 1, 0, ROLLS, NULL }, PROMOTION_RATE_OFF, 1, 20000, 20000, true },
    { "until the day before", { 1, 0, ROLLS, NULL }, PROMOTION_RATE_OFF, 1, 20000, 19999, false },
};

static void B36_each_may_be_written_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(written); i++) {
        const struct promotion promotion = { .parts = &written[i].part,
                                             .part_count = 1,
                                             .gift = written[i].gift,
                                             .value = written[i].value,
                                             .first_day = written[i].first_day,
                                             .last_day = written[i].last_day,
                                             ALWAYS };

        if (promotion_valid(&promotion) != written[i].valid)
            fail_msg("%s", written[i].name);
    }
}

/* What another layout's catalogue may hold takes nothing off, and fits nothing. */
static void B36_what_is_not_known_gives_nothing(void **state)
{
    static const struct product roll = { .id = ROLL, .category_id = 0, .price_minor = 45 };
    static const struct promotion_part of_none = { .pieces = 1 };
    const struct promotion unknown = { .parts = PART(ROLLS), .part_count = 1, .gift = 9, .value = 1, ALWAYS };
    const struct pieces pieces = { .product = &roll, .unit_minor = 45, .left = 1 };
    const uint32_t one = 1;

    (void)state;
    assert_false(promotion_part_fits(&of_none, &roll));
    assert_int_equal(promotion_saves(&unknown, &pieces, 1, &one), 0);
}

/* Of fifty-one the last does not count; of fifty it does. */
static void B36_those_with_the_lowest_numbers_count(void **state)
{
    struct catalogue *catalogue = catalogue_create();
    const struct promotion *found[PROMOTIONS_MAX];

    (void)state;
    for (int64_t id = 1; id <= PROMOTIONS_MAX + 1; id++) {
        const struct promotion promotion = {
            .id = id, .parts = PART(ROLLS), .part_count = 1, .gift = PROMOTION_RATE_OFF, .value = 1, ALWAYS
        };

        catalogue_put_promotion(catalogue, (uint64_t)id, &promotion);
        catalogue_seal(catalogue, (uint64_t)id, id);
    }
    for (uint64_t version = PROMOTIONS_MAX - 1; version <= PROMOTIONS_MAX + 1; version++) {
        size_t count = promotions_in_force(catalogue, version, zone_utc(), (struct instant){ 0 }, false, found);

        assert_int_equal(count, version < PROMOTIONS_MAX ? version : PROMOTIONS_MAX);
        assert_int_equal(found[count - 1]->id, count);
    }
    catalogue_destroy(catalogue);
}

/* ---- goods by weight ---- */

static const struct product gouda = { .id = GOUDA, .category_id = CHEESES, .price_minor = 1290, .unit = UNIT_KILOGRAM },
                            brie = { .id = BRIE, .category_id = CHEESES, .price_minor = 0, .unit = UNIT_KILOGRAM },
                            roll = { .id = ROLL, .category_id = ROLLS, .price_minor = 45 };

#define RATE(number, category, ppm)                                                                                    \
    {                                                                                                                  \
        .id = (number), .parts = PART(category), .part_count = 1, .gift = PROMOTION_RATE_OFF, .value = (ppm), ALWAYS   \
    }

static const struct promotion
    tenth = RATE(1, CHEESES, 100000),
    fifth = RATE(2, CHEESES, 200000), of_wine = RATE(3, WINES, 500000),
    euro_off = { .id = 4, .parts = PART(CHEESES), .part_count = 1, .gift = PROMOTION_AMOUNT_OFF, .value = 100, ALWAYS },
    pair = { .id = 5,
             .parts = (const struct promotion_part[]){ { .pieces = 2, .category_id = CHEESES } },
             .part_count = 1,
             .gift = PROMOTION_RATE_OFF,
             .value = 500000,
             ALWAYS };

static const struct {
    const char *name;
    const struct promotion *in_force[3];
    const struct product *product;
    int64_t milli, off_minor, promotion_id; /* of what took it; 0: nothing */
    bool voided;
} weighed[] = {
    { "a tenth off", { &tenth }, &gouda, 1000, 129, 1, false },
    { "the larger rate, whichever comes first", { &tenth, &fifth }, &gouda, 1000, 258, 2, false },
    { "the larger rate, whichever comes last", { &fifth, &tenth }, &gouda, 1000, 258, 2, false },
    { "the first of equals", { &tenth, &tenth }, &gouda, 345, 45, 1, false }, /* of 4.45, 44.5 */
    { "of other goods", { &of_wine }, &gouda, 1000, 0, 0, false },
    { "an amount off is of pieces", { &euro_off }, &gouda, 1000, 0, 0, false },
    { "two are pieces", { &pair }, &gouda, 2000, 0, 0, false },
    { "what is for nothing", { &tenth }, &brie, 1000, 0, 0, false },
    { "what was taken back", { &tenth }, &gouda, 1000, 0, 0, true },
    { "a rate of pieces", { &tenth }, &roll, 1000, 0, 0, false },
};

static void B36_by_weight_the_larger_rate(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(weighed); i++) {
        struct arena *arena = arena_create(0);
        struct priced_line line = { .product = weighed[i].product,
                                    .quantity_milli = weighed[i].milli,
                                    .voided = weighed[i].voided };
        struct promotion_row *rows = NULL;
        size_t in_force = 0;

        assert_true(price_line(&line));
        while (in_force < 3 && weighed[i].in_force[in_force] != NULL)
            in_force++;
        size_t count = promotions_take(&line, 1, weighed[i].in_force, in_force, arena, &rows);
        if (line.promotion_minor != weighed[i].off_minor || count != (weighed[i].promotion_id != 0 ? 2 : 0))
            fail_msg("%s: %lld off, %zu rows", weighed[i].name, (long long)line.promotion_minor, count);
        if (count > 0) {
            assert_int_equal(rows[0].promotion->id, weighed[i].promotion_id);
            assert_int_equal(rows[0].line, NO_LINE);
            assert_int_equal(rows[0].times, 1);
            assert_int_equal(rows[1].line, 0);
            assert_int_equal(rows[1].amount_minor, weighed[i].off_minor);
        }
        arena_destroy(arena);
    }
}

static void B36_an_empty_basket_has_none(void **state)
{
    static const struct promotion *const in_force[] = { &tenth };
    struct promotion_row *rows = NULL;
    struct arena *arena = arena_create(0);

    (void)state;
    assert_int_equal(promotions_take(NULL, 0, in_force, 1, arena, &rows), 0);
    arena_destroy(arena);
}

/* ---- more ways than are tried ---- */

#define KINDS 60

static struct {
    struct product products[KINDS];
    struct priced_line lines[KINDS];
} basket;

/* Wines from dear to cheap, a euro apart. */
static void fill_basket(size_t kinds, int64_t pieces)
{
    for (size_t i = 0; i < kinds; i++) {
        basket.products[i] =
            (struct product){ .id = (int64_t)i + 1, .category_id = WINES, .price_minor = 100 * (int64_t)(kinds - i) };
        basket.lines[i] = (struct priced_line){ .product = &basket.products[i], .quantity_milli = 1000 * pieces };
        assert_true(price_line(&basket.lines[i]));
    }
}

#define OF_WINE(n)                                                                                                     \
    {                                                                                                                  \
        .pieces = (n), .category_id = WINES                                                                            \
    }
static const struct promotion two_for_one = { .id = 1,
                                              .parts = (const struct promotion_part[]){ OF_WINE(2) },
                                              .part_count = 1,
                                              .gift = PROMOTION_CHEAPEST_FREE,
                                              .value = 1,
                                              ALWAYS },
                              five_parts = { .id = 2,
                                             .parts =
                                                 (const struct promotion_part[]){ OF_WINE(1), OF_WINE(1), OF_WINE(1),
                                                                                  OF_WINE(1), OF_WINE(1) },
                                             .part_count = 5,
                                             .gift = PROMOTION_TOGETHER,
                                             .value = 0,
                                             ALWAYS };

/* What is saved is known without a search: of equal goods the half is free, and of any five all is. */
static const struct {
    const char *name;
    size_t kinds;
    int64_t pieces;
    const struct promotion *promotion;
    uint32_t times;
    int64_t off_minor;
} large[] = {
    /* 3^12 states of what is left, of which a thousand are kept: two of each kind, 1.00 to 12.00. */
    { "more states than are kept", 12, 4, &two_for_one, 24, 2 * 7800 },
    /* 60 wines, of which 12 times five are for nothing; to look at all ways to take five takes too long. */
    { "more ways than are looked at", KINDS, 1, &five_parts, 12, 183000 },
    /* And one wine more than is searched for all ways at all. */
    { "more pieces than are searched", 1, 61, &two_for_one, 30, 3000 },
};

static void B36_a_large_basket_gets_the_largest_saving_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(large); i++) {
        struct arena *arena = arena_create(0);
        struct promotion_row *rows = NULL;
        int64_t off_minor = 0;

        fill_basket(large[i].kinds, large[i].pieces);
        size_t count = promotions_take(basket.lines, large[i].kinds, &large[i].promotion, 1, arena, &rows);
        for (size_t line = 0; line < large[i].kinds; line++) {
            assert_true(basket.lines[line].total_minor >= 0);
            off_minor += basket.lines[line].promotion_minor;
        }
        if (off_minor != large[i].off_minor || count == 0 || rows[0].times != large[i].times ||
            rows[0].amount_minor != off_minor)
            fail_msg("%s: %u times, %lld", large[i].name, count == 0 ? 0 : rows[0].times, (long long)off_minor);
        arena_destroy(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(B36_each_may_be_written_or_not),
        cmocka_unit_test(B36_what_is_not_known_gives_nothing),
        cmocka_unit_test(B36_those_with_the_lowest_numbers_count),
        cmocka_unit_test(B36_by_weight_the_larger_rate),
        cmocka_unit_test(B36_an_empty_basket_has_none),
        cmocka_unit_test(B36_a_large_basket_gets_the_largest_saving_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
