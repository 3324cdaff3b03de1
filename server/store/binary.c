/* PostgreSQL's binary formats: big-endian integers, times counted from 2000, arrays with a header. */
#include "server/store/binary.h"

#include <assert.h>
#include <string.h>

#define EPOCH_US   INT64_C(946684800000000) /* 2000-01-01, where PostgreSQL's times begin */
#define EPOCH_DAYS 10957

/* Types by their numbers in pg_type.dat, which never change. */
enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_CHAR = 18,
    TYPE_NAME = 19,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_JSON = 114,
    TYPE_BOOL_ARRAY = 1000,
    TYPE_BYTEA_ARRAY = 1001,
    TYPE_TEXT_ARRAY = 1009,
    TYPE_INT8_ARRAY = 1016,
    TYPE_VARCHAR = 1043,
    TYPE_DATE = 1082,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_VOID = 2278,
};

/* ---- out ---- */

static size_t element_size(const struct param *param, size_t i)
{
    switch (param->kind) {
    case PARAM_KIND_INTS:
        return param->as.ints[i] == PARAM_NULL_INT ? SIZE_MAX : 8;
    case PARAM_KIND_INSTANTS:
        return param->as.instants[i].us == INT64_MIN ? SIZE_MAX : 8;
    case PARAM_KIND_DAYS:
        return param->as.days[i].number == INT32_MIN ? SIZE_MAX : 4;
    case PARAM_KIND_BOOLS:
        return 1;
    case PARAM_KIND_TEXTS:
    case PARAM_KIND_BYTESES:
        return param->as.views[i].data == NULL ? SIZE_MAX : param->as.views[i].size;
    case PARAM_KIND_NULL:
    case PARAM_KIND_INT:
    case PARAM_KIND_BOOL:
    case PARAM_KIND_TEXT:
    case PARAM_KIND_BYTES:
    case PARAM_KIND_INSTANT:
    case PARAM_KIND_DAY:
        break;
    }
    assert(!"an array");
    return 0;
}

static uint32_t element_type(enum param_kind kind)
{
    static const uint32_t types[] = {
        [PARAM_KIND_INTS] = TYPE_INT8,     [PARAM_KIND_BOOLS] = TYPE_BOOL,           [PARAM_KIND_TEXTS] = TYPE_TEXT,
        [PARAM_KIND_BYTESES] = TYPE_BYTEA, [PARAM_KIND_INSTANTS] = TYPE_TIMESTAMPTZ, [PARAM_KIND_DAYS] = TYPE_DATE,
    };
    return types[kind];
}

static void put_element(uint8_t *at, const struct param *param, size_t i, size_t size)
{
    if (param->kind == PARAM_KIND_INTS)
        put_u64(at, (uint64_t)param->as.ints[i]);
    else if (param->kind == PARAM_KIND_INSTANTS)
        put_u64(at, (uint64_t)(param->as.instants[i].us - EPOCH_US));
    else if (param->kind == PARAM_KIND_DAYS)
        put_u32(at, (uint32_t)(param->as.days[i].number - EPOCH_DAYS));
    else if (param->kind == PARAM_KIND_BOOLS)
        *at = param->as.bools[i];
    else if (size > 0)
        memcpy(at, param->as.views[i].data, size);
}

static struct bytes array_of(struct arena *arena, const struct param *param)
{
    size_t total = param->count == 0 ? 12 : 20;
    bool nulls = false;

    for (size_t i = 0; i < param->count; i++) {
        size_t size = element_size(param, i);
        nulls = nulls || size == SIZE_MAX;
        total += 4 + (size == SIZE_MAX ? 0 : size);
    }
    assert(total < INT32_MAX);
    uint8_t *array = arena_alloc(arena, total), *at = array + 20;
    put_u32(array, param->count == 0 ? 0 : 1); /* dimensions */
    put_u32(array + 4, nulls);
    put_u32(array + 8, element_type(param->kind));
    if (param->count == 0)
        return bytes_of(array, total);
    put_u32(array + 12, (uint32_t)param->count);
    put_u32(array + 16, 1); /* lower bound */
    for (size_t i = 0; i < param->count; i++) {
        size_t size = element_size(param, i);
        put_u32(at, size == SIZE_MAX ? UINT32_MAX : (uint32_t)size);
        at += 4;
        if (size == SIZE_MAX)
            continue;
        put_element(at, param, i, size);
        at += size;
    }
    return bytes_of(array, total);
}

static struct bytes u64_of(struct arena *arena, int64_t value)
{
    uint8_t *at = arena_alloc(arena, 8);

    put_u64(at, (uint64_t)value);
    return bytes_of(at, 8);
}

/* data NULL: SQL's null. */
static struct bytes value_of(struct arena *arena, const struct param *param)
{
    const struct bytes null = { 0 };
    uint8_t *at;

