/* Views of bytes, and a buffer that grows by doubling up to the caller's limit. */
#include "common/base/bytes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_LEAST ((size_t)256)

struct bytes bytes_of(const void *data, size_t size)
{
    return (struct bytes){ data, size };
}

struct bytes bytes_of_text(const char *text)
{
    return bytes_of(text, strlen(text));
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

int bytes_compare(struct bytes a, struct bytes b)
{
    size_t shared = a.size < b.size ? a.size : b.size;
    int order = shared ? memcmp(a.data, b.data, shared) : 0;

    return order ? order : (a.size > b.size) - (a.size < b.size);
}

void buffer_fini(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){ 0 };
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
}

uint8_t *buffer_reserve(struct buffer *buffer, size_t size, size_t limit)
{
    size_t needed, capacity;
    uint8_t *data;

    if (__builtin_add_overflow(buffer->size, size, &needed) || needed > limit)
        return NULL;
    if (needed > buffer->capacity || !buffer->data) {
        capacity = buffer->capacity > limit / 2 ? limit : 2 * buffer->capacity;
        if (capacity < CAPACITY_LEAST)
            capacity = CAPACITY_LEAST;
        if (capacity < needed)
            capacity = needed;
        data = realloc(buffer->data, capacity);
        if (!data)
            return NULL;
        buffer->data = data;
        buffer->capacity = capacity;
    }
    return buffer->data + buffer->size;
}

bool buffer_append(struct buffer *buffer, const void *data, size_t size, size_t limit)
{
    uint8_t *space = buffer_reserve(buffer, size, limit);

    if (!space)
        return false;
    if (size)
        memcpy(space, data, size);
    buffer->size += size;
    return true;
}

void buffer_consume(struct buffer *buffer, size_t size)
{
    assert(size <= buffer->size);
    if (size == 0)
        return;
    buffer->size -= size;
    memmove(buffer->data, buffer->data + size, buffer->size);
}

void put_u16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

void put_u32(uint8_t *at, uint32_t value)
{
    put_u16(at, (uint16_t)(value >> 16));
    put_u16(at + 2, (uint16_t)value);
}

void put_u64(uint8_t *at, uint64_t value)
{
    put_u32(at, (uint32_t)(value >> 32));
    put_u32(at + 4, (uint32_t)value);
}

uint16_t get_u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)get_u16(at) << 16 | get_u16(at + 2);
}

uint64_t get_u64(const uint8_t *at)
{
    return (uint64_t)get_u32(at) << 32 | get_u32(at + 4);
}
