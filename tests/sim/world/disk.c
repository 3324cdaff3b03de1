/* SQLite's file interface upon memory that forgets. */
#include "tests/sim/world/disk.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512u
#define FILES  6 /* a database, its journal, its WAL, and room */

struct content {
    uint8_t *bytes;
    size_t size, capacity;
};

/* `now` is what a program reads; `kept` is what the power cannot take; `dirty` are the sectors that may differ. */
struct stored {
    char name[80];
    bool exists;
    struct content now, kept;
    bool *dirty;
    size_t dirty_capacity, dirty_first, dirty_last; /* none outside of [first, last) */
};

struct disk {
    struct stored files[FILES];
    bool dying;
    unsigned left; /* writes and syncs until it is dead */
};

static struct disk disks[DISKS];

struct opened {
    sqlite3_file base; /* first */
    struct disk *disk;
    struct stored *file;
};

/* ---- contents ---- */

static void make_room(struct content *content, size_t size)
{
    if (size > content->capacity) {
        content->capacity = size * 2 + 4096;
        content->bytes = realloc(content->bytes, content->capacity);
        assert(content->bytes);
    }
}

/* What lies between the end and a place behind it reads as zeros. */
static void put(struct content *content, size_t at, const void *from, size_t size)
{
    make_room(content, at + size);
    if (at > content->size)
        memset(content->bytes + content->size, 0, at - content->size);
    if (size > 0)
        memcpy(content->bytes + at, from, size);
    if (at + size > content->size)
        content->size = at + size;
}

static void shrink(struct content *content, size_t size)
{
    if (size < content->size)
        content->size = size;
}

static void mark(struct stored *file, size_t offset, size_t size)
{
    size_t last = (offset + size + SECTOR - 1) / SECTOR;

    if (last > file->dirty_capacity) {
        size_t capacity = last * 2 + 64;

        file->dirty = realloc(file->dirty, capacity * sizeof *file->dirty);
        assert(file->dirty);
        memset(file->dirty + file->dirty_capacity, 0, (capacity - file->dirty_capacity) * sizeof *file->dirty);
        file->dirty_capacity = capacity;
    }
    size_t first = offset / SECTOR;

    for (size_t i = first; i < last; i++)
        file->dirty[i] = true;
    if (file->dirty_first == file->dirty_last || first < file->dirty_first)
        file->dirty_first = first;
    if (last > file->dirty_last)
        file->dirty_last = last;
}

/* One sector as it is now goes to what is kept. */
static void keep_sector(struct stored *file, size_t sector)
{
    size_t begin = sector * SECTOR, end = begin + SECTOR;

    if (end > file->now.size)
        end = file->now.size;
    if (begin >= end)
        return;
    put(&file->kept, begin, file->now.bytes + begin, end - begin);
}

static void keep_all(struct stored *file)
{
    for (size_t i = file->dirty_first; i < file->dirty_last; i++) {
        if (file->dirty[i])
            keep_sector(file, i);
        file->dirty[i] = false;
    }
    file->dirty_first = file->dirty_last = 0;
    shrink(&file->kept, file->now.size);
}

static void remove_file(struct stored *file)
{
    shrink(&file->now, 0);
    shrink(&file->kept, 0);
    if (file->dirty_capacity > 0)
        memset(file->dirty, 0, file->dirty_capacity * sizeof *file->dirty);
    file->dirty_first = file->dirty_last = 0;
    file->exists = false;
}

static void free_file(struct stored *file)
{
    free(file->now.bytes);
    free(file->kept.bytes);
    free(file->dirty);
    *file = (struct stored){ 0 };
}

/* ---- disks ---- */

/* false: it is dead, and nothing happens. */
static bool still_turns(struct disk *disk)
{
    if (disk->dying && disk->left == 0)
        return false;
    if (disk->dying)
        disk->left--;
    return true;
}

void disk_die(unsigned number, unsigned after)
{
    assert(number < DISKS);
    disks[number].dying = true;
    disks[number].left = after;
}

bool disk_is_dead(unsigned number)
{
    return disks[number].dying && disks[number].left == 0;
}

void disk_spare(unsigned number)
{
    if (!disk_is_dead(number))
        disks[number].dying = false;
}

void disk_revive(unsigned number, struct random *chance)
{
    struct disk *disk = &disks[number];

    disk->dying = false;
    for (size_t i = 0; i < FILES; i++) {
        struct stored *file = &disk->files[i];

        if (!file->exists)
            continue;
        for (size_t sector = file->dirty_first; sector < file->dirty_last; sector++) {
            if (file->dirty[sector] && random_per_mille(chance, 500))
                keep_sector(file, sector);
            file->dirty[sector] = false;
        }
        file->dirty_first = file->dirty_last = 0;
        shrink(&file->now, 0);
        put(&file->now, 0, file->kept.bytes, file->kept.size);
    }
}

void disks_clear(void)
{
    for (size_t i = 0; i < DISKS; i++) {
        for (size_t j = 0; j < FILES; j++)
            free_file(&disks[i].files[j]);
        disks[i] = (struct disk){ 0 };
    }
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, 42, NULL); /* every run begins alike */
    sqlite3_randomness(0, NULL);
}

const char *disk_path(char path[DISK_PATH], unsigned number)
{
    snprintf(path, DISK_PATH, "file:/%02u/spool?vfs=sim", number);
    return path;
}

/* ---- files, as SQLite calls them ---- */

static struct disk *disk_of(const char *name)
{
    unsigned number = 0;

    assert(sscanf(name, "/%2u/", &number) == 1 && number < DISKS);
    return &disks[number];
}

static struct stored *find(struct disk *disk, const char *name, bool make)
{
    struct stored *empty = NULL;

