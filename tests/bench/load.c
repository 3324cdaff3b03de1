/* bench_load: asks one thing over many connections for some seconds, and prints how often and how fast it was answered.
 *
 *   bench_load sell|price|member|receipt|pushes|hold --port N --tills FILE --count N --seconds N [--seed N]
 *              [--goods FILE --members FILE --version N]      what is sold, to whom, priced with which catalogue
 *              [--plus N]                                     PLUs asked for: 1 to N
 *              [--keys FILE]                                  telephone or receipt numbers asked for
 *              [--rate N]                                     so many a second in all, not as many as are answered
 *              [--follow]                                     each connection follows the catalogue from --version on
 *              [--snapshot]                                   ... from nothing on: it takes all of it first
 *
 * pushes and hold ask nothing more; they say when all are there, and end with standard input. hold sells once before. */
#include "tests/bench/load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define DONE_MAX (64u * 1024 * 1024)

void load_fail(const struct line *line, const char *sentence)
{
    fprintf(stderr, "bench_load: %s: %s\n", line->directory, sentence);
    exit(1);
}

/* xorshift64*: the same seed asks the same things. */
uint64_t load_random(struct load *load, uint64_t limit)
{
    load->random ^= load->random >> 12;
    load->random ^= load->random << 25;
    load->random ^= load->random >> 27;
    return (load->random * UINT64_C(2685821657736338717) >> 33) % limit;
}

static void stop(struct load *load)
{
    load->ended_ns = uv_hrtime();
    load->stopping = true;
    uv_timer_stop(&load->tick);
    uv_timer_stop(&load->end);
    for (size_t i = 0; i < load->line_count; i++)
        if (load->lines[i].state == LINE_READY)
            line_close(&load->lines[i]);
}

static void on_time(uv_timer_t *timer)
{
    stop(timer->data);
}

/* ---- so many requests a second ---- */

static struct line *any_ready_line(struct load *load)
{
    struct line *line;

    do
        line = &load->lines[load_random(load, load->line_count)];
    while (line->state != LINE_READY);
    return line;
}

/* Those that are due by now; their time counts from when they were due, so that nobody's delay hides another's. */
static void on_tick(uv_timer_t *timer)
{
    struct load *load = timer->data;
    uint64_t now_ns = uv_hrtime();

    for (;;) {
        uint64_t due_ns = load->begun_ns + load->asked * UINT64_C(1000000000) / load->rate;
        if (due_ns > now_ns || load->asked - load->done >= load->line_count)
            return;
        load->asked++;
        line_ask(any_ready_line(load), due_ns);
    }
}

/* ---- pushes ---- */

/* Each version's last line is told of with the time, by the clock that Python calls monotonic. */
void load_pushed(struct load *load, uint64_t version)
{
    if (version != load->told_version) {
        if (load->told_version != 0 && load->told_count != load->line_count) {
            fputs("bench_load: a version came before all had the one before it\n", stderr);
            exit(1);
        }
        load->told_version = version;
        load->told_count = 0;
    }
    if (++load->told_count == load->line_count) {
        printf("{\"version\": %" PRIu64 ", \"last_ns\": %" PRIu64 "}\n", version, uv_hrtime());
        fflush(stdout);
    }
}

static void on_input(uv_poll_t *poll, int status, int events)
{
    char byte;

    (void)status;
    (void)events;
    if (read(STDIN_FILENO, &byte, 1) > 0)
        return;
    uv_poll_stop(poll);
    stop(poll->data);
}

static void listen_only(struct load *load)
{
    uv_poll_init(&load->loop, &load->input, STDIN_FILENO);
    load->input.data = load;
    uv_poll_start(&load->input, UV_READABLE | UV_DISCONNECT, on_input);
    puts("{\"ready\": true}");
    fflush(stdout);
}

/* ---- all are there ---- */

/* Handshakes are dear: the server turns away who comes while too many are under way. */
#define HANDS_AT_ONCE 64

static void open_some(struct load *load)
{
    while (load->begun_count < load->line_count && load->begun_count < load->ready_count + HANDS_AT_ONCE)
        line_open(&load->lines[load->begun_count++]);
}

void load_ready(struct load *load)
{
    if (++load->ready_count < load->line_count) {
        open_some(load);
        return;
    }
    load->running = true;
    load->begun_ns = uv_hrtime();
    uv_update_time(&load->loop);
    if (load->work->op == 0) {
        listen_only(load);
        return;
    }
    uv_timer_start(&load->end, on_time, load->seconds * 1000, 0);
    if (load->rate > 0)
        uv_timer_start(&load->tick, on_tick, 0, 1);
    for (size_t i = 0; i < load->line_count && load->rate == 0; i++)
        line_ask(&load->lines[i], load->begun_ns);
}

/* What is answered after the time was up counts for nothing but the comparison of rows. */
void load_answered(struct line *line)
{
    struct load *load = line->load;

    if (load->stopping) {
        load->late++;
        return;
    }
    if (load->done == load->done_capacity) {
        load->done_capacity = load->done_capacity == 0 ? 65536 : 2 * load->done_capacity;
        load->times_us = reallocarray(load->times_us, load->done_capacity, sizeof *load->times_us);
        if (load->times_us == NULL || load->done_capacity > DONE_MAX)
            abort();
    }
    load->times_us[load->done++] = (uint32_t)((uv_hrtime() - line->sent_ns) / 1000);
}

static int by_time(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

/* Percent of the answers came within so many microseconds. */
static uint32_t within(const struct load *load, size_t percent)
{
    return load->done == 0 ? 0 : load->times_us[(load->done - 1) * percent / 100];
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void report(struct load *load)
{
    double seconds = (double)(load->ended_ns - load->begun_ns) / 1e9;
    struct rusage usage;

    qsort(load->times_us, load->done, sizeof *load->times_us, by_time);
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"done\": %zu, \"late\": %zu, \"seconds\": %.6f, \"per_second\": %.1f, \"p50_us\": %" PRIu32
           ", \"p99_us\": %" PRIu32 ", \"max_us\": %" PRIu32 ", \"cpu_s\": %.3f}\n",
           load->done, load->late, seconds, (double)load->done / seconds, within(load, 50), within(load, 99),
           within(load, 100), seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
}

int main(int argc, char **argv)
{
    struct load load = { .random = 0x9e3779b97f4a7c15 };

    read_arguments(&load, argc, argv);
    uv_loop_init(&load.loop);
    uv_timer_init(&load.loop, &load.end);
    uv_timer_init(&load.loop, &load.tick);
    load.end.data = load.tick.data = &load;
    load.open_count = load.line_count;
    open_some(&load);
    while (load.open_count > 0)
        uv_run(&load.loop, UV_RUN_ONCE);
    if (load.work->op != 0)
        report(&load);
    return 0;
}
