/* Drawing into a window, by terminal cells. */
#include "client/ui/paint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"

/* A row is never wider than this, nor does a terminal get wider. */
#define ROW_BYTES 2048

static struct {
    bool set;
    int row, column;
} cursor;

static size_t unseen;

size_t paint_unseen(void)
{
    size_t count = unseen;

    unseen = 0;
    return count;
}

struct area area_of(WINDOW *window)
{
    return (struct area){ .window = window, .rows = getmaxy(window), .columns = getmaxx(window) };
}

static void clip(int *from, int *count, int limit)
{
    if (*from < 0)
        *from += limit;
    if (*from < 0)
        *from = 0;
    if (*from > limit)
        *from = limit;
    if (*count < 0 || *count > limit - *from)
        *count = limit - *from;
}

struct area area_rows(struct area area, int from, int rows)
{
    clip(&from, &rows, area.rows);
    area.top += from;
    area.rows = rows;
    return area;
}

struct area area_columns(struct area area, int from, int columns)
{
    clip(&from, &columns, area.columns);
    area.left += from;
    area.columns = columns;
    return area;
}

/* A letter in ASCII, and by how many columns that is wider than it was. */
static int put_ascii(char *out, size_t *size, struct bytes letter, uint32_t point)
{
    char text[5] = { 0 };
    size_t before = *size;

    memcpy(text, letter.data, letter.size);
    *size += text_ascii(out + before, point);
    return (int)(*size - before) - (int)text_columns(text);
}

/* Into out (ROW_BYTES): text as this terminal can show it; what it must not see is '?'. Letters that become more or fewer are made up
 * for in the next blanks, so that what was laid out in columns (a receipt's amounts) stays in them. */
static void shown(const char *text, char *out)
{
    struct bytes rest = bytes_of_text(text);
    size_t size = 0;
    int wider = 0;

    while (rest.size > 0 && size + 8 < ROW_BYTES) {
        uint32_t point;
        size_t taken = text_next(rest, &point);
        if (taken == 0 || point < 0x20 || (point >= 0x7f && point < 0xa0)) {
            out[size++] = '?';
            taken = 1;
        } else if (point == ' ' && size > 0 && out[size - 1] == ' ' && wider > 0) {
            wider--;
        } else if (point == ' ' && size > 0 && out[size - 1] == ' ' && wider < 0) {
            out[size++] = ' ';
            out[size++] = ' ';
            wider++;
        } else if (point < 0x80 || !theme_ascii_text()) {
            memcpy(out + size, rest.data, taken);
            size += taken;
        } else {
            wider += put_ascii(out, &size, bytes_of(rest.data, taken), point);
        }
        rest = bytes_of(rest.data + taken, rest.size - taken);
    }
    out[size] = 0;
}

void paint_text(struct area area, int row, int left, int columns, enum align align, enum style style, const char *text)
{
    if (row < 0 || row >= area.rows || left < 0 || left >= area.columns || columns <= 0) {
        unseen += area.rows > 0 && text[strspn(text, " ")] != 0;
        return;
    }
    if (columns > area.columns - left)
        columns = area.columns - left;

    char line[ROW_BYTES];
    shown(text, line);
    size_t used, size = text_cut(line, (size_t)columns, &used);
    if (line[size] != 0) {
        const char *dots = theme_glyph(GLYPH_ELLIPSIS);
        size = text_cut(line, (size_t)columns - 1, &used);
        strcpy(line + size, dots);
        size += strlen(dots);
        used++;
    }
    int spare = columns - (int)used;
    int before = align == ALIGN_RIGHT ? spare : align == ALIGN_CENTRE ? spare / 2 : 0;

    theme_set(area.window, style);
    for (int i = 0; i < before; i++)
        mvwaddch(area.window, area.top + row, area.left + left + i, ' ');
    mvwaddnstr(area.window, area.top + row, area.left + left + before, line, (int)size);
    for (int i = before + (int)used; i < columns; i++)
        mvwaddch(area.window, area.top + row, area.left + left + i, ' ');
    theme_set(area.window, STYLE_PLAIN);
}

void paint_format(struct area area, int row, int left, int columns, enum align align, enum style style,
                  const char *format, ...)
{
    char text[ROW_BYTES / 2];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    paint_text(area, row, left, columns, align, style, text);
}

int paint_wrapped(struct area area, int row, int left, int columns, enum style style, const char *text)
{
    int rows = 0;

    if (columns > area.columns - left)
        columns = area.columns - left;
    if (columns <= 0)
        return 0;
    while (*text != 0) {
        char line[ROW_BYTES];
        const char *end = strchr(text, '\n');
        size_t size = end == NULL ? strlen(text) : (size_t)(end - text);
        if (size >= sizeof(line))
            size = sizeof(line) - 1;
        memcpy(line, text, size);
        line[size] = 0;
        size_t used, kept = text_cut(line, (size_t)columns, &used);
        if (line[kept] != 0) {
            size_t word = kept;
            while (word > 0 && line[word] != ' ')
                word--;
            if (word > 0)
                kept = word;
            else if (kept == 0)
                kept = 1;
            line[kept] = 0;
        }
        paint_text(area, row + rows++, left, columns, ALIGN_LEFT, style, line);
        text += kept;
        while (*text == ' ')
            text++;
        if (*text == '\n')
            text++;
    }
    return rows;
}

