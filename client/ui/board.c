/* A board of things to press. */
#include "client/ui/board.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"

#define DETAIL_LEFT 4

void board_begin(struct board *board)
{
    board->count = 0;
}

void board_new_page(struct board *board)
{
    memset(board, 0, sizeof(*board));
}

bool board_end(struct board *board)
{
    size_t last = board->count == 0 ? 0 : board->count - 1;
    bool there = board->focus <= last;

    if (!there)
        board->focus = last;
    return there;
}

/* ---- drawing ---- */

#define LEAD_BYTES 32

/* "▸1  ": where the focus is, what to press, and whether it is chosen are signs, for colours may be missing. */
static void lead_of(char lead[LEAD_BYTES], const struct button *button, bool focus)
{
    char key[4] = "";

    if (button->key != 0) {
        key[0] = (char)toupper((unsigned char)button->key);
        key[1] = button->label[0] != 0 ? ' ' : 0;
        key[2] = key[1] != 0 ? ' ' : 0;
    }
    snprintf(lead, LEAD_BYTES, "%s%s%s%s", focus ? theme_glyph(GLYPH_POINTER) : " ", key,
             button->marked ? theme_glyph(GLYPH_CHOSEN) : "", button->marked ? " " : "");
}

static int right_columns(const struct button *button)
{
    return button->right == NULL ? 0 : (int)text_columns(button->right) + 2;
}

/* Of a text wrapped there: nothing is drawn. */
static int rows_of(int columns, const char *text)
{
    int rows = paint_wrapped((struct area){ .columns = columns }, 0, 0, columns, STYLE_PLAIN, text);

    return rows < 1 ? 1 : rows;
}

/* What is in the middle has one row. */
static int label_rows(int columns, const struct button *button)
{
    char lead[LEAD_BYTES];

    lead_of(lead, button, false);
    return button->centred ? 1 : rows_of(columns - right_columns(button) - (int)text_columns(lead), button->label);
}

static int detail_rows(int columns, const struct button *button)
{
    return button->centred ? 1 : rows_of(columns - DETAIL_LEFT - 1, button->detail);
}

int board_rows(int columns, const struct button *button)
{
    return label_rows(columns, button) + (button->detail == NULL ? 0 : detail_rows(columns, button));
}

/* Of more than a row, the key stands before the first. */
static void draw_label(struct area area, int columns, const struct button *button, enum style style, bool focus)
{
    char lead[LEAD_BYTES];

    lead_of(lead, button, focus);
    if (area.rows > 1) {
        int left = (int)text_columns(lead);
        paint_text(area, 0, 0, left, ALIGN_LEFT, style, lead);
        paint_wrapped(area, 0, left, columns - left, style, button->label);
    } else {
        paint_format(area, 0, 0, columns, button->centred ? ALIGN_CENTRE : ALIGN_LEFT, style, "%s%s", lead,
                     button->label);
    }
}

/* Where there is room for all of it nothing is cut; else label and detail have a row each. */
static void draw(struct area area, const struct button *button, bool focus)
{
    enum style style = button->act == NULL ? STYLE_DIM : focus ? STYLE_BUTTON_FOCUS : STYLE_BUTTON;
    bool detailed = button->detail != NULL && area.rows > 1;
    int right = right_columns(button);
    int label = label_rows(area.columns, button), detail = detailed ? detail_rows(area.columns, button) : 0;

    paint_fill(area, style);
    if (label + detail > area.rows)
        label = detailed || area.rows < label ? 1 : label;
    if (label + detail > area.rows)
        detail = detailed ? 1 : 0;
    int top = (area.rows - label - detail) / 2;
    draw_label(area_rows(area, top, label), area.columns - right, button, style, focus);
    if (right > 0)
        paint_text(area, top, area.columns - right, right - 1, ALIGN_RIGHT, style, button->right);
    if (!detailed)
        return;
    if (button->detail_style != STYLE_PLAIN && button->act != NULL)
        style = button->detail_style;
    struct area below = area_rows(area, top + label, detail);
    if (detail > 1)
        paint_wrapped(below, 0, DETAIL_LEFT, area.columns - DETAIL_LEFT - 1, style, button->detail);
    else
        paint_text(below, 0, button->centred ? 0 : DETAIL_LEFT, area.columns - (button->centred ? 0 : DETAIL_LEFT + 1),
                   button->centred ? ALIGN_CENTRE : ALIGN_LEFT, style, button->detail);
}

