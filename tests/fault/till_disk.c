/* The disk of a till, preloaded into it: at the write that a test names the till dies, its power goes, or the disk is full.
 *
 * CAROLINE_DISK names a file that holds a struct disk, which the test maps as well; CAROLINE_DISK_FOLDER is the folder that
 * counts. Counted are writes, cuts and syncs of its files, each before it happens. When the power goes, what was synced stands;
 * of what was written since, each piece stands or does not, by a coin: a disk writes in any order what nobody made it sync. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PIECES_MAX 4096
#define FILES_MAX  64

enum happening { NOTHING, DIES, LOSES_POWER, IS_FULL };

struct disk { /* test_dying_offline.py has it as five numbers */
    int64_t passed;
    int64_t at; /* the one that it happens at */
    int64_t what;
    int64_t happened; /* how often */
    int64_t coin;
};

/* What has been written and not synced. */
struct piece {
    int file;
    bool is_cut; /* to `offset` */
    off_t offset, size_before;
    size_t size, before_size;
    uint8_t *before, *after;
};

static struct disk *disk;
static char folder[4096];
static struct {
    dev_t device;
    ino_t inode;
    int own; /* never closed: that would let go of the locks on it */
} files[FILES_MAX];
static int file_count;
static struct piece pieces[PIECES_MAX];
static size_t piece_count;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("CAROLINE_DISK"), *counts = getenv("CAROLINE_DISK_FOLDER");
    int file = path == NULL || counts == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);

    if (file < 0)
        return;
    snprintf(folder, sizeof folder, "%s/", counts);
    disk = mmap(NULL, sizeof *disk, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (disk == MAP_FAILED)
        abort();
    close(file);
}

/* Which of the folder's files; -1: another. */
static int file_of(int fd)
{
    char link[40], path[sizeof folder];
    struct stat about;

    if (disk == NULL)
        return -1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0)
        return -1;
    path[size] = '\0';
    if (strncmp(path, folder, strlen(folder)) != 0 || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
        return -1;
    for (int i = 0; i < file_count; i++)
        if (files[i].device == about.st_dev && files[i].inode == about.st_ino)
            return i;
    if (file_count == FILES_MAX)
        abort();
    files[file_count].device = about.st_dev;
    files[file_count].inode = about.st_ino;
    files[file_count].own = (int)syscall(SYS_openat, AT_FDCWD, link, O_RDWR | O_CLOEXEC);
    return file_count++;
}

/* ---- what a power cut takes ---- */

static uint8_t *held(const void *bytes, size_t size)
{
    uint8_t *copy = malloc(size + 1);

    if (copy == NULL)
        abort();
    if (bytes != NULL)
        memcpy(copy, bytes, size);
    return copy;
}

static void note(int file, bool is_cut, off_t offset, const void *bytes, size_t size)
{
    struct piece *piece = &pieces[piece_count++];
    struct stat about;

    if (piece_count == PIECES_MAX || fstat(files[file].own, &about) != 0)
        abort();
    *piece = (struct piece){ .file = file, .is_cut = is_cut, .offset = offset, .size_before = about.st_size };
    piece->size = size;
    piece->after = held(bytes, size);
    size_t covered = is_cut && about.st_size > offset ? (size_t)(about.st_size - offset) : size;
    piece->before = held(NULL, covered);
    ssize_t got = pread(files[file].own, piece->before, covered, offset);
    piece->before_size = got < 0 ? 0 : (size_t)got;
}

static void forget(int file)
{
    size_t kept = 0;

    for (size_t i = 0; i < piece_count; i++) {
        if (pieces[i].file != file) {
            pieces[kept++] = pieces[i];
            continue;
        }
        free(pieces[i].before);
        free(pieces[i].after);
    }
    piece_count = kept;
}

static void put(const struct piece *piece, const uint8_t *bytes, size_t size)
{
    if (size > 0 && syscall(SYS_pwrite64, files[piece->file].own, bytes, size, piece->offset) != (long)size)
        abort();
}

static void cut(const struct piece *piece, off_t size)
{
    if (syscall(SYS_ftruncate, files[piece->file].own, size) != 0)
        abort();
}

static bool falls(uint64_t *coin)
{
    *coin ^= *coin << 13;
    *coin ^= *coin >> 7;
    *coin ^= *coin << 17;
    return (*coin >> 32 & 1) != 0;
}

static void lose(void)
{
    uint64_t coin = (uint64_t)disk->coin * 2 + 1;

    for (size_t i = piece_count; i-- > 0;) {
        put(&pieces[i], pieces[i].before, pieces[i].before_size);
        cut(&pieces[i], pieces[i].size_before);
    }
    for (size_t i = 0; i < piece_count; i++) {
        if (!falls(&coin))
            continue;
        if (pieces[i].is_cut)
            cut(&pieces[i], pieces[i].offset);
        else
            put(&pieces[i], pieces[i].after, pieces[i].size);
    }
}

/* ---- what happens ---- */

/* May it be written? */
static bool pass(bool writes)
{
    disk->passed++;
    if (disk->what == NOTHING || disk->passed < disk->at || (disk->what != IS_FULL && disk->passed > disk->at))
        return true;
    if (disk->what == IS_FULL && !writes)
        return true;
    disk->happened++;
    if (disk->what == IS_FULL)
        return false;
    if (disk->what == LOSES_POWER)
        lose();
    kill(getpid(), SIGKILL);
    return false;
}

static ssize_t no_room(void)
{
    piece_count--;
    free(pieces[piece_count].before);
    free(pieces[piece_count].after);
    errno = ENOSPC;
    return -1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset);
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
    int file = file_of(fd);

    if (file >= 0) {
        note(file, false, offset, bytes, size);
        if (!pass(true))
            return no_room();
    }
    return syscall(SYS_pwrite64, fd, bytes, size, offset);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    int file = file_of(fd);

    if (file >= 0) {
        note(file, false, lseek(fd, 0, SEEK_CUR), bytes, size);
        if (!pass(true))
            return no_room();
    }
    return syscall(SYS_write, fd, bytes, size);
}

int ftruncate64(int fd, off64_t size);
int ftruncate64(int fd, off64_t size)
{
    int file = file_of(fd);

    if (file >= 0) {
        note(file, true, size, NULL, 0);
        pass(false);
    }
    return (int)syscall(SYS_ftruncate, fd, size);
}

int fdatasync(int fd)
{
    int file = file_of(fd);

    if (file >= 0)
        pass(false);
    long outcome = syscall(SYS_fdatasync, fd);
    if (file >= 0 && outcome == 0)
        forget(file);
    return (int)outcome;
}

int fsync(int fd)
{
    return fdatasync(fd);
}
