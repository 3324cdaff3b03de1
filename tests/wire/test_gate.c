/* The door: how many strangers are dropped at which crowd, and how often a source is complained of. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/net/gate.h"

#define MINUTE_US INT64_C(60000000)

static unsigned dropped_of_a_hundred(size_t count)
{
    static const struct gate gate = { .begin = 10, .begin_percent = 30, .full = 100 };
    unsigned dropped = 0;

    for (uint32_t chance = 0; chance < 100; chance++)
        dropped += gate_drops(&gate, count, chance) ? 1 : 0;
    return dropped;
}

static void the_crowd_decides_how_many_are_dropped(void **state)
{
    (void)state;
    assert_int_equal(dropped_of_a_hundred(0), 0);
    assert_int_equal(dropped_of_a_hundred(9), 0);
    assert_int_equal(dropped_of_a_hundred(10), 30);
    assert_int_equal(dropped_of_a_hundred(55), 65);
    assert_int_equal(dropped_of_a_hundred(99), 99);
    assert_int_equal(dropped_of_a_hundred(100), 100);
    assert_int_equal(dropped_of_a_hundred(100000), 100);
    for (size_t count = 1; count < 200; count++)
        assert_true(dropped_of_a_hundred(count) >= dropped_of_a_hundred(count - 1));
}

static struct sockaddr_in four(uint32_t address, uint16_t port)
{
    struct sockaddr_in source = { .sin_family = AF_INET, .sin_port = port };

    source.sin_addr.s_addr = address;
    return source;
}

static void a_source_is_complained_of_once_a_minute(void **state)
{
    struct per_source complaints = { .seed = { 1, 2 } };
    unsigned unsaid;

    (void)state;
    for (uint16_t port = 0; port < 1000; port++) {
        struct sockaddr_in source = four(7, port);
        assert_int_equal(complaint_is_due(&complaints, (struct sockaddr *)&source, 5 + port, &unsaid), port == 0);
    }
    struct sockaddr_in source = four(7, 1);
    assert_false(complaint_is_due(&complaints, (struct sockaddr *)&source, MINUTE_US + 4, &unsaid));
    assert_true(complaint_is_due(&complaints, (struct sockaddr *)&source, MINUTE_US + 5, &unsaid));
    assert_int_equal(unsaid, 1000);
}

static void a_network_of_ipv6_is_one_source(void **state)
{
    struct per_source complaints = { .seed = { 1, 2 } };
    struct sockaddr_in6 source = { .sin6_family = AF_INET6 };
    unsigned unsaid;

    (void)state;
    source.sin6_addr.s6_addr[0] = 0x20;
    assert_true(complaint_is_due(&complaints, (struct sockaddr *)&source, 5, &unsaid));
    source.sin6_addr.s6_addr[15] = 9;
    assert_false(complaint_is_due(&complaints, (struct sockaddr *)&source, 5, &unsaid));
    source.sin6_addr.s6_addr[7] = 9;
    struct per_source other = { .seed = { 1, 2 } };
    assert_true(complaint_is_due(&other, (struct sockaddr *)&source, 5, &unsaid));
}

static void a_flood_of_sources_takes_no_memory(void **state)
{
    static struct per_source complaints = { .seed = { 77, 99 } };
    unsigned unsaid, seen = 0;

    (void)state;
    for (uint32_t address = 1; address <= 100000; address++) {
        struct sockaddr_in source = four(address, 1);
        seen += complaint_is_due(&complaints, (struct sockaddr *)&source, 5, &unsaid) ? 1 : 0;
    }
    assert_true(seen > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_crowd_decides_how_many_are_dropped),
        cmocka_unit_test(a_source_is_complained_of_once_a_minute),
        cmocka_unit_test(a_network_of_ipv6_is_one_source),
        cmocka_unit_test(a_flood_of_sources_takes_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
