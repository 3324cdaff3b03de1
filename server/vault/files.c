/* Secret files: read only when nobody else can, written so that a crash leaves the old or the new. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/vault/inner.h"

#define FILE_MAX 65536

bool path_join(char path[PATH_SIZE], const char *directory, const char *name, const char **problem)
{
    int length = snprintf(path, PATH_SIZE, "%s/%s", directory, name);
    if (length < 0 || length >= PATH_SIZE - 16) /* what SQLite and file_write() put behind it */
        return problem_is(problem, "the path of the vault is too long");
    return true;
}

static bool is_private(const struct stat *status, const char *path, const char **problem)
{
    if (!S_ISREG(status->st_mode))
        return problem_is(problem, "%s is not a regular file", path);
    if (status->st_uid != geteuid() && status->st_uid != 0)
        return problem_is(problem, "%s belongs to another user", path);
    if (status->st_mode & 077)
        return problem_is(problem, "%s can be read by others (mode %04o): set it to 0600", path,
                          (unsigned)status->st_mode & 07777u);
    return true;
}

bool file_is_private(const char *path, const char **problem)
{
    struct stat status;
    if (lstat(path, &status))
        return problem_is(problem, "could not read %s: %s", path, strerror(errno));
    return is_private(&status, path, problem);
}

/* What is checked is what is read: by the descriptor, and never through a symbolic link. */
static int open_private(const char *path, struct stat *status, const char **problem)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        problem_is(problem, "could not read %s: %s", path, strerror(errno));
        return -1;
    }
    if (fstat(fd, status)) {
        problem_is(problem, "could not read %s: %s", path, strerror(errno));
        close(fd);
        return -1;
    }
    if (!is_private(status, path, problem)) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool read_all(int fd, void *bytes, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = read(fd, (uint8_t *)bytes + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static bool write_all(int fd, struct bytes bytes)
{
    while (bytes.size) {
        ssize_t put = write(fd, bytes.data, bytes.size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes.data += put;
        bytes.size -= (size_t)put;
    }
    return true;
}

bool file_read_secret(const char *path, void *bytes, size_t size, const char **problem)
{
    struct stat status;
    int fd = open_private(path, &status, problem);
    if (fd < 0)
        return false;
    bool good = (size_t)status.st_size == size && read_all(fd, bytes, size);
    close(fd);
    return good || problem_is(problem, "%s is damaged: it should hold %zu bytes", path, size);
}

char *file_read_private(const char *path, size_t *size, const char **problem)
{
    struct stat status;
    int fd = open_private(path, &status, problem);
    if (fd < 0)
        return NULL;
    char *text = NULL;
    *size = (size_t)status.st_size;
    if (status.st_size <= 0 || status.st_size > FILE_MAX)
        problem_is(problem, "%s is damaged: it holds %lld bytes", path, (long long)status.st_size);
    else if (!(text = calloc(1, *size + 1)) || !read_all(fd, text, *size)) {
        problem_is(problem, "could not read %s", path);
        file_forget(text, *size);
        text = NULL;
    }
    close(fd);
    return text;
}

void file_forget(char *text, size_t size)
{
    if (text)
        sodium_memzero(text, size);
    free(text);
}

bool directory_sync_of(const char *path)
{
    char directory[PATH_SIZE];
    const char *slash = strrchr(path, '/');
    snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    int fd = open(*directory ? directory : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool synced = fsync(fd) == 0;
    close(fd);
    return synced;
}

bool file_write(const char *path, struct bytes bytes, unsigned mode, const char **problem)
{
    char beside[PATH_SIZE];
    int length = snprintf(beside, sizeof beside, "%s.new", path);
    if (length < 0 || (size_t)length >= sizeof beside)
        return problem_is(problem, "the path of %s is too long", path);

    unlink(beside); /* of a write that a crash cut short */
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return problem_is(problem, "could not write %s: %s", beside, strerror(errno));
    bool written = write_all(fd, bytes) && fchmod(fd, (mode_t)mode) == 0 && fsync(fd) == 0;
    int cause = errno;
    if (close(fd) && written) {
        written = false;
        cause = errno;
    }
    if (written && (rename(beside, path) || !directory_sync_of(path))) {
        written = false;
        cause = errno;
    }
    if (!written) {
        unlink(beside);
        return problem_is(problem, "could not write %s: %s", path, strerror(cause));
    }
    return true;
}

bool file_make(const char *path, const char **problem)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == EEXIST)
        return problem_is(problem, "%s is there already: nothing was changed", path);
    if (fd < 0)
        return problem_is(problem, "could not make %s: %s", path, strerror(errno));
    bool made = fsync(fd) == 0;
    made = close(fd) == 0 && made && directory_sync_of(path);
    return made || problem_is(problem, "could not make %s: %s", path, strerror(errno));
}

static bool is_empty(const char *path)
{
    DIR *directory = opendir(path);
    if (!directory)
        return false;
    bool empty = true;
    for (struct dirent *entry; empty && (entry = readdir(directory));)
        empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
    closedir(directory);
    return empty;
}

bool directory_make(const char *path, const char **problem)
{
    if (mkdir(path, 0700) == 0)
        return directory_sync_of(path) || problem_is(problem, "could not make %s: %s", path, strerror(errno));
    if (errno != EEXIST)
        return problem_is(problem, "could not make %s: %s", path, strerror(errno));
    if (!directory_is_ours(path, problem))
        return false;
    if (!is_empty(path))
        return problem_is(problem, "%s is not empty: a vault is never made over another", path);
    return chmod(path, 0700) == 0 || problem_is(problem, "could not close %s to others: %s", path, strerror(errno));
}

bool directory_is_ours(const char *path, const char **problem)
{
    struct stat status;
    if (stat(path, &status))
        return problem_is(problem, "could not open the vault %s: %s", path, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return problem_is(problem, "the vault %s is not a directory", path);
    if (status.st_uid != geteuid() && status.st_uid != 0)
        return problem_is(problem, "the vault %s belongs to another user", path);
    if (status.st_mode & 022)
        return problem_is(problem, "others can write into the vault %s (mode %04o): set it to 0700", path,
                          (unsigned)status.st_mode & 07777u);
    return true;
}
