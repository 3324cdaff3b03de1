/* A CSV file with a head line, read whole: UTF-8, with or without a byte order mark, parted by commas or semicolons. */
#ifndef CAROLINE_CLIENT_CLI_CSV_H
#define CAROLINE_CLIENT_CLI_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/arena.h"

struct csv_file {
    const char *path;
    char **columns; /* of the head line */
    size_t column_count;
    char ***rows;  /* rows[i][column]; never NULL: a short row is filled with empty texts */
    size_t *lines; /* rows[i] began on this line */
    size_t row_count;
};

/* false: *problem, naming file and line. Everything lives in the arena. */
bool csv_read(const char *path, struct arena *arena, struct csv_file *file, const char **problem);
/* A row's value; NULL when the file has no such column. */
const char *csv_value(const struct csv_file *file, size_t row, const char *column);

#endif
