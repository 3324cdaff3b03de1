/* The invariants of db/checks/, run in place: for the command line, not for a server that serves. */
#ifndef CAROLINE_SERVER_STORE_RUN_CHECKS_H
#define CAROLINE_SERVER_STORE_RUN_CHECKS_H

#include <stddef.h>
#include <stdio.h>

enum checks_verdict {
    CHECKS_HOLD,
    CHECKS_DO_NOT_HOLD, /* out says which, and the first row of each */
    CHECKS_AWAY,        /* the database could not be reached */
    CHECKS_FAILED,      /* a check could not be run */
};

/* All of them in one snapshot, a line each to `out`. problem: a sentence, in a buffer of size bytes. */
enum checks_verdict run_checks(const char *uri, FILE *out, char *problem, size_t size);

#endif
