/* A board: where the arrows lead, what a letter and a click press, and what cannot be pressed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "client/ui/keyboard.h"
#include "golden.h"

struct model {
    struct board board;
    WINDOW *window;
    int64_t pressed;
};

static void press(void *model, int64_t value)
{
    ((struct model *)model)->pressed = value;
}

/* 0 1
 * 2 3 wide
 * 4 across the whole window, and one below it that cannot be pressed. */
static void lay(struct model *m)
{
    struct area area = area_of(m->window);

    board_begin(&m->board);
    for (int i = 0; i < 4; i++) {
        const struct button button = { .key = (char)('1' + i), .label = "one", .act = press, .value = i };
        board_put(&m->board, area_columns(area_rows(area, 3 * (i / 2), 2), 40 * (i % 2), i == 3 ? 39 : 30), &button);
    }
    const struct button last = { .key = 'z', .label = "last", .act = press, .value = 4 };
    const struct button none = { .key = 'y', .label = "not now" };
    board_put(&m->board, area_rows(area, 8, 2), &last);
    board_put(&m->board, area_rows(area, 12, 2), &none);
    board_end(&m->board);
}

static struct model model_made(void)
{
    struct model m = { .pressed = -1 };

    golden_terminal(false);
    resizeterm(24, 80);
    m.window = newwin(24, 80, 0, 0);
    assert_non_null(m.window);
    lay(&m);
    return m;
}

static void arrows_lead_to_what_stands_there(void **state)
{
    (void)state;
    static const struct {
        size_t from;
        int key;
        size_t to;
    } cases[] = {
        { 0, KEY_RIGHT, 1 }, { 0, KEY_DOWN, 2 }, { 0, KEY_LEFT, 0 },  { 0, KEY_UP, 0 },        { 1, KEY_DOWN, 3 },
        { 3, KEY_DOWN, 4 },  { 2, KEY_DOWN, 4 }, { 3, KEY_LEFT, 2 },  { 4, KEY_DOWN, 4 },      { 4, KEY_TABULATOR, 0 },
        { 0, KEY_BTAB, 4 },  { 3, KEY_UP, 1 },   { 2, KEY_RIGHT, 3 }, { 1, KEY_TABULATOR, 2 },
    };
    struct model m = model_made();

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        m.board.focus = cases[i].from;
        assert_true(board_key(&m.board, cases[i].key, &m));
        if (m.board.focus != cases[i].to)
            fail_msg("case %zu: to %zu", i, m.board.focus);
    }
    assert_false(board_key(&m.board, KEY_F(2), &m));
    assert_int_equal(m.pressed, -1);
    delwin(m.window);
}

static void enter_a_letter_and_a_click_press(void **state)
{
    (void)state;
    struct model m = model_made();

    m.board.focus = 2;
    board_key(&m.board, KEY_RETURN, &m);
    assert_int_equal(m.pressed, 2);
    assert_true(board_character(&m.board, "Z", &m));
    assert_int_equal(m.pressed, 4);
    assert_false(board_character(&m.board, "y", &m));
    assert_false(board_character(&m.board, "é", &m));
    assert_true(board_click(&m.board, 4, 79 - 1, &m));
    assert_int_equal(m.pressed, 3);
    assert_false(board_click(&m.board, 2, 0, &m)); /* between them */
    assert_false(board_click(&m.board, 12, 5, &m));
    assert_false(board_click(&m.board, 0, 30, &m));
    assert_int_equal(m.pressed, 3);
    delwin(m.window);
}

static void the_focus_is_where_there_is_something(void **state)
{
    (void)state;
    struct model m = model_made();

    m.board.focus = 30;
    assert_true(board_key(&m.board, KEY_RETURN, &m));
    assert_false(board_key(&m.board, KEY_DOWN, &m));
    assert_int_equal(m.pressed, -1);
    board_begin(&m.board);
    assert_false(board_key(&m.board, KEY_RETURN, &m));
    m.board.focus = 30;
    assert_false(board_end(&m.board));
    assert_int_equal(m.board.focus, 0);
    delwin(m.window);
}

/* Every character that is on a key, and Done first, for Enter. */
static void keys_of_the_screen_give_their_characters(void **state)
{
    (void)state;
    struct model m = model_made();

    for (unsigned i = 0; i < 5; i++) {
        enum keyboard_kind kind = i == 4 ? KEYBOARD_DIGITS : KEYBOARD_LETTERS;
        board_new_page(&m.board);
        keyboard_put(&m.board, area_of(m.window), kind, i % 4, "Done", press);
        board_key(&m.board, KEY_RETURN, &m);
        assert_int_equal(m.pressed, KEYBOARD_DONE);
        size_t letters = 0;
        for (size_t j = 0; j < m.board.count; j++) {
            const struct board_button *button = &m.board.buttons[j];
            assert_true(board_click(&m.board, button->top, button->left, &m));
            assert_int_equal(m.pressed, button->value);
            letters += button->value > ' ';
        }
        assert_int_equal(letters, kind == KEYBOARD_DIGITS ? 11 : 40);
    }
    delwin(m.window);
}

/* A name as people have them, letter by letter. */
static void names_with_accents_can_be_pressed(void **state)
{
    (void)state;
    struct model m = model_made();
    static const char *const wanted[] = { "é", "ü", "ß", "ł", ",", "'", "Ö", "Ł" };

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        unsigned shift = KEYBOARD_ACCENTS | (i > 5 ? KEYBOARD_CAPITALS : 0);
        bool found = false;
        board_new_page(&m.board);
        keyboard_put(&m.board, area_of(m.window), KEYBOARD_LETTERS, shift, "Done", press);
        for (size_t j = 0; j < m.board.count; j++) {
            char text[5];
            keyboard_character(m.board.buttons[j].value, text);
            found = found || strcmp(text, wanted[i]) == 0;
        }
        if (!found)
            fail_msg("%s is on no key", wanted[i]);
    }
    delwin(m.window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrows_lead_to_what_stands_there),
        cmocka_unit_test(enter_a_letter_and_a_click_press),
        cmocka_unit_test(the_focus_is_where_there_is_something),
        cmocka_unit_test(keys_of_the_screen_give_their_characters),
        cmocka_unit_test(names_with_accents_can_be_pressed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
