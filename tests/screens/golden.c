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

char *golden_text(struct stage *stage, int rows, int columns)
{
    return golden_text_of(draw_stage, stage, rows, columns);
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
