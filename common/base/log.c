/* Lines wait in a buffer until the other end takes them; what does not fit is counted. */
#include "common/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/bytes.h"
#include "common/base/log_line.h"
#include "common/base/world.h"

#define WAITING_MOST ((size_t)64 << 10)
#define EXIT_WAIT_MS 200

static struct {
    pthread_mutex_t mutex;
    const char *program;
    char *path;
    enum log_format format;
    bool journal;
    int fd;
    struct buffer waiting; /* whole lines, but for the rest of one at the front */
    uint64_t dropped;      /* lines, since the last one that said how many */
} sink = { .mutex = PTHREAD_MUTEX_INITIALIZER, .program = "caroline", .fd = STDERR_FILENO };

static _Atomic(enum log_level) wanted = LOG_INFO;

/* $JOURNAL_STREAM names the device and inode that systemd connected to the journal. */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    uintmax_t device, inode;
    struct stat status;

    return stream && sscanf(stream, "%ju:%ju", &device, &inode) == 2 && fstat(STDERR_FILENO, &status) == 0 &&
           status.st_dev == device && status.st_ino == inode;
}

static uint64_t line_count(const uint8_t *bytes, size_t size)
{
    uint64_t count = 0;

    for (size_t i = 0; i < size; i++)
        count += bytes[i] == '\n';
    return count;
}

/* As many whole lines as a pipe with any room at all takes without waiting: that is what poll() promises. */
static size_t portion(const struct buffer *waiting)
{
    const size_t size = waiting->size < LOG_LINE_SIZE ? waiting->size : LOG_LINE_SIZE;
    const uint8_t *newline = memrchr(waiting->data, '\n', size);

    return newline ? (size_t)(newline - waiting->data) + 1 : size;
}

/* Until nothing waits, or the other end takes nothing for so long. */
static void write_waiting(int patience_ms)
{
    struct pollfd poll_fd = { .fd = sink.fd, .events = POLLOUT };

    while (sink.waiting.size > 0 && poll(&poll_fd, 1, patience_ms) == 1) {
        size_t size = portion(&sink.waiting);
        ssize_t written = write(sink.fd, sink.waiting.data, size);
        if (written < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (written < 0) { /* a full disk, a reader that has gone: these lines are lost */
            sink.dropped += line_count(sink.waiting.data, size);
            written = (ssize_t)size;
        }
        buffer_consume(&sink.waiting, (size_t)written);
    }
}

static bool append(enum log_level level, const char *event, const char *message)
{
    struct clock *clock = system_clock();
    struct log_record record = {
        .at_us = clock->now(clock).us,
        .level = level,
        .program = sink.program,
        .event = event,
        .message = message,
    };
    char line[LOG_LINE_SIZE];

    return buffer_append(&sink.waiting, line, log_line(line, &record, sink.format, sink.journal), WAITING_MOST);
}

static void append_dropped(void)
{
    char message[64];

    snprintf(message, sizeof message, "lines=%" PRIu64, sink.dropped);
    if (sink.dropped > 0 && append(LOG_WARN, "log_dropped", message))
        sink.dropped = 0;
}

static void append_and_write(enum log_level level, const char *event, const char *message)
{
    write_waiting(0);
    append_dropped();
    if (sink.dropped > 0 || !append(level, event, message))
        sink.dropped++;
    write_waiting(0);
}

void log_event(enum log_level level, const char *event, const char *format, ...)
{
    const int saved_errno = errno;
    char message[LOG_LINE_SIZE];
    va_list arguments;

    if (!log_wanted(level))
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    pthread_mutex_lock(&sink.mutex);
    append_and_write(level, event, message);
    pthread_mutex_unlock(&sink.mutex);
    errno = saved_errno;
}

void log_flush(void)
{
    pthread_mutex_lock(&sink.mutex);
    write_waiting(0);
    append_dropped();
    write_waiting(0);
    pthread_mutex_unlock(&sink.mutex);
}

static void on_exit_flush(void)
{
    pthread_mutex_lock(&sink.mutex);
    append_dropped();
    write_waiting(EXIT_WAIT_MS);
    buffer_fini(&sink.waiting);
    pthread_mutex_unlock(&sink.mutex);
}

/* The file, or standard error in its place. */
static void open_sink(void)
{
    char message[LOG_LINE_SIZE];
    int fd;

    if (sink.fd != STDERR_FILENO)
        close(sink.fd);
    sink.fd = STDERR_FILENO;
    sink.journal = !sink.path && stderr_is_journal();
    if (!sink.path)
        return;
    fd = open(sink.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (fd >= 0) {
        sink.fd = fd;
        return;
    }
    snprintf(message, sizeof message, "path=%s error=%s", sink.path, strerror(errno));
    append_and_write(LOG_ERROR, "log_file_failed", message);
}

void log_open(const char *program, enum log_format format, enum log_level level, const char *path)
{
    static bool opened;

    pthread_mutex_lock(&sink.mutex);
    write_waiting(0);
    sink.program = program;
    sink.format = format;
    free(sink.path);
    sink.path = path ? strdup(path) : NULL;
    log_set_level(level);
    open_sink();
    if (!opened)
        atexit(on_exit_flush);
    opened = true;
    pthread_mutex_unlock(&sink.mutex);
}

void log_reopen(void)
{
    pthread_mutex_lock(&sink.mutex);
    write_waiting(0);
    open_sink();
    pthread_mutex_unlock(&sink.mutex);
}

void log_set_level(enum log_level level)
{
    wanted = level;
}

bool log_wanted(enum log_level level)
{
    return level <= wanted;
}

bool log_level_of(const char *name, enum log_level *level)
{
    static const char *const names[] = { "error", "warn", "info", "debug", "trace" };

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) {
            *level = (enum log_level)i;
            return true;
        }
    return false;
}

bool log_format_of(const char *name, enum log_format *format)
{
    if (strcmp(name, "text") != 0 && strcmp(name, "json") != 0)
        return false;
    *format = strcmp(name, "json") == 0 ? LOG_JSON : LOG_TEXT;
    return true;
}
