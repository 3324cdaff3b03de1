/* The key table seen three ways: what a key does, the bar at the bottom, the help. */
#include "client/ui/screen.h"

#include <stdio.h>

#include "common/base/text.h"

/* The bar has so many cells a row at any width: keys keep their places when the window changes. */
#define BAR_CELLS 6

char *key_word(char *text, int code)
{
    static const struct {
        int code;
        const char *name;
    } names[] = {
        { KEY_RETURN, "Enter" },   { KEY_ESCAPE, "Esc" },       { KEY_UP, "Up" },
        { KEY_DOWN, "Down" },      { KEY_PPAGE, "PgUp" },       { KEY_NPAGE, "PgDn" },
        { KEY_DC, "Del" },         { KEY_TABULATOR, "Tab" },    { KEY_HOME, "Home" },
        { KEY_END, "End" },        { KEY_LEFT, "Left" },        { KEY_RIGHT, "Right" },
        { KEY_BTAB, "Shift-Tab" }, { KEY_INTERRUPT, "Ctrl-C" }, { KEY_BACKSPACE, "Backspace" },
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
    return key->label_now != NULL ? key->label_now(model) : key->label;
}

static bool is_for_now(const struct key *key, const void *model)
{
    return key->label_now == NULL || key->label_now(model) != NULL;
}

const struct key *key_find(const struct screen *screen, const void *model, int code)
{
    for (const struct key *key = screen->keys; key->code != 0; key++)
        if (key->code == code && is_for_now(key, model))
            return key;
    return NULL;
}

static bool in_bar(const struct key *key, const void *model)
{
    return is_for_now(key, model) && key_label(key, model) != NULL;
}

int key_bar_rows(const struct screen *screen, const void *model)
{
    int count = 1; /* F1 */

    for (const struct key *key = screen->keys; key->code != 0; key++)
        count += in_bar(key, model);
    return (count + BAR_CELLS - 1) / BAR_CELLS;
}

static void draw_cell(struct area area, int cell, int code, const char *label)
{
    char name[12] = "";
    int row = cell / BAR_CELLS, at = cell % BAR_CELLS;
    int left = at * area.columns / BAR_CELLS, right = (at + 1) * area.columns / BAR_CELLS;
    int name_columns = (int)text_columns(key_word(name, code));

    paint_text(area, row, left, name_columns, ALIGN_LEFT, STYLE_KEY, name);
    paint_text(area, row, left + name_columns + 1, right - left - name_columns - 2, ALIGN_LEFT, STYLE_KEY_LABEL, label);
}

void key_bar_draw(const struct screen *screen, const void *model, struct area area)
{
    int cell = 0;

    draw_cell(area, cell++, KEY_F(1), "Help");
    for (const struct key *key = screen->keys; key->code != 0; key++)
        if (in_bar(key, model))
            draw_cell(area, cell++, key->code, key_label(key, model));
}

void key_help_draw(const struct screen *screen, const void *model, struct area area)
{
    int row = 0;

    if (screen->about != NULL)
        row += paint_wrapped(area, row, 0, area.columns, STYLE_PLAIN, screen->about) + 1;
    for (const struct key *key = screen->keys; key->code != 0; key++) {
        const char *label = key_label(key, model);
        if (!is_for_now(key, model) || (label == NULL && key->help == NULL))
            continue;
        char name[12] = "";
        paint_text(area, row, 0, 6, ALIGN_LEFT, STYLE_STRONG, key_word(name, key->code));
        paint_text(area, row, 6, area.columns - 6, ALIGN_LEFT, STYLE_PLAIN, key->help != NULL ? key->help : label);
        row++;
    }
}
