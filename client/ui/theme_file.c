/* A theme of one's own: a file with a line a style, "selected = black on cyan bold" below [theme]; what it does not name is as in
 * the theme that it is based on. */
#include <string.h>

#include "client/ui/theme.h"
#include "common/base/config.h"

#define LOOK(name, what)                                                                                               \
    {                                                                                                                  \
        .section = "theme", .key = (name), .kind = SETTING_TEXT, .fallback = "", .help = (what)                        \
    }

static const struct setting table[] = {
    { .section = "theme", .key = "based_on", .kind = SETTING_TEXT, .fallback = "terminal", .help = THEME_NAMES },
    LOOK("plain", "text"),
    LOOK("dim", "what matters less"),
    LOOK("strong", "what matters more"),
    LOOK("title", "the line at the top"),
    LOOK("head", "above a list"),
    LOOK("selected", "the selected row"),
    LOOK("field", "where something is typed"),
    LOOK("field_focus", "where it goes now"),
    LOOK("key", "a key's name"),
    LOOK("key_label", "what it does"),
    LOOK("good", "what went well"),
    LOOK("warn", "what is to be noticed"),
    LOOK("bad", "what is wrong"),
    LOOK("banner", "what must not be overlooked"),
    LOOK("total", "the total"),
    LOOK("struck", "what was taken back"),
    LOOK("button", "what can be pressed"),
    LOOK("button_focus", "what Enter presses"),
    { 0 },
};
/* Codes are for a camera, and are no matter of taste. */
_Static_assert(sizeof(table) / sizeof(table[0]) == STYLE_CODE + 2, "a style without a line");

static const char *const colours[] = { "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white" };

/* -1: the terminal's own; -2: it is none. */
static short colour_of(const char *word)
{
    for (short i = 0; i < 8; i++)
        if (strcmp(colours[i], word) == 0)
            return i;
    return strcmp(word, "default") == 0 ? -1 : -2;
}

static attr_t attribute_of(const char *word)
{
    if (strcmp(word, "bold") == 0)
        return A_BOLD;
    if (strcmp(word, "underline") == 0)
        return A_UNDERLINE;
    if (strcmp(word, "dim") == 0)
        return A_DIM;
    return strcmp(word, "reverse") == 0 ? A_REVERSE : 0;
}

/* "black on cyan bold", "default underline". */
static bool read_look(struct look *look, char *words)
{
    bool on = false;
    int colours_said = 0;

    look->attributes = A_NORMAL;
    for (char *word; (word = strsep(&words, " ")) != NULL;) {
        short colour = colour_of(word);

        if (*word == 0)
            continue;
        if (strcmp(word, "on") == 0 && colours_said == 1 && !on)
            on = true;
        else if (colour != -2 && colours_said == (on ? 1 : 0) && ++colours_said == 1)
            look->foreground = colour;
        else if (colour != -2 && on && colours_said == 2)
            look->background = colour;
        else if (colour == -2 && attribute_of(word) != 0)
            look->attributes |= attribute_of(word);
        else
            return false;
    }
    return colours_said == (on ? 2 : 1);
}

static bool take(const struct config *config, struct theme *theme, struct arena *arena, const char **problem)
{
    const struct theme *base = theme_named(config_text(config, "theme", "based_on"));

    if (base == NULL) {
        *problem = arena_format(arena, "%s: based_on is " THEME_NAMES, config_place(config, "theme", "based_on"));
        return false;
    }
    *theme = *base;
    for (int i = 0; i < STYLE_CODE; i++) {
        const char *text = config_text(config, "theme", table[i + 1].key);

        if (*text != 0 && !read_look(&theme->looks[i], arena_text(arena, text))) {
            *problem = arena_format(arena,
                                    "%s: a look is a colour, perhaps 'on' and another, perhaps bold, underline, dim or "
                                    "reverse: 'black on cyan bold', not '%s'",
                                    config_place(config, "theme", table[i + 1].key), text);
            return false;
        }
    }
    return true;
}

bool theme_read(const char *name, struct arena *arena, struct theme *theme, const char **problem)
{
    const struct theme *ours = theme_named(name);

    if (ours != NULL) {
        *theme = *ours;
        return true;
    }
    if (strchr(name, '/') == NULL) {
        *problem = arena_format(arena, "theme is " THEME_NAMES ", or a file (with a / in its name), not '%s'", name);
        return false;
    }
    struct config *config = config_create(table);
    bool good = config_read_file(config, name, problem);
    if (!good)
        *problem = arena_text(arena, *problem);
    else
        good = take(config, theme, arena, problem);
    config_destroy(config);
    return good;
}
