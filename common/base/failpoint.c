/* What happens at a point: in test builds only. Passing one costs an open() that fails, and less without CAROLINE_FAILPOINT. */
#include "common/base/failpoint.h"

#ifdef CAROLINE_FAILPOINTS

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATH_SIZE      4096
#define NAME_SIZE      128
#define GONE_MS        5000
#define LOOK_EACH_US   1000
#define FEW_SECONDS_MS 10000
#define HURRY_MS       500

static const char *const names[] = {
#define FAILPOINT_NAME(name) #name,
    FAILPOINTS(FAILPOINT_NAME)
};

/* Points are passed on threads too. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int last_backend;
static struct {
    struct timespec since;
    ino_t file;
    unsigned count;
} passed; /* since this order was given */

struct order {
    char name[NAME_SIZE], action[NAME_SIZE];
    unsigned nth;
};

static bool path_of(const char *name, char path[PATH_SIZE])
{
    const char *directory = getenv("CAROLINE_FAILPOINT");

    if (!directory || !*directory)
        return false;
    snprintf(path, PATH_SIZE, "%s/%s", directory, name);
    return true;
}

static int open_named(const char *name, int flags)
{
    char path[PATH_SIZE];

    return path_of(name, path) ? open(path, flags | O_CLOEXEC) : -1;
}

static void write_down(const char *name)
{
    int fd = open_named("reached", O_WRONLY | O_APPEND);

    if (fd < 0)
        return;
    dprintf(fd, "%s\n", name);
    close(fd);
}

/* The order that is given; an order that changed begins to count anew. */
static bool read_order(struct order *order)
{
    int fd = open_named("armed", O_RDONLY);
    struct stat status;
    char text[512];

    if (fd < 0)
        return false;
    ssize_t size = read(fd, text, sizeof text - 1);
    int failed = fstat(fd, &status);
    close(fd);
    if (failed || size <= 0)
        return false;
    text[size] = '\0';
    int read = sscanf(text, "%127[^:]:%u:%127[a-z-]", order->name, &order->nth, order->action);
    assert(read == 3 && order->nth > 0);
    if (status.st_ino != passed.file || memcmp(&status.st_mtim, &passed.since, sizeof passed.since) != 0)
        passed.count = 0;
    passed.file = status.st_ino;
    passed.since = status.st_mtim;
    return true;
}

/* Whether it is this one's turn to die; the order is given but once. */
static bool is_due(const char *name, struct order *order)
{
    char path[PATH_SIZE];

    pthread_mutex_lock(&lock);
    write_down(name);
    bool due = read_order(order) && strcmp(order->name, name) == 0 && ++passed.count == order->nth;
    if (due && path_of("armed", path))
        unlink(path);
    pthread_mutex_unlock(&lock);
    return due;
}

static void signal_backend(int backend, int with)
{
    assert(backend > 0);
    if (kill(backend, with) != 0 && errno != ESRCH)
        assert(!"a test that ends PostgreSQL's processes runs as their user or as root");
    for (int waited_ms = 0; with != SIGSTOP && waited_ms < GONE_MS && kill(backend, 0) == 0; waited_ms++)
        usleep(LOOK_EACH_US);
}

static void act(const char *action, int backend)
{
    if (strcmp(action, "kill") == 0)
        kill(getpid(), SIGKILL);
    else if (strcmp(action, "stop") == 0)
        kill(getpid(), SIGSTOP);
    else if (strcmp(action, "end-backend") == 0)
        signal_backend(backend, SIGTERM);
    else if (strcmp(action, "kill-backend") == 0)
        signal_backend(backend, SIGKILL);
    else if (strcmp(action, "freeze-backend") == 0)
        signal_backend(backend, SIGSTOP);
    else
        assert(!"a failpoint's action that nobody knows");
}

void failpoint_reached(enum failpoint point)
{
    struct order order;

    if (is_due(names[point], &order))
        act(order.action, last_backend);
}

void failpoint_statement(const char *name, int backend, void (*flush)(void *connection), void *connection)
{
    struct order order;
    char whole[NAME_SIZE];

    snprintf(whole, sizeof whole, "statement/%s", name);
    if (!is_due(whole, &order))
        return;
    flush(connection);
    act(order.action, backend);
}

void failpoint_backend(int backend)
{
    last_backend = backend;
}

int64_t failpoint_clock_us(void)
{
    int fd = open_named("clock", O_RDONLY);
    char text[32] = "";

    if (fd < 0)
        return 0;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    return size > 0 ? strtoll(text, NULL, 10) * 1000000 : 0;
}

int64_t failpoint_rest_ms(int64_t rest_ms)
{
    int fd = rest_ms > HURRY_MS && rest_ms <= FEW_SECONDS_MS ? open_named("clock", O_RDONLY) : -1;

    if (fd < 0)
        return rest_ms;
    close(fd);
    return HURRY_MS;
}

#endif
