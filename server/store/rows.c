/* Rows: looked up by the column's name, checked against the type that the database really sent. */
#include "server/store/rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"

struct rows *rows_create(struct arena *arena, const char *statement)
{
    struct rows *rows = arena_alloc(arena, sizeof(*rows));

    rows->arena = arena;
    rows->statement = statement;
    return rows;
}

static _Noreturn void wrong(const struct rows *rows, const char *column, const char *what)
{
    log_event(LOG_ERROR, "bug", "statement=%s column=%s what=\"%s\"", rows->statement, column, what);
    abort();
}

static const char *const kind_names[] = {
    [COLUMN_INT] = "an integer",        [COLUMN_BOOL] = "a boolean",
    [COLUMN_INSTANT] = "a timestamptz", [COLUMN_DAY] = "a date",
    [COLUMN_BYTES] = "text or bytea",   [COLUMN_TEXTS] = "an array of text or bytea",
    [COLUMN_INTS] = "a bigint[]",       [COLUMN_OTHER] = "of a type that is not read: cast it in the statement",
};

/* kinds: bits. */
static const struct column *column_of(const struct rows *rows, const char *name, unsigned kinds)
{
    for (size_t i = 0; i < rows->column_count; i++) {
        size_t at = (rows->next_column + i) % rows->column_count;
        const struct column *column = &rows->columns[at];

        if (strcmp(column->name, name) != 0)
            continue;
        if (((1u << column->kind) & kinds) == 0)
            wrong(rows, name, kind_names[column->kind]);
        ((struct rows *)rows)->next_column = at + 1 == rows->column_count ? 0 : at + 1; /* a hint, no more */
        return column;
    }
    wrong(rows, name, "there is no such column");
}

static const struct column *cell_of(const struct rows *rows, size_t row, const char *name, unsigned kinds)
{
    if (row >= rows->count)
        wrong(rows, name, "there is no such row");
    return column_of(rows, name, kinds);
}

size_t rows_count(const struct rows *rows)
{
    return rows->count;
}

int64_t row_int(const struct rows *rows, size_t row, const char *column)
{
    return cell_of(rows, row, column, 1u << COLUMN_INT)->integers[row];
}

bool row_bool(const struct rows *rows, size_t row, const char *column)
{
    return cell_of(rows, row, column, 1u << COLUMN_BOOL)->integers[row] != 0;
}

bool row_is_null(const struct rows *rows, size_t row, const char *column)
{
    const struct column *found = cell_of(rows, row, column, ~0u);

    if (found->integers != NULL)
        return found->nulls != NULL && found->nulls[row];
    return found->views[row].data == NULL;
}

struct bytes row_bytes(const struct rows *rows, size_t row, const char *column)
{
    return cell_of(rows, row, column, 1u << COLUMN_BYTES)->views[row];
}

const char *row_text(const struct rows *rows, size_t row, const char *column)
{
    struct bytes view = row_bytes(rows, row, column);

    return view.data == NULL ? "" : (const char *)view.data;
}

struct instant row_instant(const struct rows *rows, size_t row, const char *column)
{
    return (struct instant){ cell_of(rows, row, column, 1u << COLUMN_INSTANT)->integers[row] };
}

struct day row_day(const struct rows *rows, size_t row, const char *column)
{
    return (struct day){ (int32_t)cell_of(rows, row, column, 1u << COLUMN_DAY)->integers[row] };
}

const int64_t *column_ints(const struct rows *rows, const char *column)
{
    if (rows->count == 0)
        return NULL;
    return column_of(rows, column, 1u << COLUMN_INT | 1u << COLUMN_BOOL | 1u << COLUMN_INSTANT | 1u << COLUMN_DAY)
        ->integers;
}

/* An array as it comes: dimensions, a flag, the elements' type; for each dimension its length and lower bound; then a
 * size (-1: null) and that many bytes an element. Returns the count of elements; *at stands before the first. */
static size_t array_open(const struct rows *rows, const char *column, struct bytes array, const uint8_t **at)
{
    if (array.data == NULL || array.size < 12 || get_u32(array.data) == 0)
        return 0;
    if (get_u32(array.data) != 1 || array.size < 20)
        wrong(rows, column, "an array of more than one dimension");
    *at = array.data + 20;
    return get_u32(array.data + 12);
}

const struct bytes *row_texts(const struct rows *rows, size_t row, const char *column, size_t *count)
{
    struct bytes array = cell_of(rows, row, column, 1u << COLUMN_TEXTS)->views[row];
    const uint8_t *at = NULL, *end = array.data + array.size;

    *count = array_open(rows, column, array, &at);
    struct bytes *texts = arena_array(rows->arena, *count, sizeof(*texts));
    for (size_t i = 0; i < *count; i++) {
        assert(end - at >= 4);
        uint32_t size = get_u32(at);
        at += 4;
        if (size == UINT32_MAX)
            continue;
        assert((size_t)(end - at) >= size);
        char *copy = arena_alloc(rows->arena, (size_t)size + 1);
        memcpy(copy, at, size);
        texts[i] = bytes_of(copy, size);
        at += size;
    }
    return texts;
}

const int64_t *row_ints(const struct rows *rows, size_t row, const char *column, size_t *count)
{
    struct bytes array = cell_of(rows, row, column, 1u << COLUMN_INTS)->views[row];
    const uint8_t *at = NULL, *end = array.data + array.size;

    *count = array_open(rows, column, array, &at);
    int64_t *ints = arena_array(rows->arena, *count, sizeof(*ints));
    for (size_t i = 0; i < *count; i++) {
        assert(end - at >= 4);
        uint32_t size = get_u32(at);
        at += 4;
        if (size == UINT32_MAX)
            continue;
        assert(size == 8 && end - at >= 8);
        ints[i] = (int64_t)get_u64(at);
        at += 8;
    }
    return ints;
}
