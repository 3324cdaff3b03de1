/* Values, versions and rows. */
#include "tests/sim/store/sim_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/store/sim_heap.h"

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

/* ---- values ---- */

struct sim_blob *sim_blob_create(struct bytes bytes)
{
    struct sim_blob *blob = sim_heap_take(sizeof(*blob) + bytes.size + 1);

    blob->references = 1;
    blob->size = (uint32_t)bytes.size;
    if (bytes.size > 0)
        memcpy(blob->data, bytes.data, bytes.size);
    blob->data[bytes.size] = 0;
    return blob;
}

struct sim_blob *sim_blob_keep(struct sim_blob *blob)
{
    if (blob != NULL)
        blob->references++;
    return blob;
}

void sim_blob_drop(struct sim_blob *blob)
{
    if (blob != NULL && --blob->references == 0)
        sim_heap_give(blob, sizeof(*blob) + blob->size + 1);
}

/* ---- what checks ask ---- */

bool sim_is_capitals(const struct sim_blob *text, size_t count)
{
    if (text->size != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (text->data[i] < 'A' || text->data[i] > 'Z')
            return false;
    return true;
}

bool sim_is_calling_code(const struct sim_blob *text)
{
    for (size_t i = 0; i < text->size; i++)
        if (text->data[i] < (i == 0 ? '1' : '0') || text->data[i] > '9')
            return false;
    return text->size <= 3;
}

int64_t sim_characters(const struct sim_blob *text)
{
    int64_t count = 0;

    for (uint32_t i = 0; i < text->size; i++)
        count += (text->data[i] & 0xc0) != 0x80;
    return count;
}

int64_t sim_size(const struct sim_blob *bytes)
{
    return bytes->size;
}

/* ---- versions ---- */

struct sim_version *sim_version_create(const struct sim_shape *shape, const union sim_cell *cells)
{
    size_t size = (size_t)shape->column_count * sizeof(*cells);
    struct sim_version *version = sim_heap_take(sizeof(*version) + size);

    *version = (struct sim_version){ 0 };
    memcpy(version->cells, cells, size);
    for (int i = 0; i < shape->column_count; i++)
        if (shape->columns[i].type >= SIM_TEXT)
            sim_blob_keep(cells[i].b);
    return version;
}

void sim_version_drop(const struct sim_shape *shape, struct sim_version *version)
{
    for (int i = 0; i < shape->column_count; i++)
        if (shape->columns[i].type >= SIM_TEXT)
            sim_blob_drop(version->cells[i].b);
    sim_heap_give(version, sizeof(*version) + (size_t)shape->column_count * sizeof(*version->cells));
}

/* ---- rows ---- */

void sim_table_init(struct sim_table *table, const struct sim_shape *shape)
{
    *table = (struct sim_table){ .indexes = must(calloc((size_t)shape->index_count + 1, sizeof(*table->indexes))) };
}

void sim_table_fini(struct sim_table *table, const struct sim_shape *shape)
{
    free(table->rows);
    for (int i = 0; i < shape->index_count; i++)
        sim_index_fini(&table->indexes[i]);
    free(table->indexes);
}

struct sim_row *sim_row_create(struct sim_table *table, enum sim_table_id id)
{
    struct sim_row *row = sim_heap_take(sizeof(*row));

    assert(table->count < UINT32_MAX);
    if (table->count == table->capacity) {
        table->capacity = table->capacity == 0 ? 16 : table->capacity * 2;
        table->rows = must(realloc(table->rows, table->capacity * sizeof(*table->rows)));
    }
    *row = (struct sim_row){ .place = (uint32_t)table->count, .table = (uint16_t)id };
    table->rows[table->count++] = row;
    return row;
}

void sim_row_remove(struct sim_table *table, struct sim_row *row)
{
    struct sim_row *last = table->rows[--table->count];

    assert(row->newest == NULL && row->pending == NULL && row->shares == NULL);
    table->rows[row->place] = last;
    last->place = row->place;
    sim_heap_give(row, sizeof(*row));
}
