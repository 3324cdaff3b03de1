/* Frames of at most 64 KiB that are made to grow: each ends as a clean refusal, within 10 ms and MESSAGE_MEMORY. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "common/wire/frame.h"
#include "common/wire/walker.h"
#include "proto/envelope.pb-c.h"
#include "proto/sale.pb-c.h"
#include "proto/session.pb-c.h"
#include "proto/device.pb-c.h"

#ifdef __SANITIZE_ADDRESS__
#define MOST_MS 150 /* the sanitizers' own cost */
#else
#define MOST_MS 10
#endif

struct bomb {
    const char *name;
    const ProtobufCMessageDescriptor *descriptor;
    const char *head; /* once */
    size_t head_size;
    const char *part; /* then again and again */
    size_t part_size;
    enum { DIES_DECODING, DIES_CHECKING, HARMLESS } end;
};

#define PART(text) text, sizeof(text) - 1

static const struct bomb bombs[] = {
    { "groups within groups", &caroline__v1__request__descriptor, PART(""), PART("\x0b"), DIES_DECODING },
    { "one basket again and again, merged each time", &caroline__v1__sale_quote__descriptor, PART(""),
      PART("\x0a\x02\x1a\x00"), DIES_DECODING },
    { "one empty basket again and again", &caroline__v1__sale_quote__descriptor, PART(""), PART("\x0a\x00"),
      DIES_DECODING },
    { "a reply within FromServer again and again", &caroline__v1__from_server__descriptor, PART(""),
      PART("\x0a\x02\x12\x00"), DIES_DECODING },
    { "empty lines", &caroline__v1__basket__descriptor, PART(""), PART("\x1a\x00"), DIES_DECODING },
    { "empty rewards", &caroline__v1__basket__descriptor, PART(""), PART("\x2a\x00"), DIES_DECODING },
    { "empty texts", &caroline__v1__session_opened__descriptor, PART(""), PART("\x1a\x00"), DIES_DECODING },
    { "unknown numbers", &caroline__v1__request__descriptor, PART(""), PART("\x60\x00"), DIES_DECODING },
    { "unknown empty bytes", &caroline__v1__request__descriptor, PART(""), PART("\x62\x00"), DIES_DECODING },
    { "unknown fields of many numbers", &caroline__v1__request__descriptor, PART(""), PART("\xfa\xff\xff\x7f\x00"),
      DIES_DECODING },
    { "one id again and again", &caroline__v1__request__descriptor, PART(""), PART("\x08\x01"), DIES_DECODING },
    { "one body of a byte again and again", &caroline__v1__request__descriptor, PART(""), PART("\x2a\x01x"),
      DIES_DECODING },
    { "a number that does not end", &caroline__v1__request__descriptor, PART("\x08"), PART("\xff"), DIES_DECODING },
    { "a field number that does not end", &caroline__v1__request__descriptor, PART(""), PART("\xff"), DIES_DECODING },
    { "zeros: field number 0", &caroline__v1__request__descriptor, PART(""), PART("\x00\x00"), DIES_DECODING },
    { "a body longer than the frame", &caroline__v1__request__descriptor, PART("\x2a\xff\xff\xff\xff\x0f"), PART("x"),
      DIES_DECODING },
    { "a body of nested beginnings", &caroline__v1__request__descriptor, PART("\x2a\xfc\xff\x03"), PART("\x0a"),
      HARMLESS },
};

static void fill(uint8_t *frame, const struct bomb *bomb)
{
    size_t size = bomb->head_size;

    memset(frame, 0, FRAME_MAX);
    memcpy(frame, bomb->head, bomb->head_size);
    for (; size + bomb->part_size <= FRAME_MAX; size += bomb->part_size)
        memcpy(frame + size, bomb->part, bomb->part_size);
}

static int64_t cpu_ms(void)
{
    struct timespec now;

    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void every_bomb_is_a_clean_refusal_and_costs_little(void **state)
{
    uint8_t *frame = test_malloc(FRAME_MAX);

    (void)state;
    for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
        const struct bomb *bomb = &bombs[i];
        struct arena *arena = arena_create(MESSAGE_MEMORY + FRAME_MAX);
        const char *field = NULL, *sentence = NULL;

        fill(frame, bomb);
        int64_t begin = cpu_ms();
        ProtobufCMessage *message = message_decode(bomb->descriptor, bytes_of(frame, FRAME_MAX), arena);
        bool fine = message != NULL && message_check(message, arena, &field, &sentence);
        int64_t took = cpu_ms() - begin;
        int end = message == NULL ? DIES_DECODING : fine ? HARMLESS : DIES_CHECKING;
        if (end != (int)bomb->end || took > MOST_MS)
            fail_msg("%s: ended %d instead of %d, %lld ms, %zu bytes", bomb->name, end, (int)bomb->end, (long long)took,
                     arena_used(arena));
        print_message("           %-46s %3lld ms %8zu bytes\n", bomb->name, (long long)took, arena_used(arena));
        arena_destroy(arena);
    }
    test_free(frame);
}

/* What a bomb leaves of the arena is the rest of the call's: the refusal is written there. */
static void a_message_at_its_allowance_leaves_room_for_the_refusal(void **state)
{
    static uint8_t frame[FRAME_MAX];
    bool seen_checked = false;

    (void)state;
    for (size_t count = 1; 2 * count <= FRAME_MAX; count += count / 8 + 1) {
        struct arena *arena = arena_create(MESSAGE_MEMORY + FRAME_MAX);
        const char *field = NULL, *sentence = NULL;
        for (size_t i = 0; i < count; i++)
            memcpy(frame + 2 * i, "\x1a\x00", 2);
        ProtobufCMessage *message =
            message_decode(&caroline__v1__basket__descriptor, bytes_of(frame, 2 * count), arena);
        if (message != NULL && count > 200) {
            assert_false(message_check(message, arena, &field, &sentence));
            assert_string_equal(field, "lines");
            seen_checked = true;
        }
        arena_destroy(arena);
    }
    assert_true(seen_checked);
}

static void what_is_longer_than_a_frame_is_not_looked_at(void **state)
{
    struct arena *arena = arena_create(0);
    uint8_t *bytes = test_calloc(1, FRAME_MAX + 1);

    (void)state;
    assert_null(message_decode(&caroline__v1__ping__descriptor, bytes_of(bytes, FRAME_MAX + 1), arena));
    assert_int_equal(arena_used(arena), 0);
    test_free(bytes);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bomb_is_a_clean_refusal_and_costs_little),
        cmocka_unit_test(a_message_at_its_allowance_leaves_room_for_the_refusal),
        cmocka_unit_test(what_is_longer_than_a_frame_is_not_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
