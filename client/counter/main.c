/* caroline-counter: the cashier's program. One loop: the terminal, the link, and what can wait. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <uv.h>

#include "client/counter/counter.h"
#include "client/counter/till_settings.h"
#include "client/link/identity.h"
#include "client/link/spool_file.h"
#include "client/ui/terminal.h"
#include "common/base/log.h"
#include "common/base/option.h"
#include "common/base/world.h"

#define EXIT_NOT_SET_UP 78 /* as sysexits.h has it: EX_CONFIG */
#define EXIT_BUSY       75

#define HEAP_ROOM  (48 << 20)
#define HEAP_BLOCK (32 << 20) /* of what is larger the C library maps pages of their own; its limit */
#define HEAP_FIRST (1 << 20)
#define LARGE_PAGE (2 << 20)

struct program {
    uv_loop_t loop;
    uv_poll_t keyboard;
    uv_timer_t timer, second;
    uv_prepare_t before_waiting;
    uv_idle_t idle;
    uv_signal_t resized, continued, ended, hung_up, interrupted, quit;
    struct counter counter;
    struct link *link;
};

static int64_t now_us(void)
{
    return system_clock()->monotonic_us(system_clock());
}

/* ---- events ---- */

static void on_timer(uv_timer_t *timer)
{
    struct program *p = timer->data;
    stage_expire(&p->counter.stage, now_us());
}

static void on_second(uv_timer_t *timer)
{
    struct program *p = timer->data;
    counter_tick(&p->counter, now_us(), false);
}

static void on_idle(uv_idle_t *idle)
{
    struct program *p = idle->data;

    if (counter_idle(&p->counter))
        uv_idle_stop(idle);
}

/* Once all that has happened is in the model, it is drawn, once. */
static void on_before_waiting(uv_prepare_t *prepare)
{
    struct program *p = prepare->data;
    int64_t deadline = stage_deadline_us(&p->counter.stage);

    if (p->counter.leaving) {
        uv_stop(&p->loop);
        return;
    }
    terminal_show(&p->counter.stage);
    if (deadline == 0) {
        uv_timer_stop(&p->timer);
    } else {
        int64_t wait_us = deadline - now_us();
        uv_timer_start(&p->timer, on_timer, wait_us <= 0 ? 0 : (uint64_t)(wait_us / 1000 + 1), 0);
    }
    if (!counter_idle(&p->counter))
        uv_idle_start(&p->idle, on_idle);
}

static void on_keys(uv_poll_t *poll, int status, int events)
{
    struct program *p = poll->data;
    uint8_t bytes[4096];

    (void)events;
    long size = status < 0 ? -1 : terminal_read(bytes, sizeof(bytes));
    if (size < 0)
        p->counter.leaving = true;
    if (size > 0) {
        stage_input(&p->counter.stage, bytes_of(bytes, (size_t)size), now_us());
        counter_tick(&p->counter, now_us(), true);
    }
    explicit_bzero(bytes, sizeof(bytes));
}

static void on_resized(uv_signal_t *signal, int number)
{
    struct program *p = signal->data;

    (void)number;
    terminal_resize(&p->counter.stage);
}

static void on_continued(uv_signal_t *signal, int number)
{
    struct program *p = signal->data;

    (void)number;
    terminal_continue(&p->counter.stage);
}

static void on_ended(uv_signal_t *signal, int number)
{
    struct program *p = signal->data;

    (void)number;
    p->counter.leaving = true;
}

static void watch(struct program *p, uv_signal_t *signal, uv_signal_cb callback, int number)
{
    uv_signal_init(&p->loop, signal);
    signal->data = p;
    uv_signal_start(signal, callback, number);
    uv_unref((uv_handle_t *)signal);
}