void paint_rule(struct area area, int row)
{
    if (row < 0 || row >= area.rows)
        return;
    theme_set(area.window, STYLE_DIM);
    for (int i = 0; i < area.columns; i++)
        mvwaddstr(area.window, area.top + row, area.left + i, theme_glyph(GLYPH_ACROSS));
    theme_set(area.window, STYLE_PLAIN);
}

void paint_fill(struct area area, enum style style)
{
    for (int row = 0; row < area.rows; row++)
        paint_text(area, row, 0, area.columns, ALIGN_LEFT, style, "");
}

static void put_glyph(struct area area, int row, int column, enum glyph glyph)
{
    mvwaddstr(area.window, area.top + row, area.left + column, theme_glyph(glyph));
}

struct area paint_box(struct area area, enum style style, const char *title)
{
    paint_fill(area, STYLE_PLAIN);
    if (area.rows < 2 || area.columns < 4)
        return area_rows(area, 0, 0);
    theme_set(area.window, style);
    for (int column = 1; column < area.columns - 1; column++) {
        put_glyph(area, 0, column, GLYPH_ACROSS);
        put_glyph(area, area.rows - 1, column, GLYPH_ACROSS);
    }
    for (int row = 1; row < area.rows - 1; row++) {
        put_glyph(area, row, 0, GLYPH_DOWN);
        put_glyph(area, row, area.columns - 1, GLYPH_DOWN);
    }
    put_glyph(area, 0, 0, GLYPH_TOP_LEFT);
    put_glyph(area, 0, area.columns - 1, GLYPH_TOP_RIGHT);
    put_glyph(area, area.rows - 1, 0, GLYPH_BOTTOM_LEFT);
    put_glyph(area, area.rows - 1, area.columns - 1, GLYPH_BOTTOM_RIGHT);
    theme_set(area.window, STYLE_PLAIN);
    if (title[0] != 0) {
        int columns = (int)text_columns(title) + 2;
        if (columns > area.columns - 4)
            columns = area.columns - 4;
        paint_text(area, 0, 2, columns, ALIGN_CENTRE, STYLE_STRONG, title);
    }
    return area_columns(area_rows(area, 1, area.rows - 2), 2, area.columns - 4);
}

void paint_bar(struct area area, int row, int left, int columns, size_t done, size_t total)
{
    int full = total == 0 ? 0 : (int)((done < total ? done : total) * (size_t)columns / total);

    if (row < 0 || row >= area.rows || columns > area.columns - left)
        return;
    for (int i = 0; i < columns; i++)
        put_glyph(area, row, left + i, i < full ? GLYPH_BLOCK : GLYPH_SHADE);
}

void paint_field(struct area area, int row, int left, int columns, const struct field *field, bool focus)
{
    char dots[ROW_BYTES];
    const char *text = field->text;
    size_t at = field->cursor;

    if (row < 0 || row >= area.rows || columns < 2)
        return;
    if (field->kind == FIELD_SECRET || field->kind == FIELD_PASSWORD) {
        const char *dot = theme_glyph(GLYPH_SECRET);
        size_t characters = text_length(bytes_of(field->text, field->size));
        dots[0] = 0;
        for (size_t i = 0; i < characters; i++)
            strcat(dots, dot);
        at = text_length(bytes_of(field->text, field->cursor)) * strlen(dot);
        text = dots;
    }
    /* Scrolled so that the cursor is in sight. */
    char head[ROW_BYTES];
    memcpy(head, text, at);
    head[at] = 0;
    size_t start = 0;
    while (text_columns(head + start) >= (size_t)columns) {
        start++;
        while (((unsigned char)head[start] & 0xc0) == 0x80)
            start++;
    }
    char seen[ROW_BYTES];
    strcpy(seen, text + start);
    size_t used;
    seen[text_cut(seen, (size_t)columns, &used)] = 0;
    paint_text(area, row, left, columns, ALIGN_LEFT, focus ? STYLE_FIELD_FOCUS : STYLE_FIELD, seen);
    if (field->replaceable)
        paint_text(area, row, left, (int)text_columns(seen), ALIGN_LEFT, STYLE_SELECTED, seen);
    if (focus) {
        cursor.set = true;
        cursor.row = getbegy(area.window) + area.top + row;
        cursor.column = getbegx(area.window) + area.left + left + (int)text_columns(head + start);
    }
}

void paint_cursor_reset(void)
{
    cursor.set = false;
}

bool paint_cursor(int *row, int *column)
{
    *row = cursor.row;
    *column = cursor.column;
    return cursor.set;
}
