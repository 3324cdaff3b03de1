/* A terminal in memory. */
#include "golden.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "played.h"

static bool is_ascii; /* as the test has it */

void golden_terminal(bool ascii)
{
    static bool started;

    if (!started) {
        FILE *nowhere = fopen("/dev/null", "r+");
        assert_non_null(nowhere);
        played_open();
        assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
        assert_non_null(newterm("xterm-256color", nowhere, nowhere));
    }
    started = true;
    is_ascii = ascii;
    theme_init(&(struct theme_options){ .ascii_text = ascii, .ascii_lines = ascii });
}

static void draw_stage(void *model, WINDOW *window)
{
    stage_draw(model, window);
}

static WINDOW *drawn(golden_draw_fn *draw, void *model, int rows, int columns)
{
    WINDOW *window = newpad(rows, columns);
    assert_non_null(window);
    draw(model, window);
    return window;
}

/* ---- keys that are named ---- */

/* Words around a key's name that say that it is one elsewhere, or none. */
static const char *const before[] = { "t the sale " }; /* "at", "At": what is told on any screen */
static const char *const behind[] = { " does nothing here now", " is also Alt-5" };

static bool is_word(char character)
{
    return (character >= '0' && character <= '9') || (character >= 'A' && character <= 'Z') ||
           (character >= 'a' && character <= 'z');
}

/* Of "F12" its number; 0: no such key is named there. */
static int f_key(const char *text, const char *at)
{
    int number = at[0] == 'F' && at[1] >= '1' && at[1] <= '9' ? atoi(at + 1) : 0;

    if (number < 1 || number > 12 || (at > text && is_word(at[-1])) || is_word(at[number > 9 ? 3 : 2]))
        return 0;
    return number;
}

static bool ends_in(const char *text, const char *at, const char *words)
{
    size_t size = strlen(words);

    return (size_t)(at - text) >= size && strncmp(at - size, words, size) == 0;
}

static bool is_elsewhere(const char *text, const char *at)
{
    const char *end = at + (f_key(text, at) > 9 ? 3 : 2);

    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        if (ends_in(text, at, before[i]))
            return true;
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
        if (strncmp(end, behind[i], strlen(behind[i])) == 0)
            return true;
    return false;
}

/* "F12, F9", "F4, then F10": a key of the screen to which the one before leads. */
static bool is_behind_another(const char *text, const char *at)
{
    static const char *const between[] = { ", then ", ", ", " " };

    for (size_t i = 0; i < sizeof between / sizeof *between; i++)
        for (size_t digits = 1; digits <= 2; digits++) {
            size_t size = strlen(between[i]) + digits + 1;

            if (ends_in(text, at, between[i]) && (size_t)(at - text) >= size && f_key(text, at - size) != 0)
                return true;
        }
    return false;
}

/* Blanks and ends of lines made one: a sentence goes on in the next line. To be freed. */
static char *in_one_line(const char *shown)
{
    char *text = calloc(1, strlen(shown) + 1);
    size_t size = 0;

    assert_non_null(text);
    for (const char *at = shown; *at != 0; at++)
        if (*at != ' ' && *at != '\n')
            text[size++] = *at;
        else if (size > 0 && text[size - 1] != ' ')
            text[size++] = ' ';
    return text;
}

/* Every F-key that stands anywhere in a window, in foot, help, message or screen, is taken there now: who reads it presses it. A form
 * that waits for its answer stays in sight, and takes none. */
static void names_its_keys(const struct stage *stage, const char *shown)
{
    const struct screen *top = stage_top(stage);

    if (stage->too_small || (top->asleep != NULL && top->asleep(stage->model)))
        return;
    char *text = in_one_line(shown);
    for (const char *at = text; *at != 0; at++) {
        int number = f_key(text, at);

        if (number > 1 && key_find(top, stage->model, KEY_F(number)) == NULL && stage->no_use_key != KEY_F(number) &&
            !is_elsewhere(text, at) && !is_behind_another(text, at))
            fail_msg("\"%s\" names F%d, which is no key there now: \"%.40s\"\n%s", top->title, number, at, shown);
    }
    free(text);
}

