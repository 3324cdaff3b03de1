/* What things look like. No meaning is in a colour alone: every style differs by an attribute too, or stands beside a
 * word. A colour has a background of its own: the terminal's may be light (where yellow on it is not read) or dark. */
#include "client/ui/theme.h"

#include <string.h>

struct look {
    short foreground, background; /* -1: the terminal's own */
    attr_t attributes;            /* with colours */
    attr_t monochrome;            /* without */
};

static const struct look looks[STYLE_COUNT] = {
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
};

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
    if (!has_colors())
        theme.monochrome = true;
}

void theme_init(const struct theme_options *options)
{
    theme_use(options);
    if (theme.monochrome)
        return;
    start_color();
    bool own_colours = use_default_colors() == OK;
    for (int i = 1; i < STYLE_COUNT; i++) {
        short foreground = looks[i].foreground, background = looks[i].background;
        if (!own_colours && foreground < 0)
            foreground = COLOR_WHITE;
        if (!own_colours && background < 0)
            background = COLOR_BLACK;
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
