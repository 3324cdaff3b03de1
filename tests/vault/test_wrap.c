/* Many keys wrapped anew at once are, byte by byte, what libcrypto's own wrapping makes of each. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "server/vault/inner.h"
#include "tests/lib/seed.h"

static uint64_t seed;

static void draw(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        bytes[i] = (uint8_t)(seed >> 32);
    }
}

static void as_each_by_itself(void **state)
{
    (void)state;
    for (size_t round = 0; round < 200; round++) {
        size_t count = round < 2 ? round * REWRAP_MOST : 1 + round % REWRAP_MOST;
        uint8_t from[SECRET_SIZE], into[SECRET_SIZE], room[REWRAP_MOST][WRAPPED_SIZE],
            wanted[REWRAP_MOST][WRAPPED_SIZE];
        uint8_t *wrapped[REWRAP_MOST];
        bool damaged[REWRAP_MOST], opened[REWRAP_MOST];

        draw(from, sizeof from);
        draw(into, sizeof into);
        for (size_t i = 0; i < count; i++) {
            uint8_t key[PERSON_KEY_SIZE], which[2];

            draw(key, sizeof key);
            key_wrap(from, key, room[i]);
            key_wrap(into, key, wanted[i]);
            draw(which, sizeof which);
            damaged[i] = which[0] % 5 == 0;
            if (damaged[i]) { /* a bit of it; it stays as it is */
                room[i][which[1] % WRAPPED_SIZE] ^= (uint8_t)(1 << which[0] / 5 % 8);
                memcpy(wanted[i], room[i], WRAPPED_SIZE);
            }
            wrapped[i] = room[i];
        }
        keys_rewrap(from, into, wrapped, count, opened);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(opened[i], !damaged[i]);
            assert_memory_equal(room[i], wanted[i], WRAPPED_SIZE);
        }
    }
}

static void each_bit_counts(void **state)
{
    uint8_t from[SECRET_SIZE], into[SECRET_SIZE], key[PERSON_KEY_SIZE], good[WRAPPED_SIZE], room[WRAPPED_SIZE];
    uint8_t *wrapped[] = { room };
    bool opened;

    (void)state;
    draw(from, sizeof from);
    draw(into, sizeof into);
    draw(key, sizeof key);
    key_wrap(from, key, good);
    for (size_t bit = 0; bit < 8 * WRAPPED_SIZE; bit++) {
        memcpy(room, good, sizeof room);
        room[bit / 8] ^= (uint8_t)(1 << bit % 8);
        keys_rewrap(from, into, wrapped, 1, &opened);
        assert_false(opened);
    }
    for (size_t bit = 0; bit < 8 * SECRET_SIZE; bit++) {
        memcpy(room, good, sizeof room);
        from[bit / 8] ^= (uint8_t)(1 << bit % 8);
        keys_rewrap(from, into, wrapped, 1, &opened);
        assert_false(opened);
        assert_memory_equal(room, good, sizeof room);
        from[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_each_by_itself),
        cmocka_unit_test(each_bit_counts),
    };

    seed = test_seed() * 2 + 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
