/* Parts of a refund: worked by hand, and at random, where all parts must be the whole. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/number.h"
#include "common/rules/refund_part.h"
#include "drawn.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct line_case {
    const char *name;
    struct line_amounts sold;
    int64_t back_milli, quantity_milli;
    bool given;
    struct line_amounts part;
} line_cases[] = {
    { "one of three for 10.00: 3.33", { 3000, 1000, 0, 1000 }, 0, 1000, true, { 1000, 333, 0, 333 } },
    { "the second of them: 3.34", { 3000, 1000, 0, 1000 }, 1000, 1000, true, { 1000, 334, 0, 334 } },
    { "the last of them: 3.33", { 3000, 1000, 0, 1000 }, 2000, 1000, true, { 1000, 333, 0, 333 } },
    { "two at once are as much as one and one", { 3000, 1000, 0, 1000 }, 0, 2000, true, { 2000, 667, 0, 667 } },
    { "half of 0.05 off 2.50", { 2000, 250, 5, 245 }, 0, 1000, true, { 1000, 126, 3, 123 } },
    { "and the other half", { 2000, 250, 5, 245 }, 1000, 1000, true, { 1000, 124, 2, 122 } },
    { "a free piece gives back nothing", { 1000, 250, 250, 0 }, 0, 1000, true, { 1000, 250, 250, 0 } },
    { "a crumb of it is not below zero", { 1000, 3, 2, 1 }, 170, 80, true, { 80, 1, 1, 0 } },
    { "the whole", { 750, 1499, 150, 1349 }, 0, 750, true, { 750, 1499, 150, 1349 } },
    { "the dearest line there is", { MILLI_MAX, MINOR_MAX, 0, MINOR_MAX }, 0, 1, true, { 1, 1000000, 0, 1000000 } },
    { "a thousandth too many", { 3000, 1000, 0, 1000 }, 1000, 2001, false, { 0 } },
    { "nothing is left", { 3000, 1000, 0, 1000 }, 3000, 1, false, { 0 } },
    { "nothing is asked for", { 3000, 1000, 0, 1000 }, 0, 0, false, { 0 } },
    { "less than nothing", { 3000, 1000, 0, 1000 }, 1000, -1000, false, { 0 } },
    { "more than can be counted", { 3000, 1000, 0, 1000 }, 1000, INT64_MAX, false, { 0 } },
    { "less than can be counted", { 3000, 1000, 0, 1000 }, 1000, INT64_MIN, false, { 0 } },
};

static void parts_of_a_line_worked_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(line_cases); i++) {
        const struct line_case *c = &line_cases[i];
        struct line_amounts part = { 0 };

        if (line_part(&c->sold, c->back_milli, c->quantity_milli, &part) != c->given ||
            memcmp(&part, &c->part, sizeof part) != 0)
            fail_msg("%s: %lld %lld %lld %lld", c->name, (long long)part.quantity_milli, (long long)part.gross_minor,
                     (long long)part.discount_minor, (long long)part.total_minor);
    }
}

static void all_parts_of_a_line_are_the_whole(void **state)
{
    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct line_amounts sold = { .quantity_milli = 1 + below(below(2) == 0 ? 20 : MILLI_MAX),
                                     .discount_minor = below(below(2) == 0 ? 20 : MINOR_MAX / 2),
                                     .total_minor = below(below(2) == 0 ? 20 : MINOR_MAX / 2) };
        struct line_amounts sum = { 0 }, part;

        sold.gross_minor = sold.discount_minor + sold.total_minor;
        while (sum.quantity_milli < sold.quantity_milli) {
            int64_t left = sold.quantity_milli - sum.quantity_milli, quantity = below(3) == 0 ? left : 1 + below(left);

            assert_false(line_part(&sold, sum.quantity_milli, left + 1 + below(1000), &part));
            assert_true(line_part(&sold, sum.quantity_milli, quantity, &part));
            assert_true(part.discount_minor >= 0 && part.total_minor >= 0);
            assert_int_equal(part.gross_minor, part.discount_minor + part.total_minor);
            sum.quantity_milli += part.quantity_milli;
            sum.gross_minor += part.gross_minor;
            sum.discount_minor += part.discount_minor;
            sum.total_minor += part.total_minor;
        }
        assert_memory_equal(&sum, &sold, sizeof sum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_a_line_worked_by_hand),
        cmocka_unit_test(all_parts_of_a_line_are_the_whole),
    };

    draw_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
