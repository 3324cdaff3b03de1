/* The file of receipts, read whole and put in order. */
#include "client/cli/replay_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/csv.h"
#include "common/base/bytes.h"
#include "common/base/number.h"
#include "common/rules/key_table.h"
#include "common/rules/sale.h"

#define FILE_MOST ((size_t)256 << 20)

/* One row of the file, until the rows of each receipt stand together. */
struct row {
    int64_t receipt;
    size_t line;
    struct replay_line sold;
};

static bool digest_of(const char *path, struct arena *arena, uint8_t digest[DIGEST_SIZE], const char **problem)
{
    struct buffer bytes = { 0 };
    FILE *in = fopen(path, "re");
    size_t got = 1;

    while (in != NULL && got > 0) {
        uint8_t *space = buffer_reserve(&bytes, 65536, FILE_MOST);
        got = space != NULL ? fread(space, 1, 65536, in) : 0;
        bytes.size += got;
    }
    bool whole = in != NULL && feof(in);
    if (whole)
        sha256(bytes_of(bytes.data, bytes.size), digest);
    else
        *problem = arena_format(arena, "could not read %s: %s", path, strerror(errno));
    if (in != NULL)
        fclose(in);
    buffer_fini(&bytes);
    return whole;
}

static bool receipt_number_of(const char *text, int64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoll(text, &end, 10);
    return end != text && *end == '\0' && errno == 0 && *number >= 0;
}

static struct replay_good *good_of(struct replay_file *file, struct key_table *keys, const char *key, size_t line)
{
    struct replay_good *good = key_table_text(keys, key);

    if (good == NULL) {
        good = &file->goods[file->good_count++];
        *good = (struct replay_good){ .key = key, .line = line };
        key_table_put_text(keys, key, good);
    }
    return good;
}

static const char *without_blanks(char *text)
{
    text += strspn(text, " \t");
    for (size_t size = strlen(text); size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t'); size--)
        text[size - 1] = '\0';
    return text;
}

static bool read_row(char **fields, struct row *row, const char **key, const char **wrong)
{
    const char *receipt = without_blanks(fields[0]), *quantity = without_blanks(fields[1]);

    *key = without_blanks(fields[2]);
    if (!receipt_number_of(receipt, &row->receipt))
        *wrong = "the first column is no receipt's number";
    else if (!milli_parse(quantity, &row->sold.quantity_milli) || row->sold.quantity_milli <= 0 ||
             row->sold.quantity_milli > MILLI_MAX)
        *wrong = "the second column is no quantity";
    else if (**key == '\0')
        *wrong = "the third column names no good";
    else
        return true;
    return false;
}

static int by_receipt(const void *a, const void *b)
{
    const struct row *left = a, *right = b;

    if (left->receipt != right->receipt)
        return left->receipt < right->receipt ? -1 : 1;
    return left->line < right->line ? -1 : 1;
}

static bool group(struct replay_file *file, struct row *rows, struct arena *arena, const char *path,
                  const char **problem)
{
    struct replay_line *lines = arena_array(arena, file->line_count, sizeof *lines);
    struct replay_receipt *receipt = NULL;

    qsort(rows, file->line_count, sizeof *rows, by_receipt);
    file->receipts = arena_array(arena, file->line_count, sizeof *file->receipts);
    for (size_t i = 0; i < file->line_count; i++) {
        if (receipt == NULL || receipt->number != rows[i].receipt) {
            receipt = &file->receipts[file->receipt_count++];
            *receipt = (struct replay_receipt){ .number = rows[i].receipt, .lines = &lines[i] };
        }
        lines[i] = rows[i].sold;
        if (++receipt->line_count > BASKET_LINES_MAX) {
            *problem = arena_format(arena, "%s:%zu: receipt %lld has more than %d lines", path, rows[i].line,
                                    (long long)receipt->number, BASKET_LINES_MAX);
            return false;
        }
    }
    return true;
}

bool replay_file_read(const char *path, struct arena *arena, struct replay_file *file, const char **problem)
{
    struct csv_file csv;
    struct key_table keys = { 0 };
    const char *key, *wrong = NULL;
    int64_t number;

    *file = (struct replay_file){ 0 };
    if (!digest_of(path, arena, file->digest, problem) || !csv_read(path, arena, &csv, problem))
        return false;
    if (csv.column_count != 3) {
        *problem = arena_format(arena, "%s:1: three columns are wanted: receipt, quantity, good", path);
        return false;
    }
    struct row *rows = arena_array(arena, csv.row_count + 1, sizeof *rows);
    file->goods = arena_array(arena, csv.row_count + 1, sizeof *file->goods);
    bool headed = !receipt_number_of(without_blanks(csv.columns[0]), &number);
    for (size_t i = headed ? 1 : 0; i <= csv.row_count && wrong == NULL; i++) {
        struct row *row = &rows[file->line_count];
        row->line = i == 0 ? 1 : csv.lines[i - 1];
        if (!read_row(i == 0 ? csv.columns : csv.rows[i - 1], row, &key, &wrong)) {
            *problem = arena_format(arena, "%s:%zu: %s", path, row->line, wrong);
            break;
        }
        row->sold.good = good_of(file, &keys, key, row->line);
        row->sold.good->wanted_milli += row->sold.quantity_milli;
        file->line_count++;
    }
    key_table_fini(&keys);
    if (wrong == NULL && file->line_count == 0)
        *problem = wrong = arena_format(arena, "%s holds no receipts", path);
    return wrong == NULL && group(file, rows, arena, path, problem);
}

struct replay_good *replay_good_of_product(const struct replay_file *file, int64_t product_id)
{
    for (size_t i = 0; i < file->good_count; i++)
        if (file->goods[i].product_id == product_id)
            return &file->goods[i];
    return NULL;
}
