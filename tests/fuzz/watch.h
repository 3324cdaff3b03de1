/* What is watched while an input runs: time, memory, and death. */
#ifndef CAROLINE_TESTS_FUZZ_WATCH_H
#define CAROLINE_TESTS_FUZZ_WATCH_H

#include "target.h"

/* From now on an input that kills the process is written to FOLDER/TARGET-HASH first. */
void watch_open(const char *folder);
/* Run it. Dies if it takes more than ten seconds of this process's time, or if memory is gone after it twice. *cpu_us
 * gets what it took. */
bool watch_run(const struct target *target, struct bytes input, int64_t *cpu_us);

#endif
