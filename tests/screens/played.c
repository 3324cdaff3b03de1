/* What tests compare with the files in golden/, on a terminal as well. */
#include "played.h"

#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "client/ui/terminal.h"

static struct {
    bool on, large, utf8;
    SCREEN *terminal;
    struct theme_options theme;
    int rows, columns;
} played;

void played_open(void)
{
    const char *wish = getenv("CAROLINE_PLAY"), *problem = "";

    if (wish == NULL)
        return;
    FILE *nowhere = fopen("/dev/null", "r+");
    assert_non_null(nowhere);
    /* ncurses names the screen that it leaves, and needs another for that. */
    SCREEN *other = newterm("xterm-256color", nowhere, nowhere);
    assert_non_null(other);
    if (!terminal_open(&(struct terminal_options){ .title = "" }, &problem))
        fail_msg("%s", problem);
    played.on = true;
    played.large = strcmp(wish, "large") == 0;
    played.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    played.theme = theme_of_terminal(getenv("TERM"), played.utf8);
    played.rows = getmaxy(stdscr);
    played.columns = getmaxx(stdscr);
    played.terminal = set_term(other);
}

bool played_begins_large(void)
{
    return played.large;
}

static void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void tell(const char *format, ...)
{
    va_list arguments;

    fputs("\033]2;caroline ", stdout);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    fputs("\007", stdout);
    fflush(stdout);
}

/* The terminal has another size, and the program is told as by SIGWINCH. */
static void resize(struct terminal_picture *picture, int rows, int columns)
{
    struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns };

    if (rows == played.rows && columns == played.columns)
        return;
    tell("resize %d %d", rows, columns);
    assert_int_equal(ioctl(STDOUT_FILENO, TIOCSWINSZ, &size), 0);
    terminal_picture_resize(picture);
    played.rows = rows;
    played.columns = columns;
}

void played_show(golden_draw_fn *draw, void *model, int rows, int columns, const char *name, const void *place,
                 bool ascii)
{
    struct terminal_picture picture = { .dirty = true };
    struct theme_options theme = played.theme;

    if (!played.on)
        return;
    theme.ascii_text |= ascii;
    theme.ascii_lines |= ascii;
    SCREEN *nowhere = set_term(played.terminal);
    setlocale(LC_CTYPE, played.utf8 ? "C.UTF-8" : "C");
    theme_use(&theme);
    resize(&picture, rows, columns);
    terminal_picture(&picture, draw, model);
    /* Beside a function whose address is known, too: where the program is loaded is of no account then. */
    tell("shown %s %lx %lx", name, (unsigned long)(uintptr_t)place, (unsigned long)(uintptr_t)&played_show);
    set_term(nowhere);
    setlocale(LC_CTYPE, "C.UTF-8");
    theme_use(&(struct theme_options){ .ascii_text = ascii, .ascii_lines = ascii });
}
