/* SQLite's file interface upon memory that forgets. */
#include "tests/sim/world/disk.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world/spools.h"

#define SECTOR 512u
#define FILES  6 /* a database, its journal, its WAL, and room */

/* A sector has two places, one in each side: what the power cannot take stays in one while a program writes to the
 * other, and a sync only changes which of them counts. */
enum {
    SIDE = 1,  /* where what a program reads is */
    DIRTY = 2, /* what is kept is in the other one */
};

struct stored {
    char name[80];
    bool exists;
    uint8_t *sides[2], *sectors;
    size_t capacity;                /* whole sectors */
    size_t size, kept_size;         /* as a program sees it, and as it is kept */
    size_t dirty_first, dirty_last; /* none outside of [first, last) */
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

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void *grown(void *bytes, size_t before, size_t after)
{
    uint8_t *larger = realloc(bytes, after);

    assert(larger);
    memset(larger + before, 0, after - before);
    return larger;
}

static void make_room(struct stored *file, size_t size)
{
    size_t capacity = (size * 2 + 4096) / SECTOR * SECTOR;

    if (size <= file->capacity)
        return;
    for (size_t i = 0; i < 2; i++)
        file->sides[i] = grown(file->sides[i], file->capacity, capacity);
    file->sectors = grown(file->sectors, file->capacity / SECTOR, capacity / SECTOR);
    file->capacity = capacity;
}

/* Where a byte is that a program reads; the rest of its sector follows. */
static uint8_t *place_of(const struct stored *file, size_t at)
{
    return file->sides[file->sectors[at / SECTOR] & SIDE] + at;
}

/* How much of a range is in its first sector. */
static size_t part_of(size_t at, size_t end)
{
    return least((at / SECTOR + 1) * SECTOR, end) - at;
}

/* What is kept of the sector stays where it is. */
static void touch(struct stored *file, size_t sector, bool whole)
{
    const uint8_t *before = place_of(file, sector * SECTOR);

    if (file->sectors[sector] & DIRTY)
        return;
    file->sectors[sector] ^= SIDE | DIRTY;
    if (!whole)
        memcpy(place_of(file, sector * SECTOR), before, SECTOR);
    if (file->dirty_first == file->dirty_last || sector < file->dirty_first)
        file->dirty_first = sector;
    if (sector >= file->dirty_last)
        file->dirty_last = sector + 1;
}

/* from: NULL for zeros. */
static void put(struct stored *file, size_t at, const uint8_t *from, size_t end)
{
    make_room(file, end);
    while (at < end) {
        size_t part = part_of(at, end);

        touch(file, at / SECTOR, part == SECTOR);
        if (from)
            memcpy(place_of(file, at), from, part);
        else
            memset(place_of(file, at), 0, part);
        from = from ? from + part : NULL;
        at += part;
    }
    if (end > file->size)
        file->size = end;
}

static void get(const struct stored *file, size_t at, uint8_t *to, size_t end)
{
    while (at < end) {
        size_t part = part_of(at, end);

        memcpy(to, place_of(file, at), part);
        to += part;
        at += part;
    }
}

/* The sector is as it was kept. */
static void lose_sector(struct stored *file, size_t sector)
{
    file->sectors[sector] = (uint8_t)((file->sectors[sector] ^ SIDE) & SIDE);
}

/* One dirty sector as it is now is kept; what lies between the end and it reads as zeros. */
static void keep_sector(struct stored *file, size_t sector)
{
    size_t begin = sector * SECTOR, end = least(begin + SECTOR, file->size);

    if (begin >= end) {
        lose_sector(file, sector);
        return;
    }
    file->sectors[sector] &= SIDE;
    for (size_t at = file->kept_size, part; at < begin; at += part) {
        part = part_of(at, begin);
        memset(place_of(file, at), 0, part);
    }
    if (end > file->kept_size)
        file->kept_size = end;
}

static void keep_all(struct stored *file)
{
    for (size_t i = file->dirty_first; i < file->dirty_last; i++)
        if (file->sectors[i] & DIRTY)
            keep_sector(file, i);
    file->dirty_first = file->dirty_last = 0;
    file->kept_size = least(file->kept_size, file->size);
}

static void remove_file(struct stored *file)
{
    for (size_t i = file->dirty_first; i < file->dirty_last; i++)
        file->sectors[i] &= SIDE;
    file->dirty_first = file->dirty_last = 0;
    file->size = file->kept_size = 0;
    file->exists = false;
}

static void free_file(struct stored *file)
{
    for (size_t i = 0; i < 2; i++)
        free(file->sides[i]);
    free(file->sectors);
    *file = (struct stored){ 0 };
}

/* ---- disks ---- */

/* false: it is dead, and nothing happens. */
static bool still_turns(struct disk *disk)
{
    assert(spools_are_ours((unsigned)(disk - disks)));
    if (disk->dying && disk->left == 0)
        return false;
    if (disk->dying)
        disk->left--;
    return true;
}

void disk_die(unsigned number, unsigned after)
{
    assert(number < DISKS);
    spools_settle_disk(number);
    disks[number].dying = true;
    disks[number].left = after;
}

bool disk_is_dead(unsigned number)
{
    return disks[number].dying && disks[number].left == 0;
}

bool disk_is_failing(unsigned number)
{
    return disks[number].dying;
}

void disk_spare(unsigned number)
{
    if (disks[number].dying && !disk_is_dead(number))
        disks[number].dying = false;
}

void disk_revive(unsigned number, struct random *chance)
{
    struct disk *disk = &disks[number];

    spools_settle_disk(number);
    disk->dying = false;
    for (size_t i = 0; i < FILES; i++) {
        struct stored *file = &disk->files[i];

        if (!file->exists)
            continue;
        for (size_t sector = file->dirty_first; sector < file->dirty_last; sector++) {
            if (!(file->sectors[sector] & DIRTY))
                continue;
            if (random_per_mille(chance, 500))
                keep_sector(file, sector);
            else
                lose_sector(file, sector);
        }
        file->dirty_first = file->dirty_last = 0;
        file->size = file->kept_size;
    }
}

void disks_clear(void)
{
    spools_settle();
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

unsigned disk_of_path(const char *path)
{
    unsigned number = DISKS;

    (void)sscanf(path, "file:/%2u/", &number);
    assert(number < DISKS);
    return number;
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
    const struct stored *file = ((struct opened *)base)->file;
    size_t at = (size_t)offset, wanted = (size_t)amount;
    size_t there = at >= file->size ? 0 : least(file->size - at, wanted);

    get(file, at, to, at + there);
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
    if (at > opened->file->size)
        put(opened->file, opened->file->size, NULL, at);
    put(opened->file, at, from, at + size);
    return SQLITE_OK;
}

static int on_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct opened *opened = (struct opened *)base;

    if (!still_turns(opened->disk))
        return SQLITE_IOERR_TRUNCATE;
    opened->file->size = least(opened->file->size, (size_t)size);
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
    *size = (sqlite3_int64)((struct opened *)base)->file->size;
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
    *result = file && (flags != SQLITE_ACCESS_EXISTS || file->size > 0);
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

void disks_begin(bool threads)
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
    /* Nobody asks how much memory it takes. */
    outcome = sqlite3_config(threads ? SQLITE_CONFIG_MULTITHREAD : SQLITE_CONFIG_SINGLETHREAD);
    assert(outcome == SQLITE_OK);
    outcome = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    assert(outcome == SQLITE_OK);
    outcome = sqlite3_vfs_register(&vfs, 0);
    assert(outcome == SQLITE_OK);
}
