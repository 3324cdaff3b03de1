/* Files that people import: tables, and receipts to be sold again. */
#include <string.h>

#include "client/cli/csv.h"
#include "client/cli/replay_file.h"
#include "file.h"
#include "target.h"

static bool run_csv(struct bytes input)
{
    struct arena *arena = arena_create(0);
    struct csv_file file = { 0 };
    const char *problem = NULL;

    if (csv_read(file_of("table.csv", input), arena, &file, &problem)) {
        for (size_t row = 0; row < file.row_count; row++) {
            assert(file.lines[row] > 0);
            for (size_t i = 0; i < file.column_count; i++)
                assert(file.rows[row][i] != NULL);
            assert(file.column_count == 0 || csv_value(&file, row, file.columns[0]) == file.rows[row][0]);
        }
        if (file.row_count > 0)
            csv_value(&file, 0, "name");
    } else {
        assert(problem && problem[0]);
    }
    arena_destroy(arena);
    return false;
}

static const char *const csv_words[] = { "name", "price",        ",",         ";",     "\"",   "\"\"", "\n",
                                         "\r\n", "\xef\xbb\xbf", "Mia Stone", "12.50", "\n\n", ",,",   NULL };

const struct target target_csv = { .name = "csv", .run = run_csv, .words = csv_words };

static bool run_replay(struct bytes input)
{
    struct arena *arena = arena_create(0);
    struct replay_file file = { 0 };
    const char *problem = NULL;
    size_t lines = 0;

    if (replay_file_read(file_of("receipts.csv", input), arena, &file, &problem)) {
        for (size_t i = 0; i < file.receipt_count; i++) {
            assert(i == 0 || file.receipts[i - 1].number < file.receipts[i].number);
            lines += file.receipts[i].line_count;
        }
        assert(lines == file.line_count);
    } else {
        assert(problem && problem[0]);
    }
    arena_destroy(arena);
    return false;
}

static const char *const replay_words[] = {
    "1,2,3\n", "receipt,quantity,good\n", "999999999999", ",", "\n", "\r\n", "-1", "0", " ", NULL
};

const struct target target_replay = { .name = "replay", .run = run_replay, .words = replay_words };
