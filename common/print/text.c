/* Rows into lines: wrapping, centring, and the column of amounts. */
#include "common/print/text.h"

#include <assert.h>
#include <string.h>

#include "common/base/bytes.h"
#include "common/base/text.h"

#define TEXT_MOST ((size_t)16 << 20) /* a thousand rows of 160 characters are far below */

struct paper {
    struct buffer text;
    size_t columns;
};

/* A piece of a row's text that fits a line. */
struct piece {
    const char *at;
    size_t size, cells;
};

static void put(struct paper *paper, const char *bytes, size_t size)
{
    bool fits = buffer_append(&paper->text, bytes, size, TEXT_MOST);

    assert(fits);
    (void)fits;
}

static void put_times(struct paper *paper, char byte, size_t count)
{
    for (; count > 0; count--)
        put(paper, &byte, 1);
}

static void end_line(struct paper *paper)
{
    while (paper->text.size > 0 && paper->text.data[paper->text.size - 1] == ' ')
        paper->text.size--;
    put(paper, "\n", 1);
}

static struct piece piece_of(const char *at, size_t size, size_t cells)
{
    while (size > 0 && at[size - 1] == ' ') {
        size--;
        cells--;
    }
    return (struct piece){ at, size, cells };
}

/* As text_cut(), but never nothing: emoji can be joined to one character wider than any line, and come apart then. */
static size_t cut(const char *text, size_t width, size_t *cells)
{
    size_t size = text_cut(text, width, cells);
    uint32_t code_point;

    if (size == 0 && *text) {
        size = text_next(bytes_of_text(text), &code_point);
        *cells = text_columns(text) - text_columns(text + size);
    }
    return size;
}

/* The next line's words off the front of *text; a word longer than a line is cut. */
static struct piece next_piece(const char **text, size_t width)
{
    const char *at = *text;
    size_t cells, size = cut(at, width, &cells), words = size;
    struct piece piece;

    if (at[size] == '\0') {
        *text = at + size;
        return piece_of(at, size, cells);
    }
    while (words > 0 && at[words] != ' ')
        words--;
    if (words > 0)
        cells -= text_columns(at + words) - text_columns(at + size);
    piece = piece_of(at, words ? words : size, cells);
    *text = at + (words ? words : size);
    *text += strspn(*text, " ");
    return piece;
}

static void put_left(struct paper *paper, const char *text, size_t width, size_t indent, struct piece *last)
{
    do {
        *last = next_piece(&text, width - indent);
        put_times(paper, ' ', indent);
        put(paper, last->at, last->size);
        if (*text)
            end_line(paper);
    } while (*text);
}

/* Leading spaces indent all of a row's lines, up to a third of the paper. */
static size_t indent_of(const struct paper *paper, const char **text)
{
    size_t indent = strspn(*text, " ");

    *text += indent;
    return indent < paper->columns / 3 ? indent : paper->columns / 3;
}

static void put_text(struct paper *paper, const char *text)
{
    size_t indent = indent_of(paper, &text);
    struct piece last;

    put_left(paper, text, paper->columns, indent, &last);
    end_line(paper);
}

static void put_centred(struct paper *paper, const char *text)
{
    text += strspn(text, " ");
    do {
        struct piece piece = next_piece(&text, paper->columns);
        put_times(paper, ' ', (paper->columns - piece.cells) / 2);
        put(paper, piece.at, piece.size);
        end_line(paper);
    } while (*text);
}

/* On lines of its own, ending where the paper ends. */
static void put_right(struct paper *paper, const char *text)
{
    do {
        struct piece piece = next_piece(&text, paper->columns);
        put_times(paper, ' ', paper->columns - piece.cells);
        put(paper, piece.at, piece.size);
        end_line(paper);
    } while (*text);
}

static void put_pair(struct paper *paper, const char *left, const char *right)
{
    const size_t right_cells = text_columns(right), indent = indent_of(paper, &left);
    struct piece last;

    if (right_cells == 0 || right_cells + 1 + paper->columns / 3 > paper->columns - indent) {
        put_left(paper, left, paper->columns, indent, &last);
        end_line(paper);
        if (right_cells > 0)
            put_right(paper, right);
        return;
    }
    put_left(paper, left, paper->columns - right_cells - 1, indent, &last);
    put_times(paper, ' ', paper->columns - indent - last.cells - right_cells);
    put(paper, right, strlen(right));
    end_line(paper);
}

static void put_row(struct paper *paper, const struct receipt_row *row)
{
    const char *left = row->left ? row->left : "", *right = row->right ? row->right : "";

    switch (row->kind) {
    case RECEIPT_ROW_TEXT:
        put_text(paper, left);
        break;
    case RECEIPT_ROW_TITLE:
    case RECEIPT_ROW_CENTRE:
    case RECEIPT_ROW_CODE:
        put_centred(paper, left);
        break;
    case RECEIPT_ROW_PAIR:
    case RECEIPT_ROW_TOTAL:
        put_pair(paper, left, right);
        break;
    case RECEIPT_ROW_RULE:
        put_times(paper, '-', paper->columns);
        end_line(paper);
        break;
    case RECEIPT_ROW_BARS: /* what they say stands there already */
        break;
    }
}

char *receipt_text(struct arena *arena, const struct receipt *receipt, size_t columns)
{
    struct paper paper = { .columns = columns };
    char *text;

    assert(columns >= RECEIPT_COLUMNS_LEAST);
    for (size_t i = 0; i < receipt->count; i++)
        put_row(&paper, &receipt->rows[i]);
    put(&paper, "", 1);
    text = arena_copy(arena, paper.text.data, paper.text.size);
    buffer_fini(&paper.text);
    return text;
}
