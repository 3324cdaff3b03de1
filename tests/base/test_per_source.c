/* What came from each source in the last minute. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/per_source.h"

static void each_source_is_counted_by_itself_from_its_first_on(void **state)
{
    struct per_source table = { .seed = { 3, 5 } };
    unsigned before;

    (void)state;
    assert_int_equal(per_source_count(&table, 7, 100), 0);
    for (unsigned i = 1; i <= 40; i++)
        assert_int_equal(per_source_add(&table, 7, 100 + i, &before), i);
    assert_int_equal(before, 0);
    assert_int_equal(per_source_count(&table, 8, 100), 0);
    assert_int_equal(per_source_count(&table, 7, 100 + PER_SOURCE_MINUTE_US), 40);
    assert_int_equal(per_source_count(&table, 7, 101 + PER_SOURCE_MINUTE_US), 0);
    assert_int_equal(per_source_add(&table, 7, 101 + PER_SOURCE_MINUTE_US, &before), 1);
    assert_int_equal(before, 40);
}

static void who_shares_a_slot_pushes_the_other_out_and_inherits_nothing(void **state)
{
    struct per_source table = { .seed = { 3, 5 } };
    unsigned before, pushed = 0;

    (void)state;
    per_source_add(&table, 7, 0, NULL);
    for (uint64_t source = 100; source < 1000; source++) {
        assert_int_equal(per_source_add(&table, source, 1, &before), 1);
        assert_int_equal(before, 0);
        pushed += per_source_count(&table, 7, 1) == 0;
    }
    assert_true(pushed > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_source_is_counted_by_itself_from_its_first_on),
        cmocka_unit_test(who_shares_a_slot_pushes_the_other_out_and_inherits_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
