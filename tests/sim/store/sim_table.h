/* The simulated store's tables: rows in versions, as PostgreSQL keeps them, and the indexes they are found by.
 *
 * A row has the versions that were committed, newest first, and at most one that its owner, a transaction under way,
 * has not committed. Who reads takes the newest version its snapshot knows, or its own. Versions that nobody can see
 * any more go at COMMIT. */
#ifndef CAROLINE_TESTS_SIM_STORE_SIM_TABLE_H
#define CAROLINE_TESTS_SIM_STORE_SIM_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "tests/sim/store/sim_schema.h"

/* ---- values ---- */

/* Text, bytea, and text[] as PostgreSQL sends it. Shared by the versions that hold it; a NUL stands behind it. */
struct sim_blob {
    uint32_t references, size;
    uint8_t data[];
};
struct sim_blob *sim_blob_create(struct bytes bytes);
struct sim_blob *sim_blob_keep(struct sim_blob *blob); /* NULL gives NULL */
void sim_blob_drop(struct sim_blob *blob);
static inline struct bytes sim_blob_view(const struct sim_blob *blob)
{
    return blob == NULL ? (struct bytes){ 0 } : (struct bytes){ blob->data, blob->size };
}

/* Null is SIM_NULL, or a blob that is NULL. */
#define SIM_NULL INT64_MIN
union sim_cell {
    int64_t i;
    struct sim_blob *b;
};

/* ---- shapes, made by schema.py ---- */

enum sim_type {
    SIM_BIGINT,
    SIM_INTEGER,
    SIM_SMALLINT,
    SIM_CHAR,
    SIM_BOOL,
    SIM_INSTANT,
    SIM_DAY,
    SIM_TEXT, /* from here on: blobs */
    SIM_BYTEA,
    SIM_TEXTS,
};

struct sim_column {
    const char *name;
    enum sim_type type;
    bool not_null;
    int64_t initial; /* DEFAULT of a number */
};

struct sim_check {
    const char *name;
    bool (*holds)(const union sim_cell *row);
    bool early; /* of a domain: comes before all others, and before NOT NULL */
};

#define SIM_KEY_MAX 6
struct sim_index_shape {
    const char *name;
    int columns[SIM_KEY_MAX];
    int count;
    bool unique;
    bool ordered;                             /* by the last column; the ones before are what is looked up */
    bool (*where)(const union sim_cell *row); /* NULL: all rows */
};

struct sim_reference {
    const char *name;
    int columns[SIM_KEY_MAX];
    int count;
    enum sim_table_id parent; /* found by its primary key, which is its first index */
};

struct sim_shape {
    const char *name;
    const struct sim_column *columns;
    int column_count;
    const struct sim_check *checks;
    int check_count;
    const struct sim_index_shape *indexes;
    int index_count;
    const struct sim_reference *references;
    int reference_count;
};
extern const struct sim_shape sim_shapes[SIM_TABLES];

/* For their checks. */
bool sim_is_capitals(const struct sim_blob *text, size_t count);
bool sim_is_calling_code(const struct sim_blob *text); /* or nothing */
int64_t sim_characters(const struct sim_blob *text);
int64_t sim_size(const struct sim_blob *bytes);

/* ---- rows ---- */

struct sim_version {
    struct sim_version *older;
    uint32_t serial; /* of the COMMIT that made it */
    bool gone;       /* the row was deleted */
    union sim_cell cells[];
};

struct sim_work; /* a transaction under way: sim_work.h */
struct sim_share {
    struct sim_work *work;
    struct sim_share *next;
};

struct sim_row {
    struct sim_version *newest;  /* committed; NULL: inserted by the owner */
    struct sim_version *pending; /* the owner's; NULL: locked only */
    struct sim_work *owner;      /* has it locked FOR NO KEY UPDATE or stronger */
    struct sim_share *shares;    /* have it locked FOR SHARE */
    uint32_t place;              /* among the table's rows */
    uint16_t table;              /* an enum sim_table_id */
    bool stale;                  /* in the list of those with versions to let go */
};

/* ---- tables ---- */

