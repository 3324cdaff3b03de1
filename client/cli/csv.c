/* CSV files by libcsv. */
#include "client/cli/csv.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/bytes.h"

#define FILE_MAX (256u << 20)

struct reading {
    struct arena *arena;
    struct csv_file *file;
    char **fields; /* of the row being read */
    size_t field_count, field_room;
    size_t row_room;
    size_t line;          /* that is being read */
    size_t row_line;      /* on which the row began; 0: none has */
    size_t too_wide_line; /* 0: none is */
};

static void *grown(struct arena *arena, void *old, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return old;
    *room = *room ? *room * 2 : 16;
    void *larger = arena_array(arena, *room, size);
    if (count > 0)
        memcpy(larger, old, count * size);
    return larger;
}

static void on_field(void *data, size_t size, void *user)
{
    struct reading *reading = user;
    char *text = arena_alloc(reading->arena, size + 1);

    if (size > 0)
        memcpy(text, data, size);
    if (reading->field_count == 0)
        reading->row_line = reading->line;
    reading->fields =
        grown(reading->arena, reading->fields, reading->field_count, &reading->field_room, sizeof reading->fields[0]);
    reading->fields[reading->field_count++] = text;
}

static void on_row(int end, void *user)
{
    struct reading *reading = user;
    struct csv_file *file = reading->file;

    (void)end;
    if (!file->columns) {
        file->columns = reading->fields;
        file->column_count = reading->field_count;
    } else {
        if (reading->field_count > file->column_count && reading->too_wide_line == 0)
            reading->too_wide_line = reading->row_line;
        char **row = arena_array(reading->arena, file->column_count + 1, sizeof *row);
        for (size_t i = 0; i < file->column_count; i++)
            row[i] = i < reading->field_count ? reading->fields[i] : arena_text(reading->arena, "");
        size_t room = reading->row_room;
        file->rows = grown(reading->arena, file->rows, file->row_count, &reading->row_room, sizeof file->rows[0]);
        file->lines = grown(reading->arena, file->lines, file->row_count, &room, sizeof file->lines[0]);
        file->rows[file->row_count] = row;
        file->lines[file->row_count] = reading->row_line;
        file->row_count++;
    }
    reading->fields = NULL;
    reading->field_count = reading->field_room = 0;
}

static bool read_whole(const char *path, struct arena *arena, struct buffer *buffer, const char **problem)
{
    FILE *in = fopen(path, "re");

    if (!in) {
        *problem = arena_format(arena, "could not read %s: %s", path, strerror(errno));
        return false;
    }
    for (;;) {
        uint8_t *space = buffer_reserve(buffer, 65536, FILE_MAX);
        if (!space) {
            *problem = arena_format(arena, "%s is larger than 256 MiB", path);
            break;
        }
        size_t got = fread(space, 1, 65536, in);
        buffer->size += got;
        if (got == 0)
            break;
    }
    if (!*problem && ferror(in))
        *problem = arena_format(arena, "could not read %s: %s", path, strerror(errno));
    fclose(in);
    return *problem == NULL;
}

/* Line by line, so that a row knows where it stands: libcsv skips empty lines, and a text in quotes may have several. */
static bool parse(struct csv_parser *parser, const uint8_t *text, size_t size, struct reading *reading)
{
    while (size > 0) {
        const uint8_t *end = memchr(text, '\n', size);
        size_t length = end ? (size_t)(end - text) + 1 : size;

        reading->line++;
        if (csv_parse(parser, text, length, on_field, on_row, reading) != length)
            return false;
        text += length;
        size -= length;
    }
    return csv_fini(parser, on_field, on_row, reading) == 0;
}

bool csv_read(const char *path, struct arena *arena, struct csv_file *file, const char **problem)
{
    struct reading reading = { .arena = arena, .file = file };
    struct buffer buffer = { 0 };
    struct csv_parser parser;

    *file = (struct csv_file){ .path = path };
    *problem = NULL;
    if (!read_whole(path, arena, &buffer, problem)) {
        buffer_fini(&buffer);
        return false;
    }
    const uint8_t *text = buffer.data;
    size_t size = buffer.size;
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        size -= 3;
    }
    const uint8_t *line_end = size > 0 ? memchr(text, '\n', size) : NULL;
    size_t head = line_end ? (size_t)(line_end - text) : size;
    bool semicolons = head > 0 && memchr(text, ';', head) && !memchr(text, ',', head);

    csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
    if (semicolons)
        csv_set_delim(&parser, ';');
    if (!parse(&parser, text, size, &reading))
        *problem = arena_format(arena, "%s:%zu: %s", path, reading.line, csv_strerror(csv_error(&parser)));
    else if (reading.too_wide_line > 0)
        *problem = arena_format(arena, "%s:%zu: more fields than the head line has", path, reading.too_wide_line);
    else if (!file->columns)
        *problem = arena_format(arena, "%s is empty", path);
    csv_free(&parser);
    buffer_fini(&buffer);
    return *problem == NULL;
}

const char *csv_value(const struct csv_file *file, size_t row, const char *column)
{
    for (size_t i = 0; i < file->column_count; i++) {
        if (strcmp(file->columns[i], column) == 0)
            return file->rows[row][i];
    }
    return NULL;
}
