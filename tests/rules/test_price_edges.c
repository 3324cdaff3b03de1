/* Prices at their edges: the quantity that costs a sum, a discount that is none, layouts of codes that are too long. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/base/number.h"
#include "common/rules/price.h"
#include "common/rules/scanned.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void A6_the_quantity_that_costs_a_sum(void **state)
{
    static const struct {
        const char *name;
        enum unit unit;
        int64_t price_minor, gross_minor, milli; /* milli 0: none does */
    } rows[] = {
        { "three pieces", UNIT_PIECE, 250, 750, 3000 },
        { "no whole pieces", UNIT_PIECE, 250, 751, 0 },
        { "grams", UNIT_KILOGRAM, 1290, 445, 345 },
        { "between two grams", UNIT_KILOGRAM, 129000, 50, 0 },
        { "for nothing", UNIT_PIECE, 250, 0, 0 },
        { "for less than nothing", UNIT_PIECE, 250, -250, 0 },
        { "of what is for nothing", UNIT_PIECE, 0, 250, 0 },
        { "of what is for less", UNIT_PIECE, -250, 250, 0 },
        { "the most of it", UNIT_PIECE, 1, MILLI_MAX / 1000, MILLI_MAX },
        { "one more", UNIT_PIECE, 1, MILLI_MAX / 1000 + 1, 0 },
        { "a quantity that no number holds", UNIT_KILOGRAM, 1, INT64_MAX, 0 },
        { "as much as there can be", UNIT_KILOGRAM, MINOR_MAX, MINOR_MAX, 1000 },
        { "more than there can be", UNIT_KILOGRAM, MINOR_MAX, MINOR_MAX / 1000 * 1001, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct product product = { .unit = (uint8_t)rows[i].unit, .price_minor = rows[i].price_minor };
        int64_t milli = price_quantity_milli(&product, rows[i].gross_minor);

        if (milli != rows[i].milli)
            fail_msg("%s: %lld", rows[i].name, (long long)milli);
    }
}

static void A7_a_discount_takes_off_so_much(void **state)
{
    static const struct {
        struct discount discount;
        int64_t minor, off_minor;
    } rows[] = {
        { { .given = false, .value = 100000 }, 250, 0 },
        { { .given = true, .value = 100000 }, 250, 25 },
        { { .given = true, .value = 100000 }, 255, 26 }, /* 25.5 */
        { { .given = true, .fixed = true, .value = 100 }, 250, 100 },
        { { .given = true, .fixed = true, .value = 300 }, 250, 250 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(discount_of(&rows[i].discount, rows[i].minor), rows[i].off_minor);
}

/* Prefix, article and value are twelve digits, with a check of the value's own if there is one. */
static void B34_a_layout_has_as_many_digits_as_a_code(void **state)
{
    static const struct {
        const char *layouts;
        bool fit;
    } rows[] = {
        { "22:IIIIIVVVVV=price", true },
        { "22:IVVVVVVVVV=price", true },
        { "22:IVVVVVVVVVV=price", false },
        { "2:IIIIIVVVVVV=price", false },
        { "22:IIIIIIVVVV=weight", true },
        { "22:IIIIIIIVVV=weight", false },
        { "22:IIIIIIVVV=weight", false },
        { "22:IIIIICVVVV=price", true },
        { "22:IIIICVVVVV=price", true },
        { "22:IIIIIICVVV=price", false },
        { "22:VVVVVVVVVV=price", false },
        { "13:IIIIIVVVVV=price", false },
        { "02:IIIIIVVVVV=weight", true },
        { "22:IIIIIVVVVV=length", false },
        { "22IIIIIVVVVV=price", false },
        { "22:IIIIIVVVVV=price,", false },
        { "", true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (code_layouts_fit(rows[i].layouts) != rows[i].fit)
            fail_msg("'%s'", rows[i].layouts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(A6_the_quantity_that_costs_a_sum),
        cmocka_unit_test(A7_a_discount_takes_off_so_much),
        cmocka_unit_test(B34_a_layout_has_as_many_digits_as_a_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
