/* A file that holds the process id: locked as long as the process lives, so that a stale one is no obstacle. */
#include "server/pid_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct pid_file {
    int fd;
    char *path;
};

struct pid_file *pid_file_create(const char *path, const char **problem)
{
    static char said[512];
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

    *problem = said;
    if (fd < 0) {
        snprintf(said, sizeof said, "could not open the pid file %s: %s", path, strerror(errno));
        return NULL;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        snprintf(said, sizeof said, "another server runs with the pid file %s", path);
        close(fd);
        return NULL;
    }
    if (ftruncate(fd, 0) != 0 || dprintf(fd, "%ld\n", (long)getpid()) < 0) {
        snprintf(said, sizeof said, "could not write the pid file %s: %s", path, strerror(errno));
        close(fd);
        return NULL;
    }

    struct pid_file *file = calloc(1, sizeof *file);
    assert(file);
    file->fd = fd;
    file->path = strdup(path);
    assert(file->path);
    return file;
}

void pid_file_remove(struct pid_file *file)
{
    if (!file)
        return;
    unlink(file->path);
    close(file->fd);
    free(file->path);
    free(file);
}
