/* What is committed, told to PostgreSQL and to tests. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/store/sim_inner.h"

/* ---- values as COPY reads them ---- */

static void put_escaped(FILE *out, struct bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (byte == '\\')
            fputs("\\\\", out);
        else if (byte == '\n')
            fputs("\\n", out);
        else if (byte == '\r')
            fputs("\\r", out);
        else if (byte == '\t')
            fputs("\\t", out);
        else
            putc(byte, out);
    }
}

static void put_hex(FILE *out, struct bytes bytes)
{
    fputs("\\\\x", out);
    for (size_t i = 0; i < bytes.size; i++)
        fprintf(out, "%02x", bytes.data[i]);
}

/* As array_out() quotes: what could be read otherwise. */
static bool is_quoted(struct bytes text)
{
    if (text.size == 0 || (text.size == 4 && strncasecmp((const char *)text.data, "null", 4) == 0))
        return true;
    for (size_t i = 0; i < text.size; i++)
        if (strchr("\"\\{}, \t\n\r\v\f", text.data[i]) != NULL)
            return true;
    return false;
}

/* An element of an array's literal, escaped once for the array and once for COPY. */
static void put_element(FILE *out, struct bytes text)
{
    bool quoted = is_quoted(text);

    if (quoted)
        putc('"', out);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\')
            fputs("\\\\", out);
        put_escaped(out, bytes_of(text.data + i, 1));
    }
    if (quoted)
        putc('"', out);
}

static void put_texts(FILE *out, struct bytes array)
{
    const uint8_t *at = array.data + 20;
    uint32_t count = get_u32(array.data) == 0 ? 0 : get_u32(array.data + 12);

    putc('{', out);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t size = get_u32(at);
        if (i > 0)
            putc(',', out);
        if (size == UINT32_MAX)
            fputs("NULL", out);
        else
            put_element(out, bytes_of(at + 4, size));
        at += size == UINT32_MAX ? 4 : 4 + size;
    }
    putc('}', out);
}

static void put_instant(FILE *out, int64_t us)
{
    int64_t days = us / (DAY_S * SECOND_US) - (us % (DAY_S * SECOND_US) < 0);
    int64_t rest = us - days * DAY_S * SECOND_US;
    char text[DAY_TEXT];

    fprintf(out, "%s %02" PRId64 ":%02" PRId64 ":%02" PRId64, day_format(text, (struct day){ (int32_t)days }),
            rest / SECOND_US / 3600, rest / SECOND_US / 60 % 60, rest / SECOND_US % 60);
    int64_t fraction = rest % SECOND_US, digits = 6;
    for (; fraction != 0 && fraction % 10 == 0; digits--)
        fraction /= 10;
    if (fraction != 0)
        fprintf(out, ".%0*" PRId64, (int)digits, fraction);
    fputs("+00", out);
}

static void put_cell(FILE *out, enum sim_type type, union sim_cell cell)
{
    char day[DAY_TEXT];

    if (type < SIM_TEXT ? cell.i == SIM_NULL : cell.b == NULL) {
        fputs("\\N", out);
        return;
    }
    switch (type) {
    case SIM_BIGINT:
    case SIM_INTEGER:
    case SIM_SMALLINT:
        fprintf(out, "%" PRId64, cell.i);
        return;
    case SIM_CHAR:
        putc((int)cell.i, out);
        return;
    case SIM_BOOL:
        putc(cell.i ? 't' : 'f', out);
        return;
    case SIM_INSTANT:
        put_instant(out, cell.i);
        return;
    case SIM_DAY:
        fputs(day_format(day, (struct day){ (int32_t)cell.i }), out);
        return;
    case SIM_TEXT:
        put_escaped(out, sim_blob_view(cell.b));
        return;
    case SIM_BYTEA:
        put_hex(out, sim_blob_view(cell.b));
        return;
    case SIM_TEXTS:
        put_texts(out, sim_blob_view(cell.b));
        return;
    }
}

static const union sim_cell *committed(const struct sim_row *row)
{
    const struct sim_version *version = sim_visible(row, NULL, UINT64_MAX);

    return version == NULL ? NULL : version->cells;
}

static void put_row(FILE *out, const struct sim_shape *shape, const union sim_cell *cells)
{
    for (int i = 0; i < shape->column_count; i++) {
        if (i > 0)
            putc('\t', out);
        put_cell(out, shape->columns[i].type, cells[i]);
    }
    putc('\n', out);
}

void sim_database_export(struct sim_database *database, FILE *out)
{
    for (enum sim_table_id id = 0; id < SIM_TABLES; id++) {
        const struct sim_shape *shape = &sim_shapes[id];
        const struct sim_table *table = &database->tables[id];

        fprintf(out, "COPY %s (", shape->name);
        for (int i = 0; i < shape->column_count; i++)
            fprintf(out, "%s%s", i > 0 ? ", " : "", shape->columns[i].name);
        fputs(") FROM stdin;\n", out);
        for (size_t i = 0; i < table->count; i++) {
            const union sim_cell *cells = committed(table->rows[i]);
            if (cells != NULL)
                put_row(out, shape, cells);
        }
        fputs("\\.\n", out);
    }
}

/* ---- by name ---- */

static enum sim_table_id table_of(const char *name)
{
    for (enum sim_table_id id = 0; id < SIM_TABLES; id++)
        if (strcmp(sim_shapes[id].name, name) == 0)
            return id;
    fprintf(stderr, "there is no table %s\n", name);
    abort();
}

static int column_of(enum sim_table_id table, const char *name)
{
    for (int i = 0; i < sim_shapes[table].column_count; i++)
        if (strcmp(sim_shapes[table].columns[i].name, name) == 0)
            return i;
    fprintf(stderr, "there is no column %s of %s\n", name, sim_shapes[table].name);
    abort();
}

size_t sim_database_count(const struct sim_database *database, const char *table)
{
    const struct sim_table *found = &database->tables[table_of(table)];
    size_t count = 0;

    for (size_t i = 0; i < found->count; i++)
        count += committed(found->rows[i]) != NULL;
    return count;
}

int64_t sim_database_sum(const struct sim_database *database, const char *table, const char *column)
{
    enum sim_table_id id = table_of(table);
    const struct sim_table *found = &database->tables[id];
    int at = column_of(id, column);
    int64_t sum = 0;

    assert(sim_shapes[id].columns[at].type < SIM_TEXT);
    for (size_t i = 0; i < found->count; i++) {
        const union sim_cell *cells = committed(found->rows[i]);
        if (cells != NULL && cells[at].i != SIM_NULL)
            sum += cells[at].i;
    }
    return sum;
}

bool sim_database_spoil(struct sim_database *database, const char *table, const char *key, int64_t id,
                        const char *column, int64_t value)
{
    enum sim_table_id which = table_of(table);
    const struct sim_table *found = &database->tables[which];
    int key_at = column_of(which, key), at = column_of(which, column);

    assert(sim_shapes[which].columns[key_at].type < SIM_TEXT && sim_shapes[which].columns[at].type < SIM_TEXT);
    for (size_t i = 0; i < found->count; i++) {
        struct sim_version *version = found->rows[i]->newest;
        if (version == NULL || version->gone || version->cells[key_at].i != id)
            continue;
        sim_indexes_remove(&database->tables[which], &sim_shapes[which], found->rows[i], version);
        version->cells[at].i = value;
        sim_indexes_add(&database->tables[which], &sim_shapes[which], found->rows[i], version);
        return true;
    }
    return false;
}
