/* What things look like on terminals of all kinds: colours that are read on a light one and a dark one, and characters that it has. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "golden.h"

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
        cmocka_unit_test(a_colour_has_a_background_of_its_own),
        cmocka_unit_test(characters_are_those_that_the_terminal_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
