/* Epoch keys as files: made, read, and destroyed so that a crash leaves a key whole or none. */
#include "server/vault/epochs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "epoch-"
#define SUFFIX ".key"

struct epochs *epochs_create(const char *directory)
{
    struct epochs *epochs = sodium_malloc(sizeof *epochs);

    if (!epochs)
        return NULL;
    sodium_memzero(epochs, sizeof *epochs);
    pthread_mutex_init(&epochs->lock, NULL);
    snprintf(epochs->directory, sizeof epochs->directory, "%s", directory);
    return epochs;
}

void epochs_destroy(struct epochs *epochs)
{
    if (!epochs)
        return;
    pthread_mutex_destroy(&epochs->lock);
    sodium_free(epochs);
}

static bool path_of(const struct epochs *epochs, int64_t number, char path[PATH_SIZE], const char **problem)
{
    char name[64];

    snprintf(name, sizeof name, PREFIX "%" PRId64 SUFFIX, number);
    return path_join(path, epochs->directory, name, problem);
}

/* 0: it is no epoch's key. One that is being written has another ending. */
static int64_t number_of(const char *name)
{
    size_t length = strlen(name), prefix = strlen(PREFIX), suffix = strlen(SUFFIX);
    int64_t number = 0;

    if (length <= prefix + suffix || length - prefix - suffix > 18 || strncmp(name, PREFIX, prefix) != 0 ||
        strcmp(name + length - suffix, SUFFIX) != 0 || name[prefix] == '0')
        return 0;
    for (const char *digit = name + prefix; digit < name + length - suffix; digit++) {
        if (*digit < '0' || *digit > '9')
            return 0;
        number = number * 10 + (*digit - '0');
    }
    return number;
}

bool epochs_range(const struct epochs *epochs, int64_t *oldest, int64_t *newest, const char **problem)
{
    DIR *directory = opendir(epochs->directory);

    *oldest = *newest = 0;
    if (!directory)
        return problem_is(problem, "could not read %s: %s", epochs->directory, strerror(errno));
    for (struct dirent *entry; (entry = readdir(directory));) {
        int64_t number = number_of(entry->d_name);

        if (number > *newest)
            *newest = number;
        if (number > 0 && (*oldest == 0 || number < *oldest))
            *oldest = number;
    }
    closedir(directory);
    return *newest > 0 || problem_is(problem, "there is no epoch key in %s", epochs->directory);
}

/* Into memory, the lock held. */
static bool hold(struct epochs *epochs, int64_t number, const char **problem)
{
    char path[PATH_SIZE];

    if (epochs->held == number)
        return true;
    bool read =
        path_of(epochs, number, path, problem) && file_read_secret(path, epochs->key, sizeof epochs->key, problem);
    epochs->held = read ? number : 0;
    if (!read)
        sodium_memzero(epochs->key, sizeof epochs->key);
    return read;
}

bool epochs_check(struct epochs *epochs, int64_t number, const char **problem)
{
    pthread_mutex_lock(&epochs->lock);
    bool whole = hold(epochs, number, problem);
    pthread_mutex_unlock(&epochs->lock);
    return whole;
}

bool epochs_key(struct epochs *epochs, int64_t number, uint8_t key[SECRET_SIZE])
{
    const char *problem;

    pthread_mutex_lock(&epochs->lock);
    bool known = hold(epochs, number, &problem);
    if (known)
        memcpy(key, epochs->key, SECRET_SIZE);
    pthread_mutex_unlock(&epochs->lock);
    return known;
}

bool epochs_make(const struct epochs *epochs, int64_t number, struct entropy *entropy, const char **problem)
{
    uint8_t key[SECRET_SIZE];
    char path[PATH_SIZE];

    if (!path_of(epochs, number, path, problem))
        return false;
    entropy->fill(entropy, key, sizeof key);
    bool made = file_write(path, bytes_of(key, sizeof key), 0600, problem);
    sodium_memzero(key, sizeof key);
    return made;
}

/* Where a disk writes in place the bytes are gone; where it does not, what they opened is wrapped under another key by now. */
static bool destroy_file(const char *path, const char **problem)
{
    static const uint8_t nothing[SECRET_SIZE];
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return errno == ENOENT || problem_is(problem, "could not open %s: %s", path, strerror(errno));
    bool overwritten = pwrite(fd, nothing, sizeof nothing, 0) == (ssize_t)sizeof nothing && fsync(fd) == 0;
    close(fd);
    return (overwritten && unlink(path) == 0 && directory_sync_of(path)) ||
           problem_is(problem, "could not destroy %s: %s", path, strerror(errno));
}

bool epochs_end_before(struct epochs *epochs, int64_t number, const char **problem)
{
    char path[PATH_SIZE];
    int64_t oldest, newest;

    while (epochs_range(epochs, &oldest, &newest, problem)) {
        if (oldest >= number) {
            epochs_look(epochs);
            return true;
        }
        if (!path_of(epochs, oldest, path, problem) || !destroy_file(path, problem))
            return false;
    }
    return false;
}

void epochs_look(struct epochs *epochs)
{
    char path[PATH_SIZE];
    const char *problem;

    pthread_mutex_lock(&epochs->lock);
    if (epochs->held != 0 && path_of(epochs, epochs->held, path, &problem) && access(path, F_OK) != 0 &&
        errno == ENOENT) {
        sodium_memzero(epochs->key, sizeof epochs->key);
        epochs->held = 0;
    }
    pthread_mutex_unlock(&epochs->lock);
}
