/* One loop: the terminal, the link, and what can wait. */
#include "client/run/run.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <uv.h>

#include "client/ui/terminal.h"
#include "common/base/world.h"

#define HEAP_ROOM  (48 << 20)
#define HEAP_BLOCK (32 << 20) /* of what is larger the C library maps pages of their own; its limit */
#define HEAP_FIRST (1 << 20)
#define LARGE_PAGE (2 << 20)

struct run {
    uv_loop_t loop;
    uv_poll_t keyboard;
    uv_timer_t timer, second;
    uv_prepare_t before_waiting;
    uv_idle_t idle;
    uv_signal_t resized, continued, ended, hung_up, interrupted, quit;
    struct run_events events;
    void *owner;
};

int64_t run_now_us(void)
{
    return system_clock()->monotonic_us(system_clock());
}

/* ---- events ---- */

static void on_timer(uv_timer_t *timer)
{
    struct run *run = timer->data;
    run->events.expired(run->owner, run_now_us());
}

static void on_second(uv_timer_t *timer)
{
    struct run *run = timer->data;
    run->events.second(run->owner, run_now_us());
}

static void on_idle(uv_idle_t *idle)
{
    struct run *run = idle->data;

    if (run->events.idle(run->owner))
        uv_idle_stop(idle);
}

/* Once all that has happened is in the model, it is drawn, once. */
static void on_before_waiting(uv_prepare_t *prepare)
{
    struct run *run = prepare->data;

    if (run->events.leaving(run->owner)) {
        uv_stop(&run->loop);
        return;
    }
    run->events.show(run->owner);
    int64_t deadline = run->events.deadline_us(run->owner);
    if (deadline == 0) {
        uv_timer_stop(&run->timer);
    } else {
        int64_t wait_us = deadline - run_now_us();
        uv_timer_start(&run->timer, on_timer, wait_us <= 0 ? 0 : (uint64_t)(wait_us / 1000 + 1), 0);
    }
    if (!run->events.idle(run->owner))
        uv_idle_start(&run->idle, on_idle);
}

static void on_keys(uv_poll_t *poll, int status, int events)
{
    struct run *run = poll->data;
    uint8_t bytes[4096];

    (void)events;
    long size = status < 0 ? -1 : terminal_read(bytes, sizeof(bytes));
    if (size < 0)
        run->events.ended(run->owner);
    if (size > 0)
        run->events.typed(run->owner, bytes_of(bytes, (size_t)size), run_now_us());
    explicit_bzero(bytes, sizeof(bytes));
}

static void on_resized(uv_signal_t *signal, int number)
{
    struct run *run = signal->data;

    (void)number;
    run->events.resized(run->owner);
}

static void on_continued(uv_signal_t *signal, int number)
{
    struct run *run = signal->data;

    (void)number;
    run->events.continued(run->owner);
}

static void on_ended(uv_signal_t *signal, int number)
{
    struct run *run = signal->data;

    (void)number;
    run->events.ended(run->owner);
}

static void watch(struct run *run, uv_signal_t *signal, uv_signal_cb callback, int number)
{
    uv_signal_init(&run->loop, signal);
    signal->data = run;
    uv_signal_start(signal, callback, number);
    uv_unref((uv_handle_t *)signal);
}

static void listen_to_all(struct run *run, bool sealed)
{
    uv_poll_init(&run->loop, &run->keyboard, STDIN_FILENO);
    uv_timer_init(&run->loop, &run->timer);
    uv_timer_init(&run->loop, &run->second);
    uv_prepare_init(&run->loop, &run->before_waiting);
    uv_idle_init(&run->loop, &run->idle);
    run->keyboard.data = run->timer.data = run->second.data = run->before_waiting.data = run->idle.data = run;
    uv_poll_start(&run->keyboard, UV_READABLE | UV_DISCONNECT, on_keys);
    uv_prepare_start(&run->before_waiting, on_before_waiting);
    uv_timer_start(&run->second, on_second, 1000, 1000);
    watch(run, &run->resized, on_resized, SIGWINCH);
    watch(run, &run->continued, on_continued, SIGCONT);
    watch(run, &run->ended, on_ended, SIGTERM);
    watch(run, &run->hung_up, on_ended, SIGHUP);
    if (sealed) {
        signal(SIGINT, SIG_IGN);
        signal(SIGQUIT, SIG_IGN);
    } else {
        watch(run, &run->interrupted, on_ended, SIGINT); /* from elsewhere: Ctrl-C is a key */
        watch(run, &run->quit, on_ended, SIGQUIT);
    }
}

static void close_handle(uv_handle_t *handle, void *nothing)
{
    (void)nothing;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* ---- start and end ---- */

struct run *run_open(const struct run_events *events, void *owner, bool sealed)
{
    struct run *run = calloc(1, sizeof(*run));

    if (run == NULL)
        abort();
    run->events = *events;
    run->owner = owner;
    uv_loop_init(&run->loop);
    listen_to_all(run, sealed);
    return run;
}

uv_loop_t *run_loop(struct run *run)
{
    return &run->loop;
}

void run_turn(struct run *run)
{
    uv_run(&run->loop, UV_RUN_DEFAULT);
}

void run_close(struct run *run)
{
    uv_prepare_stop(&run->before_waiting);
    uv_poll_stop(&run->keyboard);
    uv_idle_stop(&run->idle);
    uv_timer_stop(&run->timer);
    uv_timer_stop(&run->second);
    uv_run(&run->loop, UV_RUN_DEFAULT);
    uv_walk(&run->loop, close_handle, NULL);
    uv_run(&run->loop, UV_RUN_DEFAULT);
    uv_loop_close(&run->loop);
    free(run);
}

/* One heap, of pages of 2 MiB where the machine gives them: 100,000 products take 5,000 page faults otherwise, and the
 * heap of the thread that reads them would grow page by page, a system call each. What is not touched costs nothing. */
void run_lay_out_heap(void)
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

int run_errors_into(const char *directory, const char *file)
{
    int kept = dup(STDERR_FILENO);
    char path[4096];

    if (!isatty(STDERR_FILENO) || snprintf(path, sizeof(path), "%s/%s", directory, file) >= (int)sizeof(path))
        return kept;
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0)
        return kept;
    dup2(log, STDERR_FILENO);
    close(log);
    return kept;
}

void run_errors_back(int kept)
{
    if (kept < 0)
        return;
    dup2(kept, STDERR_FILENO);
    close(kept);
}

void run_read_notice(const char *path, char *text, size_t size)
{
    FILE *file = path == NULL ? NULL : fopen(path, "r");

    text[0] = '\0';
    if (file == NULL)
        return;
    text[fread(text, 1, size - 1, file)] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    fclose(file);
}
