/* caroline-sim: simulates days of a bakery from a seed, and stops at the first broken promise. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "common/base/log.h"
#include "tests/sim/world/disk.h"
#include "tests/sim/world/spools.h"
#include "tests/sim/world/world.h"

static const char usage[] =
    "caroline-sim: simulate days of a bakery and stop at the first broken promise\n"
    "  --seed N      the first seed (CAROLINE_SEED, or 1)\n"
    "  --skip N      so many seeds behind that one (0)\n"
    "  --seeds N     so many seeds, one after the other (1)\n"
    "  --days N      (1)\n"
    "  --receipts N  a day (200)\n"
    "  --faults N    a day, at most 64 (10)\n"
    "  --tills N     at most 32 (5)\n"
    "  --checks N    all invariants over all rows every so many days, and at the end (1)\n"
    "  --jobs N      at most 16: beside the simulation the tills' disks, and processes that share the checks (1)\n"
    "  --checks-alone  the invariants stop it, and nothing that people were told\n"
    "  --record DIR  of one seed: the database before and after, the vault, and all commands\n"
    "  --trace       what happens, to standard error\n"
    "  --quiet       no line a seed\n";

static struct sim_options options = {
    .seed = 1, .days = 1, .receipts = 200, .faults = 10, .tills = 5, .refund_per_mille = 58, .check_every = 1, .jobs = 1
};
static uint64_t seeds = 1, skipped;
static bool quiet;
static char seed_text[SIM_AGAIN_TEXT + 1];

static _Noreturn void misused(const char *what)
{
    fprintf(stderr, "caroline-sim: %s\n%s", what, usage);
    exit(2);
}

static uint64_t number_of(const char *text)
{
    char *end;
    uint64_t number = text ? strtoull(text, &end, 10) : 0;

    if (!text || end == text || *end)
        misused("a whole number is wanted");
    return number;
}

static void read_arguments(char **arguments)
{
    const char *given = getenv("CAROLINE_SEED");

    if (given && *given)
        options.seed = number_of(given);
    for (char **at = arguments + 1; *at; at++) {
        if (strcmp(*at, "--help") == 0) {
            fputs(usage, stdout);
            exit(0);
        } else if (strcmp(*at, "--trace") == 0)
            options.trace = true;
        else if (strcmp(*at, "--checks-alone") == 0)
            options.checks_alone = true;
        else if (strcmp(*at, "--quiet") == 0)
            quiet = true;
        else if (strcmp(*at, "--seed") == 0)
            options.seed = number_of(*++at);
        else if (strcmp(*at, "--skip") == 0)
            skipped = number_of(*++at);
        else if (strcmp(*at, "--seeds") == 0)
            seeds = number_of(*++at);
        else if (strcmp(*at, "--days") == 0)
            options.days = (unsigned)number_of(*++at);
        else if (strcmp(*at, "--receipts") == 0)
            options.receipts = (unsigned)number_of(*++at);
        else if (strcmp(*at, "--faults") == 0)
            options.faults = (unsigned)number_of(*++at);
        else if (strcmp(*at, "--tills") == 0)
            options.tills = (unsigned)number_of(*++at);
        else if (strcmp(*at, "--checks") == 0)
            options.check_every = (unsigned)number_of(*++at);
        else if (strcmp(*at, "--jobs") == 0)
            options.jobs = (unsigned)number_of(*++at);
        else if (strcmp(*at, "--record") == 0 && at[1])
            options.record = *++at;
        else
            misused(*at);
    }
    options.seed += skipped;
    if (options.tills < 1 || options.tills > TILLS_MAX || options.faults > FAULTS_MAX || options.days < 1 ||
        options.receipts < 1 || options.check_every < 1 || options.jobs < 1 || options.jobs > SIM_HELPERS_MOST + 1 ||
        (options.record && seeds != 1))
        misused("these numbers make no bakery");
}

/* An assertion of the product has failed: which seed was it? */
static void on_abort(int signal_number)
{
    (void)signal_number;
    (void)!write(STDERR_FILENO, seed_text, strlen(seed_text));
    _exit(3);
}

static double seconds_of(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Of this process and of those that shared its checks. */
static double all_cpu_seconds(void)
{
    struct rusage helpers;

    getrusage(RUSAGE_CHILDREN, &helpers);
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID) + (double)(helpers.ru_utime.tv_sec + helpers.ru_stime.tv_sec) +
           (double)(helpers.ru_utime.tv_usec + helpers.ru_stime.tv_usec) / 1e6;
}

static void print_result(const struct sim_result *r)
{
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        { "sales", r->sales },
        { "refunds", r->refunds },
        { "refused", r->refusals },
        { "faults", r->faults },
        { "starts", r->starts },
        { "lost_runs", r->lost_runs },
        { "given_up", r->given_up },
        { "lost", r->lost },
        { "doubled", r->doubled },
        { "late", r->late },
        { "overtaken", r->overtaken },
        { "told_twice", r->told_twice },
        { "frames", r->frames },
        { "events", r->events },
        { "offline", r->offline },
        { "cuts", r->cuts },
        { "one_way", r->one_way },
        { "over_night", r->over_night },
        { "torn", r->torn },
        { "aside", r->aside },
        { "aside_sold", r->aside_sold },
        { "aside_parked", r->aside_parked },
        { "let_go", r->let_go },
        { "brought", r->brought },
    };

    printf("seed=%llu hash=%016llx", (unsigned long long)options.seed, (unsigned long long)r->hash);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        printf(" %s=%llu", numbers[i].name, (unsigned long long)numbers[i].value);
    putchar('\n');
}

int main(int count, char **arguments)
{
    double begin = seconds_of(CLOCK_MONOTONIC);
    struct vault *vault;

    (void)count;
    read_arguments(arguments);
    /* Memory that a day let go is the next day's: it is not given back to the kernel, and faulted in again. */
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    log_set_level(LOG_ERROR);
    disks_begin(options.jobs > 1);
    if (options.jobs > 1)
        spools_begin();
    vault = shop_vault_open(options.record);
    signal(SIGABRT, on_abort);
    for (uint64_t last = options.seed + seeds; options.seed < last; options.seed++) {
        world_again(seed_text, SIM_AGAIN_TEXT, &options);
        strcat(seed_text, "\n");
        struct sim_result r = world_run(&options, vault);
        if (!quiet)
            print_result(&r);
        fflush(stdout);
    }
    spools_end();
    shop_vault_close(vault);
    printf("%llu seed%s of %u day%s and %u receipts a day: every promise was kept, in %.1f s, %.1f s of CPU, "
           "%.1f s of it on the first thread\n",
           (unsigned long long)seeds, seeds == 1 ? "" : "s", options.days, options.days == 1 ? "" : "s",
           options.receipts, seconds_of(CLOCK_MONOTONIC) - begin, all_cpu_seconds(),
           seconds_of(CLOCK_THREAD_CPUTIME_ID));
    return 0;
}
