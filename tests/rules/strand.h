/* A till that practises: its strand, entry by entry, and what is read out of it. After cmocka.h. */
#ifndef CAROLINE_TESTS_RULES_STRAND_H
#define CAROLINE_TESTS_RULES_STRAND_H

#include "common/rules/training.h"
#include "small_shop.h"

#define TRAINING 77
#define ENTRIES  40

struct strand {
    struct small_shop *shop;
    struct training_entry entries[ENTRIES];
    size_t count;
    struct training_state state;
};

static inline struct strand *strand_open(void)
{
    struct small_shop *shop = small_shop_open();
    struct strand *s = arena_alloc(shop->arena, sizeof *s);

    s->shop = shop;
    return s;
}

static inline void strand_close(struct strand *s)
{
    small_shop_close(s->shop);
}

static inline void add(struct strand *s, struct bytes bytes)
{
    assert_true(s->count < ENTRIES);
    s->entries[s->count] =
        (struct training_entry){ .number = (int64_t)s->count + 1, .bytes = bytes, .hash = bytes.data };
    s->count++;
}

static inline void read_all(struct strand *s)
{
    training_read(s->entries, s->count, TRAINING, s->shop->catalogue, s->shop->arena, &s->state);
}

static inline void put(uint8_t **at, const void *data, size_t size)
{
    if (size > 0)
        memcpy(*at, data, size);
    *at += size;
}

struct change {
    uint64_t object;
    const char *field;
    const char *before, *after; /* NULL: none */
};

static inline void put_value(uint8_t **at, const char *text)
{
    if (text == NULL) {
        put(at, &(uint8_t){ 0 }, 1);
        return;
    }
    put(at, (uint8_t[]){ 1, 0, (uint8_t)strlen(text) }, 3);
    put(at, text, strlen(text));
}

/* PROTOCOL.md, section 9, written out once more: changes of objects, of person 9. */
static inline struct bytes changes_bytes(struct arena *arena, const struct change *changes, size_t count)
{
    uint8_t *bytes = arena_alloc(arena, 160 + count * 200), *at = bytes;
    uint8_t zeros[48] = { 0 }, number[8];

    put(&at, (uint8_t[]){ 1, 'S' }, 2);
    put(&at, zeros, 16);
    put_u64(number, (uint64_t)NOW.us);
    put(&at, number, 8);
    put(&at, zeros, 8);
    put_u64(number, 9); /* the person */
    put(&at, number, 8);
    put(&at, (uint8_t[]){ 0, 50, 3, 'o', 'n', 'e' }, 6);
    put(&at, zeros, 48);
    put(&at, (uint8_t[]){ 0, (uint8_t)count }, 2);
    for (size_t i = 0; i < count; i++) {
        put_u64(number, changes[i].object);
        put(&at, number, 8);
        put(&at, &(uint8_t){ (uint8_t)strlen(changes[i].field) }, 1);
        put(&at, changes[i].field, strlen(changes[i].field));
        put_value(&at, changes[i].before);
        put_value(&at, changes[i].after);
    }
    return bytes_of(bytes, (size_t)(at - bytes));
}

/* One change of one object. */
static inline void note(struct strand *s, uint64_t object, const char *field, const char *after)
{
    const struct change change = { object, field, NULL, after };

    add(s, changes_bytes(s->shop->arena, &change, 1));
}

#endif