    for (size_t i = 0; i < FILES; i++) {
        struct stored *file = &disk->files[i];

        if (file->exists && strcmp(file->name, name) == 0)
            return file;
        if (!file->exists && !empty)
            empty = file;
    }
    if (!make)
        return NULL;
    assert(empty);
    snprintf(empty->name, sizeof empty->name, "%s", name);
    empty->exists = true;
    return empty;
}

static int on_close(sqlite3_file *base)
{
    (void)base;
    return SQLITE_OK;
}

static int on_read(sqlite3_file *base, void *to, int amount, sqlite3_int64 offset)
{
    const struct content *content = &((struct opened *)base)->file->now;
    size_t at = (size_t)offset, wanted = (size_t)amount;
    size_t there = at >= content->size ? 0 : content->size - at;

    if (there > wanted)
        there = wanted;
    if (there > 0)
        memcpy(to, content->bytes + at, there);
    if (there == wanted)
        return SQLITE_OK;
    memset((uint8_t *)to + there, 0, wanted - there);
    return SQLITE_IOERR_SHORT_READ;
}

static int on_write(sqlite3_file *base, const void *from, int amount, sqlite3_int64 offset)
{
    struct opened *opened = (struct opened *)base;
    size_t at = (size_t)offset, size = (size_t)amount;

    if (!still_turns(opened->disk))
        return SQLITE_IOERR_WRITE;
    put(&opened->file->now, at, from, size);
    mark(opened->file, at, size);
    return SQLITE_OK;
}

static int on_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct opened *opened = (struct opened *)base;

    if (!still_turns(opened->disk))
        return SQLITE_IOERR_TRUNCATE;
    shrink(&opened->file->now, (size_t)size);
    return SQLITE_OK;
}

static int on_sync(sqlite3_file *base, int flags)
{
    struct opened *opened = (struct opened *)base;

    (void)flags;
    if (!still_turns(opened->disk))
        return SQLITE_IOERR_FSYNC;
    keep_all(opened->file);
    return SQLITE_OK;
}

static int on_size(sqlite3_file *base, sqlite3_int64 *size)
{
    *size = (sqlite3_int64)((struct opened *)base)->file->now.size;
    return SQLITE_OK;
}

static int on_lock(sqlite3_file *base, int level)
{
    (void)base, (void)level;
    return SQLITE_OK;
}

static int on_check_lock(sqlite3_file *base, int *reserved)
{
    (void)base;
    *reserved = 0;
    return SQLITE_OK;
}

static int on_control(sqlite3_file *base, int op, void *argument)
{
    (void)base, (void)op, (void)argument;
    return SQLITE_NOTFOUND;
}

static int on_sector_size(sqlite3_file *base)
{
    (void)base;
    return (int)SECTOR;
}

static int on_characteristics(sqlite3_file *base)
{
    (void)base;
    return 0;
}

/* Without shared memory: the spool locks its file exclusively, and SQLite keeps the WAL's index on its heap. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = on_close,
    .xRead = on_read,
    .xWrite = on_write,
    .xTruncate = on_truncate,
    .xSync = on_sync,
    .xFileSize = on_size,
    .xLock = on_lock,
    .xUnlock = on_lock,
    .xCheckReservedLock = on_check_lock,
    .xFileControl = on_control,
    .xSectorSize = on_sector_size,
    .xDeviceCharacteristics = on_characteristics,
};

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *flags_out)
{
    struct opened *opened = (struct opened *)base;

    (void)vfs;
    assert(name); /* no temporary files: what the spool does fits in memory */
    opened->disk = disk_of(name);
    opened->file = find(opened->disk, name, true);
    base->pMethods = &methods;
    if (flags_out)
        *flags_out = flags;
    return SQLITE_OK;
}

/* Durable at once: a journal that came back from the dead would only be played back again. */
static int on_delete(sqlite3_vfs *vfs, const char *name, int sync_directory)
{
    struct disk *disk = disk_of(name);
    struct stored *file = find(disk, name, false);

    (void)vfs, (void)sync_directory;
    if (!file)
        return SQLITE_IOERR_DELETE_NOENT;
    if (!still_turns(disk))
        return SQLITE_IOERR_DELETE;
    remove_file(file);
    return SQLITE_OK;
}

static int on_access(sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
    const struct stored *file = find(disk_of(name), name, false);

    (void)vfs;
    *result = file && (flags != SQLITE_ACCESS_EXISTS || file->now.size > 0);
    return SQLITE_OK;
}

static int on_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    (void)vfs;
    snprintf(out, (size_t)size, "%s", name);
    return SQLITE_OK;
}

static int on_randomness(sqlite3_vfs *vfs, int size, char *out)
{
    (void)vfs;
    memset(out, 42, (size_t)size);
    return size;
}

static int on_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

static int on_time(sqlite3_vfs *vfs, double *day)
{
    (void)vfs;
    *day = 2461000.5;
    return SQLITE_OK;
}

void disks_begin(void)
{
    static sqlite3_vfs vfs = {
        .iVersion = 1,
        .szOsFile = sizeof(struct opened),
        .mxPathname = 79,
        .zName = "sim",
        .xOpen = on_open,
        .xDelete = on_delete,
        .xAccess = on_access,
        .xFullPathname = on_full_path,
        .xRandomness = on_randomness,
        .xSleep = on_sleep,
        .xCurrentTime = on_time,
    };
    int outcome = sqlite3_config(SQLITE_CONFIG_URI, 1);

    assert(outcome == SQLITE_OK);
    outcome = sqlite3_vfs_register(&vfs, 0);
    assert(outcome == SQLITE_OK);
}