char *golden_text(struct stage *stage, int rows, int columns)
{
    char *text = golden_text_of(draw_stage, stage, rows, columns);

    names_its_keys(stage, text);
    return text;
}

char *golden_text_of(golden_draw_fn *draw, void *model, int rows, int columns)
{
    WINDOW *window = drawn(draw, model, rows, columns);
    size_t capacity = (size_t)rows * ((size_t)columns * 8 + 1) + 1, size = 0;
    char *text = malloc(capacity);
    assert_non_null(text);

    for (int row = 0; row < rows; row++) {
        size_t end = size;
        for (int column = 0; column < columns;) {
            cchar_t cell;
            wchar_t characters[CCHARW_MAX + 1] = { 0 };
            attr_t attributes;
            short pair;
            assert_int_not_equal(mvwin_wch(window, row, column, &cell), ERR);
            assert_int_not_equal(getcchar(&cell, characters, &attributes, &pair, NULL), ERR);
            int width = 0;
            for (size_t i = 0; characters[i] != 0; i++) {
                int bytes = wctomb(text + size, characters[i]);
                assert_true(bytes > 0);
                size += (size_t)bytes;
                if (wcwidth(characters[i]) > 0)
                    width += wcwidth(characters[i]);
                if (characters[i] != L' ')
                    end = size;
            }
            column += width > 0 ? width : 1;
        }
        size = end;
        text[size++] = '\n';
    }
    text[size] = 0;
    delwin(window);
    return text;
}

static char *file_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    char *text = calloc(1, 65536);
    assert_non_null(text);
    size_t size = fread(text, 1, 65535, file);
    text[size] = 0;
    fclose(file);
    return text;
}

static void check(golden_draw_fn *draw, void *model, int rows, int columns, const char *name, const void *place)
{
    char path[512];
    paint_unseen();
    char *text = golden_text_of(draw, model, rows, columns);
    size_t unseen = paint_unseen();
    if (draw == draw_stage)
        names_its_keys(model, text);
    const char *wish = getenv("CAROLINE_GOLDEN");

    snprintf(path, sizeof(path), "%s/%s.txt", GOLDEN_DIRECTORY, name);
    if (wish != NULL && strcmp(wish, "write") == 0) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
    }
    char *golden = file_text(path);
    if (golden == NULL || strcmp(golden, text) != 0) {
        fprintf(stderr, "---- %s should be ----\n%s---- and is ----\n%s", name, golden == NULL ? "" : golden, text);
        fail_msg("the screen is not golden/%s.txt", name);
    }
    if (unseen > 0)
        fail_msg("%zu texts have no room in golden/%s.txt, and nothing says so", unseen, name);
    free(golden);
    free(text);
    played_show(draw, model, rows, columns, name, place, is_ascii);
}

void golden_check(struct stage *stage, int rows, int columns, const char *name)
{
    check(draw_stage, stage, rows, columns, name, stage_top(stage));
}

void golden_check_sizes(golden_draw_fn *draw, void *model, const char *name, const void *place)
{
    static const int sizes[][2] = { { 24, 80 }, { 40, 120 } };
    size_t first = played_begins_large() ? 1 : 0;
    char file[128];

    for (size_t i = 0; i < 3; i++) {
        const int *size = sizes[(first + i) % 2];
        snprintf(file, sizeof(file), "%s-%dx%d", name, size[1], size[0]);
        check(draw, model, size[0], size[1], file, place);
    }
}

void golden_check_stage(struct stage *stage, const char *name)
{
    golden_check_sizes(draw_stage, stage, name, stage_top(stage));
}

attr_t golden_attributes(struct stage *stage, int rows, int columns, const char *text)
{
    WINDOW *window = drawn(draw_stage, stage, rows, columns);
    attr_t attributes = 0;
    bool found = false;

    for (int row = 0; row < rows && !found; row++)
        for (int column = 0; column + (int)strlen(text) <= columns && !found; column++) {
            char seen[512] = "";
            mvwinnstr(window, row, column, seen, (int)strlen(text));
            if (strcmp(seen, text) == 0) {
                attributes = mvwinch(window, row, column) & A_ATTRIBUTES;
                found = true;
            }
        }
    delwin(window);
    if (!found)
        fail_msg("'%s' is not on the screen", text);
    return attributes;
}