    switch (param->kind) {
    case PARAM_KIND_NULL:
        return null;
    case PARAM_KIND_INT:
        return param->as.integer == PARAM_NULL_INT ? null : u64_of(arena, param->as.integer);
    case PARAM_KIND_INSTANT:
        return param->as.integer == INT64_MIN ? null : u64_of(arena, param->as.integer - EPOCH_US);
    case PARAM_KIND_BOOL:
        at = arena_alloc(arena, 1);
        *at = param->as.boolean;
        return bytes_of(at, 1);
    case PARAM_KIND_DAY:
        at = arena_alloc(arena, 4);
        put_u32(at, (uint32_t)(int32_t)(param->as.integer - EPOCH_DAYS));
        return bytes_of(at, 4);
    case PARAM_KIND_TEXT:
    case PARAM_KIND_BYTES:
        if (param->as.bytes.data == NULL)
            return (struct bytes){ 0 };
        return bytes_of(arena_copy(arena, param->as.bytes.data, param->as.bytes.size), param->as.bytes.size);
    case PARAM_KIND_INTS:
    case PARAM_KIND_BOOLS:
    case PARAM_KIND_TEXTS:
    case PARAM_KIND_BYTESES:
    case PARAM_KIND_INSTANTS:
    case PARAM_KIND_DAYS:
        return array_of(arena, param);
    }
    assert(!"a kind of parameter");
    return (struct bytes){ 0 };
}

struct binary_params binary_params_of(struct arena *arena, const struct param *params, size_t count)
{
    struct binary_params binary = {
        .values = arena_array(arena, count, sizeof(*binary.values)),
        .lengths = arena_array(arena, count, sizeof(*binary.lengths)),
        .formats = arena_array(arena, count, sizeof(*binary.formats)),
        .count = (int)count,
    };

    for (size_t i = 0; i < count; i++) {
        struct bytes value = value_of(arena, &params[i]);
        assert(value.size < INT32_MAX);
        binary.values[i] = (const char *)value.data;
        binary.lengths[i] = (int)value.size;
        binary.formats[i] = 1;
    }
    return binary;
}

/* ---- in ---- */

static enum column_kind kind_of(Oid type)
{
    switch (type) {
    case TYPE_INT8:
    case TYPE_INT4:
    case TYPE_INT2:
    case TYPE_CHAR:
        return COLUMN_INT;
    case TYPE_BOOL:
        return COLUMN_BOOL;
    case TYPE_TIMESTAMPTZ:
        return COLUMN_INSTANT;
    case TYPE_DATE:
        return COLUMN_DAY;
    case TYPE_TEXT:
    case TYPE_VARCHAR:
    case TYPE_NAME:
    case TYPE_JSON:
    case TYPE_BYTEA:
    case TYPE_VOID:
        return COLUMN_BYTES;
    case TYPE_TEXT_ARRAY:
    case TYPE_BYTEA_ARRAY:
        return COLUMN_TEXTS;
    case TYPE_INT8_ARRAY:
        return COLUMN_INTS;
    default:
        return COLUMN_OTHER;
    }
}

static int64_t integer_of(enum column_kind kind, const uint8_t *at, int size)
{
    int64_t value;

    if (size == 8)
        value = (int64_t)get_u64(at);
    else if (size == 4)
        value = (int32_t)get_u32(at);
    else if (size == 2)
        value = (int16_t)get_u16(at);
    else
        value = *at; /* "char" and boolean */
    if (kind == COLUMN_INSTANT)
        return value + EPOCH_US;
    if (kind == COLUMN_DAY)
        return value + EPOCH_DAYS;
    return value;
}

static void fill_integers(struct arena *arena, struct column *column, const PGresult *result, int at)
{
    int count = PQntuples(result);

    column->integers = arena_array(arena, (size_t)count, sizeof(*column->integers));
    for (int row = 0; row < count; row++) {
        if (!PQgetisnull(result, row, at)) {
            column->integers[row] =
                integer_of(column->kind, (const uint8_t *)PQgetvalue(result, row, at), PQgetlength(result, row, at));
            continue;
        }
        if (column->nulls == NULL)
            column->nulls = arena_array(arena, (size_t)count, sizeof(*column->nulls));
        column->nulls[row] = true;
    }
}

static void fill_views(struct arena *arena, struct column *column, const PGresult *result, int at)
{
    int count = PQntuples(result);
    size_t total = 0;

    column->views = arena_array(arena, (size_t)count, sizeof(*column->views));
    for (int row = 0; row < count; row++)
        if (!PQgetisnull(result, row, at))
            total += (size_t)PQgetlength(result, row, at) + 1;
    uint8_t *next = total == 0 ? NULL : arena_alloc(arena, total);
    for (int row = 0; row < count; row++) {
        if (PQgetisnull(result, row, at))
            continue;
        size_t size = (size_t)PQgetlength(result, row, at);
        memcpy(next, PQgetvalue(result, row, at), size); /* the NUL is the arena's zero */
        column->views[row] = bytes_of(next, size);
        next += size + 1;
    }
}

void binary_rows_fill(struct rows *rows, const PGresult *result)
{
    rows->count = (size_t)PQntuples(result);
    rows->column_count = (size_t)PQnfields(result);
    rows->columns = arena_array(rows->arena, rows->column_count, sizeof(*rows->columns));
    for (int i = 0; i < PQnfields(result); i++) {
        struct column *column = &rows->columns[i];
        column->name = arena_text(rows->arena, PQfname(result, i));
        column->type = PQftype(result, i);
        column->kind = kind_of(PQftype(result, i));
        if (column->kind <= COLUMN_DAY)
            fill_integers(rows->arena, column, result, i);
        else
            fill_views(rows->arena, column, result, i);
    }
}
