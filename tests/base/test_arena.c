/* Arenas: zeroed, aligned, bounded, let go at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/arena.h"

static const size_t sizes[] = { 0, 1, 15, 16, 17, 4095, 4096, 4097, 65535, 65536, 65537, 1 << 20, 3, 0, 40 };

static bool all_zero(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    enum { COUNT = sizeof sizes / sizeof *sizes };
    struct arena *arena = arena_create(0);
    unsigned char *pieces[COUNT];

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            pieces[i] = arena_alloc(arena, sizes[i]);
            assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
            assert_true(all_zero(pieces[i], sizes[i]));
            memset(pieces[i], (int)i + 1, sizes[i]);
        }
        for (size_t i = 0; i < COUNT; i++)
            for (size_t at = 0; at < sizes[i]; at++)
                assert_int_equal(pieces[i][at], i + 1);
        arena_reset(arena);
        assert_int_equal(arena_used(arena), 0);
    }
    arena_destroy(arena);
    arena_destroy(NULL);
}

static void trying_stops_at_the_limit_and_goes_on_below_it(void **state)
{
    struct arena *arena = arena_create(64);

    (void)state;
    assert_non_null(arena_try(arena, 33)); /* takes 48 */
    assert_int_equal(arena_used(arena), 48);
    assert_null(arena_try(arena, 17));
    assert_null(arena_try(arena, SIZE_MAX));
    assert_null(arena_try(arena, SIZE_MAX - 20));
    assert_non_null(arena_try(arena, 16));
    assert_null(arena_try(arena, 0));
    arena_reset(arena);
    assert_non_null(arena_try(arena, 64));
    arena_destroy(arena);
}

static void copies_live_on_without_their_source(void **state)
{
    struct arena *arena = arena_create(0);
    char source[] = "crumb";
    char *text = arena_text(arena, source), *long_text;
    unsigned char *bytes = arena_copy(arena, "a\0b", 3);
    int64_t *numbers = arena_array(arena, 3, sizeof *numbers);

    (void)state;
    memset(source, 'x', sizeof source - 1);
    assert_string_equal(text, "crumb");
    assert_memory_equal(bytes, "a\0b", 3);
    assert_non_null(arena_copy(arena, NULL, 0));
    assert_int_equal(numbers[2], 0);
    assert_string_equal(arena_format(arena, "%s %d", text, 7), "crumb 7");
    long_text = arena_format(arena, "%0*d", 100000, 5);
    assert_int_equal(strlen(long_text), 100000);
    arena_destroy(arena);
}

static void alloc_past_limit(struct arena *arena)
{
    arena_alloc(arena, 101);
}

static void array_past_memory(struct arena *arena)
{
    arena_array(arena, SIZE_MAX / 2, 3);
}

static void asking_for_more_than_the_limit_ends_the_process(void **state)
{
    void (*const wrong[])(struct arena *) = { alloc_past_limit, array_past_memory };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            fclose(stderr);
            wrong[i](arena_create(100));
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(trying_stops_at_the_limit_and_goes_on_below_it),
        cmocka_unit_test(copies_live_on_without_their_source),
        cmocka_unit_test(asking_for_more_than_the_limit_ends_the_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
