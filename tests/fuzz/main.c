/* The fuzzer without a compiler's help: an own corpus, then mutations of it under a seed for as long as it is told.
 *
 *     fuzzer TARGET [--seconds N | --runs N] [--seed N] [--failures FOLDER] [--keep FOLDER] [--only WAY] [--list] [-v]
 *            [FILE | FOLDER]...
 *
 * Without --seconds and --runs only the files are run: a failing input is replayed by naming it. --keep writes what was
 * found worth keeping, the whole corpus anew. -v prints what an input holds and what became of it. --only makes nothing
 * up: inputs of the corpus are changed by their meaning, by their bytes or by nothing, to hold one against the other;
 * --list prints what was reached. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "corpus.h"
#include "target.h"
#include "watch.h"

bool fuzz_loud, fuzz_hurried, fuzz_listed;

/* How an input is changed: as chance has it, or always so. */
enum way { WAY_ANY, WAY_MEANING, WAY_BYTES, WAY_NOTHING, WAYS };
static const char *const ways[WAYS] = { "any", "meaning", "bytes", "nothing" };

struct run {
    const struct target *target;
    struct corpus corpus, kept;
    struct chance chance;
    uint64_t seed;
    int64_t seconds;
    size_t runs, most_runs;
    int64_t longest_us;
    const char *failures, *keep;
    enum way way;
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static _Noreturn void usage(void)
{
    fputs("usage: fuzzer TARGET [--seconds N | --runs N] [--seed N] [--failures FOLDER] [--keep FOLDER] "
          "[--only meaning | bytes | nothing] [--list] [-v] [FILE | FOLDER]...\ntargets:",
          stderr);
    for (const struct target *const *target = targets; *target; target++)
        fprintf(stderr, " %s", (*target)->name);
    fputs("\n", stderr);
    exit(64);
}

static int64_t number_of(const char *text)
{
    char *end;
    int64_t number = text ? strtoll(text, &end, 10) : -1;

    if (!text || *end || number < 0)
        usage();
    return number;
}

static bool run_one(struct run *r, struct bytes input)
{
    int64_t cpu_us;

    bool news = watch_run(r->target, input, &cpu_us);
    r->runs++;
    if (cpu_us > r->longest_us)
        r->longest_us = cpu_us;
    if (news && r->keep)
        corpus_add(&r->kept, input);
    return news;
}

static void change_input(struct run *r, struct buffer *input)
{
    const struct target *target = r->target;
    bool bytes = r->way == WAY_BYTES || (r->way == WAY_ANY && one_in(&r->chance, 8));

    if (r->way == WAY_NOTHING)
        return;
    if (bytes || ((!target->mutate || !target->mutate(&r->chance, input)) && r->way == WAY_ANY))
        bytes_mutate(&r->chance, input, target->words);
}

/* Something new, or one of the corpus, changed once or a few times. */
static void next_input(struct run *r, struct buffer *input)
{
    struct chance *chance = &r->chance;
    const struct target *target = r->target;

    buffer_clear(input);
    if (r->way == WAY_ANY && (r->corpus.count == 0 || one_in(chance, 4))) {
        if (target->make)
            target->make(chance, input);
        else
            bytes_make(chance, input, target->words);
        if (one_in(chance, 2))
            return;
    } else {
        const struct buffer *from = &r->corpus.inputs[below(chance, r->corpus.count)];
        put(input, from->data, from->size);
    }
    for (size_t times = 1 + below(chance, 4); times > 0; times--)
        change_input(r, input);
    if (input->size > INPUT_MAX)
        input->size = INPUT_MAX;
}

static void fuzz(struct run *r)
{
    int64_t end_ms = now_ms() + r->seconds * 1000;
    struct buffer input = { 0 };

    for (size_t left = r->target->first && r->way == WAY_ANY ? r->target->first() : 0; left > 0; left--) {
        buffer_clear(&input);
        r->target->make(&r->chance, &input);
        if (run_one(r, bytes_of(input.data, input.size)))
            corpus_add(&r->corpus, bytes_of(input.data, input.size));
    }
    while (r->seconds ? now_ms() < end_ms : r->runs < r->most_runs) {
        next_input(r, &input);
        if (run_one(r, bytes_of(input.data, input.size)))
            corpus_add(&r->corpus, bytes_of(input.data, input.size));
    }
    buffer_fini(&input);
}

/* From text, if it is one. */
static void read_scene(const struct target *target, struct buffer *input)
{
    static const char begin[] = "# scene";
    struct buffer read = { 0 };

    if (input->size < sizeof begin - 1 || memcmp(input->data, begin, sizeof begin - 1) != 0)
        return;
    if (!target->read(bytes_of(input->data, input->size), &read))
        usage();
    buffer_fini(input);
    *input = read;
}

static enum way way_of(const char *text)
{
    for (enum way way = WAY_ANY; text && way < WAYS; way++)
        if (strcmp(ways[way], text) == 0)
            return way;
    usage();
}

static void arguments(struct run *r, char **argv)
{
    char **at = argv + 1;

    if (!*at)
        usage();
    for (const struct target *const *target = targets; *target; target++)
        if (strcmp((*target)->name, *at) == 0)
            r->target = *target;
    if (!r->target)
        usage();
    for (at++; *at; at++) {
        if (strcmp(*at, "-v") == 0)
            fuzz_loud = setvbuf(stdout, NULL, _IOLBF, 0) == 0;
        else if (strcmp(*at, "--seconds") == 0)
            r->seconds = number_of(*++at);
        else if (strcmp(*at, "--runs") == 0)
            r->most_runs = (size_t)number_of(*++at);
        else if (strcmp(*at, "--seed") == 0)
            r->seed = (uint64_t)number_of(*++at);
        else if (strcmp(*at, "--failures") == 0)
            r->failures = *++at ? *at : (usage(), NULL);
        else if (strcmp(*at, "--keep") == 0)
            r->keep = *++at ? *at : (usage(), NULL);
        else if (strcmp(*at, "--only") == 0)
            r->way = way_of(*++at);
        else if (strcmp(*at, "--list") == 0)
            fuzz_listed = true;
        else if (**at == '-' || !corpus_read(&r->corpus, *at))
            usage();
    }
    if (r->way != WAY_ANY && r->corpus.count == 0)
        usage(); /* nothing is there to be changed */
    for (size_t i = 0; r->target->read && i < r->corpus.count; i++)
        read_scene(r->target, &r->corpus.inputs[i]);
}

static uint64_t seed_of_this_run(void)
{
    const char *given = getenv("CAROLINE_SEED");

    return given ? (uint64_t)number_of(given) : (uint64_t)now_ms() << 20 ^ (uint64_t)getpid();
}

int main(int argc, char **argv)
{
    struct run r = { .seed = seed_of_this_run(), .failures = "." };

    (void)argc;
    r.seed &= INT64_MAX;
    arguments(&r, argv);
    r.chance = chance_of(r.seed);
    printf("fuzzer %s --seed %llu: ", r.target->name, (unsigned long long)r.seed);
    fflush(stdout);
    watch_open(r.failures);
    if (r.target->open)
        r.target->open();
    int64_t begin_ms = now_ms();
    for (size_t i = 0, given = r.corpus.count; i < given; i++)
        run_one(&r, bytes_of(r.corpus.inputs[i].data, r.corpus.inputs[i].size));
    bool full = r.seconds > 0 || r.most_runs > 0;
    if (full)
        fuzz(&r);
    int64_t took_ms = now_ms() - begin_ms;
    printf("%zu runs in %lld.%03lld s, %lld a second, the longest %lld us of CPU, %zu inputs\n", r.runs,
           (long long)(took_ms / 1000), (long long)(took_ms % 1000),
           (long long)(took_ms > 0 ? (int64_t)r.runs * 1000 / took_ms : 0), (long long)r.longest_us, r.corpus.count);
    for (size_t i = 0; i < r.kept.count; i++)
        if (!corpus_write(r.keep, i, bytes_of(r.kept.inputs[i].data, r.kept.inputs[i].size)))
            fprintf(stderr, "could not write to %s\n", r.keep);
    bool well = !r.target->close || r.target->close(full && r.way == WAY_ANY);
    corpus_fini(&r.corpus);
    corpus_fini(&r.kept);
    return well ? 0 : 1;
}
