/* Calendar days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "common/base/instant.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void dates_have_the_day_numbers_of_the_calendar(void **state)
{
    static const struct {
        struct date date;
        int32_t number;
        const char *text;
    } cases[] = {
        { { 1970, 1, 1 }, 0, "1970-01-01" },         { { 1969, 12, 31 }, -1, "1969-12-31" },
        { { 2000, 2, 29 }, 11016, "2000-02-29" },    { { 2000, 3, 1 }, 11017, "2000-03-01" },
        { { 2026, 11, 22 }, 20779, "2026-11-22" },   { { 1, 1, 1 }, -719162, "0001-01-01" },
        { { 9999, 12, 31 }, 2932896, "9999-12-31" }, { { 1900, 3, 1 }, -25508, "1900-03-01" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[DAY_TEXT];
        struct day day = day_of_date(cases[i].date), read = { 0 };
        struct date back = date_of_day(day);
        assert_int_equal(day.number, cases[i].number);
        assert_memory_equal(&back, &cases[i].date, sizeof back);
        assert_string_equal(day_format(text, day), cases[i].text);
        assert_true(day_parse(text, &read));
        assert_int_equal(read.number, day.number);
    }
}

/* The C library's calendar is the judge. */
static void every_day_of_ten_thousand_years_comes_back(void **state)
{
    struct day first = day_of_date((struct date){ 1, 1, 1 }), last = day_of_date((struct date){ 9999, 12, 31 });

    (void)state;
    for (struct day day = first; day.number <= last.number; day.number++) {
        time_t at = (time_t)day.number * DAY_S;
        struct date date = date_of_day(day);
        struct tm judge;
        gmtime_r(&at, &judge);
        assert_true(date_valid(date));
        assert_int_equal(date.year, judge.tm_year + 1900);
        assert_int_equal(date.month, judge.tm_mon + 1);
        assert_int_equal(date.day, judge.tm_mday);
        assert_int_equal(day_of_date(date).number, day.number);
    }
}

static void dates_that_do_not_exist_are_not_valid(void **state)
{
    static const struct {
        struct date date;
        bool valid;
    } cases[] = {
        { { 2024, 2, 29 }, true },  { { 2026, 2, 29 }, false }, { { 1900, 2, 29 }, false }, { { 2000, 2, 29 }, true },
        { { 2026, 4, 31 }, false }, { { 2026, 0, 1 }, false },  { { 2026, 13, 1 }, false }, { { 2026, 1, 0 }, false },
        { { 2026, 1, 32 }, false }, { { 0, 1, 1 }, false },     { { 10000, 1, 1 }, false }, { { 2026, 12, 31 }, true },
        { { 2026, -1, 1 }, false }, { { 2026, 1, -1 }, false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(date_valid(cases[i].date), cases[i].valid);
    assert_true(year_is_leap(2024) && year_is_leap(2000) && !year_is_leap(1900) && !year_is_leap(2026));
}

static void only_the_one_form_of_a_date_is_read(void **state)
{
    static const char *const refused[] = { "",           "2026-11-2",   "2026-11-222", "2026-02-29", "2026/11/22",
                                           "26-11-22",   "2026-11-22 ", " 2026-11-22", "2026-1a-22", "-026-11-22",
                                           "0000-01-01", "20261122",    "2026-11",     "2026-13-01" };
    struct day day = { 77 };

    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++)
        assert_false(day_parse(refused[i], &day));
    assert_int_equal(day.number, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_have_the_day_numbers_of_the_calendar),
        cmocka_unit_test(every_day_of_ten_thousand_years_comes_back),
        cmocka_unit_test(dates_that_do_not_exist_are_not_valid),
        cmocka_unit_test(only_the_one_form_of_a_date_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
