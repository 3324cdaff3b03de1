/* The machine's own clock and randomness. */
#include "common/base/world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "common/base/failpoint.h"

static int64_t clock_us(clockid_t id)
{
    struct timespec read;

    if (clock_gettime(id, &read) != 0) {
        fprintf(stderr, "could not read the clock: %s\n", strerror(errno));
        abort();
    }
    return (int64_t)read.tv_sec * SECOND_US + read.tv_nsec / 1000;
}

static struct instant now(struct clock *clock)
{
    (void)clock;
    return (struct instant){ clock_us(CLOCK_REALTIME) + FAILPOINT_CLOCK_US() };
}

static int64_t monotonic_us(struct clock *clock)
{
    (void)clock;
    return clock_us(CLOCK_MONOTONIC);
}

static void fill(struct entropy *entropy, void *bytes, size_t size)
{
    uint8_t *at = bytes;

    (void)entropy;
    while (size > 0) {
        ssize_t got = getrandom(at, size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) { /* keys without randomness are worse than no service */
            fprintf(stderr, "could not get random bytes: %s\n", strerror(errno));
            abort();
        }
        at += got;
        size -= (size_t)got;
    }
}

struct clock *system_clock(void)
{
    static struct clock clock = { now, monotonic_us };

    return &clock;
}

struct entropy *system_entropy(void)
{
    static struct entropy entropy = { fill };

    return &entropy;
}
