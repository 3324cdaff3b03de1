/* A server that has fallen silent, as behind a pulled cable: noticed without anybody asking, in about fifteen seconds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "till.h"

static void a_silent_server_is_noticed_and_left(void **state)
{
    (void)state;
    heard.patient = true;
    go_online();
    bakery_mind(bakery)->deaf = true;
    bakery_until(bakery, link_state(heard.link) == LINK_OFFLINE);
    assert_non_null(strstr(link_sentence(heard.link), "the server does not answer"));
    bakery_mind(bakery)->deaf = false;
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
}

static void a_quiet_connection_is_kept(void **state)
{
    int64_t until_us;
    struct clock *clock = system_clock();

    (void)state;
    go_online();
    until_us = clock->monotonic_us(clock) + 17 * SECOND_US;
    bakery_until(bakery, clock->monotonic_us(clock) > until_us);
    assert_int_equal(link_state(heard.link), LINK_ONLINE);
    assert_int_equal(bakery_tally(bakery)->hellos, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_silent_server_is_noticed_and_left, till_begin, till_end),
        cmocka_unit_test_setup_teardown(a_quiet_connection_is_kept, till_begin, till_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