void board_put(struct board *board, struct area area, const struct button *button)
{
    if (board->count == BOARD_BUTTONS_MAX || area.rows < 1 || area.columns < 2)
        return;
    if (button->act == NULL) {
        draw(area, button, false);
        return;
    }
    draw(area, button, board->count == board->focus);
    board->buttons[board->count++] = (struct board_button){ .top = area.top,
                                                            .left = area.left,
                                                            .rows = area.rows,
                                                            .columns = area.columns,
                                                            .key = button->key,
                                                            .act = button->act,
                                                            .value = button->value };
}

/* ---- pressing ---- */

static void press(struct board *board, size_t index, void *model)
{
    /* What it does may draw another board over this one. */
    struct board_button button = board->buttons[index];

    button.act(model, button.value);
}

/* Twice the middle of it, in whole numbers; a cell is twice as high as it is wide. */
static void middle(const struct board_button *button, int *x, int *y)
{
    *x = 2 * button->left + button->columns;
    *y = 2 * (2 * button->top + button->rows);
}

/* How far it is that way: along it, and twice what it is aside; -1: not that way at all. */
static int distance(const struct board_button *from, const struct board_button *to, int dx, int dy)
{
    int from_x, from_y, to_x, to_y;

    middle(from, &from_x, &from_y);
    middle(to, &to_x, &to_y);
    int along = dx != 0 ? dx * (to_x - from_x) : dy * (to_y - from_y);
    int aside = dx != 0 ? abs(to_y - from_y) : abs(to_x - from_x);
    /* Side by side is side by side, however wide they are. */
    bool beside = dx != 0 ? from->top < to->top + to->rows && to->top < from->top + from->rows
                          : from->left < to->left + to->columns && to->left < from->left + from->columns;
    if (along <= 0 || (dx != 0 && !beside))
        return -1;
    return along + (beside ? aside / 8 : 2 * aside);
}

static void walk(struct board *board, int dx, int dy)
{
    int least = -1;
    size_t to = board->focus;

    for (size_t i = 0; i < board->count; i++) {
        int far = i == board->focus ? -1 : distance(&board->buttons[board->focus], &board->buttons[i], dx, dy);
        if (far < 0 || (least >= 0 && far >= least))
            continue;
        least = far;
        to = i;
    }
    board->focus = to;
}

bool board_key(struct board *board, int key, void *model)
{
    if (board->count == 0)
        return false;
    if (board->focus >= board->count) /* what had it cannot be pressed just now */
        return key == KEY_RETURN;
    switch (key) {
    case KEY_UP:
        walk(board, 0, -1);
        return true;
    case KEY_DOWN:
        walk(board, 0, 1);
        return true;
    case KEY_LEFT:
        walk(board, -1, 0);
        return true;
    case KEY_RIGHT:
        walk(board, 1, 0);
        return true;
    case KEY_TABULATOR:
        board->focus = (board->focus + 1) % board->count;
        return true;
    case KEY_BTAB:
        board->focus = (board->focus + board->count - 1) % board->count;
        return true;
    case KEY_RETURN:
        press(board, board->focus, model);
        return true;
    default:
        return false;
    }
}

bool board_character(struct board *board, const char *character, void *model)
{
    char key = (char)tolower((unsigned char)character[0]);

    if (key == 0 || character[1] != 0)
        return false;
    for (size_t i = 0; i < board->count; i++)
        if (board->buttons[i].key == key) {
            press(board, i, model);
            return true;
        }
    return false;
}

bool board_click(struct board *board, int row, int column, void *model)
{
    for (size_t i = 0; i < board->count; i++) {
        const struct board_button *button = &board->buttons[i];
        if (row < button->top || row >= button->top + button->rows || column < button->left ||
            column >= button->left + button->columns)
            continue;
        press(board, i, model);
        return true;
    }
    return false;
}
