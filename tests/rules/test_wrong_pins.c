/* Wrong PINs: five on a device lock for 5 minutes, doubling to an hour; a hundred a day lock until a manager comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/rules/sign_in.h"

static struct instant at(int64_t minutes)
{
    return (struct instant){ INT64_C(1764000000) * SECOND_US + minutes * MINUTE_US };
}

static struct sign_in_record fail_times(struct sign_in_record record, int times, struct instant now)
{
    for (int i = 0; i < times; i++)
        record = sign_in_failed(record, now);
    return record;
}

static void four_wrong_pins_lock_nobody(void **state)
{
    (void)state;
    struct sign_in_record record = fail_times((struct sign_in_record){ 0 }, 4, at(0));
    assert_int_equal(sign_in_wait(&record, at(0)), 0);
    assert_int_equal(record.failures, 4);
}

static void the_fifth_locks_for_five_minutes_to_the_microsecond(void **state)
{
    (void)state;
    struct sign_in_record record = fail_times((struct sign_in_record){ 0 }, 5, at(0));
    assert_int_equal(sign_in_wait(&record, at(0)), 5);
    struct instant last = { at(5).us - 1 };
    assert_int_equal(sign_in_wait(&record, last), 1);
    assert_int_equal(sign_in_wait(&record, at(5)), 0);
}

static void each_lock_is_twice_as_long_up_to_an_hour(void **state)
{
    (void)state;
    static const int64_t minutes[] = { 5, 10, 20, 40, 60, 60, 60 };
    struct sign_in_record record = { 0 };
    int64_t now = 0;
    for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
        record = fail_times(record, 5, at(now));
        assert_int_equal(sign_in_wait(&record, at(now)), minutes[i]);
        now += minutes[i];
    }
}

static void a_day_without_a_wrong_pin_forgets(void **state)
{
    (void)state;
    struct sign_in_record record = fail_times((struct sign_in_record){ 0 }, 9, at(0));
    assert_int_equal(record.lock_count, 1);
    record = sign_in_failed(record, at(24 * 60));
    assert_int_equal(record.failures, 1);
    assert_int_equal(record.lock_count, 0);
}

static void the_hundredth_of_a_day_shuts_the_door(void **state)
{
    (void)state;
    struct sign_in_record today = { 0 };
    for (int i = 0; i < 99; i++)
        today = sign_in_failed_today(today, at(i));
    assert_false(sign_in_shut(&today, at(99)));
    today = sign_in_failed_today(today, at(99));
    assert_true(sign_in_shut(&today, at(99)));
}

static void the_day_begins_with_the_first_wrong_pin(void **state)
{
    (void)state;
    struct sign_in_record today = { 0 };
    for (int i = 0; i < 99; i++)
        today = sign_in_failed_today(today, at(i));
    today = sign_in_failed_today(today, at(24 * 60));
    assert_int_equal(today.failures, 1);
}

static void a_shut_door_opens_the_next_day(void **state)
{
    (void)state;
    struct sign_in_record today = { .failures = 100, .since = at(0) };
    assert_true(sign_in_shut(&today, at(24 * 60 - 1)));
    assert_false(sign_in_shut(&today, at(24 * 60)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_wrong_pins_lock_nobody),
        cmocka_unit_test(the_fifth_locks_for_five_minutes_to_the_microsecond),
        cmocka_unit_test(each_lock_is_twice_as_long_up_to_an_hour),
        cmocka_unit_test(a_day_without_a_wrong_pin_forgets),
        cmocka_unit_test(the_hundredth_of_a_day_shuts_the_door),
        cmocka_unit_test(the_day_begins_with_the_first_wrong_pin),
        cmocka_unit_test(a_shut_door_opens_the_next_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
