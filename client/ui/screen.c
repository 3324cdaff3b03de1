/* The key table seen three ways: what a key does, the bar at the bottom, the help. */
#include "client/ui/screen.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"

/* So many cells a row, at any width. */
#define BAR_CELLS 6
#define BAR_MAX   24
#define BAR_GAP   2

char *key_word(char *text, int code)
{
    static const struct {
        int code;
        const char *name;
    } names[] = {
        { KEY_RETURN, "Enter" },
        { KEY_ESCAPE, "Esc" },
        { KEY_UP, "Up" },
        { KEY_DOWN, "Down" },
        { KEY_PPAGE, "PgUp" },
        { KEY_NPAGE, "PgDn" },
        { KEY_DC, "Del" },
        { KEY_IC, "Ins" },
        { KEY_TABULATOR, "Tab" },
        { KEY_HOME, "Home" },
        { KEY_END, "End" },
        { KEY_LEFT, "Left" },
        { KEY_RIGHT, "Right" },
        { KEY_BTAB, "Shift-Tab" },
        { KEY_INTERRUPT, "Ctrl-C" },
        { KEY_BACKSPACE, "Backspace" },
    };

    if (code >= KEY_F(1) && code <= KEY_F(12)) {
        snprintf(text, 12, "F%d", code - KEY_F(0));
        return text;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].code == code)
            snprintf(text, 12, "%s", names[i].name);
    return text;
}

const char *key_label(const struct key *key, const void *model)
{
    const char *label = key->label_now != NULL ? key->label_now(model) : key->label;

    return label == NULL || label[0] == 0 ? NULL : label;
}

bool key_is_silent(const struct key *key)
{
    return key->help != NULL && key->help[0] == 0;
}

static bool is_for_now(const struct screen *screen, const struct key *key, const void *model)
{
    if (key->code != KEY_ESCAPE && screen->asleep != NULL && screen->asleep(model))
        return false;
    return key->label_now == NULL || key->label_now(model) != NULL;
}

const struct key *key_find(const struct screen *screen, const void *model, int code)
{
    for (const struct key *key = screen->keys; key->code != 0; key++)
        if (key->code == code && is_for_now(screen, key, model))
            return key;
    return NULL;
}

static bool in_bar(const struct screen *screen, const struct key *key, const void *model)
{
    return is_for_now(screen, key, model) && key_label(key, model) != NULL;
}

struct bar_cell {
    int code;
    const char *label;
};

static int bar_cells(const struct screen *screen, const void *model, struct bar_cell cells[BAR_MAX])
{
    int count = 0;

    cells[count++] = (struct bar_cell){ KEY_F(1), "Help" };
    for (const struct key *key = screen->keys; key->code != 0 && count < BAR_MAX; key++)
        if (in_bar(screen, key, model))
            cells[count++] = (struct bar_cell){ key->code, key_label(key, model) };
    return count;
}

static int cell_columns(const struct bar_cell *cell)
{
    char name[12] = "";

    return (int)(text_columns(key_word(name, cell->code)) + text_columns(cell->label)) + BAR_GAP;
}

/* What `per_row` columns of cells want together. */
static int bar_wanted(const struct bar_cell *cells, int count, int per_row)
{
    int widths[BAR_CELLS] = { 0 }, wanted = 0;

    for (int i = 0; i < count; i++)
        if (cell_columns(&cells[i]) > widths[i % per_row])
            widths[i % per_row] = cell_columns(&cells[i]);
    for (int i = 0; i < per_row; i++)
        wanted += widths[i];
    return wanted;
}

/* Fewer to a row, as long as they need no row more, where six would be cut. */
static int bar_per_row(const struct bar_cell *cells, int count, int columns)
{
    int rows = (count + BAR_CELLS - 1) / BAR_CELLS, per_row = BAR_CELLS;

    while (per_row > 1 && bar_wanted(cells, count, per_row) > columns && (per_row - 1) * rows >= count)
        per_row--;
    return per_row;
}

int key_bar_rows(const struct screen *screen, const void *model)
{
    struct bar_cell cells[BAR_MAX];

    return (bar_cells(screen, model, cells) + BAR_CELLS - 1) / BAR_CELLS;
}

