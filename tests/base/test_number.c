/* Exact integers: rounding, overflow, spreading, reading and writing amounts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "seed.h"
#include "common/base/number.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void sums_and_products_that_leave_int64_are_refused(void **state)
{
    static const struct {
        int64_t a, b;
        bool sum_fits, product_fits;
    } cases[] = {
        { 1, 2, true, true },
        { INT64_MAX, 1, false, true },
        { INT64_MIN, -1, false, false },
        { INT64_MAX, INT64_MIN, true, false },
        { INT64_MIN, 0, true, true },
        { INT64_C(3037000500), INT64_C(3037000500), true, false },
        { INT64_C(3037000499), INT64_C(3037000499), true, true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t sum = 77, product = 77;
        assert_int_equal(add_checked(cases[i].a, cases[i].b, &sum), cases[i].sum_fits);
        assert_true(sum == (cases[i].sum_fits ? cases[i].a + cases[i].b : 77));
        assert_int_equal(multiply_checked(cases[i].a, cases[i].b, &product), cases[i].product_fits);
        assert_true(product == (cases[i].product_fits ? cases[i].a * cases[i].b : 77));
    }
}

static void adds_as_far_as_it_can_be_counted(void **state)
{
    static const struct {
        int64_t to, amount, sum;
    } cases[] = { { 1, 2, 3 },
                  { INT64_MAX, 1, INT64_MAX },
                  { INT64_MAX, -1, INT64_MAX - 1 },
                  { -INT64_MAX, -1, -INT64_MAX }, /* INT64_MIN is no number of ours: a store takes it for none */
                  { -2, INT64_MIN, -INT64_MAX } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t sum = cases[i].to;

        add_most(&sum, cases[i].amount);
        assert_true(sum == cases[i].sum);
    }
}

