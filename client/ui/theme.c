/* What things look like. No meaning is in a colour alone: every style differs by an attribute too, or stands beside a
 * word. A colour has a background of its own: the terminal's may be light (where yellow on it is not read) or dark. */
#include "client/ui/theme.h"

#include <string.h>

static struct look looks[STYLE_COUNT];

/* The terminal's own colours, and eight that every terminal has. */
static const struct theme of_terminal = { {
    [STYLE_PLAIN] = { -1, -1, A_NORMAL, A_NORMAL },
    [STYLE_DIM] = { -1, -1, A_DIM, A_DIM },
    [STYLE_STRONG] = { -1, -1, A_BOLD, A_BOLD },
    [STYLE_TITLE] = { COLOR_WHITE, COLOR_BLUE, A_BOLD, A_REVERSE },
    [STYLE_HEAD] = { -1, -1, A_UNDERLINE, A_UNDERLINE },
    [STYLE_SELECTED] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE },
    [STYLE_FIELD] = { -1, -1, A_UNDERLINE, A_UNDERLINE },
    [STYLE_FIELD_FOCUS] = { -1, -1, A_UNDERLINE | A_BOLD, A_UNDERLINE | A_BOLD },
    [STYLE_KEY] = { -1, -1, A_BOLD, A_BOLD },
    [STYLE_KEY_LABEL] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE },
    [STYLE_GOOD] = { COLOR_BLACK, COLOR_GREEN, A_NORMAL, A_BOLD },
    [STYLE_WARN] = { COLOR_BLACK, COLOR_YELLOW, A_NORMAL, A_BOLD | A_UNDERLINE },
    [STYLE_BAD] = { COLOR_WHITE, COLOR_RED, A_BOLD, A_REVERSE | A_BOLD },
    [STYLE_BANNER] = { COLOR_WHITE, COLOR_RED, A_BOLD, A_REVERSE | A_BOLD },
    [STYLE_TOTAL] = { -1, -1, A_BOLD, A_BOLD },
    [STYLE_STRUCK] = { -1, -1, A_DIM, A_DIM },
    [STYLE_BUTTON] = { COLOR_WHITE, COLOR_BLUE, A_NORMAL, A_REVERSE },
    [STYLE_CODE] = { COLOR_WHITE, COLOR_BLACK, A_BOLD, A_NORMAL },
    [STYLE_BUTTON_FOCUS] = { COLOR_BLACK, COLOR_CYAN, A_BOLD, A_REVERSE | A_BOLD },
} };

/* Those below are read at 4.5:1 at least, by the colours of xterm and of the Linux console (tests/screens/test_theme.c). Nothing is
 * dimmed in them. */
#define ON_DARK                                                                                                        \
    [STYLE_PLAIN] = { COLOR_WHITE, COLOR_BLACK, A_NORMAL, A_NORMAL }, [STYLE_DIM] = { -1, -1, A_NORMAL, A_DIM },       \
    [STYLE_STRONG] = { -1, -1, A_BOLD, A_BOLD }, [STYLE_FIELD] = { -1, -1, A_UNDERLINE, A_UNDERLINE },                 \
    [STYLE_FIELD_FOCUS] = { -1, -1, A_UNDERLINE | A_BOLD, A_UNDERLINE | A_BOLD },                                      \
    [STYLE_KEY] = { -1, -1, A_BOLD, A_BOLD }, [STYLE_TOTAL] = { -1, -1, A_BOLD, A_BOLD },                              \
    [STYLE_STRUCK] = { -1, -1, A_NORMAL, A_DIM }, [STYLE_CODE] = { COLOR_WHITE, COLOR_BLACK, A_BOLD, A_NORMAL },       \
    [STYLE_SELECTED] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE },                                               \
    [STYLE_KEY_LABEL] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE }

static const struct theme of_dark = { {
    ON_DARK,
    [STYLE_TITLE] = { COLOR_WHITE, COLOR_BLUE, A_BOLD, A_REVERSE },
    [STYLE_HEAD] = { COLOR_CYAN, -1, A_UNDERLINE, A_UNDERLINE },
    [STYLE_GOOD] = { COLOR_GREEN, -1, A_BOLD, A_BOLD },
    [STYLE_WARN] = { COLOR_YELLOW, -1, A_BOLD, A_BOLD | A_UNDERLINE },
    [STYLE_BAD] = { COLOR_WHITE, COLOR_RED, A_BOLD, A_REVERSE | A_BOLD },
    [STYLE_BANNER] = { COLOR_WHITE, COLOR_RED, A_BOLD, A_REVERSE | A_BOLD },
    [STYLE_BUTTON] = { COLOR_WHITE, COLOR_BLUE, A_NORMAL, A_REVERSE },
    [STYLE_BUTTON_FOCUS] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE | A_BOLD },
} };

static const struct theme of_contrast = { {
    ON_DARK,
    [STYLE_TITLE] = { COLOR_BLACK, COLOR_WHITE, A_NORMAL, A_REVERSE },
    [STYLE_HEAD] = { -1, -1, A_UNDERLINE | A_BOLD, A_UNDERLINE },
    [STYLE_GOOD] = { COLOR_GREEN, -1, A_BOLD, A_BOLD },
    [STYLE_WARN] = { COLOR_YELLOW, -1, A_BOLD | A_UNDERLINE, A_BOLD | A_UNDERLINE },
    [STYLE_BAD] = { COLOR_BLACK, COLOR_WHITE, A_NORMAL, A_REVERSE | A_BOLD },
    [STYLE_BANNER] = { COLOR_BLACK, COLOR_WHITE, A_NORMAL, A_REVERSE | A_BOLD },
    [STYLE_BUTTON] = { COLOR_BLACK, COLOR_WHITE, A_NORMAL, A_REVERSE },
    [STYLE_BUTTON_FOCUS] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE | A_BOLD },
} };

static const struct theme of_light = { {
    [STYLE_PLAIN] = { COLOR_BLACK, COLOR_WHITE, A_NORMAL, A_NORMAL },
    [STYLE_DIM] = { -1, -1, A_NORMAL, A_DIM },
    [STYLE_STRONG] = { COLOR_BLUE, -1, A_NORMAL, A_BOLD },
    [STYLE_TITLE] = { COLOR_WHITE, COLOR_BLUE, A_BOLD, A_REVERSE },
    [STYLE_HEAD] = { COLOR_BLUE, -1, A_UNDERLINE, A_UNDERLINE },
    [STYLE_SELECTED] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE },
    [STYLE_FIELD] = { -1, -1, A_UNDERLINE, A_UNDERLINE },
    [STYLE_FIELD_FOCUS] = { COLOR_BLUE, -1, A_UNDERLINE, A_UNDERLINE | A_BOLD },
    [STYLE_KEY] = { COLOR_BLUE, -1, A_NORMAL, A_BOLD },
    [STYLE_KEY_LABEL] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE },
    [STYLE_GOOD] = { COLOR_BLACK, COLOR_GREEN, A_NORMAL, A_BOLD },
    [STYLE_WARN] = { COLOR_YELLOW, COLOR_BLUE, A_BOLD, A_BOLD | A_UNDERLINE },
    [STYLE_BAD] = { COLOR_WHITE, COLOR_RED, A_BOLD, A_REVERSE | A_BOLD },
    [STYLE_BANNER] = { COLOR_WHITE, COLOR_RED, A_BOLD, A_REVERSE | A_BOLD },
    [STYLE_TOTAL] = { -1, -1, A_NORMAL, A_BOLD },
    [STYLE_STRUCK] = { -1, -1, A_NORMAL, A_DIM },
    [STYLE_BUTTON] = { COLOR_WHITE, COLOR_BLUE, A_NORMAL, A_REVERSE },
    [STYLE_BUTTON_FOCUS] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE | A_BOLD },
    [STYLE_CODE] = { COLOR_WHITE, COLOR_BLACK, A_BOLD, A_NORMAL },
} };

static const struct {
    const char *name;
    const struct theme *theme;
} named[] = {
    { "terminal", &of_terminal }, { "light", &of_light }, { "dark", &of_dark }, { "contrast", &of_contrast }
};

