/* Rows out of COPY blocks, as sim_database_export() and PostgreSQL write them, past all rules: for checks of books that
 * are wrong. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/store/sim_inner.h"

static _Noreturn void unreadable(const struct sim_shape *shape, const char *text)
{
    fprintf(stderr, "%s: this cannot be read: %.80s\n", shape->name, text);
    abort();
}

/* In place: COPY's escapes. */
static void unescape(char *text)
{
    static const char letters[] = "nrtbfv", meant[] = "\n\r\t\b\f\v";
    char *to = text;

    for (const char *at = text; *at != '\0'; at++) {
        const char *letter = *at == '\\' && at[1] != '\0' ? strchr(letters, at[1]) : NULL;
        if (*at == '\\' && at[1] != '\0')
            at++;
        *to++ = letter != NULL ? meant[letter - letters] : *at;
    }
    *to = '\0';
}

static struct sim_blob *blob_of_hex(const struct sim_shape *shape, const char *text)
{
    size_t size = strlen(text) / 2 - 1;
    struct sim_blob *blob;

    if (strncmp(text, "\\x", 2) != 0)
        unreadable(shape, text);
    uint8_t *bytes = calloc(1, size + 1);
    if (bytes == NULL)
        abort();
    for (size_t i = 0; i < size; i++) {
        unsigned value;
        if (sscanf(text + 2 + 2 * i, "%2x", &value) != 1)
            unreadable(shape, text);
        bytes[i] = (uint8_t)value;
    }
    blob = sim_blob_create(bytes_of(bytes, size));
    free(bytes);
    return blob;
}

/* {a,"b c",NULL} as the array that PostgreSQL sends. */
static struct sim_blob *blob_of_array(const char *text)
{
    struct buffer array = { 0 };
    uint8_t word[4];
    uint32_t count = 0;

    buffer_append(&array, (const uint8_t[20]){ 0 }, 20, SIZE_MAX);
    for (const char *at = text + 1; *at != '}';) {
        bool quoted = *at == '"';
        size_t head = array.size, size = 0;
        buffer_append(&array, word, 4, SIZE_MAX);
        for (at += quoted; quoted ? *at != '"' : *at != ',' && *at != '}'; at++, size++) {
            at += *at == '\\';
            buffer_append(&array, at, 1, SIZE_MAX);
        }
        bool null = !quoted && size == 4 && memcmp(array.data + head + 4, "NULL", 4) == 0;
        array.size -= null ? size : 0;
        put_u32(array.data + head, null ? UINT32_MAX : (uint32_t)size);
        at += quoted;
        at += *at == ',';
        count++;
    }
    if (count > 0) {
        put_u32(array.data, 1);
        put_u32(array.data + 12, count);
        put_u32(array.data + 16, 1);
    }
    put_u32(array.data + 8, 25);
    struct sim_blob *blob = sim_blob_create(bytes_of(array.data, count > 0 ? array.size : 12));
    buffer_fini(&array);
    return blob;
}

static int64_t day_of(const struct sim_shape *shape, const char *text)
{
    struct date date;

    if (sscanf(text, "%d-%d-%d", &date.year, &date.month, &date.day) != 3)
        unreadable(shape, text);
    return day_of_date(date).number;
}

/* "2026-03-14 08:00:00.5+00" */
static int64_t instant_of(const struct sim_shape *shape, const char *text)
{
    int hour, minute, second, end = 0;
    int64_t fraction = 0, scale = SECOND_US;

    if (sscanf(text + 10, " %d:%d:%d%n", &hour, &minute, &second, &end) != 3)
        unreadable(shape, text);
    const char *at = text + 10 + end;
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9'; at++)
            fraction += (*at - '0') * (scale /= 10);
    if (strcmp(at, "+00") != 0)
        unreadable(shape, text);
    return (day_of(shape, text) * DAY_S + hour * 3600 + minute * 60 + second) * SECOND_US + fraction;
}

static union sim_cell cell_of(const struct sim_shape *shape, enum sim_type type, char *text)
{
    if (strcmp(text, "\\N") == 0)
        return type < SIM_TEXT ? (union sim_cell){ .i = SIM_NULL } : (union sim_cell){ .b = NULL };
    unescape(text);
    switch (type) {
    case SIM_BIGINT:
    case SIM_INTEGER:
    case SIM_SMALLINT:
        return (union sim_cell){ .i = strtoll(text, NULL, 10) };
    case SIM_CHAR:
        return (union sim_cell){ .i = text[0] };
    case SIM_BOOL:
        return (union sim_cell){ .i = text[0] == 't' };
    case SIM_INSTANT:
        return (union sim_cell){ .i = instant_of(shape, text) };
    case SIM_DAY:
        return (union sim_cell){ .i = day_of(shape, text) };
    case SIM_TEXT:
        return (union sim_cell){ .b = sim_blob_create(bytes_of_text(text)) };
    case SIM_BYTEA:
        return (union sim_cell){ .b = blob_of_hex(shape, text) };
    case SIM_TEXTS:
        return (union sim_cell){ .b = blob_of_array(text) };
    }
    unreadable(shape, text);
}

/* columns: which the row's values are for, in their order. */
static void take_row(struct sim_database *database, enum sim_table_id id, const int *columns, char *line)
{
    const struct sim_shape *shape = &sim_shapes[id];
    struct sim_table *table = &database->tables[id];
    union sim_cell cells[SIM_COLUMNS_MAX];

    for (int i = 0; i < shape->column_count; i++) {
        char *value = strsep(&line, "\t");
        if (value == NULL)
            unreadable(shape, "a row that is too short");
        cells[columns[i]] = cell_of(shape, shape->columns[columns[i]].type, value);
    }
    struct sim_row *row = sim_row_create(table, id);
    struct sim_version *version = sim_version_create(shape, cells);
    for (int i = 0; i < shape->column_count; i++)
        if (shape->columns[i].type >= SIM_TEXT)
            sim_blob_drop(cells[i].b);
    version->serial = (uint32_t)database->commits;
    row->newest = version;
    sim_indexes_add(table, shape, row, version);
}

/* "COPY shop (id, created_at) FROM stdin;": all columns, in any order. */
static enum sim_table_id take_head(char *line, int *columns)
{
    char *name = strtok(line + strlen("COPY "), " (");
    enum sim_table_id id = 0;
    int count = 0;

    while (id < SIM_TABLES && strcmp(sim_shapes[id].name, name) != 0)
        id++;
    assert(id < SIM_TABLES);
    for (char *column = strtok(NULL, " (,)"); count < sim_shapes[id].column_count; column = strtok(NULL, " (,)")) {
        int at = 0;
        while (at < sim_shapes[id].column_count && strcmp(sim_shapes[id].columns[at].name, column) != 0)
            at++;
        assert(at < sim_shapes[id].column_count);
        columns[count++] = at;
    }
    return id;
}

void sim_database_import(struct sim_database *database, FILE *in)
{
    enum sim_table_id id = SIM_TABLES;
    int columns[SIM_COLUMNS_MAX];
    char *line = NULL;
    size_t capacity = 0;

    for (ssize_t size; (size = getline(&line, &capacity, in)) > 0;) {
        line[size - (line[size - 1] == '\n')] = '\0';
        if (id == SIM_TABLES && strncmp(line, "COPY ", 5) == 0)
            id = take_head(line, columns);
        else if (strcmp(line, "\\.") == 0)
            id = SIM_TABLES;
        else if (id != SIM_TABLES)
            take_row(database, id, columns, line);
    }
    free(line);
}
