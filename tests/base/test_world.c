/* The machine's own clock and randomness. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "common/base/world.h"

static void the_clock_tells_the_time_of_the_machine(void **state)
{
    struct clock *clock = system_clock();
    int64_t before = time(NULL), now, after, earlier, later;

    (void)state;
    now = clock->now(clock).us;
    after = (int64_t)time(NULL) + 1;
    assert_true(now >= before * SECOND_US && now <= after * SECOND_US);
    earlier = clock->monotonic_us(clock);
    later = clock->monotonic_us(clock);
    assert_true(later >= earlier);
}

static void randomness_fills_all_of_any_size_and_never_repeats(void **state)
{
    struct entropy *entropy = system_entropy();
    uint8_t first[1000] = { 0 }, second[1000] = { 0 };
    size_t zeros = 0;

    (void)state;
    entropy->fill(entropy, first, sizeof first - 1);
    entropy->fill(entropy, second, sizeof second);
    assert_int_equal(first[sizeof first - 1], 0);
    assert_memory_not_equal(first, second, 32);
    assert_memory_not_equal(first + 960, second + 960, 32);
    for (size_t i = 0; i < sizeof second; i++)
        zeros += second[i] == 0;
    assert_true(zeros < 100);
    entropy->fill(entropy, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clock_tells_the_time_of_the_machine),
        cmocka_unit_test(randomness_fills_all_of_any_size_and_never_repeats),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
