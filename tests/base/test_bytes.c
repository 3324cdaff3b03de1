/* Views, the buffer with a limit, integers as the wire has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/bytes.h"

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static void views_compare_like_memory_a_prefix_first(void **state)
{
    static const struct {
        const char *a, *b;
        int order;
    } cases[] = {
        { "", "", 0 },   { "", "a", -1 },   { "a", "a", 0 },    { "a", "b", -1 },
        { "b", "a", 1 }, { "a", "ab", -1 }, { "\xff", "a", 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bytes a = bytes_of_text(cases[i].a), b = bytes_of_text(cases[i].b);
        assert_int_equal(sign(bytes_compare(a, b)), cases[i].order);
        assert_int_equal(sign(bytes_compare(b, a)), -cases[i].order);
        assert_int_equal(bytes_equal(a, b), cases[i].order == 0);
    }
    assert_true(bytes_equal(bytes_of(NULL, 0), bytes_of_text("")));
    assert_int_equal(bytes_compare(bytes_of(NULL, 0), bytes_of_text("")), 0);
}

static void a_buffer_takes_up_to_its_limit_and_no_byte_more(void **state)
{
    struct buffer buffer = { 0 };

    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        uint8_t byte = (uint8_t)i;
        assert_true(buffer_append(&buffer, &byte, 1, 1000));
    }
    assert_false(buffer_append(&buffer, "x", 1, 1000));
    assert_null(buffer_reserve(&buffer, 1, 1000));
    assert_null(buffer_reserve(&buffer, SIZE_MAX, SIZE_MAX));
    assert_non_null(buffer_reserve(&buffer, 0, 1000));
    assert_int_equal(buffer.size, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(buffer.data[i], (uint8_t)i);
    buffer_consume(&buffer, 0);
    buffer_consume(&buffer, 990);
    assert_int_equal(buffer.size, 10);
    assert_int_equal(buffer.data[0], (uint8_t)990);
    buffer_consume(&buffer, 10);
    assert_int_equal(buffer.size, 0);
    assert_true(buffer_append(&buffer, NULL, 0, 0));
    buffer_clear(&buffer);
    buffer_fini(&buffer);
    assert_null(buffer.data);
    buffer_consume(&buffer, 0);
    buffer_fini(&buffer);
}

static void integers_are_big_endian(void **state)
{
    uint8_t at[8];

    (void)state;
    put_u16(at, 0x8001);
    assert_memory_equal(at, "\x80\x01", 2);
    assert_int_equal(get_u16(at), 0x8001);
    put_u32(at, 0x80020304);
    assert_memory_equal(at, "\x80\x02\x03\x04", 4);
    assert_int_equal(get_u32(at), 0x80020304);
    put_u64(at, UINT64_C(0x8102030405060708));
    assert_memory_equal(at, "\x81\x02\x03\x04\x05\x06\x07\x08", 8);
    assert_true(get_u64(at) == UINT64_C(0x8102030405060708));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_compare_like_memory_a_prefix_first),
        cmocka_unit_test(a_buffer_takes_up_to_its_limit_and_no_byte_more),
        cmocka_unit_test(integers_are_big_endian),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
