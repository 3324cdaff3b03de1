/* The reading half of what server/call/journal.c writes. Every length is looked at before it is believed. */
#include "server/service/journal_read.h"

#define LAYOUT       1
#define COMMAND_SIZE 16
#define HASH_SIZE    32

struct reader {
    struct bytes bytes;
    size_t at;
    bool broken; /* there was less than was asked for */
};

static const uint8_t *take(struct reader *r, size_t size)
{
    if (r->broken || size > r->bytes.size - r->at) {
        r->broken = true;
        return NULL;
    }
    r->at += size;
    return r->bytes.data + r->at - size;
}

static uint64_t read_number(struct reader *r, size_t size)
{
    const uint8_t *at = take(r, size);
    uint64_t number = 0;

    for (size_t i = 0; at && i < size; i++)
        number = number << 8 | at[i];
    return number;
}

static struct bytes read_short(struct reader *r)
{
    size_t size = (size_t)read_number(r, 1);
    const uint8_t *at = take(r, size);

    return bytes_of(at, at ? size : 0);
}

static void skip_value(struct reader *r)
{
    if (read_number(r, 1) != 0)
        take(r, (size_t)read_number(r, 2));
}

/* Up to the count of changes, which it returns. */
static uint64_t read_head(struct reader *r, struct journal_entry_head *head)
{
    if (read_number(r, 1) != LAYOUT || read_number(r, 1) != 'L')
        r->broken = true;
    head->device_id = (int64_t)read_number(r, 8);
    take(r, 8); /* number */
    head->at_us = (int64_t)read_number(r, 8);
    take(r, 8); /* shop */
    head->staff_id = (int64_t)read_number(r, 8);
    take(r, 2); /* op */
    head->event = read_short(r);
    take(r, COMMAND_SIZE + HASH_SIZE);
    return read_number(r, 2);
}

bool journal_read_change(struct bytes entry, int64_t object, size_t *at, struct journal_entry_head *head,
                         struct bytes *field)
{
    struct reader r = { .bytes = entry };
    uint64_t count = read_head(&r, head);

    for (uint64_t i = 0; i < count && !r.broken; i++) {
        bool is_next = r.at >= *at;
        bool is_object = read_number(&r, 8) == (uint64_t)object;
        *field = read_short(&r);
        skip_value(&r);
        skip_value(&r);
        if (r.broken || !is_next || !is_object)
            continue;
        *at = r.at;
        return true;
    }
    return false;
}
