/* bench_load: asks one thing over many connections for some seconds, and prints how often and how fast it was answered.
 *
 *   bench_load sell|price --port N --tills FILE --count N --seconds N [--seed N]
 *              [--goods FILE --members FILE --version N]      what is sold, to whom, priced with which catalogue
 *              [--plus N]                                     PLUs asked for: 1 to N */
#include "tests/bench/load.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

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

static void on_time(uv_timer_t *timer)
{
    struct load *load = timer->data;

    load->ended_ns = uv_hrtime();
    load->stopping = true;
}

void load_ready(struct load *load)
{
    if (++load->ready_count < load->line_count)
        return;
    load->running = true;
    load->begun_ns = uv_hrtime();
    uv_update_time(&load->loop);
    uv_timer_start(&load->end, on_time, load->seconds * 1000, 0);
    for (size_t i = 0; i < load->line_count; i++)
        line_begin(&load->lines[i]);
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

static uint64_t number_of(const char *text)
{
    char *end;
    uint64_t number = strtoull(text, &end, 10);

    if (*text == '\0' || *end != '\0') {
        fprintf(stderr, "bench_load: '%s' is no number\n", text);
        exit(64);
    }
    return number;
}

static void read_arguments(struct load *load, int argc, char **argv)
{
    static const struct option options[] = {
        { "port", required_argument, NULL, 'p' },    { "tills", required_argument, NULL, 't' },
        { "count", required_argument, NULL, 'c' },   { "seconds", required_argument, NULL, 's' },
        { "seed", required_argument, NULL, 'r' },    { "goods", required_argument, NULL, 'g' },
        { "plus", required_argument, NULL, 'u' },    { "members", required_argument, NULL, 'm' },
        { "version", required_argument, NULL, 'v' }, { NULL, 0, NULL, 0 },
    };
    const char *tills = NULL;
    size_t count = 0;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'p':
            load->port = optarg;
            break;
        case 't':
            tills = optarg;
            break;
        case 'c':
            count = number_of(optarg);
            break;
        case 's':
            load->seconds = (unsigned)number_of(optarg);
            break;
        case 'r':
            load->random = number_of(optarg) * 2 + 1;
            break;
        case 'g':
            read_goods(load, optarg);
            break;
        case 'm':
            read_members(load, optarg);
            break;
        case 'u':
            load->plu_max = (uint32_t)number_of(optarg);
            break;
        case 'v':
            load->catalogue_version = number_of(optarg);
            break;
        default:
            exit(64);
        }
    }
    load->work = optind + 1 == argc ? work_find(argv[optind]) : NULL;
    if (load->work == NULL || load->port == NULL || tills == NULL || count == 0 || load->seconds == 0) {
        fputs("usage: bench_load sell|price --port N --tills FILE --count N --seconds N ...\n", stderr);
        exit(64);
    }
    bool sells = load->work->command;
    if (sells ? load->good_count < 3 || load->member_count == 0 : load->plu_max == 0) {
        fputs("bench_load: to sell there must be goods and members, to ask for prices PLUs\n", stderr);
        exit(64);
    }
    read_tills(load, tills, count);
}

int main(int argc, char **argv)
{
    struct load load = { .random = 0x9e3779b97f4a7c15 };

    read_arguments(&load, argc, argv);
    uv_loop_init(&load.loop);
    uv_timer_init(&load.loop, &load.end);
    load.end.data = &load;
    load.open_count = load.line_count;
    for (size_t i = 0; i < load.line_count; i++)
        line_open(&load.lines[i]);
    while (load.open_count > 0)
        uv_run(&load.loop, UV_RUN_ONCE);
    report(&load);
    return 0;
}
