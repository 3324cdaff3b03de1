/* From a key, a number or a text, to what it stands for: the look-ups of the catalogue. */
#ifndef CAROLINE_RULES_KEY_TABLE_H
#define CAROLINE_RULES_KEY_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct key_slot {
    uint64_t number;  /* the key, or the hash of its text */
    const char *text; /* NULL in a table of numbers; borrowed: lives as long as it stands here */
    void *value;      /* NULL: a free slot */
};

/* Zeroed is empty and valid. A table holds either numbers or texts. */
struct key_table {
    struct key_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
};

void key_table_fini(struct key_table *table);
/* Room for so many keys in all: a table that is filled at once need not grow step by step. */
void key_table_reserve(struct key_table *table, size_t count);
/* NULL when the key is not in it. */
void *key_table_number(const struct key_table *table, uint64_t number);
void *key_table_text(const struct key_table *table, const char *text);
/* A key that is there gets the new value (and borrows the new text). */
void key_table_put_number(struct key_table *table, uint64_t number, void *value);
void key_table_put_text(struct key_table *table, const char *text, void *value);
/* Only where the key stands for this value: another may have taken the key over. */
void key_table_drop_number(struct key_table *table, uint64_t number, const void *value);
void key_table_drop_text(struct key_table *table, const char *text, const void *value);

#endif
