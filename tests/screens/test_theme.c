/* What things look like on terminals of all kinds: colours that are read on a light one and a dark one, a theme out of a file, and
 * characters that it has. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "golden.h"

/* Red, green and blue of the eight colours, and of those that bold letters have. */
struct palette {
    const char *name;
    uint8_t plain[8][3], bold[8][3];
};
static const struct palette palettes[] = {
    { "xterm",
      { { 0, 0, 0 },
        { 205, 0, 0 },
        { 0, 205, 0 },
        { 205, 205, 0 },
        { 0, 0, 238 },
        { 205, 0, 205 },
        { 0, 205, 205 },
        { 229, 229, 229 } },
      { { 127, 127, 127 },
        { 255, 0, 0 },
        { 0, 255, 0 },
        { 255, 255, 0 },
        { 92, 92, 255 },
        { 255, 0, 255 },
        { 0, 255, 255 },
        { 255, 255, 255 } } },
    { "the Linux console",
      { { 0, 0, 0 },
        { 170, 0, 0 },
        { 0, 170, 0 },
        { 170, 85, 0 },
        { 0, 0, 170 },
        { 170, 0, 170 },
        { 0, 170, 170 },
        { 170, 170, 170 } },
      { { 85, 85, 85 },
        { 255, 85, 85 },
        { 85, 255, 85 },
        { 255, 255, 85 },
        { 85, 85, 255 },
        { 255, 85, 255 },
        { 85, 255, 255 },
        { 255, 255, 255 } } },
};

/* As WCAG 2.1 has it. */
static double luminance(const uint8_t colour[3])
{
    static const double weights[] = { 0.2126, 0.7152, 0.0722 };
    double sum = 0;

    for (int i = 0; i < 3; i++) {
        double part = colour[i] / 255.0;
        sum += weights[i] * (part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast_of(const struct theme *theme, int style, const struct palette *palette)
{
    const struct look *look = &theme->looks[style], *plain = &theme->looks[STYLE_PLAIN];
    short foreground = look->foreground < 0 ? plain->foreground : look->foreground;
    short background = look->background < 0 ? plain->background : look->background;
    bool bold = (look->attributes & A_BOLD) != 0;

    assert_true(foreground >= 0 && background >= 0);
    double text = luminance(bold ? palette->bold[foreground] : palette->plain[foreground]);
    double behind = luminance(palette->plain[background]);
    return text > behind ? (text + 0.05) / (behind + 0.05) : (behind + 0.05) / (text + 0.05);
}

static void every_theme_of_ours_is_read_well(void **state)
{
    static const char *const names[] = { "light", "dark", "contrast" };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (size_t j = 0; j < sizeof palettes / sizeof palettes[0]; j++)
            for (int style = 0; style < STYLE_COUNT; style++) {
                double contrast = contrast_of(theme_named(names[i]), style, &palettes[j]);
                if (contrast < 4.5 || (theme_named(names[i])->looks[style].attributes & A_DIM) != 0)
                    fail_msg("%s, style %d, on %s: %.2f", names[i], style, palettes[j].name, contrast);
            }
}

static void write_theme(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void a_file_changes_what_it_names(void **state)
{
    (void)state;
    char path[] = "/tmp/caroline-theme-XXXXXX";
    struct arena *arena = arena_create(0);
    const char *problem = "";
    struct theme theme;

    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    write_theme(path, "[theme]\nbased_on = dark\nselected = black on  yellow bold underline\ntotal = default\n");
    if (!theme_read(path, arena, &theme, &problem))
        fail_msg("%s", problem);
    assert_int_equal(theme.looks[STYLE_SELECTED].background, COLOR_YELLOW);
    assert_int_equal(theme.looks[STYLE_SELECTED].foreground, COLOR_BLACK);
    assert_true(theme.looks[STYLE_SELECTED].attributes == (A_BOLD | A_UNDERLINE));
    assert_int_equal(theme.looks[STYLE_TOTAL].foreground, -1);
    assert_int_equal(theme.looks[STYLE_BAD].background, theme_named("dark")->looks[STYLE_BAD].background);
    static const struct {
        const char *text, *said;
    } wrong[] = {
        { "[theme]\nselected = black on\n", "'black on cyan bold', not 'black on'" },
        { "[theme]\nselected = on black\n", "not 'on black'" },
        { "[theme]\nselected = bold\n", "not 'bold'" },
        { "[theme]\nselected = black white\n", "not 'black white'" },
        { "[theme]\nselected = black on white on red\n", "not 'black on white on red'" },
        { "[theme]\nselected = pink\n", "not 'pink'" },
        { "[theme]\nselectd = black\n", "did you mean 'selected'" },
        { "[theme]\nbased_on = pink\n", "based_on is terminal, light, dark or contrast" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        write_theme(path, wrong[i].text);
        assert_false(theme_read(path, arena, &theme, &problem));
        if (strstr(problem, wrong[i].said) == NULL)
            fail_msg("%s", problem);
    }
    unlink(path);
    assert_false(theme_read(path, arena, &theme, &problem));
    assert_false(theme_read("pink", arena, &theme, &problem));
    assert_string_equal(problem,
                        "theme is terminal, light, dark or contrast, or a file (with a / in its name), not 'pink'");
    arena_destroy(arena);
}

/* A terminal's own background may be light or dark: on one of the two any colour is lost. */
static void a_colour_has_a_background_of_its_own(void **state)
{
    (void)state;
    golden_terminal(false);
    for (int style = 1; style < STYLE_COUNT; style++) {
        short pair, foreground, background;
        theme_attributes((enum style)style, &pair);
        assert_int_not_equal(pair_content(pair, &foreground, &background), ERR);
        if ((foreground < 0) != (background < 0) || (foreground >= 0 && foreground == background))
            fail_msg("style %d is %d on %d", style, foreground, background);
    }
}

static void characters_are_those_that_the_terminal_has(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool utf8, ascii_text, ascii_lines;
    } cases[] = {
        { "xterm-256color", true, false, false },
        { "xterm-256color", false, true, true },
        { "linux", true, false, true },
        { "linux", false, true, true },
        { "vt100", true, true, true },
        { "vt220", true, true, true },
        { "ansi", true, true, true },
        { "vte-256color", true, false, false },
        { "screen", true, false, false },
        { "tmux-256color", true, false, false },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct theme_options theme = theme_of_terminal(cases[i].name, cases[i].utf8);
        if (theme.ascii_text != cases[i].ascii_text || theme.ascii_lines != cases[i].ascii_lines)
            fail_msg("%s", cases[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_theme_of_ours_is_read_well),
        cmocka_unit_test(a_file_changes_what_it_names),
        cmocka_unit_test(a_colour_has_a_background_of_its_own),
        cmocka_unit_test(characters_are_those_that_the_terminal_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
