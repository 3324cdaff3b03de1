/* Digits five rows high, for what is read from across a counter. */
#include "client/ui/paint.h"

#include <string.h>

static const char symbols[] = "0123456789.,-";

/* One column of '#' is drawn two cells wide, so that digits look upright. */
static const char *const shapes[sizeof(symbols) - 1][DIGITS_ROWS] = {
    { "###", "# #", "# #", "# #", "###" }, { " # ", "## ", " # ", " # ", "###" }, { "###", "  #", "###", "#  ", "###" },
    { "###", "  #", "###", "  #", "###" }, { "# #", "# #", "###", "  #", "  #" }, { "###", "#  ", "###", "  #", "###" },
    { "###", "#  ", "###", "# #", "###" }, { "###", "  #", "  #", "  #", "  #" }, { "###", "# #", "###", "# #", "###" },
    { "###", "# #", "###", "  #", "###" }, { " ", " ", " ", " ", "#" },           { " ", " ", " ", "#", "#" },
    { "  ", "  ", "##", "  ", "  " },
};

int paint_digits(struct area area, int row, int left, enum style style, const char *digits)
{
    int column = left;

    for (; *digits != 0; digits++) {
        const char *symbol = strchr(symbols, *digits);
        if (symbol == NULL)
            continue;
        const char *const *shape = shapes[symbol - symbols];
        int width = (int)strlen(shape[0]);
        for (int y = 0; area.window != NULL && y < DIGITS_ROWS; y++)
            for (int x = 0; x < width; x++)
                if (shape[y][x] == '#')
                    for (int half = 0; half < 2; half++)
                        paint_text(area, row + y, column + 2 * x + half, 1, ALIGN_LEFT, style,
                                   theme_glyph(GLYPH_BLOCK));
        column += 2 * width + 2;
    }
    return column - left > 2 ? column - left - 2 : 0;
}
