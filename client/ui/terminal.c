/* The terminal. ncurses draws; keys are read and decoded by ourselves (input.c), for a scanner's rhythm must be seen.
 */
#include "client/ui/terminal.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "client/ui/paint.h"
#include "client/ui/stage.h"
#include "client/ui/theme.h"

#include <term.h> /* last: it makes macros of words like columns and lines */

#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define ALARM     "\007\007\007"           /* a terminal has one sound: what is louder is longer */
#define MOUSE_ON  "\033[?1000h\033[?1006h" /* buttons, in numbers that know no bound */
#define MOUSE_OFF "\033[?1006l\033[?1000l"

static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
#define CRASH_COUNT (sizeof(crashes) / sizeof(crashes[0]))

static struct {
    volatile sig_atomic_t open;
    SCREEN *screen;
    struct termios before; /* the terminal as it was */
    char restore[256];     /* what brings it back, made ahead: a crash may not allocate */
    size_t restore_size;
    bool titled, mouse, silent;
    struct sigaction previous[CRASH_COUNT];
    uint8_t stack[32768]; /* a crash may be the stack's */
} terminal;

static void add_restore(const char *text)
{
    if (text == NULL || text == (const char *)-1)
        return;
    size_t size = strlen(text);
    if (terminal.restore_size + size <= sizeof(terminal.restore)) {
        memcpy(terminal.restore + terminal.restore_size, text, size);
        terminal.restore_size += size;
    }
}

/* Only calls that a signal handler may make. */
static void give_back_at_once(void)
{
    if (!terminal.open)
        return;
    terminal.open = 0;
    ssize_t written = write(STDOUT_FILENO, terminal.restore, terminal.restore_size);
    (void)written;
    tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before);
}

/* Then whoever handled it before (a sanitizer, or the system with its core file) has it. */
static void on_crash(int number)
{
    give_back_at_once();
    for (size_t i = 0; i < CRASH_COUNT; i++)
        if (crashes[i] == number)
            sigaction(number, &terminal.previous[i], NULL);
    raise(number);
}

static void watch_crashes(void)
{
    stack_t stack = { .ss_sp = terminal.stack, .ss_size = sizeof(terminal.stack) };
    struct sigaction action = { .sa_handler = on_crash, .sa_flags = SA_ONSTACK | SA_NODEFER };

    sigaltstack(&stack, NULL);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < CRASH_COUNT; i++)
        sigaction(crashes[i], &action, &terminal.previous[i]);
}

/* Where nobody has said what the terminal speaks, it speaks UTF-8 these days; LANG=C is an answer and is believed. */
static void choose_locale(void)
{
    const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
    bool said = false;

    for (size_t i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        said = said || (value != NULL && value[0] != 0);
    }
    setlocale(LC_CTYPE, said ? "" : "C.UTF-8");
}

static void put(const char *text)
{
    fputs(text, stdout);
    fflush(stdout);
}

static void enter_modes(void)
{
    raw();
    noecho();
    nonl();
    put(PASTE_ON);
    if (terminal.mouse)
        put(MOUSE_ON);
}

static bool speaks_xterm(const char *name)
{
    return strncmp(name, "xterm", 5) == 0 || strncmp(name, "tmux", 4) == 0 || strncmp(name, "screen", 6) == 0 ||
           strncmp(name, "rxvt", 4) == 0;
}

/* Others might show the sequences that ask for it. */
static bool tells_mouse(const char *name)
{
    return speaks_xterm(name) || strncmp(name, "foot", 4) == 0 || strncmp(name, "alacritty", 9) == 0 ||
           strncmp(name, "kmscon", 6) == 0;
}

