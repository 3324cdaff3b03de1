/* Keys on the screen: rows of them, and below these the ones that are no characters. */
#include "client/ui/keyboard.h"

#include <string.h>

#define ROWS 5

static const char *const layers[][ROWS] = {
    [0] = { "1234567890", "qwertyuiop", "asdfghjkl-", "zxcvbnm.@+" },
    [KEYBOARD_CAPITALS] = { "1234567890", "QWERTYUIOP", "ASDFGHJKL-", "ZXCVBNM.@+" },
    [KEYBOARD_ACCENTS] = { "äöüßåæœøéè", "àâáãêëîïìí", "ñóôòõúùûýç", "čšžłńśźż,'" },
    [KEYBOARD_ACCENTS | KEYBOARD_CAPITALS] = { "ÄÖÜẞÅÆŒØÉÈ", "ÀÂÁÃÊËÎÏÌÍ", "ÑÓÔÒÕÚÙÛÝÇ", "ČŠŽŁŃŚŹŻ,'" },
};
static const char *const digits[ROWS] = { "123", "456", "789", "+0" };

struct special {
    const char *label;
    int value, width; /* in keys */
};

/* One row of the area's height, so that all are alike; a gap below where there is room for one. */
struct grid {
    struct area area;
    int key_columns, key_rows, step;
};

static struct grid grid_of(struct area area, int rows, int keys)
{
    struct grid grid = { .area = area, .key_columns = area.columns / keys, .step = area.rows / rows };

    if (grid.key_columns > 11)
        grid.key_columns = 11;
    if (grid.step > 4)
        grid.step = 4;
    if (grid.step < 1)
        grid.step = 1;
    grid.key_rows = grid.step > 1 ? grid.step - 1 : 1;
    int used = grid.key_columns * keys;
    grid.area.left += (area.columns - used) / 2;
    grid.area.columns = used;
    return grid;
}

static void put(struct board *board, const struct grid *grid, int row, int column, int width, const char *label,
                int64_t value, board_act_fn *press)
{
    struct area area = area_columns(area_rows(grid->area, row * grid->step, grid->key_rows), column * grid->key_columns,
                                    width * grid->key_columns - 1);

    board_put(board, area, &(struct button){ .label = label, .centred = true, .act = press, .value = value });
}

void keyboard_character(int64_t value, char text[5])
{
    for (int i = 0; i < 4; i++)
        text[i] = (char)(value >> (8 * i));
    text[4] = 0;
}

/* The character at the front; returns its bytes. */
static size_t take(const char *row, char label[5], int64_t *value)
{
    size_t size = 1;

    while (size < 4 && ((unsigned char)row[size] & 0xc0) == 0x80)
        size++;
    memset(label, 0, 5);
    memcpy(label, row, size);
    *value = 0;
    for (size_t i = 0; i < size; i++)
        *value |= (int64_t)(unsigned char)row[i] << (8 * i);
    return size;
}

static void put_rows(struct board *board, const struct grid *grid, const char *const rows[ROWS], board_act_fn *press)
{
    for (int row = 0; row < ROWS && rows[row] != NULL; row++) {
        const char *next = rows[row];
        for (int column = 0; *next != 0; column++) {
            char label[5];
            int64_t value;
            next += take(next, label, &value);
            put(board, grid, row, column, 1, label, value, press);
        }
    }
}

static void put_specials(struct board *board, const struct grid *grid, int row, int column,
                         const struct special *specials, size_t count, board_act_fn *press)
{
    for (size_t i = 0; i < count; i++) {
        put(board, grid, row, column, specials[i].width, specials[i].label, specials[i].value, press);
        column += specials[i].width;
    }
}

/* The one that is done with is put first: it has the focus, so that Enter is it for who types on keys of their own. */
void keyboard_put(struct board *board, struct area area, enum keyboard_kind kind, unsigned shift, const char *done,
                  board_act_fn *press)
{
    if (kind == KEYBOARD_DIGITS) {
        struct grid grid = grid_of(area, 5, 3);
        const struct special back[] = { { "Delete", KEYBOARD_BACK, 1 } }, last[] = { { done, KEYBOARD_DONE, 3 } };
        put_specials(board, &grid, 4, 0, last, 1, press);
        put_rows(board, &grid, digits, press);
        put_specials(board, &grid, 3, 2, back, 1, press);
        return;
    }
    struct grid grid = grid_of(area, 5, 10);
    const struct special last[] = { { done, KEYBOARD_DONE, 2 } };
    const struct special others[] = { { shift & KEYBOARD_CAPITALS ? "abc" : "ABC", KEYBOARD_SHIFT, 2 },
                                      { shift & KEYBOARD_ACCENTS ? "a b c" : "é ü , '", KEYBOARD_OTHERS, 2 },
                                      { "Space", ' ', 2 },
                                      { "Delete", KEYBOARD_BACK, 2 } };
    put_specials(board, &grid, 4, 8, last, 1, press);
    put_rows(board, &grid, layers[shift], press);
    put_specials(board, &grid, 4, 0, others, sizeof(others) / sizeof(others[0]), press);
}
