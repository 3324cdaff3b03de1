/* What things look like: meanings to colours, on 256, 8 and no colours, and characters to what the terminal has. */
#ifndef CAROLINE_UI_THEME_H
#define CAROLINE_UI_THEME_H

#include <stdbool.h>

#include <curses.h>

#include "common/base/arena.h"

enum style {
    STYLE_PLAIN,
    STYLE_DIM,
    STYLE_STRONG,
    STYLE_TITLE, /* the line at the top */
    STYLE_HEAD,  /* above a list */
    STYLE_SELECTED,
    STYLE_FIELD,
    STYLE_FIELD_FOCUS,
    STYLE_KEY, /* "F2" */
    STYLE_KEY_LABEL,
    STYLE_GOOD,
    STYLE_WARN,
    STYLE_BAD,
    STYLE_BANNER, /* what must not be overlooked */
    STYLE_TOTAL,
    STYLE_STRUCK, /* voided */
    STYLE_BUTTON, /* what can be pressed: a block of it */
    STYLE_BUTTON_FOCUS,
    STYLE_CODE, /* for a camera: light on dark in any theme */
    STYLE_COUNT,
};

/* Beyond these, text is drawn as it is. */
enum glyph {
    GLYPH_DOT, /* connected */
    GLYPH_NO_DOT,
    GLYPH_BLOCK, /* of big digits and bars */
    GLYPH_SHADE,
    GLYPH_MORE_UP,
    GLYPH_MORE_DOWN,
    GLYPH_POINTER,
    GLYPH_SECRET,
    GLYPH_TIMES,
    GLYPH_DASH,
    GLYPH_ELLIPSIS,
    GLYPH_STAR,
    GLYPH_CHOSEN,
    GLYPH_ACROSS,
    GLYPH_DOWN,
    GLYPH_TOP_LEFT,
    GLYPH_TOP_RIGHT,
    GLYPH_BOTTOM_LEFT,
    GLYPH_BOTTOM_RIGHT,
    GLYPH_COUNT,
};

/* What a style looks like. */
struct look {
    short foreground, background; /* -1: those of STYLE_PLAIN, which has the terminal's own where it says -1 */
    attr_t attributes;            /* with colours */
    attr_t monochrome;            /* without */
};

struct theme {
    struct look looks[STYLE_COUNT];
};

/* "terminal", "light", "dark" or "contrast"; with a '/' in it: a file. false: *problem, in the arena,
 * says what is wrong with it. */
bool theme_read(const char *name, struct arena *arena, struct theme *theme, const char **problem);
const struct theme *theme_named(const char *name); /* NULL: no file, and none of ours */
/* What a program's help says of a theme of one's own. */
#define THEME_FILE_NOTES                                                                                               \
    "A theme of one's own is a file; what it does not name is as in the one that it\n"                                 \
    "is based on. As in\n"                                                                                             \
    "\n"                                                                                                               \
    "    [theme]\n"                                                                                                    \
    "    based_on = dark\n"                                                                                            \
    "    selected = black on yellow bold\n"                                                                            \
    "\n"                                                                                                               \
    "Colours: black, red, green, yellow, blue, magenta, cyan, white, and default, the\n"                               \
    "terminal's own. Behind them: bold, underline, dim, reverse. Styles: plain, dim,\n"                                \
    "strong, title, head, selected, field, field_focus, key, key_label, good, warn,\n"                                 \
    "bad, banner, total, struck, button, button_focus.\n"                                                              \
    "\n"
#define THEME_NAMES "terminal, light, dark or contrast"

struct theme_options {
    const struct theme *theme; /* NULL: "terminal" */
    bool monochrome;           /* NO_COLOR, --color=never */
    bool ascii_text;           /* the locale is not UTF-8 */
    bool ascii_lines;          /* nor are there lines, blocks and signs beyond letters (also TERM=linux) */
};

/* What a terminal of that name (TERM) shows, in a locale that is UTF-8 or not: a VT100 has no character beyond ASCII, whatever the
 * locale says; the Linux console has letters and no signs. */
struct theme_options theme_of_terminal(const char *name, bool utf8);

/* After ncurses has been started. */
void theme_init(const struct theme_options *options);
/* From now on, on a terminal that theme_init() has seen. */
void theme_use(const struct theme_options *options);
attr_t theme_attributes(enum style style, short *pair);
void theme_set(WINDOW *window, enum style style);
const char *theme_glyph(enum glyph glyph);
bool theme_ascii_text(void);
bool theme_ascii_lines(void);

#endif
