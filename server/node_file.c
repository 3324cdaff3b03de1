/* The file of a node: its lock, and the suspects of a crash, in shared memory: what is written there outlives the
 * process, whatever ends it, and costs no system call. */
#include "server/node_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/log.h"

#define NODE_MAX    4095u
#define MAGIC       UINT32_C(0x43415231) /* another layout gets another number */
#define NOW_MAX     200
#define RECORDS_MAX 512
#define RECORD_US   (7 * DAY_S * SECOND_US)

struct record {
    uint8_t command_id[16];
    int64_t at_us;
    uint32_t crashes, unused;
};

struct page {
    uint32_t magic;
    uint32_t now_count; /* written last: what it counts is whole */
    uint8_t now[NOW_MAX][16];
    uint32_t crashed; /* the process ended by a fault of its own, not by somebody's hand */
    uint32_t record_count, next_record;
    struct record records[RECORDS_MAX];
};

struct node_file {
    struct suspects suspects; /* first */
    int fd;
    unsigned number;
    volatile struct page *page;
};

static struct page *page_of(struct suspects *suspects)
{
    return (struct page *)(uintptr_t)((struct node_file *)suspects)->page;
}

static struct record *find(struct page *page, const uint8_t command_id[16])
{
    for (uint32_t i = 0; i < page->record_count; i++) {
        if (memcmp(page->records[i].command_id, command_id, 16) == 0)
            return &page->records[i];
    }
    return NULL;
}

static void note(struct suspects *suspects, const uint8_t (*command_ids)[16], size_t count)
{
    struct page *page = page_of(suspects);

    assert(count <= NOW_MAX);
    memcpy(page->now, command_ids, count * 16);
    __atomic_store_n(&page->now_count, (uint32_t)count, __ATOMIC_RELEASE);
}

static void clear(struct suspects *suspects)
{
    __atomic_store_n(&page_of(suspects)->now_count, 0, __ATOMIC_RELEASE);
}

static unsigned crashes(struct suspects *suspects, const uint8_t command_id[16])
{
    struct page *page = page_of(suspects);
    const struct record *record = page->record_count ? find(page, command_id) : NULL;

    return record ? record->crashes : 0;
}

/* ---- after a crash
 * -------------------------------------------------------------------------------------------------*/

static void count_crash(struct page *page, const uint8_t command_id[16], struct instant now)
{
    struct record *record = find(page, command_id);

    if (!record) { /* the oldest makes room */
        record = &page->records[page->next_record];
        page->next_record = (page->next_record + 1) % RECORDS_MAX;
        if (page->record_count < RECORDS_MAX)
            page->record_count++;
        *record = (struct record){ 0 };
        memcpy(record->command_id, command_id, 16);
    }
    if (now.us - record->at_us > RECORD_US)
        record->crashes = 0;
    record->at_us = now.us;
    record->crashes++;
}

static void look_back(struct page *page, struct instant now)
{
    if (page->magic != MAGIC || page->now_count > NOW_MAX || page->record_count > RECORDS_MAX ||
        page->next_record >= RECORDS_MAX) {
        memset(page, 0, sizeof *page);
        page->magic = MAGIC;
    }
    bool crashed = page->crashed && page->now_count > 0;
    page->crashed = 0;
    if (!crashed) {
        page->now_count = 0;
        return;
    }
    log_event(LOG_WARN, "crashed_before", "commands=%u", page->now_count);
    for (uint32_t i = 0; i < page->now_count; i++)
        count_crash(page, page->now[i], now);
    page->now_count = 0;
}

/* ---- a crash
 * -------------------------------------------------------------------------------------------------------*/

static struct page *page_of_this_process;

static void on_fault(int signal)
{
    if (page_of_this_process)
        page_of_this_process->crashed = 1;
    raise(signal); /* the handler is reset: this is the end */
}

static void watch_for_faults(struct page *page)
{
    static const int signals[] = { SIGABRT, SIGFPE, SIGILL, SIGBUS, SIGSEGV };
    struct sigaction action = { .sa_handler = on_fault, .sa_flags = (int)SA_RESETHAND | SA_NODEFER };

    page_of_this_process = page;
    for (size_t i = 0; page && i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}

/* ---- the file
 * ------------------------------------------------------------------------------------------------------*/

static int open_locked(const char *directory, unsigned number, char *problem, size_t size, bool *taken)
{
    char path[4096];

    *taken = false;
    snprintf(path, sizeof path, "%s/node-%u", directory, number);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        snprintf(problem, size, "could not open %s: %s", path, strerror(errno));
        return -1;
    }
    *taken = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    /* Its blocks are taken now: a page without one, written when the disk is full, would be a SIGBUS. */
    int full = *taken ? 0 : posix_fallocate(fd, 0, sizeof(struct page));
    if (!*taken && !full)
        return fd;
    errno = full;
    if (*taken)
        snprintf(problem, size, "another server with this data directory is node %u", number);
    else
        snprintf(problem, size, "could not use %s: %s", path, strerror(errno));
    close(fd);
    return -1;
}

struct node_file *node_file_open(const char *data_directory, unsigned wanted, struct clock *clock, const char **problem)
{
    static char said[4200];
    unsigned number = wanted ? wanted : 1;
    bool taken;
    int fd;

    *problem = said;
    while ((fd = open_locked(data_directory, number, said, sizeof said, &taken)) < 0) {
        if (!taken || wanted || number == NODE_MAX)
            return NULL;
        number++;
    }
    void *page = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) {
        snprintf(said, sizeof said, "could not map %s/node-%u: %s", data_directory, number, strerror(errno));
        close(fd);
        return NULL;
    }

    struct node_file *file = calloc(1, sizeof *file);
    assert(file);
    file->suspects = (struct suspects){ .note = note, .clear = clear, .crashes = crashes };
    file->fd = fd;
    file->number = number;
    file->page = page;
    look_back(page, clock->now(clock));
    watch_for_faults(page);
    return file;
}

unsigned node_file_number(const struct node_file *file)
{
    return file->number;
}

struct suspects *node_file_suspects(struct node_file *file)
{
    return &file->suspects;
}

void node_file_close(struct node_file *file)
{
    if (!file)
        return;
    watch_for_faults(NULL);
    munmap((void *)(uintptr_t)file->page, sizeof(struct page));
    close(file->fd);
    free(file);
}
