/* Watching: whoever dies says of what input, whatever it died of. */
#include "watch.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "allocated.h"

#define TIME_MOST_S 10

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef SANITIZED
void __sanitizer_set_death_callback(void (*callback)(void)); /* gcc 12 comes without the header */
#endif

static struct {
    const char *folder;
    const struct target *target; /* NULL: no input is running */
    struct bytes input;
    bool dying;
} watched;

static uint64_t hash_of(struct bytes bytes)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < bytes.size; i++)
        hash = (hash ^ bytes.data[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* With nothing but system calls and snprintf: the heap may be broken. */
static void keep_input(void)
{
    char path[512], text[700];

    if (watched.dying || !watched.target)
        return;
    watched.dying = true;
    if (watched.target->history)
        watched.input = watched.target->history();
    snprintf(path, sizeof path, "%s/%s-%016llx", watched.folder, watched.target->name,
             (unsigned long long)hash_of(watched.input));
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool kept = fd >= 0 && write(fd, watched.input.data, watched.input.size) == (ssize_t)watched.input.size;
    int size = snprintf(text, sizeof text, "\nthe input is %s %s; run it again: fuzzer %s %s\n",
                        kept ? "in" : "lost, it could not be written to", path, watched.target->name, path);
    if (size > 0 && write(STDERR_FILENO, text, (size_t)size) < 0)
        return;
}

static void on_death(int number)
{
    static const char late[] = "\nthe input took more than ten seconds\n";

    if (number == SIGPROF && write(STDERR_FILENO, late, sizeof late - 1) < 0)
        _exit(1);
    keep_input();
    signal(number == SIGPROF ? SIGABRT : number, SIG_DFL);
    raise(number == SIGPROF ? SIGABRT : number);
}

void watch_open(const char *folder)
{
    watched.folder = folder;
    signal(SIGABRT, on_death);
    signal(SIGPROF, on_death);
#ifdef SANITIZED
    __sanitizer_set_death_callback(keep_input);
#else
    signal(SIGSEGV, on_death);
    signal(SIGBUS, on_death);
    signal(SIGFPE, on_death);
    signal(SIGILL, on_death);
#endif
}

static void set_alarm(time_t seconds)
{
    setitimer(ITIMER_PROF, &(struct itimerval){ .it_value.tv_sec = seconds }, NULL);
}

static int64_t cpu_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* In memory of exactly its size, so that a read past its end is seen. */
static bool run_exactly(const struct target *target, struct bytes input)
{
    uint8_t *exact = malloc(input.size > 0 ? input.size : 1);

    assert(exact);
    if (input.size > 0)
        memcpy(exact, input.data, input.size);
    bool news = target->run(bytes_of(exact, input.size));
    free(exact);
    return news;
}

/* What is made once and kept is not lost: a leak grows with every run. */
static void check_memory(const struct target *target, struct bytes input, size_t before)
{
    size_t after = allocated_bytes();

    for (size_t runs = 1; after > before; runs++) {
        if (runs == 4) {
            fprintf(stderr, "the input leaves %zu bytes behind at every run\n", after - before);
            abort();
        }
        before = after;
        run_exactly(target, input);
        after = allocated_bytes();
    }
}

bool watch_run(const struct target *target, struct bytes input, int64_t *cpu_us)
{
    size_t before = allocated_bytes();
    int64_t begin = cpu_now_us();

    watched.target = target;
    watched.input = input;
    set_alarm(TIME_MOST_S);
    bool news = run_exactly(target, input);
    *cpu_us = cpu_now_us() - begin;
    if (!target->history)
        check_memory(target, input, before);
    set_alarm(0);
    watched.target = NULL;
    return news;
}
