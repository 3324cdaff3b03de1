/* The strands: what an entry of L says in bytes, and one of S that is no sale, and how a head moves. The layout is in proto/PROTOCOL.md, section 9: a
 * stranger reads entries by it, so it never changes; a new one gets a new first byte. */
#include "server/call/call.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "server/call/inner.h"

#define LAYOUT     1
#define TEXT_MAX   UINT16_MAX
#define SHORT_MAX  UINT8_MAX
#define CHANGE_MAX UINT16_MAX

/* Writes, or only counts when `at` is NULL: entries are laid out once to know their size, once for good. */
struct writer {
    uint8_t *at;
    size_t size;
};

static void write_bytes(struct writer *w, const void *bytes, size_t size)
{
    if (w->at && size > 0)
        memcpy(w->at + w->size, bytes, size);
    w->size += size;
}

static void write_u8(struct writer *w, uint8_t value)
{
    write_bytes(w, &value, 1);
}

static void write_u16(struct writer *w, uint16_t value)
{
    uint8_t bytes[2];

    put_u16(bytes, value);
    write_bytes(w, bytes, sizeof bytes);
}

static void write_u64(struct writer *w, uint64_t value)
{
    uint8_t bytes[8];

    put_u64(bytes, value);
    write_bytes(w, bytes, sizeof bytes);
}

/* A length of one byte, then the text. */
static void write_short(struct writer *w, const char *text)
{
    size_t size = strlen(text);

    assert(size <= SHORT_MAX);
    write_u8(w, (uint8_t)size);
    write_bytes(w, text, size);
}

/* 0 for none; else 1, a length of two bytes, and the text. */
static void write_value(struct writer *w, const char *text)
{
    write_u8(w, text != NULL);
    if (!text)
        return;
    size_t size = strlen(text);
    assert(size <= TEXT_MAX);
    write_u16(w, (uint16_t)size);
    write_bytes(w, text, size);
}

static void write_entry(struct writer *w, const struct head *head, const struct call *c, struct instant at,
                        const uint8_t body_hash[DIGEST_SIZE], const char *event, const struct change *changes)
{
    size_t count = 0;

    for (const struct change *change = changes; change; change = change->next)
        count++;
    assert(count <= CHANGE_MAX);

    write_u8(w, LAYOUT);
    write_u8(w, head->strand ? (uint8_t)head->strand : 'L');
    write_u64(w, (uint64_t)head->device_id);
    write_u64(w, head->number + 1);
    write_u64(w, (uint64_t)at.us);
    write_u64(w, (uint64_t)c->shop_id);
    write_u64(w, (uint64_t)c->staff_id);
    write_u16(w, (uint16_t)c->op->number);
    write_short(w, event);
    write_bytes(w, c->command_id, sizeof c->command_id);
    write_bytes(w, body_hash, DIGEST_SIZE);
    write_u16(w, (uint16_t)count);
    for (const struct change *change = changes; change; change = change->next) {
        write_u64(w, (uint64_t)change->object);
        write_short(w, change->field);
        write_value(w, change->before);
        write_value(w, change->after);
    }
}

struct bytes journal_l_entry(struct arena *arena, const struct head *head, const struct call *c, struct instant at,
                             const uint8_t body_hash[DIGEST_SIZE], const char *event, const struct change *changes)
{
    struct writer writer = { 0 };

    write_entry(&writer, head, c, at, body_hash, event, changes);
    size_t size = writer.size;
    writer = (struct writer){ .at = arena_alloc(arena, size) };
    write_entry(&writer, head, c, at, body_hash, event, changes);
    assert(writer.size == size);
    return bytes_of(writer.at, size);
}

void head_advance(struct head *head, struct bytes bytes, struct instant at)
{
    sha256_two(bytes_of(head->hash, DIGEST_SIZE), bytes, head->hash);
    head->number++;
    head->at = at;
    head->advanced = true;
}

/* What is signed: device, kind, number and hash of each head, in the order of devices. */
#define HEAD_BYTES (8 + 1 + 8 + DIGEST_SIZE)

static int by_device(const void *a, const void *b)
{
    const struct head *const *left = a, *const *right = b;

    return ((*left)->device_id > (*right)->device_id) - ((*left)->device_id < (*right)->device_id);
}

struct bytes heads_bytes(struct arena *arena, char kind, struct head *const *heads, size_t count)
{
    struct head **sorted = arena_array(arena, count, sizeof(struct head *));
    struct writer writer = { .at = arena_array(arena, count, HEAD_BYTES) };

    memcpy(sorted, heads, count * sizeof *sorted);
    qsort(sorted, count, sizeof(struct head *), by_device);
    for (size_t i = 0; i < count; i++) {
        write_u64(&writer, (uint64_t)sorted[i]->device_id);
        write_u8(&writer, (uint8_t)kind);
        write_u64(&writer, sorted[i]->number);
        write_bytes(&writer, sorted[i]->hash, DIGEST_SIZE);
    }
    return bytes_of(writer.at, writer.size);
}
