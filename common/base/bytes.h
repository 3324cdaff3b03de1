/* Views of bytes, and a buffer that grows to a limit. */
#ifndef CAROLINE_BASE_BYTES_H
#define CAROLINE_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A view: whoever hands it out says how long it lives. Text is a view of UTF-8 without a NUL behind it. */
struct bytes {
    const uint8_t *data;
    size_t size;
};

struct bytes bytes_of(const void *data, size_t size);
struct bytes bytes_of_text(const char *text);
bool bytes_equal(struct bytes a, struct bytes b);
/* < 0, 0, > 0 as memcmp, a shorter prefix first. */
int bytes_compare(struct bytes a, struct bytes b);

/* An owned buffer. Zeroed is empty and valid. */
struct buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
};

void buffer_fini(struct buffer *buffer);
void buffer_clear(struct buffer *buffer);
/* Space for size more bytes, NULL when the buffer would pass limit bytes. The caller adds to buffer->size what it used.
 */
uint8_t *buffer_reserve(struct buffer *buffer, size_t size, size_t limit);
bool buffer_append(struct buffer *buffer, const void *data, size_t size, size_t limit);
/* Take size bytes off the front. */
void buffer_consume(struct buffer *buffer, size_t size);

/* Integers as the wire and the journal write them: big-endian. */
void put_u16(uint8_t *at, uint16_t value);
void put_u32(uint8_t *at, uint32_t value);
void put_u64(uint8_t *at, uint64_t value);
uint16_t get_u16(const uint8_t *at);
uint32_t get_u32(const uint8_t *at);
uint64_t get_u64(const uint8_t *at);

#endif