bool terminal_open(const struct terminal_options *options, const char **problem)
{
    const char *name = getenv("TERM");

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &terminal.before) != 0) {
        *problem = "a terminal is needed: standard input and output are none";
        return false;
    }
    if (name == NULL || name[0] == 0) {
        *problem = "TERM is not set: say what terminal this is, for example TERM=xterm-256color";
        return false;
    }
    choose_locale();
    bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    int found = 0;
    bool places = setupterm(name, STDOUT_FILENO, &found) == OK && tigetstr("cup") != NULL;
    if (found == 1)
        del_curterm(cur_term); /* newterm() makes its own */
    if (!places) {
        *problem = "this terminal (TERM) is not known or cannot place text; xterm, linux, screen and tmux can";
        return false;
    }
    set_escdelay(25);
    terminal.screen = newterm(name, stdout, stdin);
    if (terminal.screen == NULL) {
        *problem = "this terminal (TERM) cannot place text";
        return false;
    }
    const char *no_colour = getenv("NO_COLOR");
    struct theme_options theme = theme_of_terminal(name, utf8 && !options->ascii);
    theme.theme = options->theme;
    theme.monochrome = options->no_colour || (no_colour != NULL && no_colour[0] != 0);
    theme_init(&theme);

    terminal.restore_size = 0;
    terminal.titled = speaks_xterm(name);
    terminal.silent = options->silent;
    terminal.mouse = options->mouse && tells_mouse(name);
    add_restore(PASTE_OFF);
    add_restore(terminal.mouse ? MOUSE_OFF : NULL);
    add_restore(tigetstr("sgr0"));
    add_restore(tigetstr("op"));
    add_restore(tigetstr("cnorm"));
    add_restore(terminal.titled ? "\033[23;0t" : NULL);
    add_restore(tigetstr("rmcup"));
    terminal.open = 1;
    watch_crashes();
    atexit(terminal_close);
    enter_modes();
    if (terminal.titled) {
        put("\033[22;0t\033]0;");
        put(options->title);
        put("\007");
    }
    return true;
}

void terminal_close(void)
{
    if (!terminal.open)
        return;
    put(PASTE_OFF);
    if (terminal.mouse)
        put(MOUSE_OFF);
    curs_set(1);
    endwin();
    if (terminal.titled)
        put("\033[23;0t");
    terminal.open = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before);
}

void terminal_picture(struct terminal_picture *picture, void (*draw)(void *model, WINDOW *window), void *model)
{
    if (!terminal.open || !picture->dirty)
        return;
    picture->dirty = false;
    draw(model, stdscr);
    int row, column;
    if (paint_cursor(&row, &column)) {
        wmove(stdscr, row, column);
        curs_set(1);
    } else {
        curs_set(0);
    }
    if (picture->redraw) {
        clearok(curscr, TRUE);
        picture->redraw = false;
    }
    wnoutrefresh(stdscr);
    doupdate();
    if (picture->alarm && !terminal.silent)
        put(ALARM);
    else if (picture->beep && !terminal.silent)
        put("\007");
    picture->beep = picture->alarm = false;
}

void terminal_picture_resize(struct terminal_picture *picture)
{
    struct winsize size;

    if (!terminal.open || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
        return;
    resizeterm(size.ws_row, size.ws_col);
    picture->dirty = picture->redraw = true;
}

void terminal_picture_continue(struct terminal_picture *picture)
{
    if (!terminal.open)
        return;
    reset_prog_mode();
    enter_modes();
    terminal_picture_resize(picture);
    picture->dirty = picture->redraw = true;
}

/* ---- of a stage ---- */

static void draw_stage(void *stage, WINDOW *window)
{
    stage_draw(stage, window);
}

static struct terminal_picture picture_of(const struct stage *stage)
{
    return (struct terminal_picture){
        .dirty = stage->dirty, .redraw = stage->redraw, .beep = stage->beep, .alarm = stage->alarm
    };
}

static void back_into(struct stage *stage, const struct terminal_picture *picture)
{
    stage->dirty = picture->dirty;
    stage->redraw = picture->redraw;
    stage->beep = picture->beep;
    stage->alarm = picture->alarm;
}

void terminal_show(struct stage *stage)
{
    struct terminal_picture picture = picture_of(stage);

    terminal_picture(&picture, draw_stage, stage);
    back_into(stage, &picture);
}

void terminal_resize(struct stage *stage)
{
    struct terminal_picture picture = picture_of(stage);

    terminal_picture_resize(&picture);
    back_into(stage, &picture);
}

void terminal_continue(struct stage *stage)
{
    struct terminal_picture picture = picture_of(stage);

    terminal_picture_continue(&picture);
    back_into(stage, &picture);
}

long terminal_read(uint8_t *bytes, size_t size)
{
    struct pollfd ready = { .fd = STDIN_FILENO, .events = POLLIN };

    if (poll(&ready, 1, 0) <= 0)
        return 0;
    ssize_t count = read(STDIN_FILENO, bytes, size);
    if (count > 0)
        return count;
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    return -1;
}
