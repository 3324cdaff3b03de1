/* Stock that is promised to a till until its card is charged: whose it is, for how long, and of how many tills. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/rules/hold.h"

enum { COOKIE = 1, CAKE };

static struct instant at(int64_t second)
{
    return (struct instant){ second * SECOND_US };
}

static void put(struct holds *holds, int64_t till, int64_t product, int64_t milli, int64_t second)
{
    holds_put(holds, till, &product, &milli, milli == 0 ? 0 : 1, at(second));
}

/* What each till does, and what the first sees of it; a step a row. */
static void each_till_holds_one_quote_for_ninety_seconds(void **state)
{
    static const struct {
        const char *what;
        int64_t till, product, milli; /* nothing: it holds nothing any more */
        int64_t second, asks, sees_milli;
    } steps[] = {
        { "another till's", 12, COOKIE, 2000, 0, 11, 2000 },
        { "a third's beside it", 13, COOKIE, 3000, 10, 11, 5000 },
        { "not its own", 11, COOKIE, 7000, 20, 11, 5000 },
        { "of other goods nothing", 14, CAKE, 4000, 30, 11, 5000 },
        { "a new quote takes the place of the one before", 12, COOKIE, 1000, 40, 11, 4000 },
        { "until the last second", 14, CAKE, 4000, 99, 11, 4000 },
        { "and not a second more", 14, CAKE, 4000, 100, 11, 1000 },
        { "given back", 12, COOKIE, 0, 110, 11, 0 },
        { "what has run out is not there for others either", 12, CAKE, 1000, 200, 12, 0 },
    };
    struct holds *holds = holds_create();

    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        put(holds, steps[i].till, steps[i].product, steps[i].milli, steps[i].second);
        int64_t sees = holds_of_others(holds, steps[i].asks, COOKIE, at(steps[i].second));
        if (sees != steps[i].sees_milli)
            fail_msg("%s: %lld", steps[i].what, (long long)sees);
    }
    holds_destroy(holds);
}

/* A product may stand twice in a quote. */
static void a_quote_s_lines_are_summed(void **state)
{
    static const int64_t products[] = { COOKIE, CAKE, COOKIE }, milli[] = { 1000, 5000, 500 };
    struct holds *holds = holds_create();

    (void)state;
    holds_put(holds, 12, products, milli, 3, at(0));
    assert_int_equal(holds_of_others(holds, 11, COOKIE, at(0)), 1500);
    assert_int_equal(holds_of_others(holds, 11, CAKE, at(0)), 5000);
    holds_destroy(holds);
}

/* More tills than there was room for, all at once. */
static void any_number_of_tills_hold(void **state)
{
    enum { TILLS = 50 };
    struct holds *holds = holds_create();

    (void)state;
    for (int64_t till = 1; till <= TILLS; till++)
        put(holds, till, COOKIE, 1000, till);
    for (int64_t till = 1; till <= TILLS; till++)
        assert_int_equal(holds_of_others(holds, till, COOKIE, at(TILLS)), (TILLS - 1) * 1000);
    for (int64_t till = 1; till <= TILLS; till += 2)
        put(holds, till, COOKIE, 0, TILLS);
    assert_int_equal(holds_of_others(holds, 0, COOKIE, at(TILLS)), TILLS / 2 * 1000);
    holds_destroy(holds);
}

static void none_are_let_go_like_any(void **state)
{
    (void)state;
    holds_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_till_holds_one_quote_for_ninety_seconds),
        cmocka_unit_test(a_quote_s_lines_are_summed),
        cmocka_unit_test(any_number_of_tills_hold),
        cmocka_unit_test(none_are_let_go_like_any),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