/* A column is as wide as its widest cell wants, and what is left over is shared out; where there is not enough, all are
 * alike. */
static void bar_columns(const struct bar_cell *cells, int count, int columns, int per_row, int widths[BAR_CELLS])
{
    int wanted = bar_wanted(cells, count, per_row);

    memset(widths, 0, BAR_CELLS * sizeof(widths[0]));
    for (int i = 0; i < count; i++)
        if (cell_columns(&cells[i]) > widths[i % per_row])
            widths[i % per_row] = cell_columns(&cells[i]);
    for (int i = 0; i < per_row; i++)
        widths[i] = wanted <= columns ? widths[i] + (columns - wanted) / per_row : columns / per_row;
}

void key_bar_draw(const struct screen *screen, const void *model, struct area area)
{
    struct bar_cell cells[BAR_MAX];
    int widths[BAR_CELLS], count = bar_cells(screen, model, cells), left = 0;
    int per_row = bar_per_row(cells, count, area.columns);

    bar_columns(cells, count, area.columns, per_row, widths);
    for (int i = 0; i < count; i++) {
        char name[12] = "";
        int row = i / per_row, width = widths[i % per_row];
        if (i % per_row == 0)
            left = 0;
        int name_columns = (int)text_columns(key_word(name, cells[i].code));
        paint_text(area, row, left, name_columns, ALIGN_LEFT, STYLE_KEY, name);
        paint_text(area, row, left + name_columns + 1, width - name_columns - 2, ALIGN_LEFT, STYLE_KEY_LABEL,
                   cells[i].label);
        left += width;
    }
}

/* Keys without a word of their own behind one that has them, but for those it names: " (also Down, PgUp)". */
static void add_others(char *text, size_t size, const struct screen *screen, const struct key *key, const void *model)
{
    const char *before = " (also ";

    for (const struct key *other = key + 1; other->code != 0 && other->label == NULL && other->help == NULL; other++) {
        if (!is_for_now(screen, other, model) || key_label(other, model) != NULL)
            continue;
        char name[12] = "";
        size_t used = strlen(text);
        if (strstr(text, key_word(name, other->code)) != NULL)
            continue;
        snprintf(text + used, size - used, "%s%s", before, key_word(name, other->code));
        before = ", ";
    }
    size_t used = strlen(text);
    if (before[0] == ',')
        snprintf(text + used, size - used, ")");
}

/* From a row on; returns the row behind them. */
static int draw_key_lines(const struct screen *screen, const void *model, struct area area, int row)
{
    for (const struct key *key = screen->keys; key->code != 0; key++) {
        const char *label = key_label(key, model);
        if (!is_for_now(screen, key, model) || key_is_silent(key) || (label == NULL && key->help == NULL))
            continue;
        char name[12] = "", text[256];
        snprintf(text, sizeof(text), "%s", key->help != NULL ? key->help : label);
        add_others(text, sizeof(text), screen, key, model);
        paint_text(area, row, 0, 6, ALIGN_LEFT, STYLE_STRONG, key_word(name, key->code));
        row += paint_wrapped(area, row, 6, area.columns - 6, STYLE_PLAIN, text);
    }
    return row;
}

static const char *about_of(const struct screen *screen, const void *model)
{
    return screen->about_now != NULL ? screen->about_now(model) : screen->about;
}

int key_help_rows(const struct screen *screen, const void *model, int columns)
{
    const struct area nowhere = { .columns = columns };
    const char *about = about_of(screen, model);
    int rows = draw_key_lines(screen, model, nowhere, 0) + 1;

    return about == NULL ? rows : rows + paint_wrapped(nowhere, 0, 0, columns, STYLE_PLAIN, about);
}

/* The last row is the stage's. What the screen is about stands apart where there is room. */
void key_help_draw(const struct screen *screen, const void *model, struct area area)
{
    int row = 0, lines = draw_key_lines(screen, model, area_rows(area, 0, 0), 0);
    const char *about = about_of(screen, model);

    if (about != NULL)
        row = paint_wrapped(area, 0, 0, area.columns, STYLE_PLAIN, about);
    if (row > 0 && row + lines + 1 < area.rows)
        row++;
    draw_key_lines(screen, model, area, row);
}
