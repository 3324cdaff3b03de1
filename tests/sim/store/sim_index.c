/* The indexes of the simulated store's tables: groups of rows by the hash of a key. */
#include "tests/sim/store/sim_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- keys ---- */

static uint64_t mixed(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t mixed_bytes(uint64_t hash, struct bytes bytes)
{
    uint64_t word;
    size_t at = 0;

    for (; at + sizeof(word) <= bytes.size; at += sizeof(word)) {
        memcpy(&word, bytes.data + at, sizeof(word));
        hash = mixed(hash, word);
    }
    for (word = bytes.size; at < bytes.size; at++)
        word = word << 8 | bytes.data[at];
    return mixed(hash, word);
}

static uint64_t mixed_cell(uint64_t hash, enum sim_type type, union sim_cell cell)
{
    return type < SIM_TEXT ? mixed(hash, (uint64_t)cell.i) : mixed_bytes(hash, sim_blob_view(cell.b));
}

static uint64_t finished(uint64_t hash)
{
    hash ^= hash >> 32;
    return hash == 0 ? 1 : hash;
}

/* How many columns are looked up: the order is none of them. */
static int looked_up(const struct sim_index_shape *index)
{
    return index->ordered ? index->count - 1 : index->count;
}

uint64_t sim_key_of_row(const struct sim_shape *shape, const struct sim_index_shape *index, const union sim_cell *cells)
{
    uint64_t hash = 1;

    for (int i = 0; i < looked_up(index); i++)
        hash = mixed_cell(hash, shape->columns[index->columns[i]].type, cells[index->columns[i]]);
    return finished(hash);
}

uint64_t sim_key_of(const struct sim_shape *shape, const struct sim_index_shape *index, const union sim_cell *key,
                    int count)
{
    uint64_t hash = 1;

    assert(count >= looked_up(index) && count <= index->count);
    for (int i = 0; i < looked_up(index); i++)
        hash = mixed_cell(hash, shape->columns[index->columns[i]].type, key[i]);
    return finished(hash);
}

/* ---- groups ---- */

static struct sim_group *slot_of(const struct sim_index *index, uint64_t key)
{
    size_t at = (size_t)(key & (index->capacity - 1));

    while (index->groups[at].key != 0 && index->groups[at].key != key)
        at = (at + 1) & (index->capacity - 1);
    return &index->groups[at];
}

static bool is_many(const struct sim_group *group)
{
    return group->many == SIM_MANY;
}

struct sim_group *sim_group_find(const struct sim_index *index, uint64_t key)
{
    if (index->capacity == 0)
        return NULL;
    struct sim_group *group = slot_of(index, key);
    return group->key == 0 || sim_group_count(group) == 0 ? NULL : group;
}

/* Twice the room, and without the groups that are empty by now. */
static void grow(struct sim_index *index)
{
    struct sim_index old = *index;

    index->capacity = old.capacity == 0 ? 16 : old.capacity * 2;
    index->used = 0;
    index->groups = calloc(index->capacity, sizeof(*index->groups));
    if (index->groups == NULL)
        abort();
    for (size_t i = 0; i < old.capacity; i++) {
        struct sim_group *group = &old.groups[i];
        if (group->key == 0)
            continue;
        if (sim_group_count(group) == 0) {
            free(is_many(group) ? group->entries : NULL);
            continue;
        }
        *slot_of(index, group->key) = *group;
        index->used++;
    }
    free(old.groups);
}

static struct sim_group *group_of(struct sim_index *index, uint64_t key)
{
    if ((index->used + 1) * 4 > index->capacity * 3)
        grow(index);
    struct sim_group *group = slot_of(index, key);
    if (group->key == 0) {
        group->key = key;
        index->used++;
    }
    return group;
}

/* Behind those of the same order too, when `behind`. */
static uint32_t seek(struct sim_group *group, int64_t order, bool behind)
{
    uint32_t low = 0, high = sim_group_count(group);

    /* Most come in their order, and the newest is what is looked for. */
    if (high > 0) {
        int64_t last = sim_group_at(group, high - 1)->order;
        if (last < order || (behind && last == order))
            return high;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int64_t there = sim_group_at(group, middle)->order;
        if (there < order || (behind && there == order))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t sim_group_seek(struct sim_group *group, int64_t order)
{
    return seek(group, order, false);
}

static void make_room(struct sim_group *group)
{
    struct sim_entries *entries = is_many(group) ? group->entries : NULL;
    uint32_t capacity = entries == NULL ? 4 : entries->capacity;

    if (entries != NULL && entries->first + entries->count < capacity)
        return;
    if (entries != NULL && entries->first > capacity / 2) {
        memmove(entries->list, entries->list + entries->first, entries->count * sizeof(*entries->list));
        entries->first = 0;
        return;
    }
    capacity *= entries == NULL ? 1 : 2;
    entries = realloc(entries, sizeof(*entries) + capacity * sizeof(*entries->list));
    if (entries == NULL)
        abort();
    if (!is_many(group)) {
        entries->first = 0;
        entries->count = 1;
        entries->list[0] = group->one;
    }
    entries->capacity = capacity;
    group->entries = entries;
    group->many = SIM_MANY;
}

static void group_add(struct sim_group *group, int64_t order, struct sim_row *row)
{
    struct sim_entry entry = { order, row };

    if (!is_many(group) && group->one.row == NULL) {
        group->one = entry;
        return;
    }
    make_room(group);
    struct sim_entries *entries = group->entries;
    uint32_t at = seek(group, order, true);
    struct sim_entry *place = entries->list + entries->first + at;
    memmove(place + 1, place, (entries->count - at) * sizeof(*place));
    *place = entry;
    entries->count++;
}

static void group_remove(struct sim_group *group, int64_t order, const struct sim_row *row)
{
    uint32_t at = seek(group, order, false);

    while (sim_group_at(group, at)->row != row)
        at++;
    assert(at < sim_group_count(group));
    if (!is_many(group)) {
        group->one.row = NULL;
        return;
    }
    struct sim_entries *entries = group->entries;
    struct sim_entry *place = entries->list + entries->first + at;
    entries->count--;
    if (at == 0) /* what is swept goes from the front */
        entries->first++;
    else
        memmove(place, place + 1, (entries->count - at) * sizeof(*place));
    if (entries->count == 0)
        entries->first = 0;
}

void sim_index_fini(struct sim_index *index)
{
    for (size_t i = 0; i < index->capacity; i++)
        if (index->groups[i].key != 0 && is_many(&index->groups[i]))
            free(index->groups[i].entries);
    free(index->groups);
}

/* ---- versions ---- */

static bool has_where(const struct sim_index_shape *index, const struct sim_version *version)
{
    return !version->gone && (index->where == NULL || index->where(version->cells));
}

static bool same_key(const struct sim_shape *shape, const struct sim_index_shape *index, const struct sim_version *a,
                     const struct sim_version *b)
{
    for (int i = 0; i < index->count; i++) {
        int column = index->columns[i];
        if (!sim_cell_equal(shape->columns[column].type, a->cells[column], b->cells[column]))
            return false;
    }
    return true;
}

static bool another_has_it(const struct sim_shape *shape, const struct sim_index_shape *index,
                           const struct sim_row *row, const struct sim_version *version)
{
    const struct sim_version *chains[] = { row->pending, row->newest };

    for (int i = 0; i < 2; i++)
        for (const struct sim_version *other = chains[i]; other != NULL; other = other->older)
            if (other != version && has_where(index, other) && same_key(shape, index, other, version))
                return true;
    return false;
}

static int64_t order_of(const struct sim_index_shape *index, const struct sim_version *version)
{
    return index->ordered ? version->cells[index->columns[index->count - 1]].i : 0;
}

void sim_indexes_add(struct sim_table *table, const struct sim_shape *shape, struct sim_row *row,
                     const struct sim_version *version)
{
    for (int i = 0; i < shape->index_count; i++) {
        const struct sim_index_shape *index = &shape->indexes[i];
        if (has_where(index, version) && !another_has_it(shape, index, row, version))
            group_add(group_of(&table->indexes[i], sim_key_of_row(shape, index, version->cells)),
                      order_of(index, version), row);
    }
}

void sim_indexes_remove(struct sim_table *table, const struct sim_shape *shape, struct sim_row *row,
                        const struct sim_version *version)
{
    for (int i = 0; i < shape->index_count; i++) {
        const struct sim_index_shape *index = &shape->indexes[i];
        if (has_where(index, version) && !another_has_it(shape, index, row, version))
            group_remove(slot_of(&table->indexes[i], sim_key_of_row(shape, index, version->cells)),
                         order_of(index, version), row);
    }
}