static void division_rounds_half_away_from_zero_or_down(void **state)
{
    static const struct {
        int64_t a, b, divisor, rounded, floor;
    } cases[] = {
        { 5, 1, 10, 1, 0 },
        { -5, 1, 10, -1, -1 },
        { 4, 1, 10, 0, 0 },
        { -4, 1, 10, 0, -1 },
        { 15, 1, 10, 2, 1 },
        { 25, 1, 10, 3, 2 },
        { -25, 1, 10, -3, -3 },
        { 1, 1, 3, 0, 0 },
        { 2, 1, 3, 1, 0 },
        { -2, 1, 3, -1, -1 },
        { -3, 1, 3, -1, -1 },
        { 0, -9, 7, 0, 0 },
        { 349, 1500, 1000, 524, 523 }, /* 1.5 pieces at 3.49: 523.5 */
        { 349, -1500, 1000, -524, -524 },
        { 1999, 190000, 1190000, 319, 319 }, /* 19 % in 19.99 */
        { INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX },
        { INT64_MIN, INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN },
        { INT64_MIN, 1, 1, INT64_MIN, INT64_MIN },
        { INT64_MAX, 1, 2, INT64_C(4611686018427387904), INT64_C(4611686018427387903) },
        { INT64_MIN, 1, 2, INT64_C(-4611686018427387904), INT64_C(-4611686018427387904) },
        { INT64_MAX - 1, 1, INT64_MAX, 1, 0 },
        { INT64_MIN, 1, INT64_MAX, -1, -2 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t rounded = 77, floor = 77;
        assert_true(multiply_divide(cases[i].a, cases[i].b, cases[i].divisor, &rounded));
        assert_true(multiply_divide_floor(cases[i].a, cases[i].b, cases[i].divisor, &floor));
        assert_true(rounded == cases[i].rounded);
        assert_true(floor == cases[i].floor);
    }
}

static void a_quotient_that_leaves_int64_is_refused(void **state)
{
    static const struct {
        int64_t a, b, divisor;
        bool rounded_fits, floor_fits;
    } cases[] = {
        { INT64_MAX, 2, 1, false, false },
        { INT64_MIN, -1, 1, false, false },
        { INT64_MAX, INT64_MIN, 2, false, false },
        { INT64_MAX, 3, 3, true, true },
        { INT64_MAX, INT64_MAX, INT64_MAX - 1, false, false }, /* INT64_MAX + 1.x */
        { INT64_C(3074457345618258603), 6, 2, false, false },  /* INT64_MAX + 2 */
        { INT64_C(6148914691236517205), 3, 2, false, true },   /* INT64_MAX + 0.5 */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t rounded = 77, floor = 77;
        assert_int_equal(multiply_divide(cases[i].a, cases[i].b, cases[i].divisor, &rounded), cases[i].rounded_fits);
        assert_true(rounded == (cases[i].rounded_fits ? INT64_MAX : 77));
        assert_int_equal(multiply_divide_floor(cases[i].a, cases[i].b, cases[i].divisor, &floor), cases[i].floor_fits);
        assert_true(floor == (cases[i].floor_fits ? INT64_MAX : 77));
    }
}

static void a_spread_gives_the_largest_remainders_the_rest(void **state)
{
    static const struct {
        int64_t total;
        size_t count;
        int64_t weights[5], parts[5];
    } cases[] = {
        { 100, 3, { 1, 1, 1 }, { 34, 33, 33 } },
        { -100, 3, { 1, 1, 1 }, { -34, -33, -33 } },
        { 101, 3, { 1, 1, 1 }, { 34, 34, 33 } },
        { 10, 3, { 5, 3, 2 }, { 5, 3, 2 } },
        { 10, 4, { 1, 2, 3, 0 }, { 2, 3, 5, 0 } }, /* 1.67 3.33 5: the first has the largest remainder */
        { 1, 3, { 1, 5, 5 }, { 0, 1, 0 } },
        { 7, 3, { 0, 0, 0 }, { 7, 0, 0 } },
        { -7, 2, { 0, 0 }, { -7, 0 } },
        { 0, 2, { 3, 4 }, { 0, 0 } },
        { 0, 0, { 0 }, { 0 } },
        { 5, 1, { 9 }, { 5 } },
        { 2, 5, { 0, 1, 0, 1, 1 }, { 0, 1, 0, 1, 0 } },
        { INT64_MAX, 2, { INT64_MAX - 1, 1 }, { INT64_MAX - 1, 1 } },
        { INT64_MIN, 1, { INT64_MAX }, { INT64_MIN } },
        { INT64_MIN, 2, { 1, 1 }, { INT64_MIN / 2, INT64_MIN / 2 } },
        { INT64_MAX, 2, { 1, 1 }, { INT64_MAX / 2 + 1, INT64_MAX / 2 } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t parts[5] = { 0 };
        spread_largest_remainder(cases[i].total, cases[i].weights, cases[i].count, parts);
        for (size_t k = 0; k < cases[i].count; k++)
            assert_true(parts[k] == cases[i].parts[k]);
    }
}

/* A part is within one of its exact share, on the total's side of zero, and all sum to the total. */
static void check_spread(int64_t total, const int64_t *weights, size_t count)
{
    int64_t parts[64];
    __int128 sum = 0, weight_sum = 0;

    spread_largest_remainder(total, weights, count, parts);
    for (size_t i = 0; i < count; i++)
        weight_sum += weights[i];
    for (size_t i = 0; i < count; i++) {
        sum += parts[i];
        if (weight_sum > 0) {
            __int128 off = (__int128)parts[i] * weight_sum - (__int128)total * weights[i];
            assert_true(off < weight_sum && -off < weight_sum);
            assert_true(weights[i] > 0 || parts[i] == 0);
        }
    }
    assert_true(sum == total);
}

static void any_spread_sums_to_its_total(void **state)
{
    const uint64_t seed = test_seed();
    unsigned short random[3] = { (unsigned short)seed, (unsigned short)(seed >> 16), 3 };

    (void)state;
    for (int round = 0; round < 20000; round++) {
        int64_t weights[64];
        size_t count = 1 + (size_t)nrand48(random) % 64;
        int64_t total = (int64_t)nrand48(random) << (nrand48(random) % 30);
        int64_t most = INT64_C(1) << (nrand48(random) % 50);
        for (size_t i = 0; i < count; i++)
            weights[i] = ((int64_t)nrand48(random) << 20) % most;
        check_spread(nrand48(random) % 2 ? total : -total, weights, count);
    }
}

static void amounts_are_written_with_their_decimals(void **state)
{
    static const struct {
        int64_t minor;
        unsigned exponent;
        const char *text;
    } cases[] = {
        { 1234, 2, "12.34" },
        { -1234, 2, "-12.34" },
        { 5, 2, "0.05" },
        { -5, 2, "-0.05" },
        { 0, 2, "0.00" },
        { 1234, 0, "1234" },
        { -1, 0, "-1" },
        { 1, 3, "0.001" },
        { 10000, 4, "1.0000" },
        { 7, 1, "0.7" },
        { INT64_MAX, 2, "92233720368547758.07" },
        { INT64_MIN, 2, "-92233720368547758.08" },
        { INT64_MIN, 0, "-9223372036854775808" },
    };
    char text[NUMBER_TEXT];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(minor_format(text, cases[i].minor, cases[i].exponent), cases[i].text);
}

static void quantities_are_written_as_short_as_they_are(void **state)
{
    static const struct {
        int64_t milli;
        const char *text;
    } cases[] = {
        { 1500, "1.5" }, { 3000, "3" },   { 125, "0.125" }, { 0, "0" },       { -250, "-0.25" },
        { 1, "0.001" },  { 10000, "10" }, { 100, "0.1" },   { 1010, "1.01" }, { INT64_MIN, "-9223372036854775.808" },
    };
    char text[NUMBER_TEXT];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(milli_format(text, cases[i].milli), cases[i].text);
}

static void rates_are_percentages_as_short_as_they_are(void **state)
{
    char text[NUMBER_TEXT];

    (void)state;
    assert_string_equal(percent_format(text, 72500), "7.25");
    assert_string_equal(percent_format(text, 200000), "20");
    assert_string_equal(percent_format(text, 99750), "9.975");
    assert_string_equal(percent_format(text, 0), "0");
}

#define REFUSED INT64_C(-999999)

static void amounts_are_read_as_people_type_them(void **state)
{
    static const struct {
        const char *text;
        unsigned exponent;
        bool negative_allowed;
        int64_t minor;
    } cases[] = {
        { "12.34", 2, false, 1234 },
        { "12,34", 2, false, 1234 },
        { "12", 2, false, 1200 },
        { "12.3", 2, false, 1230 },
        { ".5", 2, false, 50 },
        { ",05", 2, false, 5 },
        { "0", 2, false, 0 },
        { "007", 2, false, 700 },
        { "12", 0, false, 12 },
        { "1.2345", 4, false, 12345 },
        { "-1.5", 2, true, -150 },
        { "-0", 2, true, 0 },
        { "10000000000000.00", 2, false, MINOR_MAX },
        { "-10000000000000", 2, true, -MINOR_MAX },
        { "10000000000000.01", 2, false, REFUSED },
        { "1000000000000000", 4, false, REFUSED },
        { "99999999999999999999999999", 2, false, REFUSED },
        { "-1.5", 2, false, REFUSED },
        { "+1.5", 2, true, REFUSED },
        { "--1", 2, true, REFUSED },
        { "-", 2, true, REFUSED },
        { "", 2, false, REFUSED },
        { ".", 2, false, REFUSED },
        { "12.", 2, false, REFUSED },
        { "12.345", 2, false, REFUSED },
        { "12.0", 0, false, REFUSED },
        { "1.2.3", 3, false, REFUSED },
        { "1.,2", 3, false, REFUSED },
        { " 1", 2, false, REFUSED },
        { "1 ", 2, false, REFUSED },
        { "1e3", 2, false, REFUSED },
        { "0x10", 2, false, REFUSED },
        { "\xd9\xa1", 2, false, REFUSED }, /* an Arabic digit */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t minor = REFUSED;
        bool read = minor_parse(cases[i].text, cases[i].exponent, cases[i].negative_allowed, &minor);
        if (read != (cases[i].minor != REFUSED) || minor != cases[i].minor)
            fail_msg("\"%s\" was read as %lld", cases[i].text, (long long)minor);
    }
}

static void quantities_are_read_up_to_the_most_of_a_line(void **state)
{
    int64_t milli = 77;

    (void)state;
    assert_true(milli_parse("1.5", &milli) && milli == 1500);
    assert_true(milli_parse("1000000", &milli) && milli == MILLI_MAX);
    assert_true(milli_parse("0,125", &milli) && milli == 125);
    milli = 77;
    assert_false(milli_parse("1000000.001", &milli));
    assert_false(milli_parse("0.1234", &milli));
    assert_false(milli_parse("-1", &milli));
    assert_false(milli_parse("", &milli));
    assert_true(milli == 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_products_that_leave_int64_are_refused),
        cmocka_unit_test(adds_as_far_as_it_can_be_counted),
        cmocka_unit_test(division_rounds_half_away_from_zero_or_down),
        cmocka_unit_test(a_quotient_that_leaves_int64_is_refused),
        cmocka_unit_test(a_spread_gives_the_largest_remainders_the_rest),
        cmocka_unit_test(any_spread_sums_to_its_total),
        cmocka_unit_test(amounts_are_written_with_their_decimals),
        cmocka_unit_test(quantities_are_written_as_short_as_they_are),
        cmocka_unit_test(rates_are_percentages_as_short_as_they_are),
        cmocka_unit_test(amounts_are_read_as_people_type_them),
        cmocka_unit_test(quantities_are_read_up_to_the_most_of_a_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
