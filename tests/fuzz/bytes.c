/* Mutations of bytes, for inputs without a structure that is known, and now and then for all others. */
#include "target.h"

#include <stdlib.h>
#include <string.h>

static void insert(struct buffer *input, size_t at, const void *bytes, size_t size)
{
    if (size == 0 || !buffer_reserve(input, size, INPUT_MAX))
        return;
    memmove(input->data + at + size, input->data + at, input->size - at);
    memcpy(input->data + at, bytes, size);
    input->size += size;
}

static void cut(struct buffer *input, size_t at, size_t size)
{
    memmove(input->data + at, input->data + at + size, input->size - at - size);
    input->size -= size;
}

static size_t some_of(struct chance *chance, size_t most)
{
    return 1 + below(chance, one_in(chance, 8) ? most : most < 8 ? most : 8);
}

static void put_in_something(struct chance *chance, struct buffer *input, const char *const *words)
{
    size_t at = below(chance, input->size + 1), count = 0;
    uint8_t bytes[8];

    while (words && words[count])
        count++;
    if (count > 0 && !one_in(chance, 3)) {
        const char *word = words[below(chance, count)];
        insert(input, at, word, strlen(word));
        return;
    }
    size_t size = 1 + below(chance, sizeof bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)chance_next(chance);
    insert(input, at, bytes, size);
}

/* A piece again, somewhere else. */
static void repeat(struct chance *chance, struct buffer *input)
{
    size_t from = below(chance, input->size), size = some_of(chance, input->size - from);
    uint8_t *piece = malloc(size);

    assert(piece);
    memcpy(piece, input->data + from, size);
    for (size_t times = one_in(chance, 10) ? 1 + below(chance, 50) : 1; times > 0; times--)
        insert(input, below(chance, input->size + 1), piece, size);
    free(piece);
}

static void change_number(struct chance *chance, struct buffer *input)
{
    static const uint64_t numbers[] = { 0,      1,         0x7f,       0x80,      0xff,      0x7fff,
                                        0xffff, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX };
    size_t width = (size_t)1 << below(chance, 4);
    uint64_t number = numbers[below(chance, sizeof numbers / sizeof *numbers)];

    if (input->size < width)
        return;
    uint8_t *at = input->data + below(chance, input->size - width + 1);
    if (one_in(chance, 3)) { /* a digit's worth more or less */
        *at = (uint8_t)(*at + below(chance, 19) - 9);
        return;
    }
    for (size_t i = 0; i < width; i++) /* either end first */
        at[number & 1 ? i : width - 1 - i] = (uint8_t)(number >> 8 * i);
}

void bytes_make(struct chance *chance, struct buffer *input, const char *const *words)
{
    const uint8_t first[] = { (uint8_t)chance_next(chance), (uint8_t)chance_next(chance) };

    put(input, first, 1 + below(chance, 2));
    for (size_t pieces = below(chance, 12); pieces > 0; pieces--)
        put_in_something(chance, input, words);
}

void bytes_mutate(struct chance *chance, struct buffer *input, const char *const *words)
{
    for (size_t times = 1 + below(chance, 4); times > 0; times--) {
        if (input->size == 0 || one_in(chance, 5)) {
            put_in_something(chance, input, words);
            continue;
        }
        size_t at = below(chance, input->size);
        switch (below(chance, 6)) {
        case 0:
            input->data[at] ^= (uint8_t)(1u << below(chance, 8));
            break;
        case 1:
            input->data[at] = (uint8_t)chance_next(chance);
            break;
        case 2:
            change_number(chance, input);
            break;
        case 3:
            repeat(chance, input);
            break;
        case 4:
            if (one_in(chance, 4))
                input->size = at;
            break;
        default:
            cut(input, at, some_of(chance, input->size - at));
            break;
        }
    }
}
