/* Digits five rows high, for what is read from across a counter. */
#include "client/ui/paint.h"

#include <string.h>

static const char symbols[] = "0123456789.,-";

/* A '#' is drawn two cells wide where there is room, so that digits look upright. */
static const char *const shapes[sizeof(symbols) - 1][DIGITS_ROWS] = {
    { "###", "# #", "# #", "# #", "###" }, { " # ", "## ", " # ", " # ", "###" }, { "###", "  #", "###", "#  ", "###" },
    { "###", "  #", "###", "  #", "###" }, { "# #", "# #", "###", "  #", "  #" }, { "###", "#  ", "###", "  #", "###" },
    { "###", "#  ", "###", "# #", "###" }, { "###", "  #", "  #", "  #", "  #" }, { "###", "# #", "###", "# #", "###" },
    { "###", "# #", "###", "  #", "###" }, { " ", " ", " ", " ", "#" },           { " ", " ", " ", "#", "#" },
    { "  ", "  ", "##", "  ", "  " },
};

/* cell: how many terminal cells a '#' is wide. */
static int measure(const char *digits, int cell)
{
    int columns = 0;

    for (; *digits != 0; digits++) {
        const char *symbol = strchr(symbols, *digits);
        if (symbol != NULL)
            columns += cell * (int)strlen(shapes[symbol - symbols][0]) + cell;
    }
    return columns > 0 ? columns - cell : 0;
}

static void draw_symbol(struct area area, int row, int left, enum style style, const char *const *shape, int cell)
{
    for (int y = 0; y < DIGITS_ROWS; y++)
        for (int x = 0; shape[y][x] != 0; x++)
            for (int part = 0; shape[y][x] == '#' && part < cell; part++)
                paint_text(area, row + y, left + cell * x + part, 1, ALIGN_LEFT, style, theme_glyph(GLYPH_BLOCK));
}

void paint_digits(struct area area, int row, int left, int columns, enum align align, enum style style,
                  const char *digits)
{
    int cell = measure(digits, 2) <= columns ? 2 : 1, used = measure(digits, cell);

    if (used > columns) {
        paint_text(area, row + DIGITS_ROWS / 2, left, columns, align, style, digits);
        return;
    }
    left += align == ALIGN_RIGHT ? columns - used : align == ALIGN_CENTRE ? (columns - used) / 2 : 0;
    for (; *digits != 0; digits++) {
        const char *symbol = strchr(symbols, *digits);
        if (symbol == NULL)
            continue;
        const char *const *shape = shapes[symbol - symbols];
        draw_symbol(area, row, left, style, shape, cell);
        left += cell * (int)strlen(shape[0]) + cell;
    }
}
