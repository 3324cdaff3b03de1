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

static const struct sign_in_bucket ten = { 10, MINUTE_US * 5 };

static struct sign_in_record fill(struct sign_in_record record, int times, struct instant now)
{
    for (int i = 0; i < times; i++)
        record = sign_in_bucket_failed(ten, record, now);
    return record;
}

static void a_bucket_is_full_at_its_tenth_and_has_room_for_one_when_one_ran_out(void **state)
{
    (void)state;
    struct sign_in_record record = fill((struct sign_in_record){ 0 }, 9, at(0));
    assert_int_equal(sign_in_bucket_wait(ten, &record, at(0)), 0);
    record = fill(record, 1, at(1));
    assert_int_equal(sign_in_bucket_wait(ten, &record, at(1)), 4); /* the first came in at 0 */
    struct instant last = { at(5).us - 1 };
    assert_int_equal(sign_in_bucket_wait(ten, &record, last), 1);
    assert_int_equal(sign_in_bucket_wait(ten, &record, at(5)), 0);
    record = fill(record, 1, at(5));
    assert_int_equal(sign_in_bucket_wait(ten, &record, at(5)), 5);
}

static void a_bucket_runs_dry_and_no_further(void **state)
{
    (void)state;
    struct sign_in_record record = fill((struct sign_in_record){ 0 }, 10, at(0));
    record = fill(record, 9, at(24 * 60));
    assert_int_equal(record.failures, 9);
    assert_int_equal(sign_in_bucket_wait(ten, &record, at(24 * 60)), 0);
    record = fill(record, 1, at(24 * 60));
    assert_int_equal(sign_in_bucket_wait(ten, &record, at(24 * 60)), 5);
}

static void who_fails_as_slowly_as_it_runs_out_never_fills_a_bucket(void **state)
{
    (void)state;
    struct sign_in_record record = { 0 };
    for (int i = 0; i < 500; i++) {
        record = fill(record, 1, at(i * 5));
        assert_int_equal(sign_in_bucket_wait(ten, &record, at(i * 5)), 0);
    }
}

static void a_clock_set_back_fills_nothing_and_empties_nothing(void **state)
{
    (void)state;
    struct sign_in_record record = fill((struct sign_in_record){ 0 }, 9, at(60));
    record = fill(record, 1, at(0));
    assert_int_equal(record.failures, 10);
    assert_int_equal(sign_in_bucket_wait(ten, &record, at(60)), 5);
}

static void a_kiosk_of_today_takes_a_hundred_and_twelve_an_hour(void **state)
{
    (void)state;
    struct sign_in_record record = { .failures = 100, .since = at(0) };
    assert_int_equal(sign_in_bucket_wait(SIGN_IN_AT_KIOSK, &record, at(0)), 5);
    int taken = 0;
    for (int minute = 0; minute < 24 * 60; minute++)
        while (sign_in_bucket_wait(SIGN_IN_AT_KIOSK, &record, at(minute)) == 0) {
            record = sign_in_bucket_failed(SIGN_IN_AT_KIOSK, record, at(minute));
            taken++;
        }
    assert_int_equal(taken, 12 * 24 - 1);
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
        cmocka_unit_test(a_bucket_is_full_at_its_tenth_and_has_room_for_one_when_one_ran_out),
        cmocka_unit_test(a_bucket_runs_dry_and_no_further),
        cmocka_unit_test(who_fails_as_slowly_as_it_runs_out_never_fills_a_bucket),
        cmocka_unit_test(a_clock_set_back_fills_nothing_and_empties_nothing),
        cmocka_unit_test(a_kiosk_of_today_takes_a_hundred_and_twelve_an_hour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
