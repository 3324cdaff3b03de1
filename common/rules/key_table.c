/* Open addressing with linear probing; a drop closes the gap it leaves, so there are no tombstones. */
#include "common/rules/key_table.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 16

/* The finaliser of splitmix64: ids of one block differ in few bits. */
static uint64_t mix(uint64_t value)
{
    value ^= value >> 30;
    value *= UINT64_C(0xbf58476d1ce4e5b9);
    value ^= value >> 27;
    value *= UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

/* FNV-1a; mixed again where a slot is chosen. */
static uint64_t hash_of_text(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (const char *at = text; *at != '\0'; at++)
        hash = (hash ^ (uint8_t)*at) * UINT64_C(1099511628211);
    return hash;
}

/* Eight numbers in a row have their homes side by side: ids and PLUs are dense, and a table that is filled or walked in
 * their order touches a cache line once instead of eight times. */
static size_t home_of(const struct key_table *table, uint64_t number)
{
    return (size_t)(mix(number >> 3) << 3 | (number & 7)) & (table->capacity - 1);
}

static size_t after(const struct key_table *table, size_t slot)
{
    return (slot + 1) & (table->capacity - 1);
}

/* The slot that holds the key, or the free one where it would stand. */
static size_t slot_of(const struct key_table *table, uint64_t number, const char *text)
{
    size_t slot = home_of(table, number);

    for (;; slot = after(table, slot)) {
        const struct key_slot *found = &table->slots[slot];

        if (found->value == NULL)
            return slot;
        if (found->number == number && (text == NULL || strcmp(found->text, text) == 0))
            return slot;
    }
}

static void grow(struct key_table *table, size_t capacity)
{
    struct key_table larger = { .capacity = capacity };

    /* Written, not calloc'ed: a page that is first read and then written faults twice. */
    larger.slots = malloc(larger.capacity * sizeof *larger.slots);
    assert(larger.slots != NULL);
    memset(larger.slots, 0, larger.capacity * sizeof *larger.slots);
    larger.count = table->count;
    for (size_t i = 0; i < table->capacity; i++) {
        const struct key_slot *slot = &table->slots[i];

        if (slot->value != NULL)
            larger.slots[slot_of(&larger, slot->number, slot->text)] = *slot;
    }
    free(table->slots);
    *table = larger;
}

static bool has_room(size_t capacity, size_t count)
{
    return count * 3 <= capacity * 2;
}

static void put(struct key_table *table, uint64_t number, const char *text, void *value)
{
    assert(value != NULL);
    if (!has_room(table->capacity, table->count + 1))
        grow(table, table->capacity == 0 ? FIRST_CAPACITY : table->capacity * 2);
    struct key_slot *slot = &table->slots[slot_of(table, number, text)];
    if (slot->value == NULL)
        table->count++;
    *slot = (struct key_slot){ .number = number, .text = text, .value = value };
}

static void *get(const struct key_table *table, uint64_t number, const char *text)
{
    return table->capacity == 0 ? NULL : table->slots[slot_of(table, number, text)].value;
}

static void drop(struct key_table *table, uint64_t number, const char *text, const void *value)
{
    if (table->capacity == 0)
        return;
    size_t gap = slot_of(table, number, text);
    if (table->slots[gap].value == NULL || table->slots[gap].value != value)
        return;
    table->count--;
    /* Whoever stands behind the gap and could stand in it moves up. */
    for (size_t slot = after(table, gap); table->slots[slot].value != NULL; slot = after(table, slot)) {
        size_t home = home_of(table, table->slots[slot].number);
        size_t from_home = (slot - home) & (table->capacity - 1);
        size_t from_gap = (slot - gap) & (table->capacity - 1);

        if (from_home >= from_gap) {
            table->slots[gap] = table->slots[slot];
            gap = slot;
        }
    }
    table->slots[gap] = (struct key_slot){ 0 };
}

void key_table_fini(struct key_table *table)
{
    free(table->slots);
    *table = (struct key_table){ 0 };
}

void key_table_reserve(struct key_table *table, size_t count)
{
    size_t capacity = FIRST_CAPACITY;

    while (!has_room(capacity, count))
        capacity *= 2;
    if (capacity > table->capacity)
        grow(table, capacity);
}

void *key_table_number(const struct key_table *table, uint64_t number)
{
    return get(table, number, NULL);
}

void *key_table_text(const struct key_table *table, const char *text)
{
    return get(table, hash_of_text(text), text);
}

void key_table_put_number(struct key_table *table, uint64_t number, void *value)
{
    put(table, number, NULL, value);
}

void key_table_put_text(struct key_table *table, const char *text, void *value)
{
    put(table, hash_of_text(text), text, value);
}

void key_table_drop_number(struct key_table *table, uint64_t number, const void *value)
{
    drop(table, number, NULL, value);
}

void key_table_drop_text(struct key_table *table, const char *text, const void *value)
{
    drop(table, hash_of_text(text), text, value);
}