struct sim_entry {
    int64_t order; /* 0 where the index has none */
    struct sim_row *row;
};

struct sim_entries {
    uint32_t first, count, capacity; /* list[first .. first + count) */
    struct sim_entry list[];
};

#define SIM_MANY ((uintptr_t)1)

/* The rows of one key, in order; those of one order as they came. Most are of one row. */
struct sim_group {
    uint64_t key; /* a hash; two keys may meet in one group: readers compare. 0: no group */
    union {
        struct sim_entry one; /* its row NULL: none */
        struct {
            struct sim_entries *entries;
            uintptr_t many; /* SIM_MANY: where a row would be, and no row's address */
        };
    };
};

struct sim_index {
    struct sim_group *groups; /* open addressing; capacity a power of two, or 0 */
    size_t capacity, used;
};

struct sim_table {
    struct sim_row **rows;
    size_t count, capacity;
    struct sim_index *indexes;
};

/* Whoever goes through all rows says where it is: they lie all over the memory, and are fetched ahead. */
static inline void sim_table_fetch(const struct sim_table *table, size_t at)
{
    if (at + 16 < table->count) {
        __builtin_prefetch(table->rows[at + 16]);
        __builtin_prefetch(table->rows[at + 8]->newest);
    }
}
void sim_table_init(struct sim_table *table, const struct sim_shape *shape);
void sim_table_fini(struct sim_table *table, const struct sim_shape *shape);
struct sim_row *sim_row_create(struct sim_table *table, enum sim_table_id id);
/* Its versions must be gone from the indexes and freed. */
void sim_row_remove(struct sim_table *table, struct sim_row *row);

struct sim_version *sim_version_create(const struct sim_shape *shape, const union sim_cell *cells); /* keeps blobs */
void sim_version_drop(const struct sim_shape *shape, struct sim_version *version);

/* ---- indexes ---- */

/* The hash of a key's columns, those of a row or as given, and without the order; no key is 0. */
uint64_t sim_key_of_row(const struct sim_shape *shape, const struct sim_index_shape *index,
                        const union sim_cell *cells);
uint64_t sim_key_of(const struct sim_shape *shape, const struct sim_index_shape *index, const union sim_cell *key,
                    int count);
/* NULL: no row has the key. Valid until the next add to the index. */
struct sim_group *sim_group_find(const struct sim_index *index, uint64_t key);
static inline uint32_t sim_group_count(const struct sim_group *group)
{
    return group->many == SIM_MANY ? group->entries->count : group->one.row != NULL;
}
static inline struct sim_entry *sim_group_at(struct sim_group *group, uint32_t at)
{
    return group->many == SIM_MANY ? &group->entries->list[group->entries->first + at] : &group->one;
}
/* As of all rows: who goes through a group says where it is, and how many are left. */
#define SIM_FETCHED 8
static inline void sim_group_fetch(const struct sim_entry *entry, size_t left)
{
    if (left > SIM_FETCHED) {
        const struct sim_version *version = entry[SIM_FETCHED / 2].row->newest;
        __builtin_prefetch(entry[SIM_FETCHED].row);
        __builtin_prefetch(version);
        __builtin_prefetch((const char *)version + 64);
    }
}
void sim_index_fini(struct sim_index *index);
/* Where in a group the first entry of at least this order is. */
uint32_t sim_group_seek(struct sim_group *group, int64_t order);
/* All indexes of a table. A version whose key another one of the row has is not added twice, nor removed. */
void sim_indexes_add(struct sim_table *table, const struct sim_shape *shape, struct sim_row *row,
                     const struct sim_version *version);
void sim_indexes_remove(struct sim_table *table, const struct sim_shape *shape, struct sim_row *row,
                        const struct sim_version *version);
/* Is this cell equal, blobs by their bytes? Two nulls are. */
static inline bool sim_cell_equal(enum sim_type type, union sim_cell a, union sim_cell b)
{
    if (type < SIM_TEXT)
        return a.i == b.i;
    if (a.b == b.b || a.b == NULL || b.b == NULL)
        return a.b == b.b;
    return bytes_equal(sim_blob_view(a.b), sim_blob_view(b.b));
}

#endif