static void listen_to_all(struct program *p)
{
    uv_poll_init(&p->loop, &p->keyboard, STDIN_FILENO);
    uv_timer_init(&p->loop, &p->timer);
    uv_timer_init(&p->loop, &p->second);
    uv_prepare_init(&p->loop, &p->before_waiting);
    uv_idle_init(&p->loop, &p->idle);
    p->keyboard.data = p->timer.data = p->second.data = p->before_waiting.data = p->idle.data = p;
    uv_poll_start(&p->keyboard, UV_READABLE | UV_DISCONNECT, on_keys);
    uv_prepare_start(&p->before_waiting, on_before_waiting);
    uv_timer_start(&p->second, on_second, 1000, 1000);
    watch(p, &p->resized, on_resized, SIGWINCH);
    watch(p, &p->continued, on_continued, SIGCONT);
    watch(p, &p->ended, on_ended, SIGTERM);
    watch(p, &p->hung_up, on_ended, SIGHUP);
    watch(p, &p->interrupted, on_ended, SIGINT); /* from elsewhere: Ctrl-C is a key */
    watch(p, &p->quit, on_ended, SIGQUIT);
}

static void close_handle(uv_handle_t *handle, void *nothing)
{
    (void)nothing;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* ---- start and end ---- */

/* What is said on standard error would stand across the screen. */
static void errors_into(const char *directory)
{
    char path[4096];

    if (!isatty(STDERR_FILENO) || snprintf(path, sizeof(path), "%s/counter.log", directory) >= (int)sizeof(path))
        return;
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0)
        return;
    dup2(file, STDERR_FILENO);
    close(file);
}

/* A file that is not there says nothing. */
static void read_notice(struct counter *c, const char *path)
{
    FILE *file = path == NULL ? NULL : fopen(path, "r");

    if (file == NULL)
        return;
    size_t size = fread(c->notice, 1, sizeof(c->notice) - 1, file);
    c->notice[size] = '\0';
    c->notice[strcspn(c->notice, "\r\n")] = '\0';
    fclose(file);
}

/* NULL: there is none, or its queue can't be kept, which is said and keeps nobody from selling. */
static struct print_spool *open_printing(struct program *p, const struct identity *identity,
                                         const struct till_settings *settings, struct arena *arena)
{
    const char *problem = "";
    const struct print_spool_options options = {
        .loop = &p->loop,
        .path = arena_format(arena, "%s/print.db", identity->directory),
        .address = settings->address,
        .printer = settings->printer,
        .changed = printing_changed,
        .owner = &p->counter,
    };

    if (settings->address.way == PRINTER_NONE)
        return NULL;
    struct print_spool *printing = print_spool_open(&options, arena, &problem);
    if (printing == NULL)
        stage_say(&p->counter.stage, MESSAGE_BAD, "nothing can be printed: %s", problem);
    return printing;
}

static int run(struct program *p, const struct identity *identity, struct spool *spool,
               const struct terminal_options *options, const char *notice, const struct till_settings *settings,
               struct arena *arena)
{
    const char *problem = "";
    int kept_errors = dup(STDERR_FILENO);

    if (!terminal_open(options, &problem)) {
        fprintf(stderr, "caroline-counter: %s\n", problem);
        return EXIT_USAGE;
    }
    errors_into(identity->directory);
    counter_init(&p->counter, identity->till_number);
    read_notice(&p->counter, notice);
    counter_tick(&p->counter, now_us(), true);
    /* Before the first picture: who sees it may stop and continue this program. */
    uv_loop_init(&p->loop);
    listen_to_all(p);
    terminal_show(&p->counter.stage);
    struct link_options link_options = {
        .loop = &p->loop,
        .identity = identity,
        .spool = spool,
        .client = CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER,
        .follow_catalogue = true,
        .events = counter_events,
        .owner = &p->counter,
    };
    p->link = link_open(&link_options);
    counter_attach(&p->counter, p->link, spool);
    struct print_spool *printing = open_printing(p, identity, settings, arena);
    if (printing != NULL)
        printing_attach(&p->counter, printing, settings->receipts_always);
    uv_run(&p->loop, UV_RUN_DEFAULT);

    terminal_close();
    if (kept_errors >= 0) {
        dup2(kept_errors, STDERR_FILENO);
        close(kept_errors);
    }
    link_close(p->link);
    p->counter.printing = NULL;
    print_spool_close(printing);
    uv_prepare_stop(&p->before_waiting);
    uv_poll_stop(&p->keyboard);
    uv_idle_stop(&p->idle);
    uv_timer_stop(&p->timer);
    uv_timer_stop(&p->second);
    uv_run(&p->loop, UV_RUN_DEFAULT);
    uv_walk(&p->loop, close_handle, NULL);
    uv_run(&p->loop, UV_RUN_DEFAULT);
    uv_loop_close(&p->loop);
    counter_fini(&p->counter);
    return 0;
}

