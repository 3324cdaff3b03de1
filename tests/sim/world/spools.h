/* The tills' spools on a second thread (--jobs): what is written is written behind the simulation's back, on each disk in
 * the order it was asked. As long as its disk is not about to die a write goes well, and whoever asked for it may go on;
 * where the answer could be another one, or something is read, all that this disk was asked is done first. Hence the same
 * events as on one thread. (What SQLite draws by chance is the salt of a WAL, which nothing hangs on.) The pages of the
 * store's next rows are made there, too.
 *
 * The linker puts these functions before those of client/link/spool.c (--wrap, CMakeLists.txt). */
#ifndef CAROLINE_TESTS_SIM_SPOOLS_H
#define CAROLINE_TESTS_SIM_SPOOLS_H

#include <stdbool.h>

/* Without it all is done at once, by who asks. */
void spools_begin(void);
void spools_end(void);
/* All is written that was asked. */
void spools_settle(void);
/* All that this disk was asked; whoever reaches for a disk itself waits for that. */
void spools_settle_disk(unsigned disk);
/* May this thread use the disk now? */
bool spools_are_ours(unsigned disk);

#endif
