/* The disks of the tills: files in memory behind SQLite's file interface, for names that end in "?vfs=sim".
 *
 * What was written and not yet synced may be lost when the power goes: each sector of it by itself, so that a write can
 * be torn. A disk can be told to die after so many more writes and syncs: the crash then lies in the middle of one of
 * the spool's transactions. */
#ifndef CAROLINE_TESTS_SIM_DISK_H
#define CAROLINE_TESTS_SIM_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/sim/world/random.h"

#define DISKS 64

/* Once a process, before SQLite's first use. threads: SQLite is used by more than one, each with connections of its own. */
void disks_begin(bool threads);
/* All are empty again. */
void disks_clear(void);
/* The file's name on disk `number`, as spool_open() takes it. */
#define DISK_PATH 40
const char *disk_path(char path[DISK_PATH], unsigned number);
unsigned disk_of_path(const char *path);

/* From now on, after so many more writes and syncs, nothing reaches it and every call fails. */
void disk_die(unsigned number, unsigned after);
bool disk_is_dead(unsigned number);
/* Is it dead, or going to die? */
bool disk_is_failing(unsigned number);
/* It is not dead yet, and will not die. */
void disk_spare(unsigned number);
/* Every file is closed, the power is back: what was synced is there, what was not partly. */
void disk_revive(unsigned number, struct random *chance);

#endif