/* One heap, of pages of 2 MiB where the machine gives them: 100,000 products take 5,000 page faults otherwise, and the
 * heap of the thread that reads them would grow page by page, a system call each. What is not touched costs nothing. */
static void lay_out_heap(void)
{
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, HEAP_BLOCK);
    mallopt(M_TOP_PAD, HEAP_ROOM);
    char *before = sbrk(0);
    void *volatile more = malloc(HEAP_FIRST); /* than it has: it grows; volatile, or a compiler leaves both calls out */
    free(more);
    char *after = sbrk(0), *first = before + (LARGE_PAGE - (uintptr_t)before % LARGE_PAGE) % LARGE_PAGE;
    if (first < after)
        madvise(first, (size_t)(after - first), MADV_HUGEPAGE);
}

int main(int argc, char **argv)
{
    static struct program program;
    bool ascii = false, no_colour = false;
    const char *name = NULL, *notice = NULL, *config_file = NULL, *problem = "";
    struct config *config = config_create(till_setting_table);
    struct till_settings settings;
    struct arena *arena = arena_create(0);

    /* A till is not suspended: where a script began it, nobody is there to continue it, and the terminal stands still. */
    signal(SIGTSTP, SIG_IGN);
    const struct command_option options[] = {
        { .name = "identity",
          .letter = 'i',
          .argument = "NAME",
          .help = "whose till this is: a name, or a directory",
          .value = &name },
        { .name = "notice", .argument = "FILE", .help = "its text stands below the sign-in", .value = &notice },
        { .name = "config",
          .letter = 'c',
          .argument = "FILE",
          .help = "this till's settings; without: client.conf in $XDG_CONFIG_HOME/caroline or /etc/caroline",
          .value = &config_file },
        { .name = "ascii", .help = "draw with ASCII only", .given = &ascii },
        { .name = "no-color", .help = "no colours; NO_COLOR=1 says the same", .given = &no_colour },
        { 0 },
    };
    char libraries[200];
    snprintf(libraries, sizeof(libraries), "%s, libuv %s, SQLite %s, %s", OpenSSL_version(OPENSSL_VERSION),
             uv_version_string(), sqlite3_libversion(), curses_version());
    const struct command_line line = {
        .program = "caroline-counter",
        .libraries = libraries,
        .about = "The cashier's screen of a till that has been enrolled (caroline enrol).",
        .options = options,
        .settings = till_setting_table,
        .notes = "The settings with a default stand in the file below [till], with underscores\n"
                 "for the dashes in their names.\n"
                 "Exit codes: 0 left, 64 mistyped or no terminal, 75 the till is in use, 78 not enrolled.",
    };
    command_line_read(&line, argc, argv, config);
    config_file = till_settings_file(config_file, arena);
    if ((config_file != NULL && !config_read_file(config, config_file, &problem)) ||
        !config_read_environment(config, &problem) || !till_settings_read(&settings, config, arena, &problem))
        command_line_wrong(&line, "%s", problem);
    lay_out_heap();

    int code = 0;
    const struct identity *identity = identity_open(identity_directory(name, arena), arena, &problem);
    config_destroy(config);
    if (identity == NULL) {
        fprintf(stderr, "caroline-counter: %s\n", problem);
        arena_destroy(arena);
        return EXIT_NOT_SET_UP;
    }
    struct spool *spool = spool_open(identity->spool_path, arena, &problem);
    if (spool == NULL) {
        fprintf(stderr, "caroline-counter: %s\n", problem);
        arena_destroy(arena);
        return EXIT_BUSY;
    }
    if (!spool_claim(spool, identity->device_id, arena, &problem)) {
        fprintf(stderr, "caroline-counter: %s\n", problem);
        spool_close(spool);
        arena_destroy(arena);
        return EXIT_NOT_SET_UP;
    }
    struct terminal_options terminal = { .title = "Caroline", .ascii = ascii, .no_colour = no_colour };
    code = run(&program, identity, spool, &terminal, notice, &settings, arena);
    spool_close(spool);
    arena_destroy(arena);
    return code;
}
