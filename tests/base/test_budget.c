/* What each may do in a minute. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/budget.h"

static struct budgets table;

static int empty_it(void **state)
{
    (void)state;
    memset(&table, 0, sizeof table);
    table.seed[0] = 3;
    table.seed[1] = 5;
    return 0;
}

static unsigned spent(uint64_t who, uint32_t what, unsigned tries, int64_t now_us)
{
    unsigned count = 0;

    for (unsigned i = 0; i < tries; i++)
        count += budget_spend(&table, who, what, 10, now_us);
    return count;
}

static void each_has_a_budget_of_each_kind_that_is_new_after_a_minute(void **state)
{
    (void)state;
    assert_int_equal(spent(7, 1, 15, 100), 10);
    assert_int_equal(spent(7, 2, 15, 100), 10);
    assert_int_equal(spent(8, 1, 15, 100), 10);
    assert_int_equal(spent(7, 1, 15, 99 + BUDGET_MINUTE_US), 0);
    assert_int_equal(spent(7, 1, 15, 100 + BUDGET_MINUTE_US), 10);
}

/* However it mixes them: with slots that push each other out, two kinds in one slot would be without limit. */
static void nobody_gets_more_by_doing_many_things_in_turn(void **state)
{
    unsigned counts[64] = { 0 };

    (void)state;
    for (int round = 0; round < 100; round++) {
        for (uint32_t what = 0; what < 64; what++)
            counts[what] += budget_spend(&table, 7, what, 10, round);
    }
    for (uint32_t what = 0; what < 64; what++)
        assert_int_equal(counts[what], 10);
}

static void a_crowd_that_comes_once_leaves_the_count_of_who_came_often(void **state)
{
    (void)state;
    assert_int_equal(spent(7, 1, 15, 0), 10);
    for (uint64_t who = 100; who < 100 + (uint64_t)10 * BUDGET_SLOTS; who++)
        assert_true(budget_spend(&table, who, 1, 10, 1));
    assert_int_equal(spent(7, 1, 15, 2), 0);
}

/* Beside what is spent, in the same table. */
static void what_has_no_limit_is_counted_by_the_minute(void **state)
{
    (void)state;
    assert_int_equal(spent(7, 1, 15, 100), 10);
    for (uint32_t i = 1; i <= 3000; i++)
        assert_int_equal(budget_count(&table, 7, 2, 100), i);
    assert_int_equal(budget_count(&table, 8, 2, 100), 1);
    assert_int_equal(budget_count(&table, 7, 2, 100 + BUDGET_MINUTE_US), 1);
}

/* And is in no minute again the first, second, fourth and so on. */
static void a_count_stays_at_its_most_until_the_minute_is_over(void **state)
{
    struct budget *counted = NULL;

    (void)state;
    assert_int_equal(budget_count(&table, 7, 2, 100), 1);
    for (size_t i = 0; i < BUDGET_SLOTS; i++)
        if (table.slots[i].count > 0)
            counted = &table.slots[i];
    assert_non_null(counted);
    counted->count = UINT32_MAX - 1;
    for (int i = 0; i < 3; i++)
        assert_int_equal(budget_count(&table, 7, 2, 99 + BUDGET_MINUTE_US), UINT32_MAX);
    for (uint32_t i = 1; i <= 8; i++)
        assert_int_equal(budget_count(&table, 7, 2, 100 + BUDGET_MINUTE_US), i);
    assert_int_equal(budget_count(&table, 7, 2, 99 + 2 * BUDGET_MINUTE_US), 9); /* a whole minute of its own */
    assert_int_equal(budget_count(&table, 7, 2, 100 + 2 * BUDGET_MINUTE_US), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_has_a_budget_of_each_kind_that_is_new_after_a_minute, empty_it),
        cmocka_unit_test_setup(nobody_gets_more_by_doing_many_things_in_turn, empty_it),
        cmocka_unit_test_setup(what_has_no_limit_is_counted_by_the_minute, empty_it),
        cmocka_unit_test_setup(a_count_stays_at_its_most_until_the_minute_is_over, empty_it),
        cmocka_unit_test_setup(a_crowd_that_comes_once_leaves_the_count_of_who_came_often, empty_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