const struct theme *theme_named(const char *name)
{
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
        if (strcmp(named[i].name, name) == 0)
            return named[i].theme;
    return NULL;
}

static const char *const glyphs[GLYPH_COUNT][2] = {
    [GLYPH_DOT] = { "●", "*" },          [GLYPH_NO_DOT] = { "○", "!" },    [GLYPH_BLOCK] = { "█", "#" },
    [GLYPH_SHADE] = { "░", "." },        [GLYPH_MORE_UP] = { "▲", "^" },   [GLYPH_MORE_DOWN] = { "▼", "v" },
    [GLYPH_POINTER] = { "▸", ">" },      [GLYPH_SECRET] = { "•", "*" },    [GLYPH_TIMES] = { "×", "x" },
    [GLYPH_DASH] = { "–", "-" },         [GLYPH_ELLIPSIS] = { "…", "~" },  [GLYPH_STAR] = { "★", "*" },
    [GLYPH_CHOSEN] = { "✓", "[x]" },     [GLYPH_ACROSS] = { "─", "-" },    [GLYPH_DOWN] = { "│", "|" },
    [GLYPH_TOP_LEFT] = { "┌", "+" },     [GLYPH_TOP_RIGHT] = { "┐", "+" }, [GLYPH_BOTTOM_LEFT] = { "└", "+" },
    [GLYPH_BOTTOM_RIGHT] = { "┘", "+" },
};

static struct theme_options theme;

/* false: the terminal has no own colours to be left as they are. */
static bool begin_colours(void)
{
    short foreground = looks[STYLE_PLAIN].foreground, background = looks[STYLE_PLAIN].background;

    start_color();
    if (foreground < 0 && background < 0)
        return use_default_colors() == OK;
    return assume_default_colors(foreground, background) == OK;
}

/* Screens of glass, and what says that it is no more than one. vte is none of them. */
static bool has_ascii_alone(const char *name)
{
    static const char *const names[] = { "ansi", "wy", "tvi" };

    if (strncmp(name, "vt", 2) == 0 && name[2] >= '0' && name[2] <= '9')
        return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

struct theme_options theme_of_terminal(const char *name, bool utf8)
{
    bool ascii = !utf8 || has_ascii_alone(name);

    return (struct theme_options){ .ascii_text = ascii, .ascii_lines = ascii || strcmp(name, "linux") == 0 };
}

void theme_use(const struct theme_options *options)
{
    theme = *options;
    memcpy(looks, (options->theme == NULL ? &of_terminal : options->theme)->looks, sizeof(looks));
    if (!has_colors())
        theme.monochrome = true;
}

void theme_init(const struct theme_options *options)
{
    theme_use(options);
    if (theme.monochrome)
        return;
    bool own_colours = begin_colours();
    const struct look *plain = &looks[STYLE_PLAIN];
    for (int i = 1; i < STYLE_COUNT; i++) {
        short foreground = looks[i].foreground, background = looks[i].background;
        if (!own_colours && foreground < 0)
            foreground = (short)(plain->foreground < 0 ? COLOR_WHITE : plain->foreground);
        if (!own_colours && background < 0)
            background = (short)(plain->background < 0 ? COLOR_BLACK : plain->background);
        init_pair((short)i, foreground, background);
    }
}

attr_t theme_attributes(enum style style, short *pair)
{
    *pair = 0;
    if (theme.monochrome)
        return looks[style].monochrome;
    *pair = (short)style;
    return looks[style].attributes;
}

void theme_set(WINDOW *window, enum style style)
{
    short pair;
    attr_t attributes = theme_attributes(style, &pair);
    wattr_set(window, attributes, pair, NULL);
}

const char *theme_glyph(enum glyph glyph)
{
    bool words = glyph == GLYPH_TIMES || glyph == GLYPH_DASH || glyph == GLYPH_ELLIPSIS || glyph == GLYPH_SECRET;

    return glyphs[glyph][words ? theme.ascii_text : theme_ascii_lines()];
}

bool theme_ascii_text(void)
{
    return theme.ascii_text;
}

bool theme_ascii_lines(void)
{
    return theme.ascii_lines || theme.ascii_text;
}
