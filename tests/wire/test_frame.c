/* Frames: found whole however they are cut, and never waited for when their length is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire/frame.h"

static const uint8_t two_frames[] = { 0, 0, 0, 3, 'a', 'b', 'c', 0, 0, 0, 1, 'z' };

static void a_frame_cut_at_any_byte_is_waited_for(void **state)
{
    (void)state;
    for (size_t size = 0; size < 7; size++) {
        /* On the heap and no longer than told, so that the sanitizer sees a read past its end. */
        uint8_t *cut = malloc(size > 0 ? size : 1);
        struct bytes payload = { 0 };
        memcpy(cut, two_frames, size);
        assert_int_equal(frame_next(bytes_of(cut, size), FRAME_MAX, &payload), FRAME_WAIT);
        free(cut);
    }
}

static void frames_come_one_after_the_other(void **state)
{
    struct bytes payload = { 0 };

    (void)state;
    for (size_t size = 7; size <= sizeof two_frames; size++) {
        assert_int_equal(frame_next(bytes_of(two_frames, size), FRAME_MAX, &payload), FRAME_READY);
        assert_int_equal(payload.size, 3);
        assert_memory_equal(payload.data, "abc", 3);
        struct bytes rest = bytes_of(two_frames + 7, size - 7);
        enum frame_verdict verdict = frame_next(rest, FRAME_MAX, &payload);
        assert_int_equal(verdict, size == sizeof two_frames ? FRAME_READY : FRAME_WAIT);
    }
    assert_int_equal(payload.size, 1);
    assert_int_equal(payload.data[0], 'z');
}

/* Every frame of at most 64 bytes, its head included, cut at every byte and with another behind it. */
static void every_small_frame_at_every_cut(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 64 - FRAME_HEAD; size++) {
        uint8_t whole[64 + FRAME_HEAD + 1] = { 0 };

        put_u32(whole, (uint32_t)size);
        memset(whole + FRAME_HEAD, 'x', size);
        put_u32(whole + FRAME_HEAD + size, 1);
        whole[FRAME_HEAD + size + FRAME_HEAD] = 'z';
        for (size_t cut = 0; cut <= 2 * FRAME_HEAD + size + 1; cut++) {
            uint8_t *bytes = malloc(cut > 0 ? cut : 1);
            struct bytes payload = { 0 };

            memcpy(bytes, whole, cut);
            enum frame_verdict verdict = frame_next(bytes_of(bytes, cut), FRAME_MAX, &payload);
            assert_int_equal(verdict, cut < FRAME_HEAD + size ? FRAME_WAIT : FRAME_READY);
            if (verdict == FRAME_READY)
                assert_int_equal(payload.size, size);
            free(bytes);
        }
    }
}

/* Every value of every byte of the length, the others nothing: a length of nothing is a fault at once, as is one above the
 * limit; nobody waits for either. */
static void every_byte_of_the_length(void **state)
{
    (void)state;
    for (size_t at = 0; at < FRAME_HEAD; at++) {
        for (uint32_t value = 0; value < 256; value++) {
            uint8_t head[FRAME_HEAD] = { 0 };
            struct bytes payload = { 0 };

            head[at] = (uint8_t)value;
            uint32_t length = get_u32(head);
            enum frame_verdict wanted = length == 0 ? FRAME_EMPTY : length > FRAME_MAX ? FRAME_TOO_LARGE : FRAME_WAIT;
            assert_int_equal(frame_next(bytes_of(head, sizeof head), FRAME_MAX, &payload), wanted);
        }
    }
}

static void lengths_at_the_limits(void **state)
{
    static const struct {
        uint32_t length;
        size_t max;
        enum frame_verdict of_head, of_whole;
    } rows[] = {
        { 0, FRAME_MAX, FRAME_EMPTY, FRAME_EMPTY },
        { 1, FRAME_MAX, FRAME_WAIT, FRAME_READY },
        { 65536, FRAME_MAX, FRAME_WAIT, FRAME_READY },
        { 65537, FRAME_MAX, FRAME_TOO_LARGE, FRAME_TOO_LARGE },
        { UINT32_MAX, FRAME_MAX, FRAME_TOO_LARGE, FRAME_TOO_LARGE },
        { 0x80000000, FRAME_MAX, FRAME_TOO_LARGE, FRAME_TOO_LARGE },
        { 4096, FRAME_MAX_STRANGER, FRAME_WAIT, FRAME_READY },
        { 4097, FRAME_MAX_STRANGER, FRAME_TOO_LARGE, FRAME_TOO_LARGE },
    };
    uint8_t *bytes = calloc(1, FRAME_HEAD + 65537);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes payload = { 0 };
        put_u32(bytes, rows[i].length);
        assert_int_equal(frame_next(bytes_of(bytes, FRAME_HEAD), rows[i].max, &payload), rows[i].of_head);
        assert_int_equal(frame_next(bytes_of(bytes, FRAME_HEAD + 65537), rows[i].max, &payload), rows[i].of_whole);
        if (rows[i].of_whole == FRAME_READY)
            assert_int_equal(payload.size, rows[i].length);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_cut_at_any_byte_is_waited_for),
        cmocka_unit_test(frames_come_one_after_the_other),
        cmocka_unit_test(every_small_frame_at_every_cut),
        cmocka_unit_test(every_byte_of_the_length),
        cmocka_unit_test(lengths_at_the_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
